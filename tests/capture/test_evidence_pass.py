"""Evidence for and against classes: against Captum, an independent loop, and what may go wrong."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LayerGradientXActivation
from networks import ResidualNetwork, settled
from recorded import values
from torch import Tensor, nn

import tb_neuron
from tb_neuron.run import Run
from tb_neuron.schema.neuron_pb2 import Evidence
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every
from tb_neuron_callbacks.attribution_pass import find_attribution
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.evidence_pass import EvidencePass, choose_classes
from tb_neuron_callbacks.measurement import LayerEvidence, MeasuredEvidence
from tb_neuron_callbacks.pins import Pins
from tb_neuron_callbacks.subject import Subject

EXAMPLES, CLASSES = 30, 5
TRACKED = [2, 9, 17, 26]
PINS: Pins = {"layer1.relu1": (0, 4), "fc": (3,)}
#: Half of a grid's step, as a share.
GRID_ERROR = 0.038


def network() -> nn.Module:
    torch.manual_seed(0)
    return settled(ResidualNetwork(inplace=True))


def data() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    inputs = torch.randn(EXAMPLES, 3, 10, 10, generator=generator)
    return inputs, torch.arange(EXAMPLES) % CLASSES


def probe(**choices: Any) -> ProbeSet:
    inputs, labels = data()
    return ProbeSet.from_tensors(inputs, labels, batch_size=8, **{"tracked": TRACKED, **choices})


def evidence_pass(
    model: nn.Module, count: int = CLASSES, max_bytes: int = 1 << 20, pins: Pins | None = None
) -> EvidencePass:
    subject, recording = Subject(model, probe()), Recording()
    layout = subject.find_layers("auto", recording)
    attribution, _ = find_attribution(subject, layout, recording, CLASSES)
    assert attribution is not None
    return EvidencePass(attribution, count, max_bytes, pins or {})


def of_captum(layer_name: str, examples: list[int], number: int) -> np.ndarray:
    """Return Captum's gradient x activation toward a class, float64[example, unit, position]."""
    model = network()
    method = LayerGradientXActivation(model, model.get_submodule(layer_name))
    found = method.attribute(data()[0][examples], target=number)
    assert isinstance(found, Tensor)
    return found.detach().double().reshape(*found.shape[:2], -1).numpy()


def layer_of(measured: MeasuredEvidence, name: str) -> LayerEvidence:
    (found,) = [layer for layer in measured.layers if layer.layer_name == name]
    return found


@pytest.fixture(scope="module")
def measured() -> MeasuredEvidence:
    return evidence_pass(network(), pins=PINS).measure()


@pytest.mark.parametrize("number", range(CLASSES))
@pytest.mark.parametrize("layer_name", ["stem.2", "layer1.relu1", "layer2.relu2", "fc"])
def test_evidence_is_captums_toward_each_class(
    measured: MeasuredEvidence, layer_name: str, number: int
) -> None:
    expected = of_captum(layer_name, TRACKED, number)
    found = layer_of(measured, layer_name)
    tolerance = 1e-5 * abs(expected).max()
    assert found.net[:, number] == pytest.approx(expected.sum(2), abs=tolerance)


@pytest.mark.parametrize("layer_name", ["layer1.relu1", "layer2.relu2", "fc"])
def test_counterevidence_is_the_sum_of_what_is_below_0(
    measured: MeasuredEvidence, layer_name: str
) -> None:
    expected = of_captum(layer_name, TRACKED, 3)
    found = layer_of(measured, layer_name)
    tolerance = 1e-5 * abs(expected).max()
    against = -expected.clip(max=0).sum(2)
    assert found.against[:, 3] == pytest.approx(against, abs=tolerance)


def test_what_is_for_and_what_is_against_make_the_net(measured: MeasuredEvidence) -> None:
    expected = of_captum("layer1.relu1", TRACKED, 1).clip(min=0).sum(2)
    found = layer_of(measured, "layer1.relu1")
    assert found.net[:, 1] + found.against[:, 1] == pytest.approx(
        expected, abs=1e-5 * expected.max()
    )


def test_a_unit_without_positions_has_one_sign(measured: MeasuredEvidence) -> None:
    found = layer_of(measured, "fc")
    assert (found.against == np.maximum(0, -found.net)).all()


def test_a_logit_speaks_for_its_own_class_alone(measured: MeasuredEvidence) -> None:
    net = layer_of(measured, "fc").net
    with torch.no_grad():
        logits = network()(data()[0][TRACKED]).numpy()
    expected = np.eye(CLASSES) * logits[:, :, None]
    assert net == pytest.approx(expected, abs=1e-5)


def test_every_measurable_layer_has_evidence(measured: MeasuredEvidence) -> None:
    layout = evidence_pass(network()).attribution.layout
    names = [layer.layer_name for layer in measured.layers]
    assert names == [layer.name for layer in layout.watched]


