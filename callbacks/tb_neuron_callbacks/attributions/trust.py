"""Whether to believe an attribution: figures on arrays, their thresholds, and one verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, prod
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float64, Int64
from scipy.stats import rankdata

Mark = Literal["good", "doubtful", "failing"]

_ORDER: tuple[Mark, ...] = ("good", "doubtful", "failing")


class Criterion(NamedTuple):
    """How a figure is judged.

    Attributes:
        name: of the figure.
        good: a value at least as good as this is good.
        failing: a value worse than this fails; None where the figure alone never fails a map.
        is_agreement: whether more is better.
        meaning: what the figure says, in a sentence.
    """

    name: str
    good: float
    failing: float | None
    is_agreement: bool
    meaning: str

    def mark(self, value: float) -> Mark:
        """Return the mark of a value."""
        sign = 1.0 if self.is_agreement else -1.0
        if sign * value >= sign * self.good:
            return "good"
        if self.failing is not None and sign * value < sign * self.failing:
            return "failing"
        return "doubtful"

    def sentence(self, value: float) -> str:
        """Return the value, its thresholds and what they mean."""
        word = "from" if self.is_agreement else "up to"
        worse = "below" if self.is_agreement else "above"
        fails = "" if self.failing is None else f", failing {worse} {self.failing:g}"
        return f"{self.meaning} Here {value:.2f}; good {word} {self.good:g}{fails}."


#: The figures of a verdict. Agreements are Spearman's rank correlation of magnitudes.
#: The thresholds are conventions. Those of `randomisation` lie between what gradients (0.22 to
#: 0.47) and guided backpropagation (0.70 to 0.77) had on three small CNNs trained on digits; other
#: inputs and deeper networks may need others.
CRITERIA: Mapping[str, Criterion] = MappingProxyType(
    {
        row.name: row
        for row in (
            Criterion(
                "nonfinite", 0.0, 0.0, False, "Share of values that are NaN or infinite."
            ),
            Criterion(
                "completeness", 0.05, 0.2, False,
                "Gap between the sum of the attributions and the change of the target that they "
                "promise to account for, as a share of that change.",
            ),
            Criterion(
                "randomisation", 0.55, 0.65, False,
                "Agreement with the maps of the same network with weights drawn anew from the "
                "output downwards, mean over the cascade: a map that stays the same does not show "
                "what was learned.",
            ),
            Criterion(
                "input_shift", 0.95, 0.5, True,
                "Agreement with the maps of the same function of a shifted input: a map that "
                "differs depends on where 0 lies.",
            ),
            Criterion(
                "path", 0.7, None, True,
                "Agreement between the maps from two baselines: the lower, the more the choice of "
                "the baseline speaks.",
            ),
            Criterion(
                "seeds", 0.9, 0.5, True,
                "Agreement between the maps from two draws of the noise: the lower, the more "
                "samples are needed.",
            ),
            Criterion(
                "methods", 0.5, None, True,
                "Agreement with the maps of the other methods, mean over them: a low one says "
                "that methods see different things, not which is right.",
            ),
            Criterion(
                "previous", 0.5, None, True,
                "Agreement with the maps of the previous record: a low one says that the network "
                "changed its mind, or that the map is noise.",
            ),
        )
    }
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One figure of a verdict.

    Attributes:
        name: of the criterion.
        value: NaN where there is none.
        mark: None where there is no value.
        sentence: value, thresholds and meaning; or why there is no value.
    """

    name: str
    value: float
    mark: Mark | None
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """What is to be thought of a method's maps, or of its attributions to the units of a layer.

    Attributes:
        mark: the worst of the figures'.
        figures: in the order of the criteria.
    """

    mark: Mark
    figures: tuple[Figure, ...]


def judge(
    values: Mapping[str, float],
    absences: Mapping[str, str] | None = None,
    criteria: Mapping[str, Criterion] = CRITERIA,
) -> Verdict:
    """Return the verdict of figures.

    Args:
        values: by criterion; NaN is passed over.
        absences: by criterion, why it has no value.
        criteria: by which they are judged; those of maps unless others are given.
    """
    reasons = absences or {}
    figures = []
    for name, criterion in criteria.items():
        value = values.get(name, float("nan"))
        if not isnan(value):
            figures.append(Figure(name, value, criterion.mark(value), criterion.sentence(value)))
        elif name in reasons:
            figures.append(Figure(name, value, None, reasons[name]))
    marks = [figure.mark for figure in figures if figure.mark is not None]
    return Verdict(max(marks, key=_ORDER.index, default="doubtful"), tuple(figures))


