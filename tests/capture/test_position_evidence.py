"""What positions contribute to classes: against Captum, the evidence itself, and under a cap."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LayerGradientXActivation
from networks import ResidualNetwork, settled
from recorded import values
from torch import Tensor, nn

from tb_neuron.schema.neuron_pb2 import Evidence
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every
from tb_neuron_callbacks.attribution_pass import find_attribution
from tb_neuron_callbacks.evidence_pass import EvidencePass
from tb_neuron_callbacks.measurement import LayerEvidence, MeasuredEvidence, PositionEvidence
from tb_neuron_callbacks.subject import Subject

EXAMPLES, CLASSES = 12, 5
TRACKED = [2, 5, 9]
LAYERS = ["stem.2", "layer1.relu1", "layer2.relu2"]
PLENTY = 1 << 24


def network() -> nn.Module:
    torch.manual_seed(0)
    return settled(ResidualNetwork(inplace=True))


def inputs() -> Tensor:
    return torch.randn(EXAMPLES, 3, 10, 10, generator=torch.Generator().manual_seed(1))


def probe(given: Tensor | None = None) -> ProbeSet:
    labels = torch.arange(EXAMPLES) % CLASSES
    return ProbeSet.from_tensors(inputs() if given is None else given, labels, tracked=TRACKED)


def evidence_pass(
    model: nn.Module, max_bytes: int = PLENTY, count: int = CLASSES, given: Tensor | None = None
) -> EvidencePass:
    subject, recording = Subject(model, probe(given)), Recording()
    layout = subject.find_layers("auto", recording)
    attribution, _ = find_attribution(subject, layout, recording, CLASSES)
    assert attribution is not None
    return EvidencePass(attribution, count, 1 << 20, {}, max_bytes)


def of_captum(layer_name: str, number: int) -> np.ndarray:
    """Return Captum's gradient x activation toward a class, float64[example, unit, position]."""
    model = network()
    method = LayerGradientXActivation(model, model.get_submodule(layer_name))
    found = method.attribute(inputs()[TRACKED], target=number)
    assert isinstance(found, Tensor)
    return found.detach().double().reshape(*found.shape[:2], -1).numpy()


def layer_of(measured: MeasuredEvidence, name: str) -> LayerEvidence:
    (found,) = [layer for layer in measured.layers if layer.layer_name == name]
    return found


def positions_of(measured: MeasuredEvidence, name: str) -> PositionEvidence:
    found = layer_of(measured, name).positions
    assert found is not None
    return found


@pytest.fixture(scope="module")
def measured() -> MeasuredEvidence:
    return evidence_pass(network()).measure()


@pytest.mark.parametrize("number", range(CLASSES))
@pytest.mark.parametrize("layer_name", LAYERS)
def test_a_position_contributes_what_captum_says_summed_over_units(
    measured: MeasuredEvidence, layer_name: str, number: int
) -> None:
    expected = of_captum(layer_name, number)
    net = positions_of(measured, layer_name).net
    assert net is not None
    np.testing.assert_allclose(net[:, number], expected.sum(1), 1e-4, 1e-5 * abs(expected).max())


@pytest.mark.parametrize("number", range(CLASSES))
@pytest.mark.parametrize("layer_name", LAYERS)
def test_a_unit_at_a_position_contributes_what_captum_says(
    measured: MeasuredEvidence, layer_name: str, number: int
) -> None:
    expected = of_captum(layer_name, number)
    units = positions_of(measured, layer_name).units
    assert units is not None
    found = units[:, :, number].transpose(1, 0, 2)
    np.testing.assert_allclose(found, expected, 1e-4, 1e-5 * abs(expected).max())


@pytest.mark.parametrize("layer_name", LAYERS)
def test_summed_over_positions_it_is_the_evidence(
    measured: MeasuredEvidence, layer_name: str
) -> None:
    layer, found = layer_of(measured, layer_name), positions_of(measured, layer_name)
    assert found.units is not None
    np.testing.assert_allclose(found.units.sum(3).transpose(1, 2, 0), layer.net, 1e-3, 1e-4)


def test_a_layer_of_a_single_position_needs_no_more_than_its_evidence(
    measured: MeasuredEvidence,
) -> None:
    assert positions_of(measured, "fc") == PositionEvidence((), None)


def test_without_a_cap_given_nothing_is_kept_at_positions() -> None:
    made = evidence_pass(network())
    made.max_position_bytes = None
    assert all(layer.positions is None for layer in made.measure().layers)