def test_pins_are_means_over_the_probe_set(measured: MeasuredEvidence) -> None:
    everyone = list(range(EXAMPLES))
    pinned = {each.layer_name: each for each in measured.pins}["layer1.relu1"]
    for number in range(CLASSES):
        units = of_captum("layer1.relu1", everyone, number)[:, [0, 4]]
        tolerance = 1e-5 * abs(units).max()
        net, against = units.sum(2).mean(0), -units.clip(max=0).sum(2).mean(0)
        assert pinned.net[number] == pytest.approx(net, abs=tolerance)
        assert pinned.against[number] == pytest.approx(against, abs=tolerance)


def test_without_pins_the_probe_set_does_not_run() -> None:
    model = network()
    made = evidence_pass(model)
    seen: list[int] = []
    handle = model.register_forward_hook(lambda _, given, __: seen.append(len(given[0])))
    made.measure()
    handle.remove()
    assert set(seen) == {len(TRACKED)}


def test_an_example_of_a_probe_set_that_is_not_finite_is_left_out_of_the_means() -> None:
    inputs, labels = data()
    inputs[5] = torch.nan
    subject, recording = Subject(network(), ProbeSet.from_tensors(inputs, labels)), Recording()
    layout = subject.find_layers("auto", recording)
    attribution, _ = find_attribution(subject, layout, recording, CLASSES)
    assert attribution is not None
    found = EvidencePass(attribution, CLASSES, 1 << 20, {"layer1.relu1": (0,)}).measure()
    rest = [number for number in range(EXAMPLES) if number != 5]
    expected = of_captum("layer1.relu1", rest, 0)[:, 0].sum(1).mean()
    assert found.pins[0].net[0, 0] == pytest.approx(expected, rel=1e-4)
    assert any("up to 1 examples" in note for note in found.notes)


@pytest.mark.parametrize(
    ("predicted", "labels", "count", "expected"),
    [
        ([3, 3, 4], [4, 4, 1], 2, [3, 4]),
        ([3, 3, 4], [4, 4, 1], 3, [1, 3, 4]),
        ([3, 3, 4], [4, 4, 1], 5, [0, 1, 2, 3, 4]),
        ([3, 3, 4], [4, 255, -1], 9, [0, 1, 2, 3, 4, 5]),
        ([2, 2, 2], None, 2, [0, 2]),
    ],
)
def test_classes_of_labels_and_predictions_come_first(
    predicted: list[int], labels: list[int] | None, count: int, expected: list[int]
) -> None:
    logits = torch.nn.functional.one_hot(torch.tensor(predicted), 6).float()
    given = None if labels is None else torch.tensor(labels)
    assert choose_classes(logits, given, count) == expected


def test_layers_that_do_not_fit_are_left_out_with_a_note() -> None:
    found = evidence_pass(network(), max_bytes=2 * len(TRACKED) * CLASSES * 5).measure()
    assert [layer.layer_name for layer in found.layers] == ["stem.2"]
    (note,) = found.notes
    assert "layer2.relu2" in note
    assert "max_evidence_bytes=200" in note


class Aside(nn.Module):
    """A network one layer of which leads nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.aside, self.head = nn.Linear(300, 4), nn.Linear(300, CLASSES)

    def forward(self, inputs: Tensor) -> Tensor:
        torch.relu(self.aside(inputs.flatten(1)))
        return self.head(inputs.flatten(1))


def test_a_layer_on_which_no_class_depends_is_left_out_with_a_note() -> None:
    found = evidence_pass(Aside(), pins={"aside/relu": (1,)}).measure()
    assert [layer.layer_name for layer in found.layers] == ["head"]
    (note,) = found.notes
    assert note.startswith("aside/relu: no evidence")


class Greedy(nn.Module):
    """Wraps a network that can't hold more than so many examples with their graph."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.inner, self.most, self.sizes = network(), most, list[int]()

    def forward(self, inputs: Tensor) -> Tensor:
        if torch.is_grad_enabled() and len(inputs) > self.most:
            raise MemoryError("can't allocate memory")
        self.sizes.append(len(inputs))
        return self.inner(inputs)


def test_a_full_memory_halves_the_examples_and_says_so_once() -> None:
    made = evidence_pass(Greedy(8))
    assert isinstance(made.attribution.subject.model, Greedy)
    made.attribution.subject.model.most = 1
    with pytest.warns(RuntimeWarning, match="evidence ran out of memory with 4 examples") as told:
        found = [made.measure() for _ in range(2)]
    expected = layer_of(evidence_pass(network()).measure(), "fc").net
    assert len(told) == 1
    assert layer_of(found[0], "inner.fc").net == pytest.approx(expected, abs=1e-5)
    assert layer_of(found[1], "inner.fc").net == pytest.approx(expected, abs=1e-5)


