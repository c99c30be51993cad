"""A run that cannot be read is a sentence beside the others, never the end of them."""

from pathlib import Path

import numpy as np
import pytest
from written_run import WrittenRun

import tb_neuron
from tb_neuron import answers
from tb_neuron.contents import Contents
from tb_neuron.schema.neuron_pb2 import Header, Layer, Model
from tb_neuron.summary import ValueWriter


def write(folder: Path, **changes: object) -> WrittenRun:
    run = WrittenRun(folder, **changes)  # pyright: ignore[reportArgumentType]
    for step in range(4):
        run.record(step, silent={next(iter(run.units)): [1]})
    run.close()
    return run


def write_twins(folder: Path) -> None:
    """Write a run whose layout names two measured layers alike."""
    run = WrittenRun(folder)
    values = run.values(run._make(0, {}))
    layers = [Layer(name="fc1", kind="activation", units=units) for units in (12, 3)]
    writer = ValueWriter(Header(kind="model", layout_id=run.layout))
    writer.header.session.CopyFrom(run.header("model", 0).session)
    writer.add_message(Model(layout_id=run.layout, layers=layers))
    values[run.tag("model")] = writer.blobs()
    run.write(0, values)
    run.close()


def test_a_measured_layer_called_output_is_told_from_the_pseudo_layer(tmp_path: Path) -> None:
    write(tmp_path / "run", units={"output": 4, "fc1": 3})
    run = tb_neuron.open(tmp_path).runs["run"]
    assert [layer.units for layer in run.layers.values()] == [4, 3]


def test_a_unit_of_a_layer_called_output_dies_when_it_falls_silent(tmp_path: Path) -> None:
    write(tmp_path / "run", units={"output": 4, "fc1": 3})
    dead = tb_neuron.open(tmp_path).runs["run"].dead("output")
    assert dead[0].tolist() == [False, True, False, False]


def test_two_layers_of_one_name_are_named_as_the_damage(tmp_path: Path) -> None:
    write_twins(tmp_path / "twins")
    (problem,) = tb_neuron.open(tmp_path).runs["twins"].problems
    assert "'fc1'" in problem.message


def test_a_run_that_cannot_be_read_leaves_the_others_listed(tmp_path: Path) -> None:
    write_twins(tmp_path / "twins")
    write(tmp_path / "whole")
    listed = answers.runs(tb_neuron.open(tmp_path))["runs"]
    assert [run["name"] for run in listed if run["recordings"]] == ["whole"]


@pytest.mark.parametrize("error", [ValueError("shapes"), KeyError("name"), MemoryError()])
def test_no_error_of_one_recording_reaches_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    write(tmp_path / "bad")
    write(tmp_path / "whole")
    made = Contents.__init__

    def fail_for_the_first(self: Contents, *arguments: object, **fields: object) -> None:
        monkeypatch.setattr(Contents, "__init__", made)
        raise error

    monkeypatch.setattr(Contents, "__init__", fail_for_the_first)
    runs = tb_neuron.open(tmp_path).runs
    assert [name for name in runs if runs[name].recordings] == ["whole"]


def write_on_grid(folder: Path, grid: int, steps: range) -> None:
    """Write three records of which those at some steps have their mean on another grid."""
    run = WrittenRun(folder)
    for step in range(3):
        values = run.values(run._make(step, {}))
        if step in steps:
            blobs = values[run.tag("activations")]
            header = Header.FromString(blobs[0])
            for column in header.columns:
                if column.name == "mean":
                    column.grid = grid  # pyright: ignore[reportAttributeAccessIssue]
            blobs[0] = header.SerializeToString()
        run.write(step, values)
    run.close()


@pytest.mark.parametrize("steps", [range(3), range(1), range(1, 2), range(2, 3)])
@pytest.mark.parametrize("grid", [5, 99])
def test_a_column_on_an_unknown_grid_is_a_problem_and_nothing_else(
    tmp_path: Path, grid: int, steps: range
) -> None:
    write_on_grid(tmp_path / "run", grid, steps)
    experiment = tb_neuron.open(tmp_path)
    header = answers.records(experiment, answers.RecordingKey("run")).header
    known = {"std", "frequency"} if len(steps) == 3 else {"mean", "std", "frequency"}
    assert {kind["name"] for kind in header["statistics"]} == known
    messages = [problem.message for problem in experiment.runs["run"].problems]
    assert any(f"'mean' is on grid {grid}" in message for message in messages)


def test_records_on_a_known_grid_are_shown_beside_the_others(tmp_path: Path) -> None:
    write_on_grid(tmp_path / "run", 99, range(1, 2))
    means = tb_neuron.open(tmp_path).runs["run"].activations("fc1", "mean")
    assert np.isnan(means).all(axis=1).tolist() == [False, True, False]
