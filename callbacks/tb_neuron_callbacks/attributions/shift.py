"""A constant added to the input, and taken away again by the first layer's bias.

Both networks answer the same to their inputs (Kindermans et al. 2017).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from torch import Tensor, nn

from tb_neuron_callbacks.attributions.cascade import find_calls, restored_weights
from tb_neuron_callbacks.attributions.input_gradients import start_values
from tb_neuron_callbacks.attributions.input_method import Case
from tb_neuron_callbacks.attributions.starts import floating_inputs
from tb_neuron_callbacks.batches import map_leaves
from tb_neuron_callbacks.unwrapping import named_modules, unwrap

#: By how much the input is shifted, as a share of the batch's standard deviation.
SHIFT = 1.0
#: Layers whose bias can compensate a shift, unless they are padded.
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
#: A compensated shift leaves the targets as they are up to this share of the largest.
_SAME_TARGET = 1e-3

_Found = TypeVar("_Found")


def under_shift(case: Case, measure: Callable[[Case], _Found]) -> tuple[_Found | None, str]:
    """Return what is measured of the shifted input, and why there is none; empty if there is.

    There is none where the first layer is no linear layer or unpadded convolution, has no bias,
    or the shift does not cancel out.

    Args:
        case: network, batch and target.
        measure: of a case.
    """
    layer, absence = _first_layer(case)
    if layer is None:
        return None, absence
    _, before = start_values(case)
    shift = SHIFT * float(floating_inputs(case.batch)[0].float().std())
    moved = replace(case, batch=map_leaves(lambda leaf: _shifted(leaf, shift), case.batch))
    with restored_weights(unwrap(case.model)):
        _compensate(layer, shift)
        _, after = start_values(moved)
        if (after - before).abs().max() > _SAME_TARGET * before.abs().max():
            return None, "the shift does not cancel out: the input is read elsewhere too"
        return measure(moved), ""


def _first_layer(case: Case) -> tuple[nn.Module | None, str]:
    """Return the layer that reads the input first, or why its bias can't compensate a shift."""
    if len(case.traits.forms) != 1 or not floating_inputs(case.batch):
        return None, "the input is no single tensor of real numbers"
    modules = dict(named_modules(case.model))
    for name in find_calls(case).modules:
        module = modules[name]
        if isinstance(module, _CONVOLUTIONS):
            return (None, f"{name} is padded") if _is_padded(module) else _with_bias(name, module)
        if isinstance(module, nn.Linear):
            return _with_bias(name, module)
        if module._parameters:
            break
    return None, "the first layer is neither linear nor a convolution"


def _is_padded(module: Any) -> bool:
    if isinstance(module.padding, str):
        return module.padding == "same" and any(side > 1 for side in module.kernel_size)
    return any(module.padding)


def _with_bias(name: str, module: nn.Module) -> tuple[nn.Module | None, str]:
    return (None, f"{name} has no bias") if module.bias is None else (module, "")


def _compensate(layer: Any, shift: float) -> None:
    weight = layer.weight.detach()
    gained = shift * weight.double().flatten(1).sum(1)
    layer.bias.data = (layer.bias.detach().double() - gained).to(weight.dtype)


def _shifted(leaf: Any, shift: float) -> Any:
    is_input = isinstance(leaf, Tensor) and leaf.is_floating_point() and leaf.dim() > 0
    return leaf + shift if is_input else leaf
