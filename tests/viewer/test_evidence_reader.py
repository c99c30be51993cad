"""Evidence read from real files: by class, example and unit, and nothing stored is trusted."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from written_run import WrittenRun, on_grid

import tb_neuron
from tb_neuron.errors import DamagedRecordError, NotFoundError
from tb_neuron.recording import Recording
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG, GRID_UNSIGNED_LOG, Evidence, Pins
from tb_neuron.summary import COUNTEREVIDENCE, EVIDENCE, ColumnKind, ValueWriter

METHOD = "gradient_x_activation"
NET = ColumnKind(EVIDENCE, GRID_SIGNED_LOG, "", METHOD, "class")
AGAINST = ColumnKind(COUNTEREVIDENCE, GRID_UNSIGNED_LOG, "", METHOD, "class")
UNITS = 7


def message(
    classes: Sequence[int] = (0, 2), examples: Sequence[int] = (5, 6), pins: Sequence[Pins] = ()
) -> Evidence:
    return Evidence(method=METHOD, classes=classes, examples=examples, pins=pins)


def numbers(said: Evidence, seed: int = 0, units: int = UNITS) -> np.ndarray:
    """Return made-up attributions, float64[example * class, unit]."""
    rows = len(said.examples) * len(said.classes)
    return np.random.default_rng(seed).normal(size=(rows, units))


def write(
    run: WrittenRun, step: int, said: Evidence | None, net: np.ndarray, layer: str = "conv1"
) -> None:
    """Write a record with evidence of a layer; without a message for None."""
    values = run.values(run._make(step, {}))
    writer = ValueWriter(run.header("evidence", step))
    if said is not None:
        writer.add_message(said)
    writer.add_matrix(layer, net, NET)
    writer.add_matrix(layer, np.maximum(0, -net), AGAINST)
    for pins in said.pins if said is not None else ():
        shape = (len(said.classes), len(pins.units)) if said is not None else ()
        means = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
        writer.add_array(f"pinned_{EVIDENCE}", means + step, pins.layer)
        writer.add_array(f"pinned_{COUNTEREVIDENCE}", means - step, pins.layer)
    values[run.tag("evidence")] = writer.blobs()
    run.write(step, values)


def opened(run: WrittenRun) -> Recording:
    return tb_neuron.open(run.logdir).runs["run"].recording()


@pytest.fixture
def run(write_run: Callable[..., WrittenRun]) -> WrittenRun:
    return write_run()


def test_evidence_is_what_was_written_within_the_grid(run: WrittenRun) -> None:
    net = numbers(message())
    write(run, 0, message(), net)
    found = tb_neuron.open(run.logdir).runs["run"].evidence("conv1", 0)
    np.testing.assert_array_equal(found.net.reshape(4, UNITS), on_grid(net, GRID_SIGNED_LOG))
    against = on_grid(np.maximum(0, -net), GRID_UNSIGNED_LOG)
    np.testing.assert_array_equal(found.against.reshape(4, UNITS), against)
    assert (found.classes, found.examples, found.method) == ([0, 2], [5, 6], METHOD)


@pytest.mark.parametrize(("step", "record"), [(-5, 10), (10, 10), (19, 10), (20, 20), (99, 20)])
def test_a_step_stands_for_the_last_record_at_or_before_it(
    run: WrittenRun, step: int, record: int
) -> None:
    for each in (10, 20):
        write(run, each, message(), numbers(message(), each))
    assert opened(run).evidence.evidence("conv1", step).step == record


def test_the_layers_and_pins_are_listed(run: WrittenRun) -> None:
    pins = [Pins(layer="conv1", units=[4, 1])]
    write(run, 0, message(pins=pins), numbers(message()))
    reader = opened(run).evidence
    assert (reader.layers, reader.pins()) == (["conv1"], {"conv1": [1, 4]})


def test_a_unit_is_the_column_of_its_records(run: WrittenRun) -> None:
    nets = [numbers(message(), step) for step in range(3)]
    for step, net in enumerate(nets):
        write(run, step, message(), net)
    found = opened(run).evidence.unit("conv1", 3)
    wanted = np.stack([on_grid(net, GRID_SIGNED_LOG)[:, 3].reshape(2, 2) for net in nets])
    np.testing.assert_array_equal(found.net, wanted)


def test_classes_and_examples_of_a_unit_go_by_their_numbers(run: WrittenRun) -> None:
    first, last = message([0, 2], [5, 6]), message([1, 2], [1, 5])
    write(run, 0, first, numbers(first))
    write(run, 1, last, numbers(last, 1))
    found = opened(run).evidence.unit("conv1", 0)
    assert (found.classes, found.examples) == ([0, 1, 2], [1, 5])
    known = np.isfinite(found.net)
    assert known[0].tolist() == [[False] * 3, [True, False, True]]
    assert known[1].tolist() == [[False, True, True]] * 2
    stored = on_grid(numbers(first), GRID_SIGNED_LOG)[:, 0]
    assert found.net[0, 1, 2] == stored[1]  # example 5, class 2


def test_the_means_of_a_pin_are_not_rounded(run: WrittenRun) -> None:
    said = message(pins=[Pins(layer="conv1", units=[1, 4])])
    for step in range(2):
        write(run, step, said, numbers(said))
    found = opened(run).evidence.unit("conv1", 4)
    assert found.is_pinned
    np.testing.assert_array_equal(found.mean, [[1, 3], [2, 4]])
    np.testing.assert_array_equal(found.mean_against, [[1, 3], [0, 2]])


def test_a_unit_that_is_not_pinned_has_no_means(run: WrittenRun) -> None:
    said = message(pins=[Pins(layer="conv1", units=[1])])
    write(run, 0, said, numbers(said))
    found = opened(run).evidence.unit("conv1", 4)
    assert (found.is_pinned, np.isnan(found.mean).all()) == (False, True)


def test_a_pin_has_means_where_its_layer_did_not_fit(run: WrittenRun) -> None:
    said = message(pins=[Pins(layer="fc1", units=[1])])
    write(run, 0, said, numbers(said))
    found = opened(run).evidence.unit("fc1", 1)
    np.testing.assert_array_equal(found.mean, [[0, 1]])
    assert np.isnan(found.net).all()


@pytest.mark.parametrize("layer", ["fc1", "nope"])
def test_a_layer_without_evidence_is_told_with_those_that_have_some(
    run: WrittenRun, layer: str
) -> None:
    write(run, 0, message(), numbers(message()))
    with pytest.raises(NotFoundError, match="conv1"):
        opened(run).evidence.evidence(layer, 0)


@pytest.mark.parametrize("unit", [-1, UNITS])
def test_a_unit_that_is_not_there_is_refused(run: WrittenRun, unit: int) -> None:
    write(run, 0, message(), numbers(message()))
    with pytest.raises(NotFoundError, match="its units are 0 to 6"):
        opened(run).evidence.unit("conv1", unit)


def test_without_a_record_the_reader_says_how_to_make_one(run: WrittenRun) -> None:
    run.record(0)
    reader = opened(run).evidence
    assert (reader.steps, reader.examples, reader.layers, reader.pins()) == ([], [], [], {})
    with pytest.raises(NotFoundError, match=r"Recording\(evidence=10\)"):
        reader.evidence("conv1", 0)


@pytest.mark.parametrize("units", [UNITS - 1, UNITS + 1])
def test_a_matrix_of_another_width_is_missing(run: WrittenRun, units: int) -> None:
    write(run, 0, message(), numbers(message(), units=units))
    assert np.isnan(opened(run).evidence.evidence("conv1", 0).net).all()
    assert np.isnan(opened(run).evidence.unit("conv1", 0).net).all()


def test_a_matrix_of_other_rows_than_announced_is_missing(run: WrittenRun) -> None:
    write(run, 0, message(classes=[0, 1, 2]), numbers(message()))
    assert np.isnan(opened(run).evidence.evidence("conv1", 0).net).all()


WRONG = [
    None,
    message(classes=[1, 1]),
    message(examples=[5, 5]),
    message(pins=[Pins(layer="conv1", units=[1]), Pins(layer="conv1", units=[2])]),
    message(pins=[Pins(layer="conv1", units=[3, 3])]),
]


@pytest.mark.parametrize("damaged", [0, 1, 2])
@pytest.mark.parametrize("said", WRONG)
def test_a_record_that_cannot_be_read_is_a_problem_and_hides_no_other(
    run: WrittenRun, damaged: int, said: Evidence | None
) -> None:
    for step in range(3):
        right = step != damaged
        write(run, step, message() if right else said, numbers(message()))
    recording = opened(run)
    net = recording.evidence.unit("conv1", 1).net
    assert np.isnan(net).any(axis=(1, 2)).tolist() == [step == damaged for step in range(3)]
    places = [each.place for each in recording.problems]
    assert places == [f"tb_neuron/model/probe/evidence at step {damaged}"]


def test_the_record_that_cannot_be_read_is_told_when_it_is_asked_for(run: WrittenRun) -> None:
    write(run, 0, message(), numbers(message()))
    write(run, 1, None, numbers(message()))
    reader = opened(run).evidence
    assert reader.evidence("conv1", 0).step == 0
    with pytest.raises(DamagedRecordError, match="holds no 'Evidence'"):
        reader.evidence("conv1", 1)


def test_more_than_can_be_read_is_refused_before_it_is_taken(run: WrittenRun) -> None:
    said = message(range(60_000), range(60_000))
    write(run, 0, said, np.ones((1, UNITS)))
    with pytest.raises(DamagedRecordError, match="at most 1073741824 are read"):
        opened(run).evidence.evidence("conv1", 0)
    with pytest.raises(DamagedRecordError, match="at most 1073741824 are read"):
        opened(run).evidence.unit("conv1", 0)


def test_lists_longer_than_any_recorder_writes_are_damage(run: WrittenRun) -> None:
    write(run, 0, message(range(70_000)), np.ones((1, UNITS)))
    with pytest.raises(DamagedRecordError, match="at most 65536 of them"):
        opened(run).evidence.evidence("conv1", 0)
