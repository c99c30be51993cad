"""Flow by LRP: relevance is kept from layer to layer, is Captum's, and is recorded by itself."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import LRP
from captum.attr._utils.lrp_rules import EpsilonRule
from torch import Tensor, nn

import tb_neuron
from tb_neuron.errors import NotFoundError
from tb_neuron.flows import Flow as RecordedFlow
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every
from tb_neuron_callbacks.attributions.flow import Flow, FlowSweep
from tb_neuron_callbacks.attributions.flow_methods import FLOW_METHODS
from tb_neuron_callbacks.attributions.propagation import epsilon_lrp
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.layers import Layout, discover

EXAMPLES = 6
BOTH = tuple(FLOW_METHODS)


class Convolutional(nn.Module):
    """Two convolutions with a shortcut, pooling and a linear layer, all without biases."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(2, 4, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        self.head = nn.Linear(4, 3, bias=False)

    def forward(self, inputs: Tensor) -> Tensor:
        first = torch.relu(self.conv1(inputs))
        second = torch.relu_(self.conv2(first) + first)
        return self.head(torch.max_pool2d(second, 2).mean((2, 3)))


def sequential(bias: bool) -> nn.Sequential:
    sizes = ((4, 6), (6, 5), (5, 3))
    first, second, third = (nn.Linear(*size, bias=bias) for size in sizes)
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), third)


def made(model: nn.Module, *shape: int) -> tuple[nn.Module, Tensor, Layout]:
    inputs = torch.randn(EXAMPLES, *shape, dtype=torch.float64)
    model = model.double()
    with torch.no_grad():
        return model, inputs, discover(model, lambda: model(inputs[:3]), ["*"])


def relevance(model: nn.Module, inputs: Tensor, layout: Layout) -> Flow:
    """Return the flow of each example by LRP, all units shown."""
    shown = {layer.name: range(layer.units) for layer in layout.layers}
    sweep = FlowSweep(model, layout, model, shown, lambda: epsilon_lrp(model))
    return sweep.measure(inputs, "prediction", None, torch.eye(EXAMPLES, dtype=torch.bool))


def is_close(found: Tensor, logits: Tensor) -> bool:
    """Whether values are the same to 1e-4 of the largest logit: epsilon takes a part of each."""
    return bool(((found - logits).abs() < 1e-4 * logits.abs().max()).all())


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def test_the_relevance_of_each_layer_is_the_logit_without_biases() -> None:
    model, inputs, layout = made(sequential(bias=False), 4)
    logits = model(inputs).amax(1).detach()
    for name, nodes in relevance(model, inputs, layout).nodes.items():
        assert is_close(nodes.sum(1), logits), name


def test_relevance_is_kept_across_a_shortcut() -> None:
    model, inputs, layout = made(Convolutional(), 2, 8, 8)
    flow = relevance(model, inputs, layout)
    logits = model(inputs).amax(1).detach()
    for name in ("input", "conv1", "head", "output"):
        assert is_close(flow.nodes[name].sum(1), logits), name
    # conv2 has what the shortcut does not pass around it.
    around = flow.links["conv1", "head"].sum((1, 2))
    assert is_close(flow.nodes["conv2"].sum(1) + around, logits)
    assert not is_close(around, torch.zeros_like(around))


def test_what_nothing_leads_to_under_lrp_is_the_biases_part() -> None:
    model, inputs, layout = made(sequential(bias=True), 4)
    flow = relevance(model, inputs, layout)
    chosen = model(inputs).argmax(1)
    expected = torch.nn.functional.one_hot(chosen, 3) * model[4].bias.detach()  # pyright: ignore
    assert torch.allclose(flow.remainders["4"][:, :-1], expected, atol=1e-6)


@pytest.mark.parametrize("layer", [1, 3])
def test_nodes_are_the_relevance_that_captum_gives(layer: int) -> None:
    model, inputs, layout = made(sequential(bias=False), 4)
    flow = relevance(model, inputs, layout)
    for module in model:  # pyright: ignore[reportGeneralTypeIssues]
        module.rule = EpsilonRule(1e-6)
    # What Captum gives a layer's input is the relevance of the layer before.
    tail = model[layer + 1 :]  # pyright: ignore[reportIndexIssue]
    with torch.no_grad():
        hidden = model[: layer + 1](inputs)  # pyright: ignore[reportIndexIssue, reportCallIssue]
    found = LRP(tail).attribute(hidden.requires_grad_(), target=model(inputs).argmax(1))
    assert torch.allclose(flow.nodes[str(layer)][:, :-1], found, rtol=1e-4, atol=1e-6)


