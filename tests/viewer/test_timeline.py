"""Live, resumed, damaged and newer recordings: last written wins, and losses are stated."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from written_run import WrittenRun, on_grid, stacked

import tb_neuron
from tb_neuron.errors import DamagedRecordError
from tb_neuron.experiment import Experiment
from tb_neuron.metadata import SCHEMA_VERSION
from tb_neuron.run import Run
from tb_neuron.schema.neuron_pb2 import (
    GRID_FRACTION,
    GRID_SIGNED_LOG,
    GRID_UNSIGNED_LOG,
    Header,
    Layer,
    Model,
)
from tb_neuron.source import Place
from tb_neuron.source.memory import MemorySource
from tb_neuron.summary import ValueWriter

Writer = Callable[..., WrittenRun]

GRIDS = {"mean": GRID_SIGNED_LOG, "std": GRID_UNSIGNED_LOG, "frequency": GRID_FRACTION}
LAYERS = ["conv1", "fc1", "fc2"]


def opened(run: WrittenRun) -> Run:
    return tb_neuron.open(run.logdir).runs["run"]


def messages(run: Run) -> str:
    return " ".join(problem.message for problem in run.problems)


def test_a_refresh_shows_what_was_written_since(twenty: WrittenRun) -> None:
    experiment = tb_neuron.open(twenty.logdir)
    twenty.record(500)
    experiment.refresh()
    assert experiment.runs["run"].steps[-1] == 500


def test_a_refresh_goes_on_with_the_dead_where_it_stopped(twenty: WrittenRun) -> None:
    experiment = tb_neuron.open(twenty.logdir)
    before = experiment.runs["run"].recording().dead_since()
    for step in (500, 510):
        twenty.record(step, silent={"conv1": [2, 4]})
        experiment.refresh()
        experiment.runs["run"].recording().dead_since()
    afresh = opened(twenty).recording().dead_since()
    found = experiment.runs["run"].recording().dead_since()
    np.testing.assert_array_equal(found, afresh)
    assert before[2] == found[2] == 7


def test_what_was_returned_before_a_refresh_does_not_change(twenty: WrittenRun) -> None:
    experiment = tb_neuron.open(twenty.logdir)
    before = experiment.runs["run"]
    twenty.record(500)
    experiment.refresh()
    assert before.steps[-1] == 190


def test_an_unchanged_recording_is_the_same_object_after_a_refresh(twenty: WrittenRun) -> None:
    experiment = tb_neuron.open(twenty.logdir)
    before = experiment.runs["run"].recording()
    experiment.refresh()
    assert experiment.runs["run"].recording() is before


def test_a_full_chunk_keeps_its_hash_while_records_are_appended(twenty: WrittenRun) -> None:
    experiment = tb_neuron.open(twenty.logdir)
    before = experiment.runs["run"].recording()
    twenty.record(500)
    experiment.refresh()
    after = experiment.runs["run"].recording()
    assert (
        before.film.chunk_hash(0) == after.film.chunk_hash(0),
        before.film.chunk_hash(1) == after.film.chunk_hash(1),
    ) == (True, False)


def test_a_resumed_training_drops_what_lies_at_or_beyond_its_first_step(
    write_run: Writer,
) -> None:
    run = write_run()
    for step in range(0, 100, 10):
        run.record(step)
    resumed = run.resume()
    for step in (45, 60):
        resumed.record(step)
    assert opened(run).steps.tolist() == [0, 10, 20, 30, 40, 45, 60]


def test_a_resumed_training_s_values_win(write_run: Writer) -> None:
    run = write_run()
    for step in range(4):
        run.record(step)
    resumed = run.resume()
    resumed.record(2)
    found = opened(run).activations("fc1", "mean")[2]
    expected = on_grid(stacked(resumed.made, "fc1", "mean"), GRID_SIGNED_LOG)[0]
    np.testing.assert_array_equal(found, expected)


def test_the_order_of_sessions_is_their_start_s_not_their_file_s(write_run: Writer) -> None:
    run = write_run(suffix=".zz")
    for step in range(4):
        run.record(step)
    resumed = run.resume(suffix=".aa")
    resumed.record(2)
    assert opened(run).steps.tolist() == [0, 1, 2]


def test_a_step_that_was_written_twice_has_the_last_values(write_run: Writer) -> None:
    run = write_run()
    run.record(5)
    last = run.record(5)
    found = opened(run).activations("fc1", "mean")
    np.testing.assert_array_equal(found, on_grid(stacked([last], "fc1", "mean"), GRID_SIGNED_LOG))


def test_steps_beyond_2_to_the_53_stay_apart(write_run: Writer) -> None:
    run = write_run()
    for step in (2**53, 2**53 + 1, 2**63 - 1):
        run.record(step)
    assert opened(run).steps.tolist() == [2**53, 2**53 + 1, 2**63 - 1]


def test_only_records_of_the_latest_layout_are_served(write_run: Writer) -> None:
    run = write_run()
    for step in range(3):
        run.record(step)
    other = run.resume(layout="layout-2", units={"conv1": 3, "fc9": 2})
    other.record(10)
    found = opened(run)
    assert (found.steps.tolist(), list(found.layers)) == ([10], ["conv1", "fc9"])


def test_records_of_another_layout_are_stated(write_run: Writer) -> None:
    run = write_run()
    for step in range(3):
        run.record(step)
    run.resume(layout="layout-2").record(10)
    assert "3 records at steps 0 to 2 were measured on another layout 'layout-1'" in messages(
        opened(run)
    )


def test_records_of_another_probe_set_are_stated(write_run: Writer) -> None:
    run = write_run()
    run.record(0)
    run.resume(probe_hash="probe-2").record(10)
    assert "measured on another probe set 'probe-1'" in messages(opened(run))


def test_a_newer_schema_is_refused_once_and_names_the_tag(write_run: Writer) -> None:
    run = write_run(schema_version=SCHEMA_VERSION + 1)
    for step in range(5):
        run.record(step)
    newer = [p for p in opened(run).problems if "pip install --upgrade" in p.message]
    assert [(p.place, "5 records" in p.message) for p in newer] == [
        ("tb_neuron/model/probe/activations", True)
    ]


def test_older_records_stay_readable_beside_a_newer_schema(write_run: Writer) -> None:
    run = write_run()
    run.record(0)
    run.schema_version = SCHEMA_VERSION + 1
    run.record(1)
    assert opened(run).steps.tolist() == [0]


def test_a_damaged_model_is_replaced_by_what_the_record_says(write_run: Writer) -> None:
    run = write_run()
    made = run._make(0, {})
    values = run.values(made)
    values[run.tag("model")][1:] = [b"\xff\xff"]
    run.write(0, values)
    found = opened(run)
    assert (list(found.layers), "description is missing" in messages(found)) == (LAYERS, True)


def test_a_damaged_column_is_missing_and_stated(write_run: Writer) -> None:
    run = write_run()
    values = run.values(run._make(0, {}))
    values[run.tag("activations")][1] = b"no zlib"
    run.write(0, values)
    found = opened(run)
    assert np.isnan(found.activations("conv1", "mean")).all()
    assert "compressed bytes are damaged" in messages(found) or "announced" in messages(found)


def test_an_unknown_kind_is_passed_over(write_run: Writer) -> None:
    run = write_run()
    run.record(0)
    run.write(0, {run.tag("dreams"): [Header(schema_version=1).SerializeToString(), b"?"]})
    assert opened(run).problems == []


def test_a_run_of_which_nothing_can_be_read_is_shown_with_its_problem(write_run: Writer) -> None:
    run = write_run()
    run.write(0, {run.tag("activations"): [b"\xff"]})
    found = opened(run)
    assert (dict(found.recordings), "not a Header" in messages(found)) == ({}, True)


def test_a_value_without_blobs_is_a_problem(write_run: Writer) -> None:
    run = write_run()
    run.record(0)
    run.write(1, {run.tag("activations"): []})
    assert "schema version" in messages(opened(run))


def forged(units: int, layers: int = 1) -> MemorySource:
    """Return one record whose model announces more units than its columns have."""
    source, run = MemorySource(), WrittenRun(Path("run"), units={"conv1": 4})
    values = run.values(run._make(0, {}))
    names = ["conv1", *(f"more{number}" for number in range(layers - 1))]
    writer = ValueWriter(run.header("model", 0))
    writer.add_message(
        Model(layout_id=run.layout, layers=[Layer(name=name, units=units) for name in names])
    )
    values[run.tag("model")] = writer.blobs()
    source.write("run", 0, values)
    return source


def test_forged_units_are_refused_before_they_are_allocated() -> None:
    found = Experiment(forged(2**32 - 1)).runs["run"]
    assert (dict(found.recordings), "units were announced" in messages(found)) == ({}, True)


def test_units_that_the_columns_do_not_have_are_missing() -> None:
    found = Experiment(forged(9)).runs["run"]
    assert np.isnan(found.activations("conv1", "mean")).all()


def test_memory_gives_what_files_give(write_run: Writer) -> None:
    run, source = write_run(), MemorySource()
    for step in range(3):
        values = run.values(run._make(step, {}))
        source.write("run", step, values)
        run.write(step, values)
    from_memory = Experiment(source).runs["run"].activations("fc1", "std")
    np.testing.assert_array_equal(from_memory, opened(run).activations("fc1", "std"))


def test_a_small_cache_changes_no_answer(twenty: WrittenRun) -> None:
    source = tb_neuron.open(twenty.logdir).source
    small = Experiment(source, cache_bytes=100).runs["run"].recording()
    large = opened(twenty).recording()
    np.testing.assert_array_equal(
        small.film.chunk("mean", 0).changes, large.film.chunk("mean", 0).changes
    )


def test_a_tag_of_the_other_probe_set_is_apart(write_run: Writer) -> None:
    write_run(probe="test set").record(0)
    assert list(opened(write_run()).recordings) == [("model", "test set")]


@pytest.mark.parametrize("kind", ["activations", "outputs"])
def test_a_record_of_one_kind_does_not_need_the_other(write_run: Writer, kind: str) -> None:
    run = write_run()
    values = run.values(run._make(0, {}))
    del values[run.tag(kind)]
    run.write(0, values)
    assert ("no readable record" in messages(opened(run))) == (kind == "activations")


class FailingOnce(MemorySource):
    """A server whose first answer fails."""

    keeps_everything = False
    has_failed = False

    def read(self, places: Sequence[Place]) -> list[bytes]:
        if not self.has_failed:
            self.has_failed = True
            raise DamagedRecordError("the server is out of breath")
        return super().read(places)


def test_a_server_that_failed_is_asked_again(write_run: Writer) -> None:
    run, source = write_run(), FailingOnce()
    source.write("run", 0, run.values(run._make(0, {})))
    experiment = Experiment(source)
    before = dict(experiment.runs["run"].recordings)
    experiment.refresh()
    assert (before, experiment.runs["run"].steps.tolist()) == ({}, [0])
