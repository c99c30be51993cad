"""Units counted once, under their weightiest state: against a loop over units."""

import itertools

import numpy as np
import pytest
from served_routes import DEAD_FROM, STEPS, Served

from tb_neuron.analysis.state_counts import counted_once, record_counts
from tb_neuron.recording import Recording

STARTS = np.cumsum([0, 5, 0, 9])
ORDER = ("silent", "dead", "dormant", "saturated", "nonfinite")


def state_of(bits: int, dead_since: int, record: int) -> str | None:
    if bits & 8:
        return "nonfinite"
    if bits & 4:
        return "saturated"
    if 0 <= dead_since <= record:
        return "dead"
    if bits & 1:
        return "silent"
    return "dormant" if bits & 2 else None


def by_hand(states: np.ndarray, dead_since: np.ndarray, record: int) -> np.ndarray:
    counts = np.zeros((5, len(STARTS) - 1), np.uint32)
    for layer, (start, end) in enumerate(itertools.pairwise(STARTS)):
        for unit in range(start, end):
            state = state_of(int(states[unit]), int(dead_since[unit]), record)
            if state is not None:
                counts[ORDER.index(state), layer] += 1
    return counts


@pytest.mark.parametrize("record", range(6))
def test_counts_are_those_of_a_loop_over_units(rng: np.random.Generator, record: int) -> None:
    states = rng.integers(0, 16, STARTS[-1]).astype(np.uint8)
    dead_since = np.where(rng.random(STARTS[-1]) < 0.5, rng.integers(0, 6, STARTS[-1]), -1)
    dead_since = dead_since.astype(np.int32)
    # A dead unit is silent from then on: without that it would not be dead.
    states[(dead_since >= 0) & (dead_since <= record)] |= 1
    found = record_counts(states, np.ones(3, bool), STARTS)
    expected = by_hand(states, dead_since, record)
    np.testing.assert_array_equal(counted_once(found, dead_since, record, STARTS), expected)


def test_a_missing_layer_has_no_more_than_its_dead(rng: np.random.Generator) -> None:
    dead_since = np.full(STARTS[-1], -1, np.int32)
    dead_since[6:8] = 1
    found = record_counts(np.zeros(STARTS[-1], np.uint8), np.array([True, True, False]), STARTS)
    counts = counted_once(found, dead_since, 2, STARTS)
    assert (counts[0, 2], counts[1, 2]) == (0, 2)


def test_a_dead_unit_is_not_counted_as_silent_too(served: Served) -> None:
    counts = served.bulk("records").arrays["counts_once"]
    expected = np.zeros((5, 3, len(STEPS)), np.uint32)
    expected[1, 1, DEAD_FROM:] = 1
    np.testing.assert_array_equal(counts, expected)


def test_a_recording_counts_as_its_states_say(recording: Recording) -> None:
    since = recording.dead_since()
    starts = np.cumsum([0, *(layer.units for layer in recording.layers)])
    for number, layer in enumerate(recording.layers):
        states, _ = recording.layer_states(layer.name)
        dead = since[starts[number] : starts[number + 1]]
        for record, row in enumerate(states):
            found = [state_of(int(bits), int(dead[unit]), record) for unit, bits in enumerate(row)]
            expected = [found.count(state) for state in ORDER]
            assert recording.counts_once()[:, number, record].tolist() == expected
