"""Layers that change their input in place have the attributions and flow of twins that don't."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import pytest
import torch
from networks import ResidualNetwork, settled
from torch import Tensor, nn
from torch.nn import functional

from tb_neuron_callbacks.attributions.flow import Flow, FlowSweep
from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.attributions.propagation import epsilon_lrp
from tb_neuron_callbacks.attributions.unit_figures import per_example
from tb_neuron_callbacks.layers import Layout, discover

EXAMPLES = 6


class Twin(nn.Module):
    """Two linear layers and what stands between them; in place or not."""

    def __init__(self, inplace: bool) -> None:
        super().__init__()
        self.inplace = inplace
        self.first, self.second, self.last = (
            nn.Linear(*sizes) for sizes in ((4, 6), (6, 6), (6, 3))
        )
        self.relu = nn.ReLU(inplace)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.last(self.between(self.first(inputs)))

    def between(self, hidden: Tensor) -> Tensor:
        raise NotImplementedError


class IgnoredFunction(Twin):
    def between(self, hidden: Tensor) -> Tensor:
        if self.inplace:
            functional.relu_(hidden)
        else:
            hidden = functional.relu(hidden)
        return self.second(hidden)


class IgnoredMethod(Twin):
    def between(self, hidden: Tensor) -> Tensor:
        if self.inplace:
            hidden.relu_()
        else:
            hidden = hidden.relu()
        return self.second(hidden)


class IgnoredLast(Twin):
    """What the model returns is an input that was changed in place."""

    def forward(self, inputs: Tensor) -> Tensor:
        logits = self.last(self.second(self.first(inputs)))
        if self.inplace:
            torch.tanh_(logits)
            return logits
        return torch.tanh(logits)


class PreActivation(Twin):
    """The shortcut passes on what the ReLU has changed."""

    def between(self, hidden: Tensor) -> Tensor:
        active = self.relu(hidden)
        return self.second(active) + (hidden if self.inplace else active)


class Reused(Twin):
    """One ReLU twice, the second time on a tensor that the first changed, too."""

    def between(self, hidden: Tensor) -> Tensor:
        active = self.relu(hidden)
        deeper = self.relu(self.second(active))
        return deeper + (hidden if self.inplace else active)


class EarlierView(Twin):
    """A view that was taken before shows what a later operation does."""

    def between(self, hidden: Tensor) -> Tensor:
        view = hidden.view(-1, 3, 2)
        active = functional.relu(hidden, inplace=self.inplace)
        view = view if self.inplace else active.view(-1, 3, 2)
        return self.second(view.flatten(1)) * active


class PartOfTensor(Twin):
    """Only some units are changed, through a view."""

    def between(self, hidden: Tensor) -> Tensor:
        if self.inplace:
            hidden = hidden.clone()
            hidden[:, :4].sigmoid_()
        else:
            hidden = torch.cat([hidden[:, :4].sigmoid(), hidden[:, 4:]], 1)
        return self.second(hidden)


class Adds(nn.Module):
    """Adds a layer's output to its input."""

    def __init__(self, inplace: bool) -> None:
        super().__init__()
        self.inner, self.inplace = nn.Linear(6, 6), inplace

    def forward(self, hidden: Tensor) -> Tensor:
        inner = self.inner(hidden.tanh())
        return hidden.add_(inner) if self.inplace else hidden + inner


class ChangedByBlock(Twin):
    """A block that is no activation changes what it is given, and the caller reads that again."""

    def __init__(self, inplace: bool) -> None:
        super().__init__(inplace)
        self.block = Adds(inplace)

    def between(self, hidden: Tensor) -> Tensor:
        added = self.block(hidden)
        return self.second(added) + (hidden if self.inplace else added)


class Untouched(Twin):
    """What passes a layer as it is keeps its own way around that layer."""

    def __init__(self, inplace: bool) -> None:
        super().__init__(inplace)
        self.same = nn.Identity()

    def between(self, hidden: Tensor) -> Tensor:
        same = self.same(hidden if self.inplace else hidden.clone())
        return self.second(same) + hidden.tanh()


TWINS: dict[str, Callable[[bool], nn.Module]] = {
    twin.__name__: twin
    for twin in (
        IgnoredFunction,
        IgnoredMethod,
        IgnoredLast,
        PreActivation,
        Reused,
        EarlierView,
        PartOfTensor,
        ChangedByBlock,
        Untouched,
    )
}
TWINS["ResidualNetwork"] = lambda inplace: settled(ResidualNetwork(inplace))
#: Of an example, where it is not 4 numbers.
SHAPES = {"ResidualNetwork": (3, 10, 10)}
AROUND: dict[str, Callable[[nn.Module], Any]] = {
    "gradient_x_activation": lambda _: nullcontext(),
    "lrp": epsilon_lrp,
}


def made(twin: str, inplace: bool) -> tuple[nn.Module, Tensor, Layout]:
    torch.manual_seed(0)
    model = TWINS[twin](inplace).double()
    inputs = torch.randn(EXAMPLES, *SHAPES.get(twin, (4,)), dtype=torch.float64)
    with torch.no_grad():
        return model, inputs, discover(model, lambda: model(inputs[:3]), ["*"])


def flow_of(model: nn.Module, inputs: Tensor, layout: Layout, method: str) -> Flow:
    shown = {layer.name: range(layer.units) for layer in layout.layers}
    sweep = FlowSweep(model, layout, model, shown, partial(AROUND[method], model))
    return sweep.measure(inputs, "prediction", None, torch.ones(1, EXAMPLES, dtype=torch.bool))


@pytest.mark.parametrize("method", AROUND)
@pytest.mark.parametrize("twin", TWINS)
def test_flow_is_that_of_the_twin(twin: str, method: str) -> None:
    mine, other = (flow_of(*made(twin, inplace), method) for inplace in (True, False))
    assert mine.links.keys() == other.links.keys()
    for key, link in other.links.items():
        assert torch.allclose(mine.links[key], link, rtol=1e-6, atol=1e-9), key


@pytest.mark.parametrize("twin", [twin for twin in TWINS if twin != "Untouched"])
def test_links_out_of_a_unit_sum_to_its_attribution(twin: str) -> None:
    model, inputs, layout = made(twin, True)
    flow = flow_of(model, inputs, layout, "gradient_x_activation")
    layers = {layer.name: layer for layer in layout.watched}
    points = PointSweep(model, layout, model).points(inputs, "prediction")
    assert set(points) == set(layers)
    for name, point in points.items():
        expected = per_example(point.gradients * point.activations, layers[name]).sum(0)
        out = sum(link[0].sum(1) for (source, _), link in flow.links.items() if source == name)
        assert isinstance(out, Tensor)
        assert torch.allclose(out[:-1], expected.to(out), rtol=1e-5, atol=1e-7), name


@pytest.mark.parametrize("twin", TWINS)
def test_attributions_of_units_are_those_of_the_twin(twin: str) -> None:
    mine, other = (
        PointSweep(model, layout, model).points(inputs, "prediction")
        for model, inputs, layout in (made(twin, inplace) for inplace in (True, False))
    )
    assert mine.keys() == other.keys()
    for name, point in other.items():
        if (twin, name) == ("Untouched", "same"):
            continue  # to autograd, what a layer passes on as it is is what it was given
        assert torch.allclose(mine[name].gradients, point.gradients), name
        assert torch.allclose(mine[name].activations, point.activations), name
