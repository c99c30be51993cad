"""Flow read from real files: damage is found by what entries say, before they are read."""

import zlib
from collections.abc import Callable

import numpy as np
import pytest
from written_run import WrittenRun

import tb_neuron
from tb_neuron.errors import DamagedRecordError
from tb_neuron.recording import Recording
from tb_neuron.schema.neuron_pb2 import (
    CODEC_ZLIB,
    GRID_SIGNED_LOG,
    Flow,
    FlowGroup,
    FlowLayer,
    Header,
)
from tb_neuron.summary import ColumnKind, ValueWriter

KIND = ColumnKind("flow", GRID_SIGNED_LOG, "", "gradient_x_activation", "label")
SHOWN = {"input": [0], "conv1": [2, 4], "output": [1]}


def message(names: tuple[str, ...] = tuple(SHOWN), shown: int = 0) -> Flow:
    """Return what a record says of its flow; of each layer this many are shown, if not 0."""
    layers = [
        FlowLayer(name=name, units=7, shown=range(shown) if shown else SHOWN[name])
        for name in names
    ]
    groups = [FlowGroup(kind=FlowGroup.ALL, examples=10)]
    return Flow(method="gradient_x_activation", target="label", groups=groups, layers=layers)


def writer_of(run: WrittenRun, step: int, said: Flow | None) -> ValueWriter:
    writer = ValueWriter(run.header("flow", step))
    if said is not None:
        writer.add_message(said)
    writer.add_links("input", "conv1", np.ones((1, 6)), KIND)
    writer.add_links("conv1", "output", np.ones((1, 6)), KIND)
    writer.add_array("attribution", np.ones((1, 3), np.float32), "conv1")
    return writer


def write(run: WrittenRun, step: int, blobs: list[bytes]) -> None:
    values = run.values(run._make(step, {}))
    values[run.tag("flow")] = blobs
    run.write(step, values)


def opened(run: WrittenRun) -> Recording:
    return tb_neuron.open(run.logdir).runs["run"].recording()


@pytest.fixture
def run(write_run: Callable[..., WrittenRun]) -> WrittenRun:
    return write_run()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the arrays of entries that were asked for are."""
    asked: list[str] = []
    arrays = tb_neuron.stored_columns.ColumnReader.arrays

    def listed(self, wanted, rows=None):
        asked.extend(entry.what for _, entry in wanted)
        return arrays(self, wanted, rows)

    monkeypatch.setattr(tb_neuron.stored_columns.ColumnReader, "arrays", listed)
    return asked


def test_flow_is_as_written(run: WrittenRun) -> None:
    write(run, 0, writer_of(run, 0, message()).blobs())
    flow = opened(run).flows.flow(0)
    assert [(link.source, link.target, link.values.shape) for link in flow.links] == [
        (0, 1, (2, 3)),
        (1, 2, (3, 2)),
    ]
    assert flow.attributions[1].tolist() == [1, 1, 1]
    assert np.isnan(flow.attributions[0]).all()


def test_links_of_a_false_shape_are_refused_unread(run: WrittenRun, read: list[str]) -> None:
    blobs = writer_of(run, 0, message()).blobs()
    header = Header.FromString(blobs[0])
    entry = next(each for each in header.directory if each.what == "links")
    entry.codec, entry.shape[:] = CODEC_ZLIB, [1, 1 << 20]
    blobs[entry.blob] = zlib.compress(bytes(1 << 20))
    write(run, 0, [header.SerializeToString(), *blobs[1:]])
    with pytest.raises(DamagedRecordError, match="the links from 'input' to 'conv1' can't be read"):
        opened(run).flows.flow(0)
    assert "links" not in read


def test_links_that_are_there_twice_are_refused_unread(run: WrittenRun, read: list[str]) -> None:
    writer = writer_of(run, 0, message())
    writer.add_links("input", "conv1", np.ones((1, 6)), KIND)
    write(run, 0, writer.blobs())
    with pytest.raises(DamagedRecordError, match="the links from 'input' to 'conv1' can't be read"):
        opened(run).flows.flow(0)
    assert "links" not in read


def test_links_that_together_are_too_many_are_refused_unread(
    run: WrittenRun, read: list[str]
) -> None:
    names = ("input", "conv1", "output", "more")
    writer = ValueWriter(run.header("flow", 0))
    writer.add_message(message(names, shown=4000))
    for source in names:
        for target in names:
            writer.add_links(source, target, np.ones((1, 1)), KIND)
    for entry in writer.header.directory:
        if entry.what == "links":
            entry.shape[:] = [1, 4001**2]
    write(run, 0, writer.blobs())
    with pytest.raises(DamagedRecordError, match="more than can be read"):
        opened(run).flows.flow(0)
    assert "links" not in read


def test_totals_of_a_false_shape_are_missing_and_unread(run: WrittenRun, read: list[str]) -> None:
    writer = writer_of(run, 0, message())
    (entry,) = (each for each in writer.header.directory if each.what == "attribution")
    entry.shape[:] = [1 << 20, 3]
    write(run, 0, writer.blobs())
    assert np.isnan(opened(run).flows.flow(0).attributions[1]).all()
    assert "attribution" not in read


def test_flow_without_layers_is_damage(run: WrittenRun) -> None:
    write(run, 0, writer_of(run, 0, message(())).blobs())
    with pytest.raises(DamagedRecordError, match="no flow between layers"):
        opened(run).flows.flow(0)


@pytest.mark.parametrize("damaged", [None, message(())])
def test_groups_are_those_of_the_last_record_that_can_be_read(
    run: WrittenRun, damaged: Flow | None
) -> None:
    write(run, 0, writer_of(run, 0, message()).blobs())
    write(run, 1, writer_of(run, 1, damaged).blobs())
    recording = opened(run)
    assert [group.name for group in recording.flows.groups()] == ["all"]
    assert [each.place for each in recording.problems] == ["tb_neuron/model/probe/flow at step 1"]


def test_a_step_whose_record_has_no_message_is_told_as_damage(run: WrittenRun) -> None:
    write(run, 0, writer_of(run, 0, None).blobs())
    reader = opened(run).flows
    with pytest.raises(DamagedRecordError, match="holds no 'Flow'"):
        reader.flow(0)
    with pytest.raises(DamagedRecordError, match="holds no 'Flow'"):
        reader.groups()
