"""Each question asked of made-up arrays, answered by the plainest loop or by NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tb_neuron import columns
from tb_neuron.analysis import film, standing, states
from tb_neuron.analysis.life import life_events
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG

bits = hnp.arrays(
    np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 5)), elements=st.integers(0, 15)
)
codes = hnp.arrays(np.uint8, st.tuples(st.integers(1, 16), st.integers(1, 20)))
numbers = hnp.arrays(
    np.float32,
    st.integers(1, 30),
    elements=st.one_of(st.floats(-100, 100, width=32), st.sampled_from([np.nan, np.inf, 0.0])),
)


def streaks_of(found: np.ndarray) -> states.Streaks:
    streaks = states.no_streaks(found.shape[1])
    for record, row in enumerate(found):
        streaks = states.extend_streaks(streaks, row, record)
    return streaks


def silent_from(silent: np.ndarray) -> list[int]:
    """Return the definition, unit by unit."""
    records, units = silent.shape
    starts = [[r for r in range(records) if silent[r:, unit].all()] for unit in range(units)]
    return [min(start, default=-1) for start in starts]


@given(bits)
def test_silent_since_is_its_definition(found: np.ndarray) -> None:
    assert states.silent_since(found).tolist() == silent_from(found & 1 == 1)


@given(bits, st.integers(1, 5))
def test_dead_since_is_a_silence_that_is_long_enough(found: np.ndarray, least: int) -> None:
    since = states.dead_since(streaks_of(found), np.ones(found.shape[1], bool), least)
    expected = [
        start if 0 <= start <= len(found) - least else -1 for start in silent_from(found & 1 == 1)
    ]
    assert since.tolist() == expected


@given(bits)
def test_no_unit_of_a_layer_that_cannot_be_dead_is(found: np.ndarray) -> None:
    since = states.dead_since(streaks_of(found), np.zeros(found.shape[1], bool), 1)
    assert (since == -1).all()


def test_an_unknown_record_neither_ends_nor_lengthens_a_silence() -> None:
    streaks = states.Streaks(np.array([4], np.int32), np.array([2], np.int32))
    after = states.extend_streaks(streaks, np.zeros(1, np.uint8), 6, np.array([False]))
    assert (after.since.tolist(), after.length.tolist()) == ([4], [2])


def test_a_unit_is_dead_from_its_record_on() -> None:
    found = states.is_dead(np.array([-1, 0, 2], np.int32), 3)
    assert found.T.tolist() == [[False] * 3, [True] * 3, [False, False, True]]


@given(numbers)
def test_quantiles_are_numpy_s(values: np.ndarray) -> None:
    finite = values[np.isfinite(values)]
    found = standing.quantiles(standing.distribution(values))
    expected = np.quantile(finite, standing.PROBABILITIES) if len(finite) else np.full(5, np.nan)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@given(numbers)
def test_rank_is_the_share_of_finite_values_below(values: np.ndarray) -> None:
    finite = values[np.isfinite(values)]
    found = standing.rank(standing.distribution(values), float(values[0]))
    expected = (finite < values[0]).mean() if np.isfinite(values[0]) else np.nan
    np.testing.assert_allclose(found, expected)


@given(hnp.arrays(np.uint8, st.integers(1, 60)), st.integers(-60, 20))
def test_a_distribution_of_codes_is_that_of_their_values(column: np.ndarray, offset: int) -> None:
    table = columns.levels(GRID_SIGNED_LOG, offset)
    found = standing.distribution_of_codes(column, table)
    expected = standing.distribution(table[column])
    np.testing.assert_array_equal(found.values, expected.values)
    np.testing.assert_array_equal(found.at_most, expected.at_most)


@given(codes)
def test_a_delta_is_undone(frames: np.ndarray) -> None:
    np.testing.assert_array_equal(film.undo_delta(film.delta(frames)), frames)


def test_what_does_not_change_is_zero() -> None:
    frames = np.repeat(np.array([[7, 255, 0]], np.uint8), 3, axis=0)
    assert film.delta(frames)[1:].tolist() == [[0, 0, 0], [0, 0, 0]]


def test_the_common_offset_is_the_highest_of_frames_with_a_value() -> None:
    offsets, is_on_grid = np.array([-9, -4, 0]), np.array([True, True, False])
    assert film.common_offset(offsets, is_on_grid) == -4


def test_the_input_of_a_film_stays_as_it_was() -> None:
    frames = np.arange(8, dtype=np.uint8).reshape(2, 4)
    film.delta(frames)
    film.translate(frames, {0: np.zeros(256, np.uint8)})
    assert frames.ravel().tolist() == list(range(8))


def kinds(
    row: list[int], dead_since: int = -1, known: list[bool] | None = None
) -> list[tuple[str, int]]:
    found = np.array(row, np.uint8)
    is_known = np.ones(len(row), bool) if known is None else np.array(known)
    steps = np.arange(len(row), dtype=np.int64) * 100
    events = life_events(found, is_known, steps, dead_since)
    return [(event.kind, event.record) for event in events]


@pytest.mark.parametrize(
    ("row", "dead_since", "expected"),
    [
        ([0, 0, 0], -1, []),
        ([1, 1, 0], -1, [("silent", 0), ("revived", 2)]),
        ([0, 1, 0, 1, 1, 1], 3, [("silent", 1), ("revived", 2), ("dead", 3)]),
        ([0, 1, 1], -1, [("silent", 1)]),
        ([0, 2, 2, 0, 2], -1, [("dormant", 1), ("dormant", 4)]),
        ([0, 3, 3], -1, [("silent", 1)]),
        ([0, 4, 0], -1, [("saturated", 1), ("unsaturated", 2)]),
        ([0, 8, 8], -1, [("nonfinite", 1)]),
        ([1, 1, 1], 0, [("dead", 0)]),
    ],
)
def test_the_events_of_a_life(
    row: list[int], dead_since: int, expected: list[tuple[str, int]]
) -> None:
    assert kinds(row, dead_since) == expected


def test_an_unknown_record_is_passed_over() -> None:
    assert kinds([1, 0, 1], known=[True, False, True]) == [("silent", 0)]


def test_a_revival_says_how_long_the_silence_was() -> None:
    row, steps = np.array([0, 1, 1, 0], np.uint8), np.array([0, 50, 60, 2**60])
    (*_, revival) = life_events(row, np.ones(4, bool), steps, -1)
    assert revival.text == f"active again at step {2**60} after 2 records of silence"
