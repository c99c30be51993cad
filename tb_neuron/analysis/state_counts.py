"""How many units are counted under which state: each once, under its weightiest.

States weigh, from the heaviest: not finite, saturated, dead, silent, dormant. *Dead* is judged in
hindsight, so what a record tells of it is kept until the last one is known.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int32, Int64, UInt8, UInt32

from tb_neuron.analysis.states import DORMANT, NONFINITE, SATURATED, SILENT

_COMBINATIONS = 16
_BITS = np.arange(_COMBINATIONS)
_HEAVIER_THAN_DEAD = NONFINITE | SATURATED


class RecordCounts(NamedTuple):
    """What one record tells of the units' states.

    Attributes:
        by_bits: units of each layer with each combination of bits.
        hidden: packed bits of the units that would not be counted as dead if they were; None if
            there are none.
        is_known: False for a layer that is missing.
    """

    by_bits: UInt32[np.ndarray, "16 layer"]
    hidden: UInt8[np.ndarray, " packed"] | None
    is_known: Bool[np.ndarray, " layer"]


def record_counts(
    states: UInt8[np.ndarray, " unit"],
    is_known: Bool[np.ndarray, " layer"],
    starts: Int64[np.ndarray, " edge"],
) -> RecordCounts:
    """Return what a record tells.

    Args:
        states: bits of all layers' units in order.
        is_known: False for a layer that is missing.
        starts: where each layer's units begin, and after them their number.
    """
    layers = len(starts) - 1
    bits = states & (_COMBINATIONS - 1)
    layer_of = np.repeat(np.arange(layers), np.diff(starts))
    cells = np.bincount(bits * np.int64(layers) + layer_of, minlength=_COMBINATIONS * layers)
    by_bits = cells.reshape(_COMBINATIONS, layers).astype(np.uint32)
    by_bits[:, ~is_known] = 0
    hidden = (bits & _HEAVIER_THAN_DEAD) != 0
    return RecordCounts(by_bits, np.packbits(hidden) if hidden.any() else None, is_known)


def counted_once(
    counts: RecordCounts,
    dead_since: Int32[np.ndarray, " unit"],
    record: int,
    starts: Int64[np.ndarray, " edge"],
) -> UInt32[np.ndarray, "5 layer"]:
    """Return the units that are silent, dead, dormant, saturated, nonfinite, each counted once.

    Args:
        counts: what the record tells.
        dead_since: record since which each unit is dead, -1 if it is not.
        record: its position.
        starts: as in `record_counts`.
    """
    is_dead = (dead_since >= 0) & (dead_since <= record)
    if counts.hidden is not None:
        is_dead &= ~np.unpackbits(counts.hidden, count=len(is_dead)).astype(bool)
    dead = np.add.reduceat(np.append(is_dead, False), starts[:-1], dtype=np.int64)
    dead[np.diff(starts) == 0] = 0
    nonfinite = _sum(counts, (_BITS & NONFINITE) != 0)
    saturated = _sum(counts, (_BITS & (NONFINITE | SATURATED)) == SATURATED)
    silent = _sum(counts, (_BITS & (_HEAVIER_THAN_DEAD | SILENT)) == SILENT)
    dormant = _sum(counts, (_BITS & (_HEAVIER_THAN_DEAD | SILENT | DORMANT)) == DORMANT)
    living = silent - np.where(counts.is_known, dead, 0)
    return np.stack([living, dead, dormant, saturated, nonfinite]).astype(np.uint32)


def _sum(counts: RecordCounts, is_meant: Bool[np.ndarray, "16"]) -> Int64[np.ndarray, " layer"]:
    return counts.by_bits[is_meant].sum(axis=0, dtype=np.int64)
