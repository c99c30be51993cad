"""A model runs the probe set in the batches that it is made for, or says why it cannot."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every
from tb_neuron_callbacks.errors import ProbeForwardError
from tb_neuron_callbacks.subject import Subject

NUMBERS = torch.linspace(-1, 1, 64).reshape(16, 4)


class FixedBatch(nn.Module):
    """Runs on eight examples and no other number of them."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.hidden = nn.Linear(4, 6)
        self.relu = nn.ReLU()
        self.last = nn.Linear(6, 2)

    def forward(self, inputs: Tensor) -> Tensor:
        hidden = self.relu(self.hidden(inputs)).view(8, 6)
        return self.last(hidden)


def record_once(folder: Path, model: nn.Module, probe: ProbeSet) -> Run:
    recording = Recording(precision="f32")
    with NeuronRecorder(model, probe, folder, schedule=every(1), recording=recording) as recorder:
        assert recorder.step(0)
    return next(iter(tb_neuron.open(folder).runs.values()))


def test_a_model_with_a_fixed_batch_size_is_recorded_in_its_own_batches(tmp_path: Path) -> None:
    model = FixedBatch().eval()
    run = record_once(tmp_path, model, ProbeSet.from_tensors(NUMBERS, batch_size=8))
    hidden = (NUMBERS @ model.hidden.weight.T + model.hidden.bias).clamp(min=0).detach()
    assert run.activations("relu", "mean")[0] == pytest.approx(hidden.mean(0).numpy(), rel=1e-5)


def test_a_forward_that_failed_leaves_no_layer_behind() -> None:
    subject = Subject(FixedBatch(), ProbeSet.from_tensors(NUMBERS, batch_size=8))
    layout = subject.find_layers("*", Recording())
    assert [layer.name for layer in layout.watched] == ["hidden", "relu", "last"]


def test_a_model_that_runs_no_batch_is_refused_with_the_whole_batch(tmp_path: Path) -> None:
    probe = ProbeSet.from_tensors(NUMBERS, batch_size=4)
    with pytest.raises(ProbeForwardError, match=r"float32\[4, 4\]"):
        NeuronRecorder(FixedBatch(), probe, tmp_path)


def test_layers_are_found_with_few_examples_where_those_will_do() -> None:
    sizes: list[int] = []

    def forward(model: nn.Module, batch: Any) -> Any:
        sizes.append(len(batch))
        return model(batch)

    probe = ProbeSet.from_tensors(NUMBERS)
    Subject(nn.Linear(4, 2), probe, forward).find_layers("auto", Recording())
    assert sizes == [3]
