"""Where a unit stands in its layer: the layer's quantiles over its units, and a unit's rank.

Both are read off a *distribution*: the distinct finite values of a column in rising order, and how
many units have at most each. A column on a grid has at most 256 of them, so that a layer of
any width costs one count.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float32, Int64, UInt8

PROBABILITIES = (0.0, 0.25, 0.5, 0.75, 1.0)


class Distribution(NamedTuple):
    """The finite values of one column.

    Attributes:
        values: distinct and rising.
        at_most: how many units have at most each value.
    """

    values: Float32[np.ndarray, " distinct"]
    at_most: Int64[np.ndarray, " distinct"]


def distribution(values: Float32[np.ndarray, " unit"]) -> Distribution:
    """Return the distribution of a column's values; NaN and infinities are left out."""
    distinct, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    return Distribution(distinct.astype(np.float32), np.cumsum(counts, dtype=np.int64))


def distribution_of_codes(
    codes: UInt8[np.ndarray, " unit"], table: Float32[np.ndarray, "256"]
) -> Distribution:
    """Return the distribution of a column on a grid, of which `table` holds each code's value."""
    counts = np.bincount(codes, minlength=256)
    present = np.flatnonzero((counts > 0) & np.isfinite(table))
    rising = present[np.argsort(table[present], kind="stable")]
    return Distribution(table[rising], np.cumsum(counts[rising], dtype=np.int64))


def quantiles(of: Distribution) -> Float32[np.ndarray, "5"]:
    """Return the quantiles at `PROBABILITIES`, linearly interpolated; NaN if there is no value."""
    if not len(of.values):
        return np.full(len(PROBABILITIES), np.nan, np.float32)
    place = np.asarray(PROBABILITIES) * (of.at_most[-1] - 1)
    lower, upper = _at(of, np.floor(place)), _at(of, np.ceil(place))
    share = place - np.floor(place)
    return (lower * (1 - share) + upper * share).astype(np.float32)


def rank(of: Distribution, value: float) -> float:
    """Return the share of a layer's units with a lower value, NaN if the value is not finite."""
    if not np.isfinite(value) or not len(of.values):
        return float("nan")
    below = int(np.searchsorted(of.values, np.float32(value), side="left"))
    return float(of.at_most[below - 1] / of.at_most[-1]) if below else 0.0


def _at(of: Distribution, place: Float[np.ndarray, "5"]) -> Float[np.ndarray, "5"]:
    return of.values[np.searchsorted(of.at_most, place, side="right")].astype(np.float64)
