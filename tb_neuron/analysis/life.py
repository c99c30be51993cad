"""The dated events of one unit's life: when it fell silent, came back, died or saturated."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Int64, UInt8

from tb_neuron.analysis.states import DORMANT, NONFINITE, SATURATED, SILENT

EventKind = Literal["silent", "dead", "revived", "dormant", "saturated", "unsaturated", "nonfinite"]


class LifeEvent(NamedTuple):
    """Something that happened to a unit.

    Attributes:
        kind: what.
        record: the first record at which it is so.
        text: a sentence for the user.
    """

    kind: EventKind
    record: int
    text: str


def life_events(
    states: UInt8[np.ndarray, " record"],
    is_known: Bool[np.ndarray, " record"],
    steps: Int64[np.ndarray, " record"],
    dead_since: int,
) -> list[LifeEvent]:
    """Return the events of one unit's life in the order of their records.

    Args:
        states: the unit's state bits.
        is_known: False where its layer is missing; such records are passed over.
        steps: of the records.
        dead_since: record since which it is dead, -1 if it is not.
    """
    records = np.flatnonzero(is_known)
    events: list[LifeEvent] = []
    before, fell_silent = 0, 0
    for record in records.tolist():
        now = int(states[record])
        step = int(steps[record])
        if now & SILENT and not before & SILENT:
            fell_silent = record
            events.append(_silenced(record, step, dead_since, record == int(records[0])))
        elif before & SILENT and not now & SILENT:
            count = int(np.count_nonzero((records >= fell_silent) & (records < record)))
            text = f"active again at step {step} after {_counted(count)} of silence"
            events.append(LifeEvent("revived", record, text))
        events.extend(_other_changes(before, now, record, step))
        before = now
    return events


def _silenced(record: int, step: int, dead_since: int, is_first: bool) -> LifeEvent:
    if record == dead_since:
        text = f"dead since step {step}: silent at this record and every later one"
        return LifeEvent("dead", record, text)
    when = (
        f"silent from the first record on (step {step})"
        if is_first
        else f"silent since step {step}"
    )
    return LifeEvent("silent", record, when)


def _other_changes(before: int, now: int, record: int, step: int) -> Iterator[LifeEvent]:
    begun, ended = now & ~before, before & ~now
    if begun & DORMANT and not now & SILENT:
        yield LifeEvent("dormant", record, f"dormant since step {step}")
    if begun & SATURATED:
        yield LifeEvent("saturated", record, f"saturated since step {step}")
    if ended & SATURATED:
        yield LifeEvent("unsaturated", record, f"no longer saturated at step {step}")
    if begun & NONFINITE:
        yield LifeEvent("nonfinite", record, f"NaN or infinite activations since step {step}")


def _counted(records: int) -> str:
    return "1 record" if records == 1 else f"{records} records"
