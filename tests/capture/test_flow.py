"""Flow: links sum to attributions, nothing is lost, and gradients stop at watched layers."""

from typing import Any

import pytest
import torch
from networks import Branches, ResidualNetwork, settled
from torch import Tensor, nn

from tb_neuron_callbacks.attributions.flow import Flow, FlowSweep, choose_shown
from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.attributions.unit_figures import per_example
from tb_neuron_callbacks.layers import Layout, discover

EXAMPLES = 6


def sequential() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3))


def residual() -> nn.Module:
    return settled(ResidualNetwork(inplace=True))


NETWORKS: dict[str, Any] = {
    "sequential": (sequential, lambda: torch.randn(EXAMPLES, 4)),
    "branches": (Branches, lambda: torch.randn(EXAMPLES, 4)),
    "residual": (residual, lambda: torch.randn(EXAMPLES, 3, 10, 10)),
}


def made(name: str) -> tuple[nn.Module, Tensor, Layout]:
    torch.manual_seed(0)
    make, draw = NETWORKS[name]
    model, inputs = make().double(), draw().double()
    with torch.no_grad():
        return model, inputs, discover(model, lambda: model(inputs[:3]))


def all_units(layout: Layout, count: int = 100) -> dict[str, list[int]]:
    return {layer.name: list(range(min(layer.units, count))) for layer in layout.layers}


def measured(model: nn.Module, inputs: Tensor, layout: Layout, count: int = 100) -> Flow:
    sweep = FlowSweep(model, layout, model, all_units(layout, count))
    everyone = torch.ones(1, EXAMPLES, dtype=torch.bool)
    return sweep.measure(inputs, "prediction", None, everyone)


def gradient_x_activation(model: nn.Module, inputs: Tensor, layout: Layout) -> dict[str, Tensor]:
    points = PointSweep(model, layout, model).points(inputs, "prediction")
    layers = {layer.name: layer for layer in layout.watched}
    return {
        name: per_example(point.gradients * point.activations, layers[name])
        for name, point in points.items()
    }


@pytest.mark.parametrize("name", NETWORKS)
def test_links_out_of_a_unit_sum_to_its_attribution(name: str) -> None:
    model, inputs, layout = made(name)
    flow = measured(model, inputs, layout)
    for layer_name, values in gradient_x_activation(model, inputs, layout).items():
        out = sum(
            link[0].sum(1) for (source, _), link in flow.links.items() if source == layer_name
        )
        assert isinstance(out, Tensor)
        expected = values.sum(0)
        assert torch.allclose(out[:-1], expected, atol=1e-5 * float(expected.abs().max()))


@pytest.mark.parametrize("name", NETWORKS)
def test_nodes_are_gradient_x_activation(name: str) -> None:
    model, inputs, layout = made(name)
    flow = measured(model, inputs, layout)
    for layer_name, values in gradient_x_activation(model, inputs, layout).items():
        assert torch.allclose(flow.nodes[layer_name][0, :-1], values.sum(0))
        assert torch.allclose(flow.magnitudes[layer_name][0, :-1], values.abs().sum(0))


@pytest.mark.parametrize("name", NETWORKS)
def test_units_that_are_not_shown_flow_as_the_rest(name: str) -> None:
    model, inputs, layout = made(name)
    whole, few = (measured(model, inputs, layout, count) for count in (100, 2))
    assert whole.links.keys() == few.links.keys()
    for key, link in few.links.items():
        assert torch.allclose(link.sum((1, 2)), whole.links[key].sum((1, 2)))
        assert torch.allclose(link[:, :2, :2], whole.links[key][:, :2, :2])


def test_links_are_the_successors_of_the_layout() -> None:
    model, inputs, layout = made("branches")
    names = [layer.name for layer in layout.layers]
    successors = {
        (layer.name, names[number]) for layer in layout.layers for number in layer.successors
    }
    assert set(measured(model, inputs, layout).links) == successors


def test_a_linear_layer_has_weight_times_activation_as_links() -> None:
    torch.manual_seed(0)
    middle, last = nn.Linear(4, 5, bias=False), nn.Linear(5, 3)
    model = nn.Sequential(nn.ReLU(), middle, nn.ReLU(), last)
    inputs = torch.rand(EXAMPLES, 4)
    layout = discover(model, lambda: model(inputs[:3]), ["0", "1", "3"])
    flow = measured(model, inputs, layout)
    with torch.no_grad():
        hidden = middle(inputs)
        chosen = model(inputs).argmax(1)
        gradient = last.weight[chosen] * (hidden > 0)
        by_hand = torch.einsum("ei,ji,ej->ij", inputs, middle.weight, gradient)
    assert torch.allclose(flow.links["0", "1"][0, :-1, :-1].float(), by_hand, atol=1e-5)