def probe(*shape: int) -> ProbeSet:
    inputs = torch.randn(20, *shape, generator=torch.Generator().manual_seed(1))
    return ProbeSet.from_tensors(inputs, torch.arange(20) % 3, batch_size=8, tracked=[3, 11])


def recorded(folder: Path, model: nn.Module, inputs: ProbeSet, **choices: Any) -> Run:
    recording = Recording(**{"flow": 3, "flow_methods": BOTH, **choices})
    with NeuronRecorder(model, inputs, folder, schedule=every(1), recording=recording) as recorder:
        assert recorder.step(0)
    (run,) = tb_neuron.open(folder).runs.values()
    return run


def totals(flow: RecordedFlow, layer_name: str) -> np.ndarray:
    names = [layer.name for layer in flow.layers]
    return flow.attributions[names.index(layer_name)]


def test_both_methods_show_the_same_units(tmp_path: Path) -> None:
    run = recorded(tmp_path, sequential(bias=True), probe(4))
    first, second = (run.flow(0, method=method) for method in BOTH)
    assert first.layers == second.layers


def test_the_method_that_was_chosen_first_is_the_default(tmp_path: Path) -> None:
    run = recorded(tmp_path, sequential(bias=True), probe(4), flow_methods=("lrp",))
    assert run.flow(0).method == "lrp"


def test_relevance_is_recorded_as_it_was_measured(tmp_path: Path) -> None:
    model, inputs = sequential(bias=True), probe(4)
    flow = recorded(tmp_path, model, inputs).flow(0, "example 11", "lrp")
    example = torch.cat(list(inputs.batches))[11:12]
    hidden = torch.relu(model[0](example)).detach().requires_grad_()
    with epsilon_lrp(model):
        score = model[2:](hidden)[0, 11 % 3]
    (gradient,) = torch.autograd.grad(score, hidden)
    names = [layer.name for layer in flow.layers]
    shown = flow.layers[names.index("1")].shown
    expected = (gradient * hidden).detach()[0, shown].numpy()
    assert totals(flow, "1")[:-1] == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_methods_are_told_with_what_they_are(tmp_path: Path) -> None:
    run = recorded(tmp_path, sequential(bias=True), probe(4))
    found = run.recording().flows.methods()
    assert [(each.name, each.description, each.steps) for each in found] == [
        (name, method.description, [0]) for name, method in FLOW_METHODS.items()
    ]


class Recurrent(nn.Module):
    """A GRU, whose nonlinearities run inside one kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.gru, self.head = nn.GRU(4, 6, batch_first=True), nn.Linear(6, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.gru(inputs)[0][:, -1])


def test_a_method_that_the_network_refuses_is_absent_with_the_reason(tmp_path: Path) -> None:
    run = recorded(tmp_path, Recurrent(), probe(5, 4))
    assert run.flow(0).method == "gradient_x_activation"
    with pytest.raises(NotFoundError, match="lrp"):
        run.flow(0, method="lrp")
    assert any("no flow by lrp" in note and "gru" in note for note in run.recording().notes)


def test_a_record_without_any_method_that_the_network_allows_says_so(tmp_path: Path) -> None:
    run = recorded(tmp_path, Recurrent(), probe(5, 4), flow_methods=("lrp",))
    assert run.recording().flows.steps == []
    assert any("no flow by lrp" in note for note in run.recording().notes)


def test_an_unknown_method_is_refused_with_those_there_are() -> None:
    recording = Recording(flow=2, flow_methods=("saliency",))
    with pytest.raises(AttributionError, match="gradient_x_activation, lrp"):
        NeuronRecorder(sequential(True), probe(4), "unused", recording=recording)


def test_on_a_network_of_relus_both_methods_give_the_same_links() -> None:
    model, inputs, layout = made(Convolutional(), 2, 8, 8)
    shown = {layer.name: range(layer.units) for layer in layout.layers}
    by_gradient = FlowSweep(model, layout, model, shown).measure(
        inputs, "prediction", None, torch.eye(EXAMPLES, dtype=torch.bool)
    )
    for key, links in relevance(model, inputs, layout).links.items():
        assert torch.allclose(links, by_gradient.links[key], rtol=1e-2, atol=1e-4), key
