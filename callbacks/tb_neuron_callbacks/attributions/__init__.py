"""Attribution: what each unit and each input contributes to a target.

One file a method, those of units with the signature of `method.UnitMethod`, those of inputs with
that of `input_method.InputMethod`; the tables here are how they are found. A new method is a file
and a line.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tb_neuron_callbacks.attributions import (
    cam,
    conductance,
    deconvnet,
    grad_cam,
    gradient,
    gradient_x_activation,
    gradient_x_input,
    guided_backprop,
    guided_grad_cam,
    integrated_gradients,
    lrp,
    occlusion,
    saliency,
    smooth_grad,
)
from tb_neuron_callbacks.attributions.input_method import (
    Case,
    Choices,
    InputAttributions,
    InputMap,
    InputMethod,
    Network,
    prepare,
)
from tb_neuron_callbacks.attributions.method import Point, Quadrature, UnitMethod
from tb_neuron_callbacks.attributions.refusals import check_method
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.unwrapping import unwrap

#: Methods that attribute to units, by name. Captum's are found by "captum:<name>".
UNIT_METHODS: dict[str, UnitMethod] = {
    method.name: method
    for method in (gradient.METHOD, gradient_x_activation.METHOD, conductance.METHOD)
}

#: Methods that attribute to inputs, by name. Zennit's composites are found by "zennit:<name>".
INPUT_METHODS: Mapping[str, InputMethod] = MappingProxyType(
    {
        module.METHOD.name: module.METHOD
        for module in (
            saliency,
            gradient_x_input,
            integrated_gradients,
            smooth_grad,
            cam,
            grad_cam,
            guided_grad_cam,
            guided_backprop,
            deconvnet,
            occlusion,
            lrp,
        )
    }
)


def find_unit_method(name: str) -> UnitMethod:
    """Return a method of units by its name.

    Args:
        name: of `UNIT_METHODS`, or "captum:" and the name of a layer method of Captum.

    Raises:
        AttributionError: there is no such method, or Captum is not installed.
    """
    if name in UNIT_METHODS:
        return UNIT_METHODS[name]
    if isinstance(name, str) and name.startswith("captum:"):
        from tb_neuron_callbacks.attributions.captum_layers import (  # noqa: PLC0415
            captum_unit_method,
        )

        return captum_unit_method(name.removeprefix("captum:"))
    raise AttributionError(
        f"attributions must be of {', '.join(UNIT_METHODS)}, or a layer method of Captum such as "
        f'"captum:LayerDeepLift", not {name!r}; correct Recording(attributions=...), or pass () '
        "for none"
    )


def find_input_method(name: str) -> InputMethod:
    """Return an input method by its name.

    Args:
        name: of `INPUT_METHODS`, or "zennit:" and the name of a composite.

    Raises:
        AttributionError: there is no such method, or Zennit is not installed.
    """
    if name in INPUT_METHODS:
        return INPUT_METHODS[name]
    if name.startswith("zennit:"):
        from tb_neuron_callbacks.attributions.zennit_methods import zennit_method  # noqa: PLC0415

        return zennit_method(name.removeprefix("zennit:"))
    raise AttributionError(
        f"an input method must be one of {', '.join(INPUT_METHODS)} or a composite of Zennit such "
        f'as "zennit:EpsilonPlusFlat", and {name!r} is none; pass one of them'
    )


def attribute_inputs(name: str, case: Case) -> InputAttributions:
    """Attribute the targets of a batch to its inputs.

    The model runs in eval mode; modes, buffers and random states are afterwards as before.

    Args:
        name: of the method.
        case: made by `prepare`.

    Raises:
        AttributionError: the method does not exist, has no meaning for the network, or can't be
            run.
    """
    method = find_input_method(name)
    check_method(method, case.traits)
    with preserved(unwrap(case.model), case.changed):
        return method.attribute(case)


__all__ = [
    "INPUT_METHODS",
    "UNIT_METHODS",
    "Case",
    "Choices",
    "InputAttributions",
    "InputMap",
    "InputMethod",
    "Network",
    "Point",
    "Quadrature",
    "UnitMethod",
    "attribute_inputs",
    "find_input_method",
    "find_unit_method",
    "prepare",
]
