"""`tb_neuron.open` on real event files: what a notebook sees is what was written."""

from collections.abc import Callable

import numpy as np
import pytest
from written_run import WrittenRun, on_grid, stacked

import tb_neuron
from tb_neuron.errors import NotFoundError
from tb_neuron.recording import Recording
from tb_neuron.run import Run
from tb_neuron.schema.neuron_pb2 import (
    GRID_FRACTION,
    GRID_SIGNED_LOG,
    GRID_UNSIGNED_LOG,
)
from tb_neuron.summary import STATES

Writer = Callable[..., WrittenRun]

GRIDS = {"mean": GRID_SIGNED_LOG, "std": GRID_UNSIGNED_LOG, "frequency": GRID_FRACTION}
LAYERS = ["conv1", "fc1", "fc2"]


def opened(run: WrittenRun) -> Run:
    return tb_neuron.open(run.logdir).runs["run"]


def messages(run: Run) -> str:
    return " ".join(problem.message for problem in run.problems)


def first_dead(silent: np.ndarray, least: int = 3) -> list[int]:
    """Return the definition of dead, unit by unit: the slow way."""
    records, units = silent.shape
    found = []
    for unit in range(units):
        since = next((r for r in range(records) if silent[r:, unit].all()), records)
        found.append(since if records - since >= least else -1)
    return found


def test_the_steps_are_those_written(twenty: WrittenRun) -> None:
    assert opened(twenty).steps.tolist() == [number * 10 for number in range(20)]


def test_the_layers_are_the_measured_ones_in_order(twenty: WrittenRun) -> None:
    assert list(opened(twenty).layers) == LAYERS


def test_the_pseudo_layers_stay_among_all_layers(recording: Recording) -> None:
    assert [layer.name for layer in recording.all_layers] == ["input", *LAYERS, "output"]


def test_successors_are_numbered_among_the_measured_layers(recording: Recording) -> None:
    assert [list(layer.successors) for layer in recording.layers] == [[1], [2], []]


@pytest.mark.parametrize("statistic", GRIDS)
@pytest.mark.parametrize("layer_name", LAYERS)
def test_a_statistic_is_what_was_written_on_its_grid(
    twenty: WrittenRun, layer_name: str, statistic: str
) -> None:
    expected = on_grid(stacked(twenty.made, layer_name, statistic), GRIDS[statistic])
    np.testing.assert_array_equal(opened(twenty).activations(layer_name, statistic), expected)


@pytest.mark.parametrize("precision", ["f16", "f32"])
def test_a_higher_precision_is_kept(write_run: Writer, precision: str) -> None:
    run = write_run(precision=precision)
    run.record(0)
    tolerance = 1e-3 if precision == "f16" else 1e-7
    expected = stacked(run.made, "fc1", "mean")
    np.testing.assert_allclose(opened(run).activations("fc1", "mean"), expected, rtol=tolerance)


def test_the_states_are_exact(twenty: WrittenRun) -> None:
    expected = stacked(twenty.made, "conv1", STATES)
    np.testing.assert_array_equal(opened(twenty).states("conv1"), expected)


def test_a_planted_dead_unit_is_dead_from_its_record_on(twenty: WrittenRun) -> None:
    dead = opened(twenty).dead("conv1")
    expected = np.zeros((20, 7), bool)
    expected[7:, 2] = True
    np.testing.assert_array_equal(dead, expected)


def test_a_layer_that_cannot_be_dead_is_at_most_silent(twenty: WrittenRun) -> None:
    assert not opened(twenty).dead("fc2").any()


@pytest.mark.parametrize("records", [1, 2, 3, 17])
def test_a_unit_is_dead_after_three_silent_records_and_not_before(
    write_run: Writer, records: int
) -> None:
    run = write_run()
    for step in range(records):
        run.record(step, silent={"conv1": [0]})
    assert opened(run).dead("conv1")[-1, 0] == (records >= 3)


def test_dead_since_is_its_definition_for_random_silence(
    write_run: Writer, rng: np.random.Generator
) -> None:
    run = write_run()
    for step in range(25):
        run.record(step, silent={"fc1": np.flatnonzero(rng.random(12) < 0.8).tolist()})
    silent = stacked(run.made, "fc1", STATES).astype(bool)
    found = opened(run).recording().layer_dead_since("fc1")
    assert found.tolist() == first_dead(silent)


def test_outputs_are_those_of_the_last_record_up_to_a_step(twenty: WrittenRun) -> None:
    loss = opened(twenty).outputs(59).loss
    assert loss is not None
    np.testing.assert_array_equal(loss, twenty.made[5].loss.astype(np.float32))


def test_outputs_before_the_first_are_not_found(twenty: WrittenRun) -> None:
    with pytest.raises(NotFoundError, match="outputs at or before step"):
        opened(twenty).outputs(-1)


def test_the_probe_set_is_the_one_written(twenty: WrittenRun) -> None:
    assert list(opened(twenty).probe.class_names) == ["class 0", "class 1", "class 2"]


def test_two_models_in_a_run_are_two_recordings(write_run: Writer) -> None:
    for model in ("generator", "a/b %20"):
        write_run(model=model, suffix=f".{len(model)}").record(0)
    run = tb_neuron.open(write_run().logdir).runs["run"]
    assert run.models == ["a/b %20", "generator"]


def test_a_recording_is_picked_by_name(write_run: Writer) -> None:
    for number, model in enumerate(("generator", "model")):
        write_run(model=model, suffix=f".{number}").record(number)
    run = tb_neuron.open(write_run().logdir).runs["run"]
    assert (run.steps.tolist(), run.recording("generator").steps.tolist()) == ([1], [0])


@pytest.mark.parametrize(
    ("ask", "listed"),
    [
        (lambda run: run.activations("conv9"), "'conv1', 'fc1', 'fc2'"),
        (lambda run: run.activations("conv1", "mode"), "'mean', 'std', 'frequency'"),
        (lambda run: run.states("nope"), "'conv1'"),
        (lambda run: run.dead("nope"), "'conv1'"),
        (lambda run: run.recording("ema"), "model on probe"),
        (lambda run: run.recording().unit_series("conv1", 7), "0 to 6"),
        (lambda run: run.recording().unit_series("conv1", -1), "0 to 6"),
        (lambda run: run.recording().layer_values("conv1", 20), "0 to 19"),
        (lambda run: run.recording().film.chunk("mean", 2), "0 to 1"),
        (lambda run: run.recording().film.chunk("mode", 0), "'mean'"),
        (lambda run: run.recording().thumbnail(9), "'0', '1'"),
    ],
)
def test_an_unknown_name_is_answered_with_those_that_exist(
    twenty: WrittenRun, ask: Callable[[Run], object], listed: str
) -> None:
    with pytest.raises(NotFoundError, match=listed):
        ask(opened(twenty))


def test_an_unknown_run_is_answered_with_those_that_exist(twenty: WrittenRun) -> None:
    with pytest.raises(NotFoundError, match="there is 'run'"):
        tb_neuron.open(twenty.logdir).runs["walk"]


def test_a_long_list_of_names_is_cut(write_run: Writer) -> None:
    run = write_run(units={f"layer{number}": 1 for number in range(100)})
    run.record(0)
    with pytest.raises(NotFoundError, match=r"'layer7', … \(100 in all\)"):
        opened(run).activations("layer")
