"""Groups: sets of units that respond together, by non-negative matrix factorisation.

A layer's responses [unit, example] are approximated by `units @ examples`: each group is a column
of weights over units and a row of activity over examples. Steps alternate between the two sides,
each group's solved exactly while the others are held (HALS: Cichocki and Phan, 2009).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int64
from scipy.optimize import linear_sum_assignment

#: Passes over both sides at most.
_PASSES = 200
#: It is over when a pass improves the error by less than this share of it.
_ENOUGH = 1e-5
_TINY = 1e-12


@dataclass(frozen=True)
class Groups:
    """A factorisation into groups.

    Attributes:
        units: weight of each unit in each group; a group's largest is 1.
        examples: activity of each group on each example, on the scale of the responses.
        error: what is left over, as a share of the responses' norm.
    """

    units: Float64[np.ndarray, "unit group"]
    examples: Float64[np.ndarray, "group example"]
    error: float


def factorise(
    responses: Float[np.ndarray, "unit example"],
    count: int,
    start: Float64[np.ndarray, "unit group"] | None = None,
) -> Groups:
    """Return so many groups of units.

    Negative and non-finite responses count as 0; `split_signs` keeps those of signed ones.

    Args:
        responses: of a layer.
        count: of groups; fewer where there are fewer units or examples.
        start: weights to begin with, such as those of the record before: then groups keep their
            place. By default those of a singular value decomposition.
    """
    whole = np.clip(np.nan_to_num(responses.astype(np.float64), nan=0, posinf=0, neginf=0), 0, None)
    count = max(1, min(count, *whole.shape))
    norm = float(np.linalg.norm(whole))
    if norm == 0:
        zeros = np.zeros((len(whole), count)), np.zeros((count, whole.shape[1]))
        return Groups(*zeros, 0.0)
    units, examples = _begin(whole, count)
    if start is not None and start.shape == units.shape and start.any():
        units = np.clip(start, _TINY, None)
        examples = np.clip(np.linalg.lstsq(units, whole, rcond=None)[0], _TINY, None)
    error = np.inf
    for _ in range(_PASSES):
        examples = _improved(examples, units.T @ whole, units.T @ units)
        units = _improved(units.T, examples @ whole.T, examples @ examples.T).T
        before, error = error, _error(whole, units, examples) / norm
        if before - error < _ENOUGH * error:
            break
    return _scaled(units, examples, error)


def split_signs(
    responses: Float[np.ndarray, "unit example"],
) -> Float[np.ndarray, "unit twice_example"]:
    """Return signed responses as two non-negative halves: what is above 0, then what is below.

    Each example stands twice, each unit once: so a group stays a set of units with one weight each,
    and what it has for the target on some examples and against it on others is one group's. With
    each unit twice, its two signs could be in different groups, and a group would no longer be a
    set of units that flow can be shared out to.
    """
    return np.concatenate([np.clip(responses, 0, None), np.clip(-responses, 0, None)], 1)


def match(
    before: Float64[np.ndarray, "unit group"], after: Float64[np.ndarray, "unit _group"]
) -> tuple[Int64[np.ndarray, " group"], Float64[np.ndarray, " group"]]:
    """Return which group of the later record is which of the earlier, and how alike they are.

    Groups are paired so that the sum of the cosines of their units' weights is largest.

    Args:
        before: weights of an earlier record.
        after: weights of a later one.

    Returns:
        For each earlier group its number among the later ones, -1 for none, and the cosine.
    """
    a, b = (w / np.maximum(np.linalg.norm(w, axis=0), _TINY) for w in (before, after))
    cosine = a.T @ b
    rows, columns = linear_sum_assignment(-cosine)
    places = np.full(before.shape[1], -1, np.int64)
    alike = np.zeros(before.shape[1])
    places[rows], alike[rows] = columns, cosine[rows, columns]
    return places, alike


def _begin(
    whole: Float64[np.ndarray, "unit example"], count: int
) -> tuple[Float64[np.ndarray, "unit group"], Float64[np.ndarray, "group example"]]:
    """Return non-negative factors from a decomposition (NNDSVD: Boutsidis and Gallopoulos, 2008).

    Zeros are filled with a little of the mean, so that no group is stuck at them.
    """
    gram = whole @ whole.T if len(whole) <= whole.shape[1] else whole.T @ whole
    values, vectors = np.linalg.eigh(gram)
    order = np.argsort(values)[::-1][:count]
    strength = np.sqrt(np.clip(values[order], 0, None))
    if len(whole) <= whole.shape[1]:
        left = vectors[:, order]
        right = (left.T @ whole) / np.maximum(strength, _TINY)[:, None]
    else:
        right = vectors[:, order].T
        left = (whole @ right.T) / np.maximum(strength, _TINY)
    units, examples = np.zeros_like(left), np.zeros_like(right)
    for group in range(count):
        units[:, group], examples[group] = _one_sign(left[:, group], right[group], strength[group])
    filling = whole.mean() / 100
    return np.where(units > 0, units, filling), np.where(examples > 0, examples, filling)


def _one_sign(
    left: Float64[np.ndarray, " unit"], right: Float64[np.ndarray, " example"], strength: float
) -> tuple[Float64[np.ndarray, " unit"], Float64[np.ndarray, " example"]]:
    """Return the larger of a pair of vectors' positive and negative parts."""
    parts = []
    for sign in (1.0, -1.0):
        a, b = np.clip(sign * left, 0, None), np.clip(sign * right, 0, None)
        parts.append((np.linalg.norm(a) * np.linalg.norm(b), a, b))
    size, a, b = max(parts, key=lambda part: part[0])
    scale = np.sqrt(strength * size)
    return (
        scale * a / max(np.linalg.norm(a), _TINY),
        scale * b / max(np.linalg.norm(b), _TINY),
    )


def _improved(
    rows: Float64[np.ndarray, "group place"],
    wanted: Float64[np.ndarray, "group place"],
    gram: Float64[np.ndarray, "group group"],
) -> Float64[np.ndarray, "group place"]:
    """Return one side with each group's row solved while the others are held."""
    found = rows.copy()
    for group in range(len(found)):
        rest = wanted[group] - gram[group] @ found + gram[group, group] * found[group]
        found[group] = np.maximum(rest / max(gram[group, group], _TINY), _TINY)
    return found


def _error(
    whole: Float64[np.ndarray, "unit example"],
    units: Float64[np.ndarray, "unit group"],
    examples: Float64[np.ndarray, "group example"],
) -> float:
    # ||V||^2 - 2 <V, WH> + ||WH||^2, without an array of V's size for WH.
    cross = float(((units.T @ whole) * examples).sum())
    own = float(((units.T @ units) * (examples @ examples.T)).sum())
    return float(np.sqrt(max(float((whole * whole).sum()) - 2 * cross + own, 0.0)))


def _scaled(
    units: Float64[np.ndarray, "unit group"],
    examples: Float64[np.ndarray, "group example"],
    error: float,
) -> Groups:
    top = np.maximum(units.max(0), _TINY)
    weights, activity = units / top, examples * top[:, None]
    weights[weights < 1e-9] = 0
    return Groups(weights, activity, error)
