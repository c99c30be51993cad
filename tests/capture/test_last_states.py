"""Recurrent layers of which the model goes on with the last state alone."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

import tb_neuron
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording
from tb_neuron_callbacks.attributions.flow import FlowSweep
from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.last_states import with_last_state
from tb_neuron_callbacks.layers import Layout, discover

EXAMPLES, POSITIONS = 6, 4
KINDS = (nn.LSTM, nn.GRU, nn.RNN)
FORMS: list[dict[str, Any]] = [
    {"batch_first": first, "bidirectional": both, "num_layers": layers}
    for first in (True, False)
    for both in (True, False)
    for layers in (1, 2)
]


class LastState(nn.Module):
    """A recurrent layer, and a linear one over its last state or the same part of its output."""

    def __init__(self, kind: Any, by_state: bool, **form: Any) -> None:
        super().__init__()
        self.recurrent = kind(3, 5, **form)
        self.both = self.recurrent.bidirectional
        self.head = nn.Linear(10 if self.both else 5, 3)
        self.by_state = by_state

    def forward(self, inputs: Tensor) -> Tensor:
        is_first = self.recurrent.batch_first
        output, states = self.recurrent(inputs if is_first else inputs.transpose(0, 1))
        if self.by_state:
            h_n = states[0] if isinstance(states, tuple) else states
            return self.head(torch.cat([h_n[-2], h_n[-1]], 1) if self.both else h_n[-1])
        output = output if is_first else output.transpose(0, 1)
        forwards = output[:, -1, :5]
        return self.head(torch.cat([forwards, output[:, 0, 5:]], 1) if self.both else forwards)


def made(kind: Any, by_state: bool, **form: Any) -> tuple[nn.Module, Tensor, Layout]:
    torch.manual_seed(0)
    model = LastState(kind, by_state, **form).double()
    inputs = torch.randn(EXAMPLES, POSITIONS, 3, dtype=torch.float64)
    with torch.no_grad():
        return model, inputs, discover(model, lambda: model(inputs[:3]))


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_reads_h_n_has_the_attributions_of_one_that_reads_the_output(
    kind: Any, form: dict[str, Any]
) -> None:
    by_state, by_output = (
        PointSweep(model, layout, model).points(inputs, "prediction")["recurrent"]
        for model, inputs, layout in (made(kind, by, **form) for by in (True, False))
    )
    assert torch.allclose(by_state.gradients, by_output.gradients)
    assert bool((by_state.gradients != 0).any())


@pytest.mark.parametrize("kind", KINDS)
def test_flow_passes_through_h_n(kind: Any) -> None:
    model, inputs, layout = made(kind, True, batch_first=True)
    shown = {layer.name: range(layer.units) for layer in layout.layers}
    flow = FlowSweep(model, layout, model, shown).measure(
        inputs, "prediction", None, torch.ones(1, EXAMPLES, dtype=torch.bool)
    )
    assert set(flow.links) == {("input", "recurrent"), ("recurrent", "head"), ("head", "output")}
    out = flow.links["recurrent", "head"][0].sum(1)
    assert torch.allclose(out[:-1], flow.nodes["recurrent"][0, :-1])


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_the_state_keeps_its_values(kind: Any, form: dict[str, Any]) -> None:
    module, inputs = kind(3, 5, **form), torch.randn(POSITIONS, 2, 3)
    _, before = value = module(inputs)
    _, after = with_last_state(module, value)
    states = zip(before, after, strict=True) if kind is nn.LSTM else [(before, after)]
    assert all(torch.equal(*pair) for pair in states)


class LastCell(LastState):
    """What is read of the LSTM is c_n."""

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.recurrent(inputs)[1][1][-1])


def test_a_layer_of_which_c_n_alone_is_read_is_absent_with_the_reason(tmp_path: Path) -> None:
    probe = ProbeSet.from_tensors(torch.randn(6, POSITIONS, 3), torch.arange(6) % 3)
    model = LastCell(nn.LSTM, True, batch_first=True)
    recording = Recording(flow=2)
    with NeuronRecorder(
        model, probe, tmp_path, schedule=lambda _: True, recording=recording
    ) as recorder:
        recorder.step(0)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    notes = [note for sheet in run.recording().records[0].sheets for note in sheet.header.notes]
    notes += run.recording().notes
    for what in ("gradient_x_activation", "flow by gradient_x_activation"):
        assert any(f"recurrent has no {what}" in note and "c_n" in note for note in notes)


def test_a_packed_sequence_is_left_as_it_is() -> None:
    module = nn.GRU(3, 5, batch_first=True)
    packed = pack_padded_sequence(torch.randn(2, 4, 3), torch.tensor([4, 2]), batch_first=True)
    value = module(packed)
    assert with_last_state(module, value) is value


@pytest.mark.filterwarnings("ignore:LSTM with projections")
def test_an_lstm_with_projections_is_read_through_h_n() -> None:
    module = nn.LSTM(3, 5, proj_size=2)
    output, (h_n, _) = with_last_state(module, module(torch.randn(POSITIONS, 2, 3)))
    (gradient,) = torch.autograd.grad(h_n.sum(), output)
    assert torch.equal(gradient[-1], torch.ones(2, 2))
