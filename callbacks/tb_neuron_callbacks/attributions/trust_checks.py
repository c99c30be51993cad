"""Checks of a method that run the model again: random weights, a shifted input, other baselines.

Each returns an agreement with the method's own maps, example by example; or says why it can't be.
The model is afterwards as before: weights bit by bit, modes, hooks, gradients, random states.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor, nn

from tb_neuron_callbacks.attributions.input_gradients import scores_at, start_values
from tb_neuron_callbacks.attributions.input_method import Case, InputAttributions, InputMethod
from tb_neuron_callbacks.attributions.path import Baseline, origins
from tb_neuron_callbacks.attributions.refusals import check_method
from tb_neuron_callbacks.attributions.starts import floating_inputs
from tb_neuron_callbacks.attributions.trust import (
    Verdict,
    completeness_gap,
    judge,
    methods_agreement,
    rank_agreement,
)
from tb_neuron_callbacks.batches import map_leaves
from tb_neuron_callbacks.eager import run_eagerly
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.unwrapping import named_modules, unwrap

#: Stages of the cascade at most; with more layers, several are drawn anew at each.
MAX_STAGES = 6
#: By how much the input is shifted, as a share of the batch's standard deviation.
SHIFT = 1.0
#: Layers whose bias can compensate a shift, unless they are padded.
_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
#: A compensated shift leaves the targets as they are up to this share of the largest.
_SAME_TARGET = 1e-3


@dataclass(frozen=True)
class Agreement:
    """How far maps agree with those of the same method under a change.

    Attributes:
        by_example: rank agreement, NaN where a map has no ranks; over the stages too, if any.
        stages: of the cascade: the layers whose weights are drawn anew at it, beside the earlier.
        absence: why there is none; empty if there is.
    """

    by_example: Float64[np.ndarray, "*stage example"]
    stages: tuple[str, ...] = ()
    absence: str = ""

    @property
    def value(self) -> float:
        """The median over the examples, then the mean over the stages; NaN where there is none.

        In a cascade a map without ranks counts as 0: it is no longer the map it was.
        """
        if self.absence or not self.by_example.size:
            return float("nan")
        known = np.nan_to_num(self.by_example) if self.stages else self.by_example
        if np.isnan(known).all():
            return float("nan")
        return float(np.mean(np.nanmedian(known, axis=-1)))


def flat(found: InputAttributions) -> Float[np.ndarray, "example position"]:
    """Return all maps of each example in one row."""
    return torch.cat([part.values.flatten(1) for part in found.maps], 1).numpy()


def randomisation(case: Case, method: InputMethod, seed: int = 0) -> Agreement:
    """Compare maps with those under weights drawn anew, from the output downwards.

    At each stage the weights of a layer (or of several, so that there are at most `MAX_STAGES`)
    are drawn as their module draws them at first, and stay so at later ones. What was explained is
    explained throughout. A map that stays the same does not show what the network has learned
    (Adebayo et al. 2018, cascading randomisation).

    Args:
        case: network, batch and target.
        method: of inputs.
        seed: of the weights.
    """
    check_method(method, case.traits)
    with preserved(unwrap(case.model)):
        maps = flat(method.attribute(case))
        stages = _stages(case)
        found = []
        with _restored_weights(unwrap(case.model)):
            torch.manual_seed(seed)
            for _, modules in stages:
                for module in modules:
                    _draw_anew(module)
                found.append(rank_agreement(maps, flat(method.attribute(case))))
    return Agreement(np.stack(found), tuple(name for name, _ in stages))


def input_shift(case: Case, method: InputMethod) -> Agreement:
    """Compare maps with those of an input shifted by a constant, the first bias compensating it.

    Both networks answer the same on their inputs; a map that differs depends on where 0 lies
    (Kindermans et al. 2017).

    Args:
        case: network, batch and target.
        method: of inputs.

    Returns:
        Absent where the first layer is no linear layer or unpadded convolution, has no bias, or
        the shift does not cancel out.
    """
    check_method(method, case.traits)
    with preserved(unwrap(case.model)):
        layer, absence = _first_layer(case)
        if layer is None:
            return Agreement(np.empty(0), absence=absence)
        maps = flat(method.attribute(case))
        _, before = start_values(case)
        shift = SHIFT * float(floating_inputs(case.batch)[0].float().std())
        batch = map_leaves(lambda leaf: _shifted(leaf, shift), case.batch)
        moved = replace(case, batch=batch)
        with _restored_weights(unwrap(case.model)):
            _compensate(layer, shift)
            _, after = start_values(moved)
            if (after - before).abs().max() > _SAME_TARGET * before.abs().max():
                reason = "the shift does not cancel out: the input is read elsewhere too"
                return Agreement(np.empty(0), absence=reason)
            return Agreement(rank_agreement(maps, flat(method.attribute(moved))))


def path_dependence(case: Case, method: InputMethod, other: Baseline) -> Agreement:
    """Compare maps from the case's baseline with those from another one.

    Args:
        case: network, batch and target.
        method: of inputs.
        other: baseline.
    """
    if "baseline" not in method.needs:
        return Agreement(np.empty(0), absence="the method has no baseline")
    return _with_choices(case, method, baseline=other)


def between_seeds(case: Case, method: InputMethod) -> Agreement:
    """Compare maps with those of other random numbers.

    Args:
        case: network, batch and target.
        method: of inputs.
    """
    if "noise" not in method.needs:
        return Agreement(np.empty(0), absence="the method has no noise")
    # Far from the first: each start has a seed of its own, counted from it.
    return _with_choices(case, method, seed=case.choices.seed + 10_000)


@dataclass(frozen=True)
class Beside:
    """What a method's maps are compared with, beside itself.

    Attributes:
        previous: the maps of the previous record, as `flat` gives them; None for no such.
        others: maps of other methods of the same record, as `flat` gives them, by name.
        baseline: another baseline; None for none.
    """

    previous: Float[np.ndarray, "example position"] | None = None
    others: Mapping[str, Float[np.ndarray, "example position"]] = field(default_factory=dict)
    baseline: Baseline | None = None


def assess(
    case: Case, method: InputMethod, found: InputAttributions, beside: Beside | None = None
) -> Verdict:
    """Run all checks of a method's maps and return the verdict.

    Args:
        case: network, batch and target.
        method: of inputs.
        found: by that method, for that case.
        beside: what else the maps are compared with.

    Raises:
        AttributionError: the method has no meaning for the network.
    """
    other, maps = beside or Beside(), flat(found)
    checks = {
        "randomisation": randomisation(case, method),
        "input_shift": input_shift(case, method),
        "seeds": between_seeds(case, method),
    }
    if other.baseline is not None:
        checks["path"] = path_dependence(case, method, other.baseline)
    values = {name: check.value for name, check in checks.items()}
    values["nonfinite"] = float((~np.isfinite(maps)).mean())
    values["completeness"] = completeness(case, method, found)
    values["methods"] = methods_agreement({**other.others, method.name: maps})[method.name]
    if other.previous is not None:
        values["previous"] = Agreement(rank_agreement(maps, other.previous)).value
    return judge(values, {name: check.absence for name, check in checks.items() if check.absence})


def completeness(case: Case, method: InputMethod, found: InputAttributions) -> float:
    """Return the gap between the maps' sums and what they promise; NaN for no promise.

    Args:
        case: network, batch and target.
        method: of inputs.
        found: by that method.
    """
    if method.complete_from is None:
        return float("nan")
    with preserved(unwrap(case.model)):
        changes = target_changes(case, method)
    return completeness_gap(found.totals.double().numpy(), changes)


def target_changes(case: Case, method: InputMethod) -> Float64[np.ndarray, " example"]:
    """Return what a complete method's attributions must sum to, for each example."""
    values, scores = start_values(case)
    changes = scores.double()
    if method.complete_from == "baseline":
        changes = changes - scores_at(case, origins(case.choices.baseline, values), 1).double()
    return changes.cpu().numpy()


