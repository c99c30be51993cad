"""What the tab's pictures need of a recording, against plain arithmetic on what was written."""

from collections.abc import Callable

import numpy as np
import pytest
from written_run import MASK, WrittenRun, on_grid, png, stacked

import tb_neuron
from tb_neuron.errors import DamagedRecordError, NotFoundError
from tb_neuron.recording import Recording
from tb_neuron.run import Run
from tb_neuron.schema.neuron_pb2 import (
    GRID_FRACTION,
    GRID_SIGNED_LOG,
    GRID_UNSIGNED_LOG,
    Probe,
)
from tb_neuron.summary import STATES, ValueWriter

Writer = Callable[..., WrittenRun]

GRIDS = {"mean": GRID_SIGNED_LOG, "std": GRID_UNSIGNED_LOG, "frequency": GRID_FRACTION}
LAYERS = ["conv1", "fc1", "fc2"]


def opened(run: WrittenRun) -> Run:
    return tb_neuron.open(run.logdir).runs["run"]


def messages(run: Run) -> str:
    return " ".join(problem.message for problem in run.problems)


def test_the_silent_are_counted_at_every_record(twenty: WrittenRun, recording: Recording) -> None:
    expected = [stacked(twenty.made, name, STATES).sum(axis=1) for name in LAYERS]
    np.testing.assert_array_equal(recording.counts()[0], expected)


def test_the_dead_are_counted_in_hindsight(recording: Recording) -> None:
    expected = np.zeros((3, 20))
    expected[0, 7:] = 1
    np.testing.assert_array_equal(recording.counts()[1], expected)


def test_means_are_those_over_a_layer_s_units(twenty: WrittenRun, recording: Recording) -> None:
    expected = [
        [stacked(twenty.made, name, statistic).mean(axis=1) for name in LAYERS]
        for statistic in ("mean", "std", "frequency")
    ]
    np.testing.assert_allclose(recording.means(), expected, rtol=1e-5)


@pytest.mark.parametrize("precision", ["u8", "f32"])
def test_a_top_is_the_largest_magnitude_of_all(write_run: Writer, precision: str) -> None:
    run = write_run(precision=precision)
    for step in range(4):
        run.record(step)
    expected = max(np.abs(stacked(run.made, name, "mean")).max() for name in LAYERS)
    assert opened(run).recording().tops()["mean"] == pytest.approx(expected, rel=0.0374)


def test_a_statistic_of_zeros_has_top_zero(write_run: Writer) -> None:
    run = write_run()
    run.record(0, silent={name: list(range(units)) for name, units in run.units.items()})
    assert opened(run).recording().tops()["std"] == 0


def test_loss_is_the_mean_over_the_examples(twenty: WrittenRun, recording: Recording) -> None:
    expected = [made.loss.astype(np.float32).mean() for made in twenty.made]
    np.testing.assert_allclose(recording.loss(), expected, rtol=1e-6)


def test_accuracy_is_the_share_of_correct_examples(
    twenty: WrittenRun, recording: Recording
) -> None:
    expected = [made.correct.mean() for made in twenty.made]
    np.testing.assert_allclose(recording.accuracy(), expected, rtol=1e-6)


def test_loss_and_accuracy_are_those_of_the_examples_with_a_label(write_run: Writer) -> None:
    run = write_run()
    made = run._make(0, {})
    made.correct[:] = [1, 0, 0, 1, 255, 255, 0, 255, 0, 0]
    made.loss[made.correct == 255] = np.nan
    run.write(0, run.values(made))
    recording = opened(run).recording()
    assert recording.accuracy()[0] == pytest.approx(2 / 7)
    assert recording.loss()[0] == pytest.approx(made.loss[made.correct != 255].mean())


def test_loss_and_accuracy_are_nan_where_no_outputs_were_written(write_run: Writer) -> None:
    run = write_run(writes_outputs=False)
    run.record(0)
    recording = opened(run).recording()
    assert np.isnan([recording.loss()[0], recording.accuracy()[0]]).all()


@pytest.mark.parametrize(
    ("step", "record"), [(-5, 0), (0, 0), (9, 0), (10, 1), (189, 18), (190, 19), (2**62, 19)]
)
def test_a_step_is_found_at_the_nearest_earlier_record(
    recording: Recording, step: int, record: int
) -> None:
    assert recording.record_at(step) == record


def test_a_layer_at_a_record_is_what_was_written(twenty: WrittenRun, recording: Recording) -> None:
    _, values, _ = recording.layer_values("fc1", 11)
    expected = [
        on_grid(stacked(twenty.made[11:12], "fc1", name), grid)[0] for name, grid in GRIDS.items()
    ]
    np.testing.assert_array_equal(values, expected)


def test_silent_since_looks_back_from_its_record(recording: Recording) -> None:
    assert [recording.silent_since("conv1", record)[2] for record in (6, 7, 12)] == [-1, 7, 7]


def test_a_unit_s_values_are_a_column_of_its_layer_s(recording: Recording) -> None:
    values = recording.unit_series("fc1", 4).values
    expected = [recording.activations("fc1", name)[:, 4] for name in GRIDS]
    np.testing.assert_array_equal(values, expected)


