"""A run that cannot be read is a sentence beside the others, never the end of them."""

from pathlib import Path

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
