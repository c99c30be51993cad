"""Statistics over the examples of a class: against NumPy, and held between records."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from written_run import MEAN, STATES_KIND, WrittenRun

import tb_neuron
from tb_neuron.columns import RATIO, SIGNED_LEVELS, CodedColumn, decode
from tb_neuron.errors import NotFoundError
from tb_neuron.run import Run
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG
from tb_neuron.summary import ColumnKind, ValueWriter
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

LABELS = torch.arange(24) % 3


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 3))


def inputs() -> torch.Tensor:
    return torch.randn(24, 5, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Six records, class means in every fourth; the weights grow by half at each."""
    model, probe = network(), ProbeSet.from_tensors(inputs(), LABELS)
    choices = Recording(schedules={"classes": every(4)})
    with NeuronRecorder(model, probe, tmp_path, schedule=every(1), recording=choices) as recorder:
        for step in range(6):
            recorder.step(step)
            with torch.no_grad():
                for parameter in model.parameters():
                    parameter.mul_(1.5)
    (found,) = tb_neuron.open(tmp_path).runs.values()
    return found


def by_hand(step: int, number: int) -> np.ndarray:
    model = network()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.5**step)
        hidden = torch.relu(model[0](inputs()))
    return hidden[number == LABELS].mean(0).numpy()


def test_a_class_has_the_mean_over_its_examples(run: Run) -> None:
    found = run.recording().activations("1", "mean@2")[4]
    assert found == pytest.approx(by_hand(4, 2), rel=0.038, abs=1e-3)


def test_a_record_without_class_means_shows_the_last_before_it(run: Run) -> None:
    found = run.recording().activations("1", "mean@2")
    assert (found[3] == found[0]).all()
    assert (found[5] == found[4]).all()
    assert (found[4] != found[3]).any()


def test_the_film_of_a_class_shows_the_same(run: Run) -> None:
    recording = run.recording()
    chunk = recording.film.chunk("mean@1", 0)
    codes = np.cumsum(chunk.changes, axis=0, dtype=np.uint8)
    names = [layer.name for layer in recording.layers]
    start = sum(layer.units for layer in recording.layers[: names.index("1")])
    offset = int(chunk.offsets[names.index("1")])
    shown = decode(CodedColumn(codes[2, start : start + 7], offset), GRID_SIGNED_LOG)
    assert shown == pytest.approx(recording.activations("1", "mean@1")[2], rel=0.08, abs=1e-3)


def test_a_class_beyond_those_recorded_is_told(run: Run) -> None:
    with pytest.raises(NotFoundError, match="mean@3"):
        run.recording().activations("1", "mean@3")


def test_the_steps_with_class_means_are_told(run: Run) -> None:
    assert run.recording().class_statistics["mean"].steps == (0, 4)


def test_the_scale_reaches_the_largest_mean_of_any_class(run: Run) -> None:
    recording = run.recording()
    largest = max(
        float(np.nanmax(abs(recording.activations(layer.name, f"mean@{number}"))))
        for layer in recording.layers
        for number in range(3)
    )
    assert recording.class_statistics["mean"].top == pytest.approx(largest, rel=0.001)


def test_a_class_has_attributions_of_one_target_at_a_time(tmp_path: Path) -> None:
    model, probe = network(), ProbeSet.from_tensors(inputs(), LABELS)
    with NeuronRecorder(model, probe, tmp_path, schedule=every(1)) as recorder:
        recorder.step(0)
    choices = Recording(target="loss", schedules={"classes": every(1)})
    with NeuronRecorder(model, probe, tmp_path, schedule=every(1), recording=choices) as recorder:
        recorder.step(1)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    recording = run.recording()
    label = recording.activations("1", "gradient_x_activation:label:mean@0")
    loss = recording.activations("1", "gradient_x_activation:loss:mean@0")
    assert np.isfinite(label).all(axis=1).tolist() == [True, False]
    assert np.isfinite(loss).all(axis=1).tolist() == [False, True]
    assert (label[0] != loss[1]).any()
    series = recording.unit_series("1", 3)
    assert [each.target for each in series.class_methods] == ["label", "loss"]
    known = np.isfinite(series.class_attributions).all(axis=1).tolist()
    assert known == [[True, False], [False, True]]


def test_a_class_without_examples_does_not_reach_into_the_scale(tmp_path: Path) -> None:
    probe = ProbeSet.from_tensors(inputs(), torch.where(LABELS == 1, 2, LABELS))
    with NeuronRecorder(network(), probe, tmp_path, schedule=every(1)) as recorder:
        recorder.step(0)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    recording = run.recording()
    for name, known in recording.class_statistics.items():
        largest = max(
            float(np.nanmax(abs(recording.activations(layer.name, f"{name}@{number}"))))
            for layer in recording.layers
            for number in (0, 2)
        )
        assert known.top == pytest.approx(largest, rel=0.001), name


def write_classes(run: WrittenRun, means: np.ndarray) -> None:
    """Write a record in which conv1 has these means of classes, the other layers none."""
    made = run._make(0, {})
    made.class_means = {"conv1": means}
    run.write(0, run.values(made))


@pytest.mark.parametrize("level", [-1, 0, 1])
def test_a_mean_at_the_top_of_a_grid_with_offset_0_is_in_the_scale(
    write_run: Callable[..., WrittenRun], level: int
) -> None:
    run = write_run()
    means = np.zeros((3, 7))
    means[1, 4] = -(RATIO ** (SIGNED_LEVELS + level))
    write_classes(run, means)
    recording = tb_neuron.open(run.logdir).runs["run"].recording()
    found = recording.activations("conv1", "mean@1")[0]
    assert found == pytest.approx(means[1], rel=0.001)
    assert recording.class_statistics["mean"].top == pytest.approx(-means[1, 4], rel=0.077)


def test_a_statistic_that_is_called_like_one_of_a_class_is_itself(
    write_run: Callable[..., WrittenRun],
) -> None:
    run = write_run()
    values = run.values(run._make(0, {}))
    writer = ValueWriter(run.header("activations", 0))
    own = np.arange(1.0, 8.0)
    kinds = {STATES_KIND: np.zeros(7), MEAN: np.ones(7)}
    writer.add_columns("conv1", {**kinds, ColumnKind("mean@1", GRID_SIGNED_LOG, "mine"): own})
    values[run.tag("activations")] = writer.blobs()
    run.write(0, values)
    recording = tb_neuron.open(run.logdir).runs["run"].recording()
    assert recording.statistic("mean@1").description == "mine"
    assert recording.activations("conv1", "mean@1")[0] == pytest.approx(own, rel=0.038)
    assert (recording.activations("conv1", "mean@2")[0] != 0).any()