def rank_agreement(
    first: Float[np.ndarray, "example ..."], second: Float[np.ndarray, "example ..."]
) -> Float64[np.ndarray, " example"]:
    """Return Spearman's rank correlation of two maps' magnitudes, example by example.

    Left out are positions at which either is not finite, and those at which both are exactly 0:
    where the input is 0, its gradient times it is 0 whatever the network. NaN where fewer than
    three are left, or where a map is constant.

    Args:
        first: attributions.
        second: of the same examples and positions.
    """
    positions = prod(first.shape[1:])
    sizes = [abs(values).reshape(len(values), positions) for values in (first, second)]
    known = np.isfinite(sizes[0]) & np.isfinite(sizes[1]) & ((sizes[0] != 0) | (sizes[1] != 0))
    count = known.sum(1)
    ranks = [_centred_ranks(values, known, count) for values in sizes]
    spread = np.sqrt((ranks[0] ** 2).sum(1) * (ranks[1] ** 2).sum(1))
    has_ranks = (count >= 3) & (spread > 0)
    return np.divide(
        (ranks[0] * ranks[1]).sum(1), spread, out=np.full(len(count), np.nan), where=has_ranks
    )


def methods_agreement(
    maps: Mapping[str, Float[np.ndarray, "example ..."]],
) -> dict[str, float]:
    """Return each method's agreement with the others: the mean of the medians over the examples.

    Args:
        maps: by method; those of another size than a method's own are passed over.
    """
    return {name: _mean_agreement(name, maps) for name in maps}


def completeness_gap(
    sums: Float[np.ndarray, " example"], changes: Float[np.ndarray, " example"]
) -> float:
    """Return Σ |sum − change| over the examples as a share of Σ |change|.

    Args:
        sums: of an example's attributions.
        changes: of its target, from the baseline to the example.

    Returns:
        0 where both are 0, infinity where only the changes are.
    """
    gap, whole = float(abs(sums - changes).sum()), float(abs(changes).sum())
    if whole == 0:
        return 0.0 if gap == 0 else float("inf")
    return gap / whole


def layer_gaps(
    sums: Mapping[str, Float[np.ndarray, " example"]],
    changes: Float[np.ndarray, " example"],
    cuts: Sequence[str],
) -> dict[str, float]:
    """Return the completeness gap of each layer that all of the target passes through.

    Args:
        sums: by layer, of an example's attributions over units and positions.
        changes: of its target.
        cuts: names of those layers, from `cut_layers`.
    """
    return {name: completeness_gap(sums[name], changes) for name in cuts if name in sums}


def cut_layers(names: Sequence[str], successors: Sequence[Sequence[int]]) -> list[str]:
    """Return the layers without which no path leads from the input to the output.

    Only they can account for all of a target: beside any other, a part goes past it.

    Args:
        names: of all layers, the pseudo-layers of the input and the output first and last.
        successors: of each, as indices.
    """
    return [names[cut] for cut in range(1, len(names) - 1) if not _reaches_output(successors, cut)]


class SharedInterest(NamedTuple):
    """How the salient positions and those of a mask overlap, each float64[example].

    Attributes:
        iou: share of the positions in either that are in both.
        ground_truth_coverage: share of the mask that is salient.
        saliency_coverage: share of what is salient that is in the mask.
    """

    iou: Float64[np.ndarray, " example"]
    ground_truth_coverage: Float64[np.ndarray, " example"]
    saliency_coverage: Float64[np.ndarray, " example"]


def shared_interest(
    maps: Float[np.ndarray, "example ..."], masks: Bool[np.ndarray, "example ..."]
) -> SharedInterest:
    """Return how far attributions lie in the part of the input that a human marked.

    Salient is where the magnitude is above its mean over the example's positions by one standard
    deviation or more. NaN where nothing is marked, or nothing is salient (Boggust et al. 2022).

    Args:
        maps: attributions.
        masks: true where the example's ground truth is.
    """
    size = abs(maps).reshape(len(maps), -1).astype(np.float64)
    limits = size.mean(1, keepdims=True) + size.std(1, keepdims=True)
    is_salient = (size >= limits) & (size > 0)
    is_marked = masks.reshape(len(masks), -1)
    both = (is_salient & is_marked).sum(1)
    return SharedInterest(
        _share(both, (is_salient | is_marked).sum(1)),
        _share(both, is_marked.sum(1)),
        _share(both, is_salient.sum(1)),
    )


def _share(part: np.ndarray, whole: np.ndarray) -> Float64[np.ndarray, " example"]:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def _centred_ranks(
    values: Float[np.ndarray, "example position"],
    known: Bool[np.ndarray, "example position"],
    count: Int64[np.ndarray, " example"],
) -> Float64[np.ndarray, "example position"]:
    """Return the ranks of the known values of each example less their mean; 0 for the others."""
    if not values.size:
        return np.zeros(values.shape)
    # What is not known stands behind all that is, and so changes no other's rank.
    ranks = rankdata(np.where(known, values, np.inf), axis=1)
    return np.where(known, ranks - (count[:, None] + 1) / 2, 0.0)


def _mean_agreement(name: str, maps: Mapping[str, np.ndarray]) -> float:
    alike = [
        other for key, other in maps.items() if key != name and other.shape == maps[name].shape
    ]
    found = [rank_agreement(maps[name], other) for other in alike]
    medians = [float(np.nanmedian(each)) for each in found if not np.isnan(each).all()]
    return float(np.mean(medians)) if medians else float("nan")


def _reaches_output(successors: Sequence[Sequence[int]], without: int) -> bool:
    seen, waiting = {without}, [0]
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        waiting.extend(successors[place])
    return len(successors) - 1 in seen
