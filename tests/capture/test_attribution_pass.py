"""Attributions from the recorder to the reader, against Captum, and what may go wrong."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LayerGradientXActivation
from networks import ResidualNetwork, settled
from torch import Tensor, nn

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording
from tb_neuron_callbacks.attribution_pass import find_attribution
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.subject import Subject

EXAMPLES = 30
EXACT: dict[str, Any] = {"precision": "f32"}


def network() -> nn.Module:
    torch.manual_seed(0)
    return settled(ResidualNetwork(inplace=True))


def data() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    inputs = torch.randn(EXAMPLES, 3, 10, 10, generator=generator)
    return inputs, torch.arange(EXAMPLES) % 5


def recorded(
    folder: Path, model: nn.Module, labels: bool = True, batch_size: int = 8, **choices: Any
) -> Run:
    inputs, classes = data()
    probe = ProbeSet.from_tensors(inputs, classes if labels else None, batch_size=batch_size)
    recording = Recording(**choices)
    always = lambda _: True  # noqa: E731
    with NeuronRecorder(model, probe, folder, schedule=always, recording=recording) as recorder:
        recorder.step(0)
    (run,) = tb_neuron.open(folder).runs.values()
    return run


def of_captum(model: nn.Module, layer_name: str) -> np.ndarray:
    """Return Captum's gradient x activation, summed over positions, float64[example, unit]."""
    inputs, classes = data()
    module = model.get_submodule(layer_name)
    found = LayerGradientXActivation(model, module).attribute(inputs, target=classes)
    assert isinstance(found, Tensor)
    return found.detach().double().flatten(2).sum(2).numpy()


@pytest.mark.parametrize("batch_size", [7, 30])
def test_gradient_x_activation_is_recorded_by_default(tmp_path: Path, batch_size: int) -> None:
    model = network()
    run = recorded(tmp_path, model, batch_size=batch_size, **EXACT)
    theirs = of_captum(model, "layer1.relu1")
    scale = abs(theirs.mean(0)).max()
    assert run.attributions("layer1.relu1")[0] == pytest.approx(theirs.mean(0), abs=1e-5 * scale)


@pytest.mark.parametrize("statistic", ["mean_abs", "std", "share"])
def test_figures_are_those_of_numpy_on_captums_values(tmp_path: Path, statistic: str) -> None:
    model = network()
    ours = recorded(tmp_path, model, **EXACT).attributions("layer2.relu1", statistic=statistic)[0]
    theirs = of_captum(model, "layer2.relu1")
    magnitude = abs(theirs).mean(0)
    expected = {"mean_abs": magnitude, "std": theirs.std(0), "share": magnitude / magnitude.sum()}
    assert ours == pytest.approx(expected[statistic], rel=1e-4, abs=1e-9)


def test_class_conditional_means_are_captums(tmp_path: Path) -> None:
    model = network()
    run = recorded(tmp_path, model)
    found = run.recording().activations("layer2.relu1", "gradient_x_activation:label:mean@2")[0]
    _, classes = data()
    expected = of_captum(model, "layer2.relu1")[classes.numpy() == 2].mean(0)
    assert found == pytest.approx(expected, rel=0.038, abs=1e-4 * abs(expected).max())


def test_without_labels_the_predicted_logit_is_explained(tmp_path: Path) -> None:
    run = recorded(tmp_path, network(), labels=False)
    assert {kind.target for kind in run.recording().statistics if kind.method} == {"prediction"}


def test_methods_are_recorded_side_by_side(tmp_path: Path) -> None:
    methods = ("gradient", "conductance")
    run = recorded(tmp_path, network(), attributions=methods, path_steps=4)
    assert {kind.method for kind in run.recording().statistics} == {"", *methods}


def test_conductance_from_the_mean_of_the_probe_set_sums_to_the_change(tmp_path: Path) -> None:
    model = network()
    run = recorded(
        tmp_path,
        model,
        attributions=("conductance",),
        baselines=("mean",),
        path_steps=60,
        **EXACT,
    )
    inputs, classes = data()
    with torch.no_grad():
        change = model(inputs) - model(inputs.mean(0, keepdim=True))
    expected = float(change.gather(1, classes[:, None]).mean())
    total = float(run.attributions("layer1.relu2", "conductance")[0].sum())
    assert total == pytest.approx(expected, rel=0.03)


def test_none_are_recorded_when_none_is_named(tmp_path: Path) -> None:
    run = recorded(tmp_path, network(), attributions=())
    assert not any(kind.method for kind in run.recording().statistics)