def test_a_network_without_biases_has_no_remainder() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(4, 6, bias=False), nn.ReLU(), nn.Linear(6, 3, bias=False)
    ).double()
    inputs = torch.randn(EXAMPLES, 4).double()
    layout = discover(model, lambda: model(inputs[:3]))
    for remainder in measured(model, inputs, layout).remainders.values():
        assert float(remainder.abs().max()) < 1e-9


def test_a_bias_is_the_remainder_of_its_unit() -> None:
    torch.manual_seed(0)
    linear, inputs = nn.Linear(4, 3).double(), torch.randn(EXAMPLES, 4).double()
    model = nn.Sequential(linear)
    layout = discover(model, lambda: model(inputs[:3]))
    flow = measured(model, inputs, layout)
    counts = torch.bincount(model(inputs).argmax(1), minlength=3)
    expected = counts * linear.bias.detach()
    assert torch.allclose(flow.remainders["0"][0, :-1], expected)


def test_groups_of_examples_add_up() -> None:
    model, inputs, layout = made("branches")
    sweep = FlowSweep(model, layout, model, all_units(layout))
    first = torch.arange(EXAMPLES) < 2
    flow = sweep.measure(inputs, "prediction", None, torch.stack([first, ~first, first | ~first]))
    assert flow.examples.tolist() == [2, 4, 6]
    for link in flow.links.values():
        assert torch.allclose(link[0] + link[1], link[2])


def test_flow_of_batches_merges() -> None:
    model, inputs, layout = made("residual")
    sweep = FlowSweep(model, layout, model, all_units(layout, 3))
    everyone = torch.ones(1, EXAMPLES, dtype=torch.bool)
    whole = sweep.measure(inputs, "prediction", None, everyone)
    half = sweep.measure(inputs[:2], "prediction", None, everyone[:, :2])
    half.merge(sweep.measure(inputs[2:], "prediction", None, everyone[:, 2:]))
    for key, link in whole.links.items():
        assert torch.allclose(link, half.links[key])


def test_shown_units_are_the_largest_and_the_pinned() -> None:
    assert choose_shown(torch.tensor([5.0, 1.0, 4.0, 3.0, 2.0]), 2, pins=[1]) == [0, 1, 2]


def test_a_unit_stays_shown_while_it_is_among_the_larger_ones() -> None:
    magnitudes = torch.tensor([5.0, 4.0, 3.0, 2.0, 1.0])
    assert choose_shown(magnitudes, 2, before=[0, 2]) == [0, 2]
    assert choose_shown(magnitudes, 2, before=[0, 4]) == [0, 1]


def test_nothing_is_left_on_the_model() -> None:
    model, inputs, layout = made("residual")
    measured(model, inputs, layout)
    assert all(not module._forward_hooks for module in model.modules())
    assert all(parameter.grad is None for parameter in model.parameters())


class TwoInputs(nn.Module):
    """Two inputs, each through a layer of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Linear(4, 5), nn.Linear(3, 5)
        self.relu, self.head = nn.ReLU(), nn.Linear(5, 3)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        return self.head(self.relu(self.left(left) + self.right(right)))


def test_every_input_is_a_source() -> None:
    torch.manual_seed(0)
    model = TwoInputs()
    batch = (torch.randn(EXAMPLES, 4), torch.randn(EXAMPLES, 3))
    run = lambda batch: model(*batch)  # noqa: E731
    layout = discover(model, lambda: run(batch))
    sweep = FlowSweep(model, layout, run, {})
    flow = sweep.measure(batch, "prediction", None, torch.ones(1, EXAMPLES, dtype=torch.bool))
    assert {source for source, target in flow.links if target == "relu"} == {"input", "input#1"}
    assert flow.units["input#1"] == 3


def test_an_example_that_is_not_finite_spoils_no_other() -> None:
    model, inputs, layout = made("sequential")
    inputs[2] = torch.nan
    flow = FlowSweep(model, layout, model, all_units(layout)).measure(
        inputs, "prediction", None, torch.eye(EXAMPLES, dtype=torch.bool)
    )
    finite = flow.nodes["1"].isfinite().all(1)
    assert bool(finite.all())
    assert flow.nonfinite == 1
    assert bool((flow.nodes["1"][0] != 0).any())


def test_batches_of_which_some_do_not_reach_a_layer_merge() -> None:
    model, inputs, layout = made("sequential")
    sweep = FlowSweep(model, layout, model, all_units(layout))
    everyone = torch.ones(1, EXAMPLES, dtype=torch.bool)
    whole = sweep.measure(inputs, "prediction", None, everyone)
    nothing = Flow({}, torch.zeros(1, dtype=torch.float64))
    nothing.merge(whole)
    assert nothing.shown == whole.shown
    assert torch.equal(nothing.nodes["1"], whole.nodes["1"])