def test_a_unit_s_quantiles_are_its_layer_s(recording: Recording) -> None:
    found = recording.unit_series("fc1", 4).quantiles[1]
    expected = np.quantile(recording.activations("fc1", "std"), [0, 0.25, 0.5, 0.75, 1], axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_unit_s_rank_is_the_share_of_units_below_it(recording: Recording) -> None:
    values = recording.activations("fc1", "std")
    expected = (values < values[:, 4:5]).mean(axis=1)
    np.testing.assert_allclose(recording.unit_series("fc1", 4).rank[1], expected, rtol=1e-6)


def test_a_dead_unit_s_life_says_since_when(recording: Recording) -> None:
    (*_, last) = recording.unit_series("conv1", 2).events
    assert (last.kind, last.record) == ("dead", 7)


def test_class_means_are_those_written(twenty: WrittenRun, recording: Recording) -> None:
    found = recording.unit_series("conv1", 3)
    expected = np.stack([made.class_means["conv1"][:, 3] for made in twenty.made], axis=1)
    np.testing.assert_allclose(found.class_means, expected, rtol=0.0374)


def decoded_film(recording: Recording, statistic: str) -> np.ndarray:
    """Undo a film as a client does, in plain arithmetic: float64[record, unit]."""
    found = []
    for number in range(recording.film.chunks):
        chunk = recording.film.chunk(statistic, number)
        frames = np.cumsum(chunk.changes.astype(np.int64), axis=0) % 256
        starts = np.cumsum([0, *(layer.units for layer in recording.layers)])
        values = np.full(frames.shape, np.nan)
        for layer, offset in enumerate(chunk.offsets):
            part = slice(starts[layer], starts[layer + 1])
            values[:, part] = _values(frames[:, part], chunk.grid, int(offset))
        found.append(values)
    return np.concatenate(found)


def _values(codes: np.ndarray, grid: int, offset: int) -> np.ndarray:
    level = codes + float(offset)
    if grid == GRID_FRACTION:
        values = np.where(codes == 254, 1.0, 1 / (1 + 1.076 ** (127.0 - codes)))
    elif grid == GRID_SIGNED_LOG:
        values = np.where(codes > 127, -(1.076 ** (level - 127)), 1.076**level)
    else:
        values = 1.076**level
    return np.where(codes == 0, 0.0, np.where(codes == 255, np.nan, values))


@pytest.mark.parametrize("statistic", GRIDS)
def test_the_film_shows_what_was_written(
    twenty: WrittenRun, recording: Recording, statistic: str
) -> None:
    written = np.concatenate([stacked(twenty.made, name, statistic) for name in LAYERS], axis=1)
    found = decoded_film(recording, statistic)
    # Frames share one offset, so the smallest of a layer may lie below the others' span.
    np.testing.assert_allclose(found, written, rtol=0.0374, atol=1e-4)


def test_the_film_of_the_states_is_exact(twenty: WrittenRun, recording: Recording) -> None:
    frames = np.cumsum(recording.film.chunk(STATES, 0).changes, axis=0) % 256
    written = [stacked(twenty.made[:16], name, STATES) for name in LAYERS]
    np.testing.assert_array_equal(frames, np.concatenate(written, axis=1))


def test_a_missing_layer_is_nan_in_the_film(write_run: Writer) -> None:
    run = write_run()
    for step in range(4):
        run.record(step, without_layer="fc1" if step == 2 else "")
    film = decoded_film(opened(run).recording(), "mean")
    assert np.isnan(film).all(axis=0).tolist() == [False] * 24
    assert np.isnan(film[2]).tolist() == [False] * 7 + [True] * 12 + [False] * 5


def test_a_missing_layer_neither_ends_nor_lengthens_a_streak(write_run: Writer) -> None:
    run = write_run()
    for step in range(5):
        run.record(step, silent={"fc1": [3]}, without_layer="fc1" if step in (2, 4) else "")
    assert opened(run).recording().layer_dead_since("fc1")[3] == 0


def test_a_missing_statistic_is_nan(write_run: Writer) -> None:
    run = write_run()
    for step in range(3):
        run.record(step, without_statistic="std" if step == 1 else "")
    found = np.isnan(opened(run).activations("conv1", "std")).all(axis=1)
    assert found.tolist() == [False, True, False]


def test_a_thumbnail_is_the_picture_written(recording: Recording) -> None:
    assert (recording.thumbnails, recording.thumbnail(1)) == (2, png(255))


def test_a_token_is_its_text_and_one_without_is_its_number(recording: Recording) -> None:
    assert recording.examples_with_tokens == 2
    assert recording.tokens(0) == ["tick", " tock <b>", "tick"]
    assert recording.tokens(1) == [" tock <b>", "2"]


@pytest.mark.parametrize("example", [-1, 2])
def test_an_example_beyond_those_with_tokens_has_none(recording: Recording, example: int) -> None:
    with pytest.raises(NotFoundError, match="there is '0 to 1'"):
        recording.tokens(example)


def test_a_mask_is_what_was_written(recording: Recording) -> None:
    np.testing.assert_array_equal(recording.mask(1), MASK)  # pyright: ignore[reportArgumentType]
    assert recording.mask(0) is None


def test_tokens_and_masks_of_a_run_are_those_of_its_recording(twenty: WrittenRun) -> None:
    run = opened(twenty)
    assert run.tokens(1) == run.recording().tokens(1)
    assert run.mask(0) is None


@pytest.mark.parametrize(
    ("what", "read"),
    [("tokens", lambda found: found.tokens(0)), ("mask", lambda found: found.mask(0))],
)
def test_tokens_or_a_mask_of_another_dtype_are_damaged(
    write_run: Writer, what: str, read: Callable[[Recording], object]
) -> None:
    run = write_run()
    made = run.record(0)
    writer = ValueWriter(run.header("probe", 1))
    writer.add_message(Probe(hash=run.probe_hash, examples=10))
    writer.add_array(what, np.zeros((2, 2), np.float32), example=0)
    run.write(1, {**run.values(made), run.tag("probe"): writer.blobs()})
    with pytest.raises(DamagedRecordError, match="cannot be read"):
        read(opened(run).recording())
