"""Flow between groups of units: what units pass, shared out to the groups that they are in."""

import numpy as np
from jaxtyping import Float, Float64, Int64


def group_shares(
    weights: Float[np.ndarray, "unit group"],
) -> Float64[np.ndarray, "unit group_and_none"]:
    """Return how much of each unit counts to each group, and to none; each row sums to 1.

    A unit counts to a group by its weight there, as a share of its weights over all groups; one
    without any weight counts to none, the last column.
    """
    known = np.nan_to_num(weights.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0).clip(0)
    total = known.sum(1, keepdims=True)
    shares = np.divide(known, total, out=np.zeros_like(known), where=total > 0)
    return np.hstack([shares, (total <= 0).astype(np.float64)])


def shown_shares(
    shares: Float64[np.ndarray, "unit group_and_none"], shown: Int64[np.ndarray, " shown"]
) -> Float64[np.ndarray, "shown_and_rest group_none_and_rest"]:
    """Return the shares of the units with flow of their own, and of the rest as one.

    Of the rest only the sum is known, so it is no group's: it stays by itself, the last column.

    Args:
        shares: of all of a layer's units.
        shown: units with flow of their own.
    """
    found = np.zeros((len(shown) + 1, shares.shape[1] + 1))
    found[:-1, :-1] = shares[shown]
    found[-1, -1] = 1.0
    return found


def gathered(
    values: Float[np.ndarray, "source target"],
    sources: Float64[np.ndarray, "source source_node"],
    targets: Float64[np.ndarray, "target target_node"],
) -> tuple[
    Float64[np.ndarray, "source_node target_node"], Float64[np.ndarray, "source_node target_node"]
]:
    """Return what nodes pass to each other, summed with its signs; and the part of it below 0.

    The sum of all links stays what it was, for each unit's shares sum to 1. What is not finite
    makes the links that it is part of not finite, too.

    Args:
        values: links between units.
        sources: how much of each unit counts to each node.
        targets: the same on the other side.
    """
    return _shared(values, sources, targets), _shared(-np.minimum(values, 0), sources, targets)


def _shared(
    values: Float[np.ndarray, "source target"],
    sources: Float64[np.ndarray, "source source_node"],
    targets: Float64[np.ndarray, "target target_node"],
) -> Float64[np.ndarray, "source_node target_node"]:
    wide = values.astype(np.float64)
    known = np.isfinite(wide)
    found = sources.T @ np.where(known, wide, 0.0) @ targets
    if known.all():
        return found
    touched = (sources > 0).T.astype(float) @ (~known).astype(float) @ (targets > 0).astype(float)
    return np.where(touched > 0, np.nan, found)
