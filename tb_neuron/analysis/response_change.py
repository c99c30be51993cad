"""How a unit's responses differ between two records, or between two sets of examples."""

import numpy as np
from jaxtyping import Float, Float64, Int, Shaped


def meaning_drift(
    before: Int[np.ndarray, "unit top"], after: Int[np.ndarray, "unit top"]
) -> Float64[np.ndarray, " unit"]:
    """Return how far the sets of units' top examples lie apart: 1 less their Jaccard index.

    The index is the share of the examples in either set that are in both. NaN stands where both
    sets are empty: such a unit responds to nothing.

    Args:
        before: top examples at one record, each once; -1 for none.
        after: at a later one.
    """
    is_shared = (after[:, :, None] == before[:, None, :]) & (after >= 0)[:, :, None]
    shared = is_shared.sum((1, 2))
    sizes = [(each >= 0).sum(1) for each in (before, after)]
    either = sizes[0] + sizes[1] - shared
    return np.where(either > 0, 1 - shared / np.maximum(either, 1), np.nan)


def distribution_distance(
    first: Float[np.ndarray, "unit _first"], second: Float[np.ndarray, "unit _second"]
) -> Float64[np.ndarray, " unit"]:
    """Return the largest gap between the cumulative distributions of two sets of responses.

    It is the statistic of Kolmogorov and Smirnov: 0 for the same distribution, 1 for two without
    overlap; unlike a distance in the responses' own units, it can be compared between units.
    Responses that are not finite are passed over; NaN where a set has none left.

    Args:
        first: responses to one set of examples.
        second: of the same units, to another.
    """
    return np.array([_gap(a, b) for a, b in zip(first, second, strict=True)], np.float64)


def _gap(first: Shaped[np.ndarray, " _first"], second: Shaped[np.ndarray, " _second"]) -> float:
    a, b = (np.sort(values[np.isfinite(values)]) for values in (first, second))
    if not len(a) or not len(b):
        return float("nan")
    both = np.concatenate([a, b])
    shares = [np.searchsorted(values, both, side="right") / len(values) for values in (a, b)]
    return float(np.abs(shares[0] - shares[1]).max())
