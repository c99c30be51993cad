"""Checks of a method that run the model again: random weights, a shifted input, other baselines.

Each returns an agreement with the method's own maps, example by example; or says why it can't be.
The model is afterwards as before: weights bit by bit, modes, hooks, gradients, random states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float64

from tb_neuron_callbacks.attributions.cascade import find_calls, stages, under_random_weights
from tb_neuron_callbacks.attributions.input_gradients import scores_at, start_values
from tb_neuron_callbacks.attributions.input_method import Case, InputAttributions, InputMethod
from tb_neuron_callbacks.attributions.path import Baseline, origins
from tb_neuron_callbacks.attributions.refusals import check_method
from tb_neuron_callbacks.attributions.shift import under_shift
from tb_neuron_callbacks.attributions.trust import (
    Verdict,
    completeness_gap,
    judge,
    methods_agreement,
    rank_agreement,
)
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.unwrapping import unwrap


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
        drawn = stages(case, find_calls(case))
        found = under_random_weights(
            case, drawn, lambda _: rank_agreement(maps, flat(method.attribute(case))), seed
        )
    if not found:
        return Agreement(np.empty(0), absence="no module that is called has weights")
    return Agreement(np.stack(found), tuple(stage.name for stage in drawn))


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
        maps = flat(method.attribute(case))
        found, absence = under_shift(case, lambda moved: flat(method.attribute(moved)))
    if found is None:
        return Agreement(np.empty(0), absence=absence)
    return Agreement(rank_agreement(maps, found))


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