class Silenced(nn.Module):
    """A classifier whose first part is cut off from gradients."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Linear(4, 6), nn.ReLU())
        self.second = nn.Sequential(nn.Linear(6, 6), nn.ReLU())
        self.head = nn.Linear(6, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        with torch.no_grad():
            first = self.first(inputs)
        return self.head(self.second(first))


def test_a_layer_that_is_cut_off_is_absent_with_the_reason(tmp_path: Path) -> None:
    probe = ProbeSet.from_tensors(torch.randn(6, 4), torch.arange(6) % 3)
    with NeuronRecorder(Silenced(), probe, tmp_path, schedule=lambda _: True) as recorder:
        recorder.step(0)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    assert np.isnan(run.attributions("first.1")).all()
    assert np.isfinite(run.attributions("second.1")).all()
    notes = run.recording().notes
    assert any("first.1" in note and "does not depend" in note for note in notes)


def test_a_model_without_logits_is_recorded_without_attributions(tmp_path: Path) -> None:
    probe = ProbeSet.from_tensors(torch.randn(6, 4))
    model = nn.Sequential(nn.Linear(4, 1), nn.Tanh())
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with NeuronRecorder(model, probe, tmp_path, schedule=lambda _: True) as recorder:
            assert recorder.step(0)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    assert not told
    assert any("no attributions" in note for note in run.recording().headers[0].notes)


def loss_recorded(folder: Path, model: nn.Module, **choices: Any) -> Run:
    inputs = torch.randn(4, 6, generator=torch.Generator().manual_seed(2))
    no_class = torch.tensor([1, -100, 2, 7])  # of three
    probe = ProbeSet.from_tensors(inputs, no_class, batch_size=3)
    recording = Recording(target="loss", precision="f32", **choices)
    always = lambda _: True  # noqa: E731
    with NeuronRecorder(model, probe, folder, schedule=always, recording=recording) as recorder:
        recorder.step(0)
    (run,) = tb_neuron.open(folder).runs.values()
    return run


def classifier() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3)).eval()


def test_examples_without_a_class_are_no_part_of_the_mean_of_the_loss(tmp_path: Path) -> None:
    model = classifier()
    run = loss_recorded(tmp_path, model)
    inputs = torch.randn(4, 6, generator=torch.Generator().manual_seed(2))[[0, 2]]
    hidden = model[1](model[0](inputs)).detach().requires_grad_()
    loss = nn.functional.cross_entropy(model[2](hidden), torch.tensor([1, 2]), reduction="sum")
    (gradient,) = torch.autograd.grad(loss, hidden)
    expected = (gradient * hidden).mean(0).detach().numpy()
    assert run.attributions("1")[0] == pytest.approx(expected, rel=1e-4, abs=1e-8)


def test_how_many_examples_have_no_loss_is_told(tmp_path: Path) -> None:
    notes = loss_recorded(tmp_path, classifier()).recording().notes
    assert any("2 of 4 examples have a label that is no class" in note for note in notes)


def test_flow_of_the_loss_is_a_mean_over_the_examples_that_have_one(tmp_path: Path) -> None:
    run = loss_recorded(tmp_path, classifier(), flow=2)
    flow = run.recording().flows.flow(0)
    place = [layer.name for layer in flow.layers].index("1")
    assert flow.attributions[place].sum() == pytest.approx(
        float(run.attributions("1")[0].sum()), rel=1e-3
    )


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"attributions": ("gradients",)}, "must be of gradient, "),
        ({"target": 9}, "below the model's 5 classes"),
        ({"target": "logit"}, "target must be one of"),
        ({"target": lambda output, _: output}, "one scalar an example"),
        ({"attributions": ("conductance",), "baselines": (torch.ones(7),)}, "must broadcast"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_at_construction(
    choices: dict[str, Any], words: str
) -> None:
    inputs, classes = data()
    subject = Subject(network(), ProbeSet.from_tensors(inputs, classes))
    recording = Recording(**choices)
    layout = subject.find_layers("auto", recording)
    with pytest.raises(AttributionError, match=words):
        find_attribution(subject, layout, recording, 5)


def test_nan_gradients_are_counted(tmp_path: Path) -> None:
    class Root(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.relu = nn.ReLU()
            self.head = nn.Linear(4, 3)

        def forward(self, inputs: Tensor) -> Tensor:
            return self.head(self.relu(inputs).sqrt())  # an infinite gradient at 0

    inputs = torch.rand(8, 4) + 1
    inputs[:2, 1] = -1
    probe = ProbeSet.from_tensors(inputs, torch.arange(8) % 3)
    with NeuronRecorder(Root(), probe, tmp_path, schedule=lambda _: True) as recorder:
        recorder.step(0)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    share = run.attributions("relu", statistic="nonfinite")[0]
    assert share.tolist() == pytest.approx([0, 0.25, 0, 0], abs=0.01)
    assert np.isfinite(run.attributions("relu")).all()
