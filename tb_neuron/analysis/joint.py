"""Two responses together over the probe set: hexagonal bins, marginals, correlation, floors.

The plane is cut into hexagons whose centres lie on rows; every second row is moved by half a
hexagon. An example falls in the hexagon whose centre is nearest.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int32, Int64

#: Height of a row of hexagons over their width.
_ROW = np.sqrt(3) / 2


class Axis(NamedTuple):
    """The fixed scale of one side of the plane.

    Attributes:
        lower: value at the plane's left or lower edge.
        upper: value at the other edge.
    """

    lower: float
    upper: float


@dataclass(frozen=True)
class Hexbin:
    """Counts of examples in hexagons.

    Attributes:
        x: centres, on the scale of the first response.
        y: centres, on the scale of the second.
        counts: by group of examples, such as their class.
        bin_of: hexagon of each example; -1 where a response is not finite.
    """

    x: Float32[np.ndarray, " bin"]
    y: Float32[np.ndarray, " bin"]
    counts: Int32[np.ndarray, "group bin"]
    bin_of: Int32[np.ndarray, " example"]


def axis_of(responses: Float[np.ndarray, "..."]) -> Axis:
    """Return a scale that holds all finite responses; 0 to 1 where there are none."""
    finite = responses[np.isfinite(responses)]
    if not finite.size:
        return Axis(0.0, 1.0)
    lower, upper = float(finite.min()), float(finite.max())
    return Axis(lower, upper if upper > lower else lower + 1.0)


def hexbin(
    first: Float[np.ndarray, " example"],
    second: Float[np.ndarray, " example"],
    axes: tuple[Axis, Axis],
    columns: int,
    groups: Int64[np.ndarray, " example"],
) -> Hexbin:
    """Return the counts of examples in hexagons.

    Args:
        first: response on the horizontal axis.
        second: response on the vertical axis.
        axes: their scales; what lies outside falls in the nearest hexagon beyond.
        columns: hexagons from one side of the plane to the other.
        groups: of each example, from 0.
    """
    known = np.isfinite(first) & np.isfinite(second)
    x, y = (_scaled(v[known], a) * columns for v, a in zip((first, second), axes, strict=True))
    column, row = _nearest(x, y / _ROW)
    places, bins = np.unique(np.stack([row, column], 1), axis=0, return_inverse=True)
    bins = bins.reshape(-1)
    counts = np.zeros((int(groups.max(initial=0)) + 1, len(places)), np.int32)
    np.add.at(counts, (groups[known], bins), 1)
    bin_of = np.full(len(first), -1, np.int32)
    bin_of[known] = bins
    centres_x = (places[:, 1] + (places[:, 0] % 2) / 2) / columns
    centres_y = places[:, 0] * _ROW / columns
    return Hexbin(_unscaled(centres_x, axes[0]), _unscaled(centres_y, axes[1]), counts, bin_of)


def marginal(
    responses: Float[np.ndarray, " example"], axis: Axis, bins: int
) -> Int64[np.ndarray, " bin"]:
    """Return how many responses lie in each of so many equal parts of a scale."""
    finite = np.clip(responses[np.isfinite(responses)], axis.lower, axis.upper)
    return np.histogram(finite, bins, (axis.lower, axis.upper))[0]


def spread(
    responses: Float[np.ndarray, " example"], axis: Axis, parts: int, ratio: float
) -> Float64[np.ndarray, " part"]:
    """Return how many responses lie in each of so many equal parts of a scale, none a point.

    A response that was stored on a logarithmic grid may be anywhere within half a step of it, and
    counts as evenly spread over that: a part narrower than a step is not empty for its rounding.

    Args:
        responses: what is not finite is passed over.
        axis: the scale.
        parts: of it.
        ratio: of one value of the grid to the next.
    """
    finite = responses[np.isfinite(responses)].astype(np.float64)
    ends = np.sort(np.stack([finite / ratio**0.5, finite * ratio**0.5]), 0)
    low, high = np.clip(ends, axis.lower, axis.upper)
    edges = np.linspace(axis.lower, axis.upper, parts + 1)[1:-1, None]
    width = np.where(high > low, high - low, 1.0)
    # Of a point, all is below an edge that is above it.
    below = np.where(high > low, np.clip((edges - low) / width, 0, 1), edges > low).sum(1)
    return np.diff(np.concatenate([[0.0], below, [float(len(finite))]]))


def correlation(
    first: Float[np.ndarray, " example"], second: Float[np.ndarray, " example"]
) -> float | None:
    """Return Pearson's correlation over the examples on which both are finite.

    None where it is undefined: fewer than two examples, or a response that is constant.
    """
    known = np.isfinite(first) & np.isfinite(second)
    if known.sum() < 2:
        return None
    a, b = (np.asarray(v[known], np.float64) for v in (first, second))
    # Before centring, since a mean need not be representable.
    if (a == a[0]).all() or (b == b[0]).all():
        return None
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip((a @ b) / np.sqrt((a @ a) * (b @ b)), -1.0, 1.0))


class FloorShares(NamedTuple):
    """Shares of examples on which units stand at their floor; NaN without a finite response.

    Attributes:
        first: of the first unit.
        second: of the second.
        both: of both at once.
    """

    first: float
    second: float
    both: float


def floor_shares(
    first: Float[np.ndarray, " example"],
    second: Float[np.ndarray, " example"],
    floors: tuple[float, float],
    margin: tuple[float, float] = (0.0, 0.0),
) -> FloorShares:
    """Return on how many examples each of two units, and both, are at the floor.

    Args:
        first: responses of one unit.
        second: of the other.
        floors: 0 for a ReLU; the lower end of a bounded nonlinearity.
        margin: what still counts as the floor, above it.
    """
    known = np.isfinite(first) & np.isfinite(second)
    if not known.any():
        return FloorShares(np.nan, np.nan, np.nan)
    a, b = (
        _is_at_floor(v[known], f, m)
        for v, f, m in zip((first, second), floors, margin, strict=True)
    )
    return FloorShares(float(a.mean()), float(b.mean()), float((a & b).mean()))


def _is_at_floor(
    responses: Float[np.ndarray, " example"], floor: float, margin: float
) -> Bool[np.ndarray, " example"]:
    return responses <= floor + margin


def _nearest(
    x: Float[np.ndarray, " example"], y: Float[np.ndarray, " example"]
) -> tuple[Int64[np.ndarray, " example"], Int64[np.ndarray, " example"]]:
    """Return column and row of the nearest centre; x in hexagons, y in rows."""
    candidates = []
    for row in (np.floor(y), np.floor(y) + 1):
        shift = (row % 2) / 2
        column = np.rint(x - shift)
        distance = (x - column - shift) ** 2 + ((y - row) * _ROW) ** 2
        candidates.append((distance, column, row))
    (near, column, row), (far, other_column, other_row) = candidates
    is_first = near <= far
    found = np.where(is_first, column, other_column), np.where(is_first, row, other_row)
    return found[0].astype(np.int64), found[1].astype(np.int64)


def _scaled(values: Float[np.ndarray, " example"], axis: Axis) -> Float[np.ndarray, " example"]:
    return (np.asarray(values, np.float64) - axis.lower) / (axis.upper - axis.lower)


def _unscaled(places: Float[np.ndarray, " bin"], axis: Axis) -> Float32[np.ndarray, " bin"]:
    return (axis.lower + places * (axis.upper - axis.lower)).astype(np.float32)
