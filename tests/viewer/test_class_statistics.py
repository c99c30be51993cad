"""Statistics over the examples of a class: against NumPy, and held between records."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import tb_neuron
from tb_neuron.columns import CodedColumn, decode
from tb_neuron.errors import NotFoundError
from tb_neuron.experiment import Run
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG
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
    chunk = recording.film_chunk("mean@1", 0)
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
