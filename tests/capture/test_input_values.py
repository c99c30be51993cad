"""Values of rows and signals that are kept with a probe set, and what units see of a signal."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import tb_neuron
from tb_neuron.experiment import Run
from tb_neuron_callbacks import (
    NeuronRecorder,
    ProbeSet,
    Recording,
    every,
    input_values,
    receptive_fields,
)
from tb_neuron_callbacks.errors import ProbeSetError


def recorded(folder: Path, model: nn.Module, probe: ProbeSet) -> Run:
    recording = Recording(attributions=(), examples=3, schedules={"examples": every(1)})
    with NeuronRecorder(model, probe, folder, schedule=every(1), recording=recording) as recorder:
        recorder.step(0)
    return next(iter(tb_neuron.open(folder).runs.values()))


def test_rows_are_read_back(tmp_path: Path) -> None:
    rows = torch.randn(6, 4)
    run = recorded(tmp_path, nn.Linear(4, 2), ProbeSet.from_tensors(rows, batch_size=4))
    np.testing.assert_array_equal(run.recording().stored_examples.inputs(), rows.numpy())


def test_names_of_columns_are_read_back(tmp_path: Path) -> None:
    probe = ProbeSet.from_tensors(torch.randn(6, 2), column_names=["radius", "texture"])
    run = recorded(tmp_path, nn.Linear(2, 2), probe)
    assert list(run.recording().probe_set.column_names) == ["radius", "texture"]


@pytest.mark.parametrize("shape", [(6, 2), (6, 3, 8, 8)])
def test_names_that_are_not_of_the_columns_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ProbeSetError, match="column_names has a name for each column"):
        ProbeSet.from_tensors(torch.randn(shape), column_names=["radius"])


def test_names_of_columns_do_not_change_the_identity() -> None:
    rows = torch.randn(6, 2)
    known = ProbeSet.from_tensors(rows, column_names=["radius", "texture"])
    assert known.hash == ProbeSet.from_tensors(rows).hash


@pytest.mark.parametrize("shape", [(5, 2, 40), (5, 40, 2)])
def test_signals_are_kept_with_their_channels_first(shape: tuple[int, ...]) -> None:
    found = input_values.input_values(ProbeSet.from_tensors(torch.randn(shape)))
    assert found is not None
    assert found.values.shape == (5, 2, 40)


def test_a_long_signal_is_kept_as_means_and_said_so() -> None:
    signal = torch.randn(2, 1, 4 * input_values.MAX_POSITIONS)
    found = input_values.input_values(ProbeSet.from_tensors(signal))
    assert found is not None
    np.testing.assert_allclose(found.values, signal.reshape(2, 1, -1, 4).mean(3), atol=1e-6)
    assert "4096 positions are kept as means of 1024 stretches" in found.notes[0]


def test_rows_beyond_the_bound_are_left_out_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_values, "MAX_VALUES", 9)
    found = input_values.input_values(ProbeSet.from_tensors(torch.randn(6, 4)))
    assert found is not None
    assert (len(found.values), found.notes) == (
        2,
        ("the values of the first 2 of 6 examples are kept",),
    )


@pytest.mark.parametrize("inputs", [torch.rand(4, 3, 8, 8), torch.ones(4, 8, dtype=torch.int64)])
def test_images_and_sequences_are_kept_otherwise(inputs: torch.Tensor) -> None:
    assert input_values.input_values(ProbeSet.from_tensors(inputs)) is None


def test_the_field_of_a_signal_is_that_of_its_kernels(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Conv1d(1, 3, 5, stride=2), nn.ReLU(), nn.Conv1d(3, 2, 3))
    run = recorded(tmp_path, model, ProbeSet.from_tensors(torch.randn(8, 1, 32)))
    field = run.examples("2", 0).field
    assert field is not None
    # Five points, and one more kernel position of two points on each side.
    assert [field.box(position) for position in (0, 4)] == [(0, 0, 1, 9), (0, 8, 1, 17)]


def test_the_response_to_what_is_seen_of_a_signal_is_the_unit_s(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model, signals = nn.Sequential(nn.Conv1d(2, 3, 5), nn.ReLU()), torch.randn(8, 2, 32)
    found = recorded(tmp_path, model, ProbeSet.from_tensors(signals)).examples("1", 0)
    assert found.field is not None
    _, left, _, right = found.field.box(int(found.positions[1, 0]))
    with torch.no_grad():
        seen = model(signals[found.examples[1, 0], None, :, left:right])[0, 1]
    np.testing.assert_allclose(seen.numpy(), found.values[1, :1], rtol=1e-5)


def test_a_long_signal_is_walked_in_stretches(tmp_path: Path) -> None:
    """The model is run on so many examples and no more, in batches of the probe set's size."""
    model, sizes = nn.Sequential(nn.Conv1d(1, 3, 5, stride=2), nn.ReLU()), []
    model.register_forward_hook(lambda *given: sizes.append(len(given[2])))
    length = 8 * receptive_fields.MAX_STRETCHES
    recorded(tmp_path, model, ProbeSet.from_tensors(torch.randn(8, 1, length)))
    assert (max(sizes), sum(sizes) < 2 * receptive_fields.MAX_STRETCHES) == (8, True)


def test_the_field_of_a_long_signal_holds_that_of_its_kernel(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Conv1d(1, 3, 5, stride=2), nn.ReLU())
    length = 3 * receptive_fields.MAX_STRETCHES + 1
    run = recorded(tmp_path, model, ProbeSet.from_tensors(torch.randn(8, 1, length)))
    field = run.examples("1", 0).field
    assert field is not None
    starts = 2 * np.arange(len(field.columns))
    slack = np.stack([starts - field.columns[:, 0], field.columns[:, 1] - (starts + 5)])
    assert (slack.min() >= 0, slack.max() <= 3) == (True, True)
