"""When a unit changed its mind: its mean attribution turned its sign, or its main class another.

Both are judged against the layer's *scale* at the record: its mean |attribution| over units and
examples. What lies within a margin of it says nothing, so a unit that trembles about 0, or between
two classes, changes nothing: the last clear sign and the last clear class stay until another is as
clear (hysteresis).
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

#: A mean attribution has a clear sign if its size is above this share of the layer's scale.
SIGN_SHARE = 0.25
#: A class becomes the main one if it leads by more than this share of the layer's scale.
CLASS_MARGIN = 0.5
_NONE = -1


class Change(NamedTuple):
    """A unit that is not what it was.

    Attributes:
        unit: which.
        record: the first record at which it is clear.
        before: what it last clearly was: a sign (-1 or 1), or a class.
        after: what it clearly is.
    """

    unit: int
    record: int
    before: int
    after: int


def sign_flips(
    means: Float[np.ndarray, "record unit"],
    scales: Float[np.ndarray, " record"],
    share: float = SIGN_SHARE,
) -> list[Change]:
    """Return the units whose mean attribution changed sign, in the order of their records.

    Args:
        means: mean attribution; NaN where it is unknown.
        scales: the layer's mean |attribution|.
        share: of the scale, which |mean| must exceed before the change and after it.
    """
    last = np.zeros(means.shape[1], np.int64)
    changes: list[Change] = []
    for record, (row, scale) in enumerate(zip(means, scales, strict=True)):
        is_clear = np.abs(row) > share * scale
        signs = np.where(is_clear, np.sign(np.nan_to_num(row)), 0).astype(np.int64)
        changes += _changes(record, last, signs, signs * last < 0)
        last = np.where(signs != 0, signs, last)
    return changes


def main_class_changes(
    class_means: Iterable[Float[np.ndarray, "class unit"]],
    scales: Iterable[float],
    margin: float = CLASS_MARGIN,
) -> list[Change]:
    """Return the units whose main class changed, in the order of their records.

    The main class is that of the largest mean attribution over a class's examples. The first one
    must lead the second, and a later one the present one, by more than the margin.

    Args:
        class_means: at each record, mean attribution over the examples of each class; a class
            without a number is passed over.
        scales: at each record, the layer's mean |attribution|.
        margin: share of the scale by which a class must lead.
    """
    main = np.zeros(0, np.int64)
    changes: list[Change] = []
    for record, (values, scale) in enumerate(zip(class_means, scales, strict=True)):
        if record == 0:
            main = np.full(values.shape[1], _NONE, np.int64)
        filled = np.where(np.isfinite(values), values, -np.inf)
        if not len(filled) or not np.isfinite(scale):
            continue
        best = filled.argmax(axis=0).astype(np.int64)
        rivals = _rivals(filled, best, main)
        is_clear = filled.max(axis=0) > rivals + margin * scale
        # One class without a rival is the main one, but none takes over from an unknown number.
        is_clear &= (main == _NONE) | np.isfinite(rivals)
        changes += _changes(record, main, best, is_clear & (main != _NONE) & (best != main))
        main = np.where(is_clear, best, main)
    return changes


def _rivals(
    values: Float[np.ndarray, "class unit"],
    best: Int[np.ndarray, " unit"],
    main: Int[np.ndarray, " unit"],
) -> Float[np.ndarray, " unit"]:
    """Return what the best class must lead: the main one, or the second where there is none."""
    units = np.arange(values.shape[1])
    others = values.copy()
    others[best, units] = -np.inf
    return np.where(main == _NONE, others.max(axis=0), values[main, units])


def _changes(
    record: int,
    before: Int[np.ndarray, " unit"],
    after: Int[np.ndarray, " unit"],
    is_changed: Bool[np.ndarray, " unit"],
) -> list[Change]:
    return [
        Change(unit, record, int(before[unit]), int(after[unit]))
        for unit in np.flatnonzero(is_changed).tolist()
    ]
