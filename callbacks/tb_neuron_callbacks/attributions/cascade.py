"""Weights drawn anew from the output downwards, stage by stage, and put back (Adebayo et al. 2018).

What was explained is explained throughout. Weights are afterwards as before, bit by bit and in
their own storage.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from tb_neuron_callbacks.attributions.input_method import Case
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.unwrapping import named_modules, unwrap

#: Stages of the cascade at most; with more layers, several are drawn anew at each but the first.
MAX_STAGES = 6

_Found = TypeVar("_Found")


class Stage(NamedTuple):
    """Weights that are drawn anew together.

    Attributes:
        name: of the layers that own them.
        callers: names of the called modules that they belong to.
        modules: that own them.
    """

    name: str
    callers: frozenset[str]
    modules: Sequence[nn.Module]


class Calls(NamedTuple):
    """What one forward calls.

    Attributes:
        modules: names, in order of their first calls.
        before: by watched layer, the modules that were called before its output was there.
    """

    modules: Sequence[str]
    before: dict[str, frozenset[str]]


def stages(case: Case, calls: Calls) -> list[Stage]:
    """Return modules with weights, in groups from the output downwards: the last alone at first.

    Args:
        case: network and batch.
        calls: of one forward.
    """
    groups = list(_by_caller(case, calls.modules).items())[::-1]
    rest = np.arange(1, len(groups))
    later = np.array_split(rest, min(MAX_STAGES - 1, len(rest))) if len(rest) else []
    return [
        Stage(
            ", ".join(groups[n][0] for n in part),
            frozenset(groups[n][0] for n in part),
            [module for n in part for module in groups[n][1]],
        )
        for part in ([0], *later)
        if groups
    ]


def under_random_weights(
    case: Case, stages: Sequence[Stage], measure: Callable[[Stage], _Found], seed: int = 0
) -> list[_Found]:
    """Return what is measured after each stage, the weights of earlier ones drawn anew too.

    They are drawn as their module draws them at first. The caller preserves the random states.

    Args:
        case: network and batch.
        stages: from `stages`.
        measure: called at each stage.
        seed: of the weights.
    """
    found = []
    with restored_weights(unwrap(case.model)):
        torch.manual_seed(seed)
        for stage in stages:
            for module in stage.modules:
                _draw_anew(module)
            found.append(measure(stage))
    return found


@contextmanager
def restored_weights(model: nn.Module) -> Iterator[None]:
    """Put every parameter's own storage back, untouched meanwhile: graphs and views stay valid."""
    kept = [(parameter, parameter.data) for parameter in model.parameters()]
    try:
        yield
    finally:
        for parameter, data in kept:
            parameter.data = data


def find_calls(case: Case) -> Calls:
    """Run the batch once and return what is called."""
    found: list[str] = []
    before: dict[str, frozenset[str]] = {}

    def noting(name: str) -> Callable[..., None]:
        return lambda *_: found.append(name)

    def note_layer(layer: Layer, _: Tensor) -> None:
        before[layer.name] = frozenset(found)

    with ExitStack() as undo:
        for name, module in named_modules(case.model):
            undo.callback(module.register_forward_pre_hook(noting(name)).remove)
        undo.enter_context(torch.no_grad())
        undo.enter_context(watch(case.model, case.layout, note_layer))
        case.run(case.batch)
    return Calls(list(dict.fromkeys(found)), before)


def _by_caller(case: Case, called: Sequence[str]) -> dict[str, list[nn.Module]]:
    """Return modules that own weights by the nearest module around them that is called."""
    owners = [
        (name, module)
        for name, module in named_modules(case.model)
        if any(parameter is not None for parameter in module._parameters.values())
    ]
    found: dict[str, list[nn.Module]] = {name: [] for name in called}
    for name, module in owners:
        around = [other for other in found if _is_inside(name, other)]
        if around:
            found[max(around, key=len)].append(module)
    return {name: modules for name, modules in found.items() if modules}


def _is_inside(name: str, other: str) -> bool:
    return name == other or not other or name.startswith(f"{other}.")


def _draw_anew(module: nn.Module) -> None:
    """Give a module's own parameters new storage.

    A module of torch draws them as at first; those of others are normal, with their own mean and
    spread.
    """
    own = {name: value for name, value in module._parameters.items() if value is not None}
    drawn = {name: nn.Parameter(_like(value), requires_grad=False) for name, value in own.items()}
    is_torchs = type(module).__module__.startswith("torch.nn.modules")
    if is_torchs and hasattr(module, "reset_parameters"):
        # A stand-in that shares nothing that changes: neither weights nor running statistics.
        stand_in: Any = copy.copy(module)
        stand_in.__dict__["_parameters"] = {**module._parameters, **drawn}
        stand_in.__dict__["_buffers"] = {
            name: None if value is None else value.clone()
            for name, value in module._buffers.items()
        }
        stand_in.reset_parameters()
    for name, value in own.items():
        value.data = drawn[name].data


def _like(values: Tensor) -> Tensor:
    """Return normal numbers with the mean and the spread of some weights."""
    wide = values.detach().float()
    spread = wide.std() if wide.numel() > 1 else wide.abs()
    return (torch.randn_like(wide) * spread + wide.mean()).to(values.dtype)
