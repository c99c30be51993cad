"""Whether to believe attributions to units: a verdict for each layer that a method attributes to.

Units of a layer are compared by their ranks, example by example, as positions of maps are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float64

from tb_neuron_callbacks.attributions.cascade import (
    Stage,
    find_calls,
    stages,
    under_random_weights,
)
from tb_neuron_callbacks.attributions.input_gradients import scores_at, start_values
from tb_neuron_callbacks.attributions.input_method import Case
from tb_neuron_callbacks.attributions.method import UnitMethod
from tb_neuron_callbacks.attributions.path import Baseline, origins
from tb_neuron_callbacks.attributions.shift import under_shift
from tb_neuron_callbacks.attributions.trust import (
    Criterion,
    Verdict,
    cut_layers,
    judge,
    layer_gaps,
    methods_agreement,
    rank_agreement,
)
from tb_neuron_callbacks.attributions.trust_checks import Agreement

#: Attributions of one method by layer, summed over positions.
Units = Mapping[str, Float[np.ndarray, "example unit"]]
#: The mean magnitudes of one record by layer, in one row each.
Magnitudes = Mapping[str, Float[np.ndarray, "1 _"]]
#: Attributes anew, with the weights and the input as they are now.
Measure = Callable[[Case], Units]

#: The figures of a verdict on units. The thresholds are conventions.
#: Those of `randomisation` lie between what methods had that see the weights above a layer, on
#: CNNs trained on digits (gradient -0.04 to 0.19, gradient × activation 0.36 to 0.75, conductance
#: 0.36 to 0.83: the layer's own activations stay, and with them a part of the order), and 1, which
#: a method has that does not see them, such as the activation by itself.
UNIT_CRITERIA: Mapping[str, Criterion] = MappingProxyType(
    {
        row.name: row
        for row in (
            Criterion(
                "nonfinite", 0.0, 0.0, False, "Share of attributions that are NaN or infinite."
            ),
            Criterion(
                "completeness", 0.05, 0.2, False,
                "Gap between the sum of the layer's attributions and the change of the target that "
                "they promise to account for, as a share of that change.",
            ),
            Criterion(
                "randomisation", 0.9, 0.97, False,
                "Agreement with the order of the units once the weights above the layer are drawn "
                "anew from the output downwards, mean over the cascade: an order that stays the "
                "same does not show what the network makes of the units.",
            ),
            Criterion(
                "input_shift", 0.95, 0.5, True,
                "Agreement with the order of the units in the same function of a shifted input: an "
                "order that differs depends on where 0 lies.",
            ),
            Criterion(
                "path", 0.7, None, True,
                "Agreement between the orders from two baselines, zero and the mean example: the "
                "lower, the more the choice of the baseline speaks.",
            ),
            Criterion(
                "methods", 0.5, None, True,
                "Agreement with the orders by the other methods, mean over them: a low one says "
                "that methods see different things, not which is right.",
            ),
            Criterion(
                "previous", 0.5, None, True,
                "Agreement with the record before on the order of the units by mean |attribution|: "
                "a low one says that the network changed its mind, or that the order is noise.",
            ),
        )
    }
)  # fmt: skip

#: What has ranks in each of its rows.
Compared = Mapping[str, Float[np.ndarray, "row _"]]
_NO_SHIFT = (
    "the first bias undoes a shift of the input before any unit, so the method can't depend on it"
)
_FEW_UNITS = "fewer than three units have an attribution there, or all have the same: no order"


class Promise(NamedTuple):
    """What the attributions of a layer sum to, if the method promises it.

    Attributes:
        gaps: by layer through which all of the target passes.
        absences: by any other layer, why it has no gap.
    """

    gaps: Mapping[str, float]
    absences: Mapping[str, str]


@dataclass(frozen=True)
class UnitsBeside:
    """What a method's attributions are compared with, beside themselves.

    Attributes:
        others: by the other methods of the same record.
        records: mean magnitudes by the same method in this record and in the one before, of one
            row each; None where there is no record before.
        baselines: where the method's paths begin.
        paths: from two other baselines; None for a method without a path.
    """

    others: Mapping[str, Units] = field(default_factory=dict)
    records: tuple[Magnitudes, Magnitudes] | None = None
    baselines: Sequence[Baseline] = ("zero",)
    paths: tuple[Units, Units] | None = None


def assess_units(
    case: Case, method: UnitMethod, units: Units, measure: Measure, beside: UnitsBeside
) -> dict[str, Verdict]:
    """Run all checks of a method's attributions and return the verdict on each layer.

    Modes and random states are the caller's; weights are afterwards as before.

    Args:
        case: network, batch and target.
        method: of units.
        units: by that method, for that case.
        measure: attributes by that method; it may take fewer steps than were taken for `units`.
        beside: what else they are compared with.
    """
    rough = units if method.at_point is not None else measure(case)
    checks = {
        "randomisation": unit_randomisation(case, rough, measure),
        "input_shift": unit_shift(case, method, rough, measure),
    }
    if beside.paths is not None:
        checks["path"] = _agreements(*beside.paths)
    if beside.records is not None:
        checks["previous"] = _agreements(*beside.records)
    promise = completeness(case, method, units, beside.baselines)
    verdicts = {}
    for name, found in units.items():
        own = {check: by_layer[name] for check, by_layer in checks.items() if name in by_layer}
        values = {check: agreement.value for check, agreement in own.items()}
        values["nonfinite"] = float((~np.isfinite(found)).mean())
        values["completeness"] = promise.gaps.get(name, float("nan"))
        alike = {other: each[name] for other, each in beside.others.items() if name in each}
        values["methods"] = methods_agreement({**alike, method.name: found})[method.name]
        absences = {check: agreement.absence for check, agreement in own.items()}
        absences["completeness"] = promise.absences.get(name, "")
        told = {check: why for check, why in absences.items() if why}
        verdicts[name] = judge(values, told, UNIT_CRITERIA)
    return verdicts


def unit_randomisation(
    case: Case, units: Units, measure: Measure, seed: int = 0
) -> dict[str, Agreement]:
    """Compare attributions with those under weights drawn anew, from the output downwards.

    The cascade is that of maps. A layer is compared at the stages that draw only weights above it:
    what is called after its output. Below, its own units are drawn anew and are no longer those
    that they were; their order is then another one whatever the method does, and a mean over all
    stages would hide a method that does not see what the network makes of the units.

    Args:
        case: network, batch and target.
        units: attributions by layer.
        measure: attributes anew.
        seed: of the weights.

    Returns:
        By layer; absent where no stage lies above, or the units have no order.
    """
    calls = find_calls(case)
    has_order = {name: _has_order(values) for name, values in units.items()}

    def is_above(stage: Stage, name: str) -> bool:
        return stage.callers.isdisjoint(calls.before.get(name, stage.callers))

    def agree(stage: Stage) -> dict[str, Float64[np.ndarray, " example"]]:
        found = measure(case)
        return {
            name: rank_agreement(values[has_order[name]], found[name][has_order[name]])
            for name, values in units.items()
            if is_above(stage, name) and name in found
        }

    drawn = stages(case, calls)
    while drawn and not any(is_above(drawn[-1], name) for name in units):
        drawn.pop()
    by_stage = under_random_weights(case, drawn, agree, seed)
    return {name: _of_stages(name, has_order[name], drawn, by_stage) for name in units}


def unit_shift(
    case: Case, method: UnitMethod, units: Units, measure: Measure
) -> dict[str, Agreement]:
    """Compare attributions with those of an input shifted by a constant, the first bias undoing it.

    Args:
        case: network, batch and target.
        method: of units.
        units: attributions by layer.
        measure: attributes anew.

    Returns:
        By layer; absent where a shift can't be compensated, the method can't depend on it, or the
        units have no order.
    """
    if method.at_point is not None:
        found, absence = None, _NO_SHIFT
    else:
        found, absence = under_shift(case, measure)
    if found is None:
        return {name: Agreement(np.empty(0), absence=absence) for name in units}
    return _agreements(units, found)


def completeness(
    case: Case, method: UnitMethod, units: Units, baselines: Sequence[Baseline] = ("zero",)
) -> Promise:
    """Return the gap of each layer through which all of the target passes.

    Args:
        case: network, batch and target.
        method: of units.
        units: by that method.
        baselines: from which it attributes, averaged.
    """
    if not method.is_complete:
        return Promise({}, dict.fromkeys(units, "the method makes no such promise"))
    layers = case.layout.layers
    cuts = cut_layers([layer.name for layer in layers], [layer.successors for layer in layers])
    values, scores = start_values(case)
    changes = scores.double()
    for baseline in baselines:
        began = scores_at(case, origins(baseline, values), 1)
        changes = changes - began.double() / len(baselines)
    sums = {name: found.sum(1, dtype=np.float64) for name, found in units.items()}
    past = "part of the target goes past this layer, so its attributions promise no sum"
    absences = {name: past for name in units if name not in cuts}
    return Promise(layer_gaps(sums, changes.cpu().numpy(), cuts), absences)


def _of_stages(
    name: str,
    has_order: Bool[np.ndarray, " example"],
    drawn: Iterable[Stage],
    by_stage: Iterable[Mapping[str, Float64[np.ndarray, " ordered"]]],
) -> Agreement:
    if not has_order.any():
        return Agreement(np.empty(0), absence=_FEW_UNITS)
    pairs = [(stage.name, found[name]) for stage, found in zip(drawn, by_stage, strict=True)
             if name in found]  # fmt: skip
    if not pairs:
        return Agreement(np.empty(0), absence="no module that has weights is called after it")
    return Agreement(np.stack([found for _, found in pairs]), tuple(stage for stage, _ in pairs))


def _agreements(first: Compared, second: Compared) -> dict[str, Agreement]:
    return {
        name: _agreement(values, second[name])
        for name, values in first.items()
        if name in second and second[name].shape == values.shape
    }


def _agreement(
    first: Float[np.ndarray, "row unit"], second: Float[np.ndarray, "row unit"]
) -> Agreement:
    found = rank_agreement(first, second)
    if np.isnan(found).all():
        return Agreement(np.empty(0), absence=_FEW_UNITS)
    return Agreement(found)


def _has_order(values: Float[np.ndarray, "example unit"]) -> Bool[np.ndarray, " example"]:
    """Return for which examples `rank_agreement` with others can be told."""
    sizes = abs(values)
    known = np.isfinite(sizes) & (sizes != 0)
    lowest = np.where(known, sizes, np.inf).min(1, initial=np.inf)
    highest = np.where(known, sizes, -np.inf).max(1, initial=-np.inf)
    return (known.sum(1) >= 3) & (lowest < highest)