class Fragile(nn.Module):
    """Wraps a network that breaks where gradients are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.is_broken = network(), False

    def forward(self, inputs: Tensor) -> Tensor:
        if self.is_broken and torch.is_grad_enabled():
            raise RuntimeError("of my own")
        return self.inner(inputs)


def test_an_error_that_is_not_of_memory_is_not_hidden() -> None:
    model = Fragile()
    made = evidence_pass(model)
    model.is_broken = True
    with pytest.raises(RuntimeError, match="of my own"):
        made.measure()


def recorded(folder: Path, records: int = 1, **choices: Any) -> Run:
    recording = Recording(**{"evidence": CLASSES, **choices})
    with NeuronRecorder(
        network(), probe(), folder, schedule=every(1), recording=recording
    ) as recorder:
        for step in range(records):
            assert recorder.step(step)
    (run,) = tb_neuron.open(folder).runs.values()
    return run


def test_a_record_holds_what_was_measured_within_the_grids_error(
    tmp_path: Path, measured: MeasuredEvidence
) -> None:
    recorded(tmp_path)
    value = values(tmp_path, "evidence")[0]
    expected = layer_of(measured, "layer1.relu1")
    for what, array in (("evidence", expected.net), ("counterevidence", expected.against)):
        rows = value.rows(value.entry(what, "layer1.relu1"))
        floor = abs(array).max() * 1e-4
        flat = array.reshape(len(rows), -1)
        np.testing.assert_allclose(rows, flat, GRID_ERROR, floor, err_msg=what)


def test_a_record_tells_classes_examples_and_pins(tmp_path: Path) -> None:
    recorded(tmp_path, detail=["layer1.relu1:4,0", "fc:3"])
    message = values(tmp_path, "evidence")[0].message(Evidence)
    assert message.method == "gradient_x_activation"
    assert (list(message.classes), list(message.examples)) == ([0, 1, 2, 3, 4], TRACKED)
    assert {each.layer: tuple(each.units) for each in message.pins} == dict(PINS)


def test_evidence_is_in_every_eighth_record(tmp_path: Path) -> None:
    recorded(tmp_path, records=10)
    assert list(values(tmp_path, "evidence")) == [0, 8]


def test_evidence_has_a_schedule_of_its_own(tmp_path: Path) -> None:
    recorded(tmp_path, records=4, schedules={"evidence": every(3)})
    assert list(values(tmp_path, "evidence")) == [0, 3]


def test_by_default_there_is_none(tmp_path: Path) -> None:
    recorded(tmp_path, evidence=0)
    assert values(tmp_path, "evidence") == {}


def test_evidence_of_the_label_is_the_flow_of_the_example(tmp_path: Path) -> None:
    run = recorded(tmp_path, flow=8, target="label")
    flow = run.flow(0, f"example {TRACKED[1]}")
    (place,) = [p for p, layer in enumerate(flow.layers) if layer.name == "layer2.relu2"]
    value = values(tmp_path, "evidence")[0]
    row = 1 * CLASSES + TRACKED[1] % CLASSES
    found = value.rows(value.entry("evidence", "layer2.relu2"))[row]
    np.testing.assert_allclose(flow.attributions[place][:-1], found, GRID_ERROR, 1e-4)


def test_recording_evidence_leaves_the_model_as_it_was(tmp_path: Path) -> None:
    model = network().train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    state = torch.get_rng_state()
    choices = Recording(evidence=2, detail=["fc:0"])
    with NeuronRecorder(model, probe(), tmp_path, recording=choices) as recorder:
        recorder.step(0)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
    assert all(module.training for module in model.modules())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_evidence_that_fails_is_left_out_with_a_warning(tmp_path: Path) -> None:
    model = Fragile()
    choices = Recording(
        evidence=2, attributions=("gradient",), schedules={"attributions": bool}, trust=False
    )
    with NeuronRecorder(model, probe(), tmp_path, recording=choices) as recorder:
        model.is_broken = True
        with pytest.warns(RuntimeWarning, match="evidence at step 0"):
            assert recorder.step(0)
    assert values(tmp_path, "activations").keys() == {0}


class Scalar(nn.Module):
    """A regression: one number an example."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Flatten(), nn.Linear(300, 4), nn.ReLU(), nn.Linear(4, 1))

    def forward(self, inputs: Tensor) -> Tensor:
        return self.inner(inputs)


def total(output: Tensor, _: object) -> Tensor:
    return output[:, 0]


@pytest.mark.parametrize(
    ("model", "choices", "tracked", "words"),
    [
        (Scalar, {"target": total}, 3, "returns no logits of shape"),
        (network, {"attributions": ()}, 3, "needs attributions of units"),
        (network, {}, 0, "needs tracked examples"),
    ],
)
def test_what_cannot_be_is_refused(
    tmp_path: Path, model: Any, choices: dict[str, Any], tracked: int, words: str
) -> None:
    recording = Recording(evidence=3, **choices)
    with pytest.raises(AttributionError, match=words):
        NeuronRecorder(model(), probe(tracked=tracked), tmp_path, recording=recording)


def test_examples_of_several_shapes_are_those_of_the_most_frequent(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    batches = [torch.rand(2, 1, 6, 6), torch.rand(3, 1, 8, 8)]
    given = ProbeSet.from_batches(batches, labels=torch.tensor([0, 1, 2, 0, 1]), tracked=5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with NeuronRecorder(model, given, tmp_path, recording=Recording(evidence=9)) as recorder:
            assert recorder.step(0)
    message = values(tmp_path, "evidence")[0].message(Evidence)
    assert (list(message.examples), list(message.classes)) == ([2, 3, 4], [0, 1, 2])
