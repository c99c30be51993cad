"""Captum's layer methods in a recording, against Captum called by hand, and what it refuses."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum import attr
from networks import ResidualNetwork, settled
from recorded import values
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

import tb_neuron
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording
from tb_neuron_callbacks.attribution_pass import find_attribution
from tb_neuron_callbacks.attributions import find_unit_method
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.subject import Subject

EXAMPLES, CLASSES = 24, 5
DEEP_LIFT = "captum:LayerDeepLift"


def network() -> nn.Module:
    torch.manual_seed(0)
    return settled(ResidualNetwork())


def data() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(EXAMPLES, 3, 10, 10, generator=generator), torch.arange(EXAMPLES) % CLASSES


def flat_data() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(EXAMPLES, 7, generator=generator), torch.arange(EXAMPLES) % 3


def recorded(
    folder: Path, model: nn.Module, probe: ProbeSet, *methods: str, records: int = 1, **choices: Any
) -> Run:
    recording = Recording(attributions=methods, precision="f32", **choices)
    always = lambda _: True  # noqa: E731
    with NeuronRecorder(model, probe, folder, schedule=always, recording=recording) as recorder:
        for step in range(records):
            recorder.step(step)
    (run,) = tb_neuron.open(folder).runs.values()
    return run


def by_captum(name: str, model: nn.Module, layer_name: str, **choices: Any) -> np.ndarray:
    """Return what Captum finds by itself, summed over positions, float64[example, unit]."""
    inputs, classes = data()
    method = getattr(attr, name)(model, model.get_submodule(layer_name))
    found = method.attribute(inputs, target=classes, **choices)
    return found.detach().double().flatten(2).sum(2).numpy()


@pytest.mark.parametrize("batch_size", [7, EXAMPLES])
@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("LayerGradientXActivation", {}),
        ("LayerDeepLift", {"baselines": 0}),
        ("LayerConductance", {"baselines": 0, "n_steps": 6}),
        ("LayerIntegratedGradients", {"baselines": 0, "n_steps": 6}),
        ("InternalInfluence", {"baselines": 0, "n_steps": 6}),
    ],
)
def test_what_is_recorded_is_what_captum_finds_by_itself(
    tmp_path: Path, name: str, choices: dict[str, Any], batch_size: int
) -> None:
    model = network()
    probe = ProbeSet.from_tensors(*data(), batch_size=batch_size)
    run = recorded(tmp_path, model, probe, f"captum:{name}", path_steps=6)
    theirs = by_captum(name, model, "layer1.relu2", **choices)
    ours = run.attributions("layer1.relu2", f"captum:{name}")[0]
    assert ours == pytest.approx(theirs.mean(0), abs=1e-5 * abs(theirs).max())


def test_batches_of_a_loader_are_explained_without_their_labels(tmp_path: Path) -> None:
    model, loader = network(), DataLoader(TensorDataset(*data()), batch_size=8)
    run = recorded(tmp_path, model, ProbeSet.from_loader(loader), DEEP_LIFT)
    theirs = by_captum("LayerDeepLift", model, "layer1.relu2", baselines=0).mean(0)
    ours = run.attributions("layer1.relu2", DEEP_LIFT)[0]
    assert ours == pytest.approx(theirs, abs=1e-5 * abs(theirs).max())


@pytest.mark.parametrize("statistic", ["mean_abs", "std"])
def test_the_figures_are_those_of_every_method(tmp_path: Path, statistic: str) -> None:
    model = network()
    run = recorded(tmp_path, model, ProbeSet.from_tensors(*data()), DEEP_LIFT)
    theirs = by_captum("LayerDeepLift", model, "layer2.relu1", baselines=0)
    ours = run.attributions("layer2.relu1", DEEP_LIFT, statistic=statistic)[0]
    expected = {"mean_abs": abs(theirs).mean(0), "std": theirs.std(0)}[statistic]
    assert ours == pytest.approx(expected, rel=1e-4, abs=1e-8)


def test_the_means_over_the_examples_of_a_class_are_captums(tmp_path: Path) -> None:
    model = network()
    run = recorded(tmp_path, model, ProbeSet.from_tensors(*data()), DEEP_LIFT)
    theirs = by_captum("LayerDeepLift", model, "layer2.relu1", baselines=0)
    expected = theirs[data()[1].numpy() == 2].mean(0)
    found = run.recording().activations("layer2.relu1", f"{DEEP_LIFT}:label:mean@2")[0]
    assert found == pytest.approx(expected, rel=0.038, abs=1e-3 * abs(expected).max())


def test_deep_lift_is_conserved_over_a_cut_of_a_network_without_biases(tmp_path: Path) -> None:
    torch.manual_seed(0)
    layers = [nn.Linear(7, 9, bias=False), nn.ReLU(), nn.Linear(9, 8, bias=False), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(8, 3, bias=False)).eval()
    inputs, labels = flat_data()
    run = recorded(tmp_path, model, ProbeSet.from_tensors(inputs, labels), DEEP_LIFT)
    with torch.no_grad():
        change = model(inputs) - model(torch.zeros_like(inputs))
    expected = float(change.gather(1, labels[:, None]).mean())
    for layer_name in ("1", "3"):
        total = float(run.attributions(layer_name, DEEP_LIFT)[0].sum())
        assert total == pytest.approx(expected, rel=1e-4)


def test_the_mean_of_the_probe_set_is_a_baseline(tmp_path: Path) -> None:
    model, (inputs, _) = network(), data()
    probe = ProbeSet.from_tensors(*data(), batch_size=9)
    run = recorded(tmp_path, model, probe, DEEP_LIFT, baselines=("mean",))
    mean = inputs.mean(0, keepdim=True).expand_as(inputs)
    theirs = by_captum("LayerDeepLift", model, "layer2.relu1", baselines=mean).mean(0)
    ours = run.attributions("layer2.relu1", DEEP_LIFT)[0]
    assert ours == pytest.approx(theirs, abs=1e-4 * abs(theirs).max())


def test_several_baselines_are_the_distribution_of_deep_lift_shap(tmp_path: Path) -> None:
    model, (inputs, _) = network(), data()
    both = (torch.zeros_like(inputs[:1]), torch.ones_like(inputs[:1]))
    name = "captum:LayerDeepLiftShap"
    run = recorded(tmp_path, model, ProbeSet.from_tensors(*data()), name, baselines=both)
    rows = torch.cat(both)
    theirs = by_captum("LayerDeepLiftShap", model, "layer2.relu1", baselines=rows).mean(0)
    found = run.attributions("layer2.relu1", name)[0]
    assert found == pytest.approx(theirs, abs=1e-4 * abs(theirs).max())


def test_random_numbers_of_captums_are_the_same_at_every_record(tmp_path: Path) -> None:
    name, both = "captum:LayerGradientShap", (torch.zeros(3, 10, 10), torch.ones(3, 10, 10))
    probe = ProbeSet.from_tensors(*data())
    run = recorded(tmp_path, network(), probe, name, records=2, baselines=both)
    first, second = run.attributions("layer2.relu1", name)
    assert first.tolist() == second.tolist()


def test_it_stands_beside_other_methods(tmp_path: Path) -> None:
    methods = ("gradient_x_activation", DEEP_LIFT)
    run = recorded(tmp_path, network(), ProbeSet.from_tensors(*data()), *methods)
    assert {kind.method for kind in run.recording().statistics} == {"", *methods}


def test_what_a_figure_means_and_where_it_is_from_is_told(tmp_path: Path) -> None:
    run = recorded(tmp_path, network(), ProbeSet.from_tensors(*data()), DEEP_LIFT)
    (kind,) = [k for k in run.recording().statistics if k.name == f"{DEEP_LIFT}:label:mean"]
    assert "Captum's LayerDeepLift of the unit" in kind.description
    assert "Kokhlikyan et al. 2020" in kind.description


@pytest.mark.parametrize(
    ("name", "is_complete"), [("LayerDeepLift", True), ("InternalInfluence", False)]
)
def test_only_methods_that_promise_a_sum_are_complete(name: str, is_complete: bool) -> None:
    assert find_unit_method(f"captum:{name}").is_complete is is_complete


class Functional(nn.Module):
    """Calls one ReLU as a function and another module twice."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.twice = nn.Linear(7, 6), nn.ReLU()
        self.second, self.head = nn.Linear(6, 6), nn.Linear(6, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        hidden = self.twice(self.second(self.twice(self.first(inputs))))
        return self.head(torch.relu(self.second(hidden)))


def notes_of(folder: Path) -> str:
    return "\n".join(values(folder, "attributions")[0].header.notes)


def test_a_module_that_is_called_twice_is_absent_with_the_reason(tmp_path: Path) -> None:
    name, probe = "captum:LayerGradientXActivation", ProbeSet.from_tensors(*flat_data())
    run = recorded(tmp_path, Functional(), probe, name)
    assert np.isnan(run.attributions("twice", name)).all()
    assert f"twice has no {name}: it is called several times" in notes_of(tmp_path)


def test_a_function_that_deep_lift_does_not_see_is_told(tmp_path: Path) -> None:
    class Plain(nn.Sequential):
        def forward(self, input: Tensor) -> Tensor:
            return self[2](torch.relu(self[1](self[0](input))))

    model = Plain(nn.Linear(7, 6), nn.ReLU(), nn.Linear(6, 3))
    recorded(tmp_path, model, ProbeSet.from_tensors(*flat_data()), DEEP_LIFT)
    assert "changes the backward of modules alone" in notes_of(tmp_path)


def refused(model: nn.Module, probe: ProbeSet, name: str, target: Any = None) -> str:
    """Return with what words a recording is refused at construction."""
    subject, recording = Subject(model, probe), Recording(attributions=(name,), target=target)
    layout = subject.find_layers("auto", recording)
    with pytest.raises(AttributionError) as refusal:
        find_attribution(subject, layout, recording, CLASSES)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("name", "target", "words"),
    [
        ("captum:Nonsense", None, "must name a layer method of Captum, and it has LayerGradCam"),
        (DEEP_LIFT, "loss", "a logit as the target"),
        ("captum:LayerGradCam", None, "of no watched layer"),
    ],
)
def test_what_cannot_be_is_refused_at_construction(name: str, target: Any, words: str) -> None:
    assert words in refused(network(), ProbeSet.from_tensors(*data()), name, target)


class Pair(nn.Module):
    """Takes two tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(7, 6), nn.ReLU(), nn.Linear(6, 3))

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        return self.body(first + second)


def test_a_batch_of_several_tensors_is_refused() -> None:
    inputs, labels = flat_data()
    probe = ProbeSet.from_tensors({"first": inputs, "second": inputs}, labels)
    assert "a batch whose input is one tensor" in refused(Pair(), probe, DEEP_LIFT)


def test_without_captum_it_is_said_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "captum", None)
    said = refused(network(), ProbeSet.from_tensors(*data()), DEEP_LIFT)
    assert "type `pip install captum`" in said