def _with_choices(case: Case, method: InputMethod, **choices: Any) -> Agreement:
    check_method(method, case.traits)
    other = replace(case, choices=replace(case.choices, **choices))
    with preserved(unwrap(case.model)):
        maps = [flat(method.attribute(each)) for each in (case, other)]
    return Agreement(rank_agreement(*maps))


@contextmanager
def _restored_weights(model: nn.Module) -> Iterator[None]:
    """Put every parameter's own storage back, untouched meanwhile: graphs and views stay valid."""
    kept = [(parameter, parameter.data) for parameter in model.parameters()]
    try:
        yield
    finally:
        for parameter, data in kept:
            parameter.data = data


def _stages(case: Case) -> list[tuple[str, list[nn.Module]]]:
    """Return modules with weights, in groups from the output downwards."""
    groups = list(_by_caller(case).items())[::-1]
    places = np.array_split(np.arange(len(groups)), min(MAX_STAGES, len(groups)))
    return [
        (
            ", ".join(groups[n][0] for n in part),
            [module for n in part for module in groups[n][1]],
        )
        for part in places
    ]


def _by_caller(case: Case) -> dict[str, list[nn.Module]]:
    """Return modules that own weights by the nearest module around them that is called."""
    owners = [
        (name, module)
        for name, module in named_modules(case.model)
        if any(parameter is not None for parameter in module._parameters.values())
    ]
    found: dict[str, list[nn.Module]] = {name: [] for name in dict.fromkeys(_calls(case))}
    for name, module in owners:
        around = [other for other in found if _is_inside(name, other)]
        found[max(around, key=len)].append(module)
    return {name: modules for name, modules in found.items() if modules}


def _is_inside(name: str, other: str) -> bool:
    return name == other or not other or name.startswith(f"{other}.")


def _calls(case: Case) -> list[str]:
    """Return the names of the modules that one forward calls, in order of the calls."""
    found: list[str] = []

    def noting(name: str) -> Callable[..., None]:
        return lambda *_: found.append(name)

    with ExitStack() as undo:
        for name, module in named_modules(case.model):
            undo.callback(module.register_forward_pre_hook(noting(name)).remove)
        undo.enter_context(torch.no_grad())
        undo.enter_context(run_eagerly(case.model))
        case.run(case.batch)
    return found


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
        stand_in.__dict__["_parameters"] = drawn
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


def _first_layer(case: Case) -> tuple[nn.Module | None, str]:
    """Return the layer that reads the input first, or why its bias can't compensate a shift."""
    if len(case.traits.forms) != 1 or not floating_inputs(case.batch):
        return None, "the input is no single tensor of real numbers"
    modules = dict(named_modules(case.model))
    for name in _calls(case):
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
