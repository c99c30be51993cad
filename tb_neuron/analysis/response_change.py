"""How a unit's responses differ between two records, or between two sets of examples."""

import numpy as np
from jaxtyping import Float, Float64, Int, Shaped


def meaning_drift(
    before: Int[np.ndarray, "unit top"], after: Int[np.ndarray, "unit top"]
) -> Float64[np.ndarray, " unit"]:
    """Return the share of a unit's top examples that are no longer among them.

    Args:
        before: top examples at one record.
        after: at a later one.
    """
    return 1 - (after[:, :, None] == before[:, None, :]).any(2).mean(1)


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
