"""Captum's layer methods by name: "captum:LayerDeepLift" and others, for the units of modules.

Captum is imported only here, and this module only when such a method is asked for.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tb_neuron_callbacks.attributions.input_method import Case
from tb_neuron_callbacks.attributions.memory import is_out_of_memory
from tb_neuron_callbacks.attributions.method import UnitAttributions, UnitMethod
from tb_neuron_callbacks.attributions.path import Baseline, origins
from tb_neuron_callbacks.attributions.starts import differentiable
from tb_neuron_callbacks.batches import count_examples, describe, leaves, map_leaves
from tb_neuron_callbacks.calling import find_logits
from tb_neuron_callbacks.eager import run_eagerly
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.randomness import preserved_randomness
from tb_neuron_callbacks.unwrapping import named_modules, unwrap

#: How the name of such a method begins.
PREFIX = "captum:"
#: Methods whose attributions of a layer promise to sum to the target, or to its change.
_COMPLETE = frozenset(
    f"Layer{name}"
    for name in ("Conductance", "DeepLift", "DeepLiftShap", "IntegratedGradients", "LRP")
)
#: Methods that change the backward of modules, and see no function.
_OF_MODULES = frozenset(("LayerDeepLift", "LayerDeepLiftShap", "LayerLRP"))
#: Fewest rows of a distribution of baselines, for the methods that take one.
_BASELINES = 2


def captum_unit_method(name: str) -> UnitMethod:
    """Return a layer method of Captum as a method of units.

    Args:
        name: of a class in `captum.attr`, such as "LayerDeepLift".

    Raises:
        AttributionError: Captum is not installed, or has no such layer method.
    """
    captum_method(name)
    import captum  # noqa: PLC0415

    def rule(case: Case, baselines: Sequence[Baseline], steps: int) -> UnitAttributions:
        # Two rows an example: conductance needs both ends of a step.
        rows = 2 * case.explained.examples
        return attribute_units(name, case, baselines, n_steps=steps, internal_batch_size=rows)

    return UnitMethod(
        name=f"{PREFIX}{name}",
        description=f"Captum's {name} of the unit, summed over positions.",
        source=f"Kokhlikyan et al. 2020, Captum {captum.__version__}",
        is_complete=name in _COMPLETE,
        of_case=rule,
    )


def captum_method(name: str) -> Any:
    """Return a layer method's class.

    Args:
        name: of a class in `captum.attr`, such as "LayerDeepLift".

    Raises:
        AttributionError: Captum is not installed, or has no such layer method.
    """
    try:
        from captum import attr  # noqa: PLC0415
        from captum.attr._utils.attribution import LayerAttribution  # noqa: PLC0415
    except ImportError as error:
        raise AttributionError(
            f'"captum:{name}" needs Captum, which can\'t be imported here ({error}); type '
            "`pip install captum`, or choose conductance"
        ) from error
    kinds = {
        kind: value
        for kind, value in vars(attr).items()
        if isinstance(value, type) and issubclass(value, LayerAttribution)
    }
    if name not in kinds:
        raise AttributionError(
            f'"captum:{name}" must name a layer method of Captum, and it has {", ".join(kinds)}; '
            "pass one of them"
        )
    return kinds[name]


def attribute_units(
    name: str, case: Case, baselines: Sequence[Baseline] = ("zero",), **choices: Any
) -> UnitAttributions:
    """Attribute to the units of all watched modules, one layer after the other.

    Args:
        name: of the layer method, "captum:" before it or not.
        case: of a batch whose input is one tensor, and a logit as the target.
        baselines: for the methods that take some, averaged; those that take a distribution get
            them as one.
        **choices: passed on to Captum's `attribute`, where the method has them.

    Raises:
        AttributionError: Captum is not installed, has no such method, or can't take the case; or a
            baseline does not fit.
    """
    name = name.removeprefix(PREFIX)
    kind = captum_method(name)
    inputs = _only_input(case.batch)
    if inputs is None or case.explained.indices is None:
        raise AttributionError(
            "Captum's methods must have a batch whose input is one tensor and a logit as the "
            f"target, and here they are {describe(case.batch)} and {case.target!r}; choose one of "
            "UNIT_METHODS"
        )
    called = _Called(case, inputs)
    given = _choices(inspect.signature(kind.attribute).parameters, called, baselines, choices)
    found = UnitAttributions(notes=_unseen(name, case))
    modules = dict(named_modules(case.model))
    for layer in case.layout.watched:
        module = modules.get(layer.name)
        if module is None or module is unwrap(case.model):
            found.absences[layer.name] = "it is no module that Captum could be given"
        elif case.layout.calls.get(layer.callee, 1) > 1:
            found.absences[layer.name] = "it is called several times, which Captum can't tell apart"
        else:
            _take_layer(found, layer, kind(called, module), called, given)
    return found


class _Called(nn.Module):
    """The model as Captum calls it: one tensor in, logits out."""

    def __init__(self, case: Case, inputs: Tensor) -> None:
        super().__init__()
        self.model = unwrap(case.model)
        self.case, self.inputs = case, inputs
        # Captum sees to modes by itself; a module made anew is in training mode.
        self.training = False

    def forward(self, inputs: Tensor) -> Tensor:
        put = lambda leaf: inputs if leaf is self.inputs else leaf  # noqa: E731
        output = self.case.run(map_leaves(put, self.case.batch))
        logits = find_logits(output, count_examples(inputs))
        assert logits is not None
        return logits


def _only_input(batch: Any) -> Tensor | None:
    """Return the one tensor of a batch beside its labels, or None where there are more."""
    tensors = [leaf for _, leaf in leaves(batch) if isinstance(leaf, Tensor) and leaf.dim() > 0]
    first, others = tensors[:1], tensors[1:]
    inputs = first + [one for one in others if one.dim() > 1 or one.is_floating_point()]
    return inputs[0] if len(inputs) == 1 else None


def _choices(
    accepted: Any, called: _Called, baselines: Sequence[Baseline], choices: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the arguments of each call whose results are averaged."""
    given = {"target": called.case.explained.indices, **choices}
    given = {key: value for key, value in given.items() if key in accepted}
    if "baselines" not in accepted or "baselines" in given:
        return [given]
    begun = [origins(baseline, [called.inputs])[0] for baseline in baselines]
    if accepted["baselines"].default is not inspect.Parameter.empty:
        return [{**given, "baselines": origin} for origin in begun]
    rows = torch.cat([origin[:1] for origin in begun])
    rows = rows.repeat(-(-_BASELINES // len(rows)), *[1] * (rows.dim() - 1))
    return [{**given, "baselines": rows}]


def _take_layer(
    found: UnitAttributions,
    layer: Layer,
    method: Any,
    called: _Called,
    given: list[dict[str, Any]],
) -> None:
    try:
        values = [_of_layer(method, called, each) for each in given]
    except (AssertionError, AttributeError, RuntimeError, TypeError, ValueError) as error:
        if is_out_of_memory(error):
            raise
        found.absences[layer.name] = f"it is refused by Captum: {error}"
        return
    first = values[0]
    if first.dim() != len(layer.shape) + 1 or first.shape[layer.unit_axis] != layer.units:
        found.absences[layer.name] = (
            f"Captum gives {list(first.shape)}, in which its {layer.units} units can't be told"
        )
        return
    found.units[layer.name] = torch.stack(values).mean(0) if len(values) > 1 else first


def _of_layer(method: Any, called: _Called, given: dict[str, Any]) -> Tensor:
    model, seed = called.case.model, called.case.choices.seed
    devices = frozenset((called.inputs.device.type,))
    with warnings.catch_warnings(), differentiable(model), run_eagerly(model):
        warnings.simplefilter("ignore")  # Captum tells of its own hooks
        # It draws from the global generators, and must draw the same at every record.
        with preserved_randomness(devices):
            torch.manual_seed(seed)
            np.random.seed(seed)
            found = method.attribute(called.inputs.detach(), **given)
    found = found[0] if isinstance(found, (tuple, list)) else found
    return found.detach()


def _unseen(name: str, case: Case) -> list[str]:
    """Return what a method does not see of the network, a sentence; none if it sees all."""
    functions = [layer.name for layer in case.layout.watched if layer.is_function]
    if name not in _OF_MODULES or not functions:
        return []
    return [
        f"{PREFIX}{name} changes the backward of modules alone: {', '.join(functions)}, called as "
        "functions, keep their plain gradient"
    ]
