"""Since when a unit is silent, and since when it is dead.

A unit's state at a record is a byte of bits. *Dead* is no bit: it is judged in hindsight. A unit
is dead from record r on if it is silent at every record from r to the last, and that streak is
long enough. A record in which a unit's layer is missing says nothing: it neither lengthens a
streak nor ends it.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int32, UInt8

SILENT, DORMANT, SATURATED, NONFINITE = 1, 2, 4, 8
NEVER = -1


class Streaks(NamedTuple):
    """How long units have been silent, up to and including one record.

    Attributes:
        since: record at which the streak began, `NEVER` for a unit that is not silent.
        length: records in it.
    """

    since: Int32[np.ndarray, " unit"]
    length: Int32[np.ndarray, " unit"]


def no_streaks(units: int) -> Streaks:
    """Return the streaks before the first record."""
    return Streaks(np.full(units, NEVER, np.int32), np.zeros(units, np.int32))


def extend_streaks(
    streaks: Streaks,
    states: UInt8[np.ndarray, " unit"],
    record: int,
    is_known: Bool[np.ndarray, " unit"] | None = None,
) -> Streaks:
    """Return the streaks up to one record more.

    Args:
        streaks: up to the record before.
        states: at this record.
        record: its position.
        is_known: False for units whose layer is missing from this record.
    """
    silent = (states & SILENT).astype(bool)
    since = np.where(silent, np.where(streaks.since < 0, record, streaks.since), NEVER)
    length = np.where(silent, streaks.length + 1, 0)
    if is_known is not None:
        since = np.where(is_known, since, streaks.since)
        length = np.where(is_known, length, streaks.length)
    return Streaks(since.astype(np.int32), length.astype(np.int32))


def silent_since(
    states: UInt8[np.ndarray, "record unit"], is_known: Bool[np.ndarray, " record"] | None = None
) -> Int32[np.ndarray, " unit"]:
    """Return the record since which each unit is silent up to the last, `NEVER` if it is not."""
    return _streaks_of(states, is_known).since


def dead_since(
    streaks: Streaks, can_be_dead: Bool[np.ndarray, " unit"], dead_records: int
) -> Int32[np.ndarray, " unit"]:
    """Return the record since which each unit is dead, `NEVER` if it is not.

    Args:
        streaks: up to the last record.
        can_be_dead: False for units that are at most silent (convolutions, norms, logits).
        dead_records: silent records that make a unit dead.
    """
    is_dead = can_be_dead & (streaks.length >= dead_records)
    return np.where(is_dead, streaks.since, NEVER).astype(np.int32)


def is_dead(
    dead_since_record: Int32[np.ndarray, " unit"], records: int
) -> Bool[np.ndarray, "record unit"]:
    """Return, for every record, which units are dead from it on."""
    at = np.arange(records, dtype=np.int32)[:, None]
    return (dead_since_record >= 0) & (at >= dead_since_record)


def _streaks_of(
    states: UInt8[np.ndarray, "record unit"], is_known: Bool[np.ndarray, " record"] | None
) -> Streaks:
    streaks = no_streaks(states.shape[1])
    for record, row in enumerate(states):
        if is_known is None or is_known[record]:
            streaks = extend_streaks(streaks, row, record)
    return streaks