def test_where_not_all_classes_fit_the_predicted_and_the_labelled_are_kept(
    measured: MeasuredEvidence,
) -> None:
    cap = sum(CLASSES * size // units + 2 * size for size, units in sizes(measured))
    found = evidence_pass(network(), cap).measure()
    with torch.no_grad():
        logits = network()(inputs()[TRACKED])
    for name in _placed(measured):
        whole, few = positions_of(measured, name), positions_of(found, name)
        assert whole.units is not None
        assert few.units is not None
        assert few.own is not None
        for place, example in enumerate(TRACKED):
            predicted, label = int(logits[place].argmax()), example % CLASSES
            second = label if label != predicted else int(logits[place].topk(2).indices[1])
            assert few.own[place].tolist() == [predicted, second]
            np.testing.assert_allclose(
                few.units[:, place], whole.units[:, place][:, [predicted, second]], 1e-4, 1e-6
            )


def test_what_is_of_two_classes_is_told(measured: MeasuredEvidence) -> None:
    cap = sum(CLASSES * size // units + 2 * size for size, units in sizes(measured))
    (note,) = evidence_pass(network(), cap).measure().notes
    assert "toward two classes of each example" in note
    assert f"max_position_bytes={cap}" in note


def test_where_units_do_not_fit_positions_are_still_kept(measured: MeasuredEvidence) -> None:
    cap = sum(CLASSES * size // units for size, units in sizes(measured))
    found = evidence_pass(network(), cap).measure()
    kept = positions_of(found, "layer2.relu2")
    assert kept.net is not None
    assert kept.units is None


def test_what_does_not_fit_at_all_is_left_out_with_a_note() -> None:
    found = evidence_pass(network(), 0).measure()
    assert layer_of(found, "layer2.relu2").positions is None
    assert any(
        "attributions at positions are left out; more does not fit in Recording(" in note
        for note in found.notes
    )


def test_examples_in_pieces_are_the_same(measured: MeasuredEvidence) -> None:
    made = evidence_pass(network())
    made._most = 2
    found = positions_of(made.measure(), "layer1.relu1").units
    expected = positions_of(measured, "layer1.relu1").units
    assert found is not None
    assert expected is not None
    np.testing.assert_allclose(found, expected, 1e-4, 1e-6)


def test_a_record_holds_what_was_measured_within_the_grids_error(
    tmp_path: Path, measured: MeasuredEvidence
) -> None:
    recorded(tmp_path)
    value = values(tmp_path, "evidence")[0]
    found = positions_of(measured, "layer1.relu1")
    assert found.net is not None
    assert found.units is not None
    for what, array in (
        ("position_evidence", found.net.reshape(-1, found.net.shape[2])),
        ("unit_position_evidence", found.units.reshape(len(found.units), -1)),
    ):
        rows = value.rows(value.entry(what, "layer1.relu1"))
        np.testing.assert_allclose(rows, array, 0.038, 1e-4 * abs(array).max(), err_msg=what)


def test_a_record_tells_the_shape_of_positions(tmp_path: Path) -> None:
    recorded(tmp_path)
    message = values(tmp_path, "evidence")[0].message(Evidence)
    shapes = {each.layer: list(each.shape) for each in message.positions}
    assert shapes["stem.2"] == [8, 8]
    assert shapes["fc"] == []


def test_positions_are_recorded_with_tracked_activations_alone(tmp_path: Path) -> None:
    recorded(tmp_path, tracked=False)
    value = values(tmp_path, "evidence")[0]
    assert not value.message(Evidence).positions
    assert {entry.what for entry in value.header.directory} <= {
        "Evidence",
        "evidence",
        "counterevidence",
    }


class Recurrent(nn.Module):
    """Reads sequences of vectors; the layer's outputs begin with the positions."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.cells = nn.GRU(4, 6)
        self.head = nn.Linear(6, CLASSES)

    def forward(self, sequences: Tensor) -> Tensor:
        states, _ = self.cells(sequences.transpose(0, 1))
        return self.head(states.mean(0))


def test_positions_of_sequences_are_their_tokens() -> None:
    sequences = torch.randn(EXAMPLES, 7, 4, generator=torch.Generator().manual_seed(2))
    model = Recurrent()
    found = positions_of(evidence_pass(model, given=sequences).measure(), "cells")
    states = model.cells(sequences[TRACKED].transpose(0, 1))[0].detach().requires_grad_()
    model.head(states.mean(0))[:, 3].sum().backward()
    assert states.grad is not None
    expected = (states.grad * states).detach().permute(1, 2, 0)
    assert found.shape == (7,)
    assert found.units is not None
    np.testing.assert_allclose(found.units[:, :, 3].transpose(1, 0, 2), expected, 1e-4, 1e-6)


def recorded(folder: Path, **choices: Any) -> None:
    """Record once, everything of it with a cap that suffices."""
    how = {"evidence": CLASSES, "tracked": True, "max_position_bytes": PLENTY, **choices}
    recording = Recording(**how)
    with NeuronRecorder(
        network(), probe(), folder, schedule=every(1), recording=recording
    ) as recorder:
        assert recorder.step(0)


def _placed(measured: MeasuredEvidence) -> list[str]:
    """Return the layers with several positions."""
    return [e.layer_name for e in measured.layers if e.positions and e.positions.net is not None]


def sizes(measured: MeasuredEvidence) -> list[tuple[int, int]]:
    """Return the bytes toward one class, and the units, of each layer with several positions."""
    found = [positions_of(measured, name).units for name in _placed(measured)]
    return [(each.size // CLASSES, len(each)) for each in found if each is not None]
