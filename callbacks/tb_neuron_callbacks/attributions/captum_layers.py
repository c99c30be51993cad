"""Captum's layer methods by name: "captum:LayerDeepLift" and others, for the units of modules.

Captum is imported only here, and this module only when such a method is asked for.
"""

from __future__ import annotations

import inspect
import warnings
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from tb_neuron_callbacks.attributions.input_method import Case
from tb_neuron_callbacks.attributions.starts import differentiable
from tb_neuron_callbacks.batches import count_examples
from tb_neuron_callbacks.calling import find_logits
from tb_neuron_callbacks.eager import run_eagerly
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.unwrapping import named_modules, unwrap

#: Rows of a distribution of baselines, for the methods that take one.
_BASELINES = 2


@dataclass
class UnitAttributions:
    """What one of Captum's methods found.

    Attributes:
        units: by layer, of the shape of its output.
        absences: pairs (layer name, reason) of the watched layers without.
    """

    units: dict[str, Tensor] = field(default_factory=dict)
    absences: list[tuple[str, str]] = field(default_factory=list)


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


def attribute_units(name: str, case: Case, **choices: Any) -> UnitAttributions:
    """Attribute to the units of all watched modules, one layer after the other.

    Args:
        name: of the layer method, "captum:" before it or not.
        case: of a batch that is one tensor, and a logit as the target.
        **choices: passed on to Captum's `attribute`; a method that takes baselines gets zeros.

    Raises:
        AttributionError: Captum is not installed, has no such method, or can't take the case.
    """
    kind = captum_method(name.removeprefix("captum:"))
    if not isinstance(case.batch, Tensor) or case.explained.indices is None:
        raise AttributionError(
            "Captum's methods must have a batch that is one tensor and a logit as the target, and "
            f"here they are a {type(case.batch).__name__} and {case.target!r}; choose one of "
            "UNIT_METHODS"
        )
    found = UnitAttributions()
    modules = dict(named_modules(case.model))
    called = _Called(case)
    for layer in case.layout.watched:
        module = modules.get(layer.name)
        if module is None or module is unwrap(case.model):
            found.absences.append((layer.name, "is no module that Captum could be given"))
            continue
        try:
            found.units[layer.name] = _of_layer(kind(called, module), case, choices)
        except (AssertionError, AttributeError, RuntimeError, TypeError, ValueError) as error:
            found.absences.append((layer.name, f"is refused by Captum: {error}"))
    return found


class _Called(nn.Module):
    """The model as Captum calls it: tensors in, logits out."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.model = unwrap(case.model)
        self._run = case.run
        # Captum sees to modes by itself; a module made anew is in training mode.
        self.training = False

    def forward(self, inputs: Tensor) -> Tensor:
        logits = find_logits(self._run(inputs), count_examples(inputs))
        assert logits is not None
        return logits


def _of_layer(method: Any, case: Case, choices: dict[str, Any]) -> Tensor:
    accepted = inspect.signature(method.attribute).parameters
    given: dict[str, Any] = {"target": case.explained.indices, **choices}
    if "baselines" in accepted and "baselines" not in given:
        needs_many = accepted["baselines"].default is inspect.Parameter.empty
        rows = case.batch[:1].expand(_BASELINES, *case.batch.shape[1:])
        given["baselines"] = torch.zeros_like(rows if needs_many else case.batch)
    given = {key: value for key, value in given.items() if key in accepted}
    with warnings.catch_warnings(), differentiable(case.model), run_eagerly(case.model):
        warnings.simplefilter("ignore")  # Captum tells of its own hooks
        found = method.attribute(case.batch.detach(), **given)
    found = found[0] if isinstance(found, (tuple, list)) else found
    return found.detach()
