"""Attributions of units in one sweep, against Captum and closed forms."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from attributed import EXAMPLES, NETWORKS, conductance, found, made, off_by
from captum.attr import LayerConductance, LayerGradientXActivation, LayerIntegratedGradients
from networks import (
    Branches,
    ResidualNetwork,
    settled,
)
from torch import Tensor, nn

from tb_neuron_callbacks.attributions import UNIT_METHODS
from tb_neuron_callbacks.attributions.memory import Cap
from tb_neuron_callbacks.attributions.method import Quadrature
from tb_neuron_callbacks.attributions.path import nodes, weights
from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.attributions.starts import Starts
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.layers import Layout


class Reused(nn.Module):
    """One linear layer and one ReLU, each called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.same = nn.Linear(4, 4)
        self.relu = nn.ReLU()
        self.fc = nn.Linear(4, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.fc(self.relu(self.same(self.relu(self.same(inputs)))))


def modules_of(model: nn.Module, layout: Layout) -> dict[str, nn.Module]:
    modules = dict(model.named_modules())
    return {layer.name: modules[layer.name] for layer in layout.watched if layer.name in modules}


def explicit(name: str) -> Any:
    """Return a selection of modules only, which Captum can be asked about."""
    return {"cnn": ["conv*", "norm1", "fc"], "lstm": ["same", "fc"]}.get(name, "auto")


@pytest.mark.parametrize("name", NETWORKS)
def test_gradient_x_activation_is_that_of_captum(name: str) -> None:
    model, inputs, labels = made(name)
    layout = found(model, inputs, explicit(name))
    points = PointSweep(model, layout, model).points(inputs, "label", labels)
    rule = UNIT_METHODS["gradient_x_activation"].at_point
    assert rule is not None
    compared = modules_of(model, layout)
    assert compared
    for layer_name, module in compared.items():
        theirs = LayerGradientXActivation(model, module).attribute(inputs, target=labels)
        assert off_by(rule(points[layer_name]), theirs) < 1e-5, layer_name


@pytest.mark.parametrize("name", ["cnn", "residual", "lstm", "branches"])
@pytest.mark.parametrize("max_bytes", [1, 1 << 16, 1 << 28])
def test_conductance_by_captums_rule_is_captums(name: str, max_bytes: int) -> None:
    model, inputs, labels = made(name)
    if max_bytes < 1 << 28:
        # Another split rounds otherwise, and conductance is a sum of small differences.
        model, inputs = model.double(), inputs.double()
    layout = found(model, inputs, explicit(name))
    ours = conductance(
        model, layout, inputs, labels, quadrature="captum", steps=9, cap=Cap(max_bytes)
    )
    for layer_name, module in modules_of(model, layout).items():
        theirs = LayerConductance(model, module).attribute(inputs, target=labels, n_steps=9)
        assert off_by(ours.units[layer_name], theirs) < 1e-5, layer_name


def test_integrated_gradients_of_embeddings_are_those_of_captum() -> None:
    model, numbers, labels = made("transformer")
    layout = found(model, numbers)
    embedding = model.get_submodule("body.wte")
    # Captum's baseline is a token, token 0; its integral has as many nodes as steps, ours one more.
    token = embedding(torch.tensor(0)).detach()
    ours = conductance(
        model, layout, numbers, labels, quadrature="captum", steps=9, baselines=(token,)
    )
    theirs = LayerIntegratedGradients(model, embedding).attribute(
        numbers, torch.zeros_like(numbers), target=labels, n_steps=10
    )
    assert off_by(ours.starts[0], theirs) < 1e-5


def test_examples_are_split_where_one_node_of_all_does_not_fit() -> None:
    model, inputs, labels = made("residual")
    layout = found(model, inputs)
    sizes: list[int] = []
    model.register_forward_pre_hook(lambda _, given: sizes.append(len(given[0])))
    cap = Cap(1)
    conductance(model, layout, inputs, labels, steps=3, cap=cap)
    sizes.clear()  # what an example takes was measured on a few
    conductance(model, layout, inputs, labels, steps=3, cap=cap)
    assert max(sizes) == 1


@pytest.mark.parametrize("name", ["residual", "branches"])
def test_a_cut_of_the_network_sums_to_the_targets_change(name: str) -> None:
    model, inputs, labels = made(name)
    layout = found(model, inputs)
    cut = {"residual": ["stem.2", "layer1.relu2", "fc"], "branches": ["stem.1", "head"]}[name]
    with torch.no_grad():
        change = model(inputs) - model(torch.zeros_like(inputs))
    change = change.gather(1, labels[:, None])[:, 0]
    gaps = []
    for steps in (5, 50):
        ours = conductance(model, layout, inputs, labels, steps=steps)
        sums = torch.stack([ours.units[layer].flatten(1).sum(1) for layer in cut])
        gaps.append(float((sums - change).abs().max() / change.abs().max()))
    assert gaps[1] < 0.03
    assert gaps[1] < gaps[0]


@pytest.mark.parametrize("quadrature", ["trapezoid", "captum"])
def test_weights_of_a_path_integrate_a_straight_line(quadrature: Quadrature) -> None:
    integral = float((nodes(7, quadrature) * weights(7, quadrature)).sum())
    assert integral == pytest.approx(0.5)


class Formula(nn.Module):
    """A function of [example, input] as a network whose one watched layer is its input."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.same = nn.Identity()
        self.function = function

    def forward(self, inputs: Tensor) -> Tensor:
        return self.function(self.same(inputs))


def score(output: Tensor, _: Any) -> Tensor:
    return output


@pytest.mark.parametrize(
    ("function", "at", "expected", "tolerance"),
    [
        (lambda x: 1 - torch.relu(1 - x[:, 0]), [2.0], [1.0], 0.02),
        (lambda x: x[:, 0] * x[:, 1], [3.0, 4.0], [6.0, 6.0], 1e-5),
        (lambda x: torch.maximum(x[:, 0], x[:, 1]), [3.0, 2.0], [3.0, 0.0], 0.05),
        (lambda x: 3 * (x[:, 0] - 5), [2.0], [6.0], 1e-5),
    ],
)
def test_integrated_gradients_have_their_closed_form(
    function: Callable[[Tensor], Tensor], at: list[float], expected: list[float], tolerance: float
) -> None:
    model = Formula(function)
    inputs = torch.tensor([at] * 3)
    layout = found(model, inputs, ["same"])
    ours = conductance(model, layout, inputs, target=score, steps=100)
    assert ours.starts[0][0].tolist() == pytest.approx(expected, abs=tolerance)
    assert ours.units["same"][0].tolist() == pytest.approx(expected, abs=tolerance)


def test_the_gradient_is_0_where_the_function_is_flat() -> None:
    model = Formula(lambda x: 1 - torch.relu(1 - x[:, 0]))
    inputs = torch.full((3, 1), 2.0)
    points = PointSweep(model, found(model, inputs, ["same"]), model).points(inputs, score)
    assert points["same"].gradients.tolist() == [[0.0]] * 3


def test_a_reused_module_has_an_attribution_for_each_call() -> None:
    torch.manual_seed(0)
    model, inputs = Reused(), torch.randn(EXAMPLES, 4)
    points = PointSweep(model, found(model, inputs), model).points(inputs, "prediction")
    first = torch.relu(model.same(inputs)).detach().requires_grad_()
    second = torch.relu(model.same(first))
    logits = model.fc(second)
    best = logits.max(1).values.sum()
    by_hand = torch.autograd.grad(best, [first, second])
    assert torch.allclose(points["relu"].gradients, by_hand[0])
    assert torch.allclose(points["relu#1"].gradients, by_hand[1])


@pytest.mark.parametrize("method", ["gradient", "gradient_x_activation"])
def test_in_place_activations_have_the_attributions_of_their_twin(method: str) -> None:
    torch.manual_seed(0)
    plain = settled(ResidualNetwork())
    changing = ResidualNetwork(inplace=True)
    changing.load_state_dict(plain.state_dict())
    changing.eval()
    inputs = torch.randn(EXAMPLES, 3, 10, 10)
    rule = UNIT_METHODS[method].at_point
    assert rule is not None
    layers = ["*norm*", "*relu*", "fc"]
    of_plain, of_changing = (
        PointSweep(model, found(model, inputs, layers), model).points(inputs, "prediction")
        for model in (plain, changing)
    )
    assert of_plain.keys() == of_changing.keys()
    for name, point in of_plain.items():
        assert torch.equal(rule(point), rule(of_changing[name])), name


def test_frozen_weights_change_nothing() -> None:
    model, numbers, labels = made("transformer")
    layout = found(model, numbers)
    free = PointSweep(model, layout, model).points(numbers, "label", labels)
    model.requires_grad_(False)
    frozen = PointSweep(model, layout, model).points(numbers, "label", labels)
    assert free.keys() == frozen.keys()
    assert all(torch.equal(free[name].gradients, frozen[name].gradients) for name in free)


def test_parameters_get_no_gradient() -> None:
    model, inputs, labels = made("residual")
    layout = found(model, inputs)
    PointSweep(model, layout, model).points(inputs, "label", labels)
    conductance(model, layout, inputs, labels, steps=3)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_a_layer_that_the_target_does_not_depend_on_is_absent() -> None:
    torch.manual_seed(0)
    model, inputs = Branches(), torch.randn(EXAMPLES, 4)
    model.left[1].register_forward_hook(lambda _, __, output: output.detach())
    points = PointSweep(model, found(model, inputs), model).points(inputs, "prediction")
    assert "left.1" not in points
    assert "right.1" in points


def test_baselines_are_averaged() -> None:
    model, inputs, labels = made("branches")
    layout = found(model, inputs)
    ones = torch.ones(4)
    both = conductance(model, layout, inputs, labels, baselines=("zero", ones))
    each = [conductance(model, layout, inputs, labels, baselines=(b,)) for b in ("zero", ones)]
    mean = (each[0].units["stem.1"] + each[1].units["stem.1"]) / 2
    assert torch.allclose(both.units["stem.1"], mean, atol=1e-6)


@pytest.mark.parametrize(
    ("baseline", "words"),
    [(torch.ones(3), "must broadcast"), ("one", 'must be "zero"'), (["zero", "zero"], "one for")],
)
def test_a_baseline_that_does_not_fit_is_refused(baseline: Any, words: str) -> None:
    model, inputs, labels = made("branches")
    with pytest.raises(AttributionError, match=words):
        conductance(model, found(model, inputs), inputs, labels, baselines=(baseline,))


def test_a_baseline_of_an_examples_shape_is_the_same_however_examples_are_split() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(EXAMPLES, 5), nn.ReLU(), nn.Linear(5, 3)).double()
    inputs, labels = torch.randn(EXAMPLES, EXAMPLES).double(), torch.arange(EXAMPLES) % 3
    layout, baseline = found(model, inputs), torch.arange(float(EXAMPLES)).double()
    whole, split = (
        conductance(model, layout, inputs, labels, baselines=(baseline,), cap=Cap(most))
        for most in (1 << 28, 1)
    )
    assert torch.allclose(whole.units["1"], split.units["1"])


class Columns(nn.Module):
    """An embedding for each of several columns of integers."""

    def __init__(self) -> None:
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(5, 4) for _ in range(3))
        self.relu, self.head = nn.ReLU(), nn.Linear(12, 3)

    def forward(self, numbers: Tensor) -> Tensor:
        each = [embedding(numbers[:, i]) for i, embedding in enumerate(self.embeddings)]
        return self.head(self.relu(torch.cat(each, 1)))


def test_all_columns_of_integers_start_a_path() -> None:
    torch.manual_seed(0)
    model, numbers = Columns(), torch.randint(0, 5, (EXAMPLES, 3))
    labels = torch.arange(EXAMPLES) % 3
    ours = conductance(model, found(model, numbers), numbers, labels, steps=100)
    assert len(ours.starts) == 3
    with torch.no_grad():
        empty = model.head(model.relu(torch.zeros(EXAMPLES, 12)))
        change = (model(numbers) - empty).gather(1, labels[:, None])[:, 0]
    assert torch.allclose(ours.units["relu"].sum(1), change, atol=1e-2)


def test_a_mask_of_a_mapping_starts_no_path() -> None:
    batch = {"pixels": torch.randn(4, 3), "mask": torch.ones(4, 3), "labels": torch.zeros(4)}
    assert len(Starts(batch).leaves) == 1


def test_a_view_that_is_changed_later_has_the_attribution_of_its_twin() -> None:
    torch.manual_seed(0)
    plain = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.ReLU(), nn.Linear(8, 3))
    changing = nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.ReLU(True), nn.Linear(8, 3))
    changing.load_state_dict(plain.state_dict())
    inputs = torch.randn(EXAMPLES, 1, 4, 4)
    layers = ["0", "1", "2", "3"]
    first, second = (
        PointSweep(model, found(model, inputs, layers), model).points(inputs, "prediction")
        for model in (plain, changing)
    )
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name].gradients, second[name].gradients) for name in first)


def test_a_users_backward_hook_is_not_called() -> None:
    model, inputs, labels = made("residual")
    calls: list[nn.Module] = []
    model.get_submodule("layer1").register_full_backward_hook(lambda m, *_: calls.append(m))
    PointSweep(model, found(model, inputs), model).points(inputs, "label", labels)
    assert calls == []
    model(inputs.requires_grad_()).sum().backward()
    assert len(calls) == 1
