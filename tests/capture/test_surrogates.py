"""Surrogates: the same values with another backward, held against formulas written out by hand."""

from typing import Any

import numpy as np
import pytest
import torch
from cases import EXAMPLES, case_of, made, off_by
from networks import ResidualNetwork, settled
from torch import Tensor, nn
from torch.nn import functional

from tb_neuron_callbacks.attributions import attribute_inputs
from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.attributions.propagation import epsilon_lrp
from tb_neuron_callbacks.attributions.surrogates import deconvnet, guided_backprop
from tb_neuron_callbacks.errors import AttributionError

SPELLINGS = {
    "module": nn.ReLU(),
    "in place": nn.ReLU(inplace=True),
    "function": functional.relu,
    "by position": lambda x: functional.relu(x, True),
    "torch": torch.relu,
    "torch in place": torch.relu_,
    "method": Tensor.relu,
    "method in place": Tensor.relu_,
    "ignored return": lambda x: (functional.relu_(x), x)[1],
    "relu6": nn.ReLU6(),
}


def backward(mode: Any, relu: Any, inputs: list[float], gradients: list[float]) -> list[float]:
    leaf = torch.tensor(inputs, requires_grad=True)
    with mode:
        outputs = relu(leaf * 1)
    assert torch.equal(outputs, torch.tensor(inputs).relu())
    (found,) = torch.autograd.grad(outputs, leaf, torch.tensor(gradients))
    return found.tolist()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_relu_passes_what_its_rule_says_however_it_is_spelled(spelling: str) -> None:
    inputs, given = [1.0, 2.0, -1.0, -2.0], [3.0, -3.0, 3.0, -3.0]
    relu = SPELLINGS[spelling]
    assert backward(guided_backprop(), relu, inputs, given) == [3, 0, 0, 0]
    assert backward(deconvnet(), relu, inputs, given) == [3, 0, 3, 0]


def test_guided_relu6_is_closed_above_6() -> None:
    leaf = torch.tensor([5.0, 7.0], requires_grad=True)
    with guided_backprop():
        outputs = functional.relu6(leaf)
    assert torch.autograd.grad(outputs.sum(), leaf)[0].tolist() == [1, 0]


@pytest.mark.parametrize("name", ["guided_backprop", "deconvnet", "lrp"])
def test_in_place_activations_have_the_maps_of_their_twin(name: str) -> None:
    torch.manual_seed(0)
    plain = settled(ResidualNetwork())
    changing = ResidualNetwork(inplace=True)
    changing.load_state_dict(plain.state_dict())
    inputs, labels = torch.randn(EXAMPLES, 3, 10, 10), torch.arange(EXAMPLES) % 3
    first, second = (
        attribute_inputs(name, case_of(model.eval(), inputs, labels)).maps[0].values
        for model in (plain, changing)
    )
    assert torch.equal(first, second)


@pytest.mark.parametrize("network", ["cnn", "residual", "transformer", "mlp"])
@pytest.mark.parametrize("mode", ["guided_backprop", "deconvnet", "lrp"])
def test_values_are_those_of_the_network(network: str, mode: str) -> None:
    model, inputs, _ = made(network)
    modes = {"guided_backprop": guided_backprop(), "deconvnet": deconvnet()}
    plain = model(inputs)
    with modes.get(mode, epsilon_lrp(model)):
        replaced = model(inputs)
    assert torch.equal(replaced, plain)


def test_afterwards_nothing_is_replaced_also_after_an_error() -> None:
    model, inputs, _ = made("residual")
    model.fc.requires_grad_(False)  # pyright: ignore[reportCallIssue]
    learning = [parameter.requires_grad for parameter in model.parameters()]
    hook = model.register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError), epsilon_lrp(model):
        model(inputs)
    hook.remove()
    assert [parameter.requires_grad for parameter in model.parameters()] == learning
    leaf = torch.tensor([-1.0], requires_grad=True)
    assert torch.autograd.grad(functional.relu(leaf), leaf)[0].tolist() == [0]
    assert not torch._C._len_torch_function_stack()


def stable(values: np.ndarray, epsilon: float) -> np.ndarray:
    return values + np.where(values < 0, -epsilon, epsilon)


def rule(weight: np.ndarray, bias: np.ndarray, x: np.ndarray, r: np.ndarray, e: float) -> Any:
    """Bach et al. 2015, equation 58: R_i = sum over j of x_i w_ji / (z_j + e sign z_j) R_j."""
    z = x @ weight.T + bias
    messages = x[:, None, :] * weight[None] / stable(z, e)[:, :, None]
    return (messages * r[:, :, None]).sum(1)


@pytest.mark.parametrize("epsilon", [1e-6, 0.1])
@pytest.mark.parametrize("activation", [nn.ReLU(), nn.Tanh(), nn.GELU()])
def test_relevance_is_that_of_the_formula(epsilon: float, activation: nn.Module) -> None:
    torch.manual_seed(0)
    first, last = nn.Linear(7, 9).double(), nn.Linear(9, 3).double()
    model = nn.Sequential(first, activation, last)
    inputs, labels = torch.randn(EXAMPLES, 7).double(), torch.arange(EXAMPLES) % 3
    (w1, b1), (w2, b2) = (
        (layer.weight.detach().numpy(), layer.bias.detach().numpy()) for layer in (first, last)
    )
    x = inputs.numpy()
    z = x @ w1.T + b1
    a = activation(torch.tensor(z)).numpy()
    out = np.zeros((EXAMPLES, 3))
    out[np.arange(EXAMPLES), labels] = (a @ w2.T + b2)[np.arange(EXAMPLES), labels]
    through = rule(w2, b2, a, out, epsilon)
    through = through if isinstance(activation, nn.ReLU) else through * z / stable(z, epsilon)
    expected = torch.tensor(rule(w1, b1, x, through, epsilon))
    ours = attribute_inputs("lrp", case_of(model, inputs, labels, epsilon=epsilon))
    assert off_by(ours.maps[0].values, expected) < 1e-5


def convolutional(activation: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    """Return a network without biases, its norm without a shift."""
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, bias=False), activation(), nn.MaxPool2d(2),
        nn.Conv2d(4, 5, 3, padding=1, bias=False), activation(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(20, 3, bias=False),
    )  # fmt: skip


def test_relevance_is_conserved_in_every_layer_without_biases() -> None:
    torch.manual_seed(0)
    model, inputs = convolutional(), torch.randn(EXAMPLES, 2, 10, 10)
    labels = torch.arange(EXAMPLES) % 3
    case = case_of(model, inputs, labels, layers=["*"])
    scores = model(inputs).gather(1, labels[:, None])[:, 0].detach()
    with epsilon_lrp(model):
        points = PointSweep(model, case.layout, model).points(inputs, "label", labels)
    assert len(points) == len(model)
    for name, point in points.items():
        sums = (point.gradients * point.activations).flatten(1).sum(1)
        assert off_by(sums, scores) < 1e-4, name
    assert off_by(attribute_inputs("lrp", case).totals, scores) < 1e-4


def test_gradient_x_activation_is_not_conserved_by_a_smooth_network_and_relevance_is() -> None:
    torch.manual_seed(0)
    model, inputs = convolutional(nn.GELU), torch.randn(EXAMPLES, 2, 10, 10)
    case = case_of(model, inputs, target="prediction")
    scores = model(inputs).max(1).values.detach()
    assert off_by(attribute_inputs("lrp", case).totals, scores) < 1e-3
    assert off_by(attribute_inputs("gradient_x_input", case).totals, scores) > 0.01


class NewGELUActivation(nn.Module):
    """An activation written out, known by its name."""

    def forward(self, inputs: Tensor) -> Tensor:
        return inputs * (1 + torch.tanh(0.8 * (inputs + 0.04 * inputs**3))) / 2


def test_an_activation_that_is_written_out_passes_its_relevance_whole() -> None:
    torch.manual_seed(0)
    model, inputs = convolutional(NewGELUActivation), torch.randn(EXAMPLES, 2, 10, 10)
    found = attribute_inputs("lrp", case_of(model, inputs, target="prediction"))
    assert off_by(found.totals, model(inputs).max(1).values.detach()) < 1e-3


def normalised(kind: str) -> nn.Module:
    norms = {
        "layer": nn.LayerNorm([4, 4, 4], elementwise_affine=False),
        "group": nn.GroupNorm(2, 4, affine=False),
        "instance": nn.InstanceNorm2d(4),
        "rms": nn.RMSNorm([4, 4, 4]),
    }
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, bias=False), norms[kind], nn.ReLU(), nn.Flatten(),
        nn.Linear(64, 3, bias=False),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["layer", "group", "instance", "rms"])
def test_relevance_is_conserved_through_norms_whose_std_is_constant(kind: str) -> None:
    torch.manual_seed(0)
    model, inputs = normalised(kind), torch.randn(EXAMPLES, 2, 6, 6)
    found = attribute_inputs("lrp", case_of(model, inputs, target="prediction"))
    assert off_by(found.totals, model(inputs).max(1).values.detach()) < 1e-4


class Attention(nn.Module):
    """Multi-head attention without biases over [example, position, 8], and three logits."""

    def __init__(self, need_weights: bool) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, bias=False, batch_first=True)
        self.fc = nn.Linear(8, 3, bias=False)
        self.need_weights = need_weights

    def forward(self, tokens: Tensor) -> Tensor:
        mixed, _ = self.attention(tokens, tokens, tokens, need_weights=self.need_weights)
        return self.fc(mixed.mean(1))


@pytest.mark.parametrize("need_weights", [True, False])
def test_attention_weights_are_constant(need_weights: bool) -> None:
    torch.manual_seed(0)
    model, tokens = Attention(need_weights).eval(), torch.randn(EXAMPLES, 5, 8)
    labels = torch.arange(EXAMPLES) % 3
    _, weights = model.attention(tokens, tokens, tokens, average_attn_weights=False)
    value, out = model.attention.in_proj_weight[16:], model.attention.out_proj.weight
    leaf = tokens.clone().requires_grad_()
    heads = (leaf @ value.T).unflatten(2, (2, 4)).transpose(1, 2)
    mixed = (weights.detach() @ heads).transpose(1, 2).flatten(2) @ out.T
    logits = model.fc(mixed.mean(1))
    assert torch.allclose(logits, model(tokens), atol=1e-6)
    (gradient,) = torch.autograd.grad(logits.gather(1, labels[:, None]).sum(), leaf)
    ours = attribute_inputs("lrp", case_of(model, tokens, labels, epsilon=1e-9)).maps[0].values
    assert off_by(ours, (leaf * gradient).sum(2).detach()) < 1e-5


class Gated(nn.Module):
    """A product of two branches of the input, and the logits."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = (nn.Linear(7, 5, bias=False) for _ in range(2))
        self.fc = nn.Linear(5, 3, bias=False)

    def forward(self, inputs: Tensor) -> Tensor:
        return torch.log_softmax(self.fc(self.left(inputs) * self.right(inputs)), 1)


def test_a_product_shares_its_relevance_and_log_softmax_passes_the_logits() -> None:
    torch.manual_seed(0)
    model, inputs = Gated(), torch.randn(EXAMPLES, 7)
    found = attribute_inputs("lrp", case_of(model, inputs, target="prediction"))
    logits = model.fc(model.left(inputs) * model.right(inputs))
    assert off_by(found.totals, logits.max(1).values.detach()) < 1e-4


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_kernels_that_hide_their_nonlinearity_are_refused(kind: Any) -> None:
    layer = kind(4, 5, batch_first=True)
    with pytest.raises(AttributionError, match="inside one kernel"), epsilon_lrp(layer):
        layer(torch.randn(2, 3, 4))


def test_relus_inside_a_kernel_are_refused() -> None:
    layer = nn.RNN(4, 5, nonlinearity="relu")
    with pytest.raises(AttributionError, match="rnn_relu"), guided_backprop():
        layer(torch.randn(2, 3, 4))


def test_relevance_is_that_of_zennits_epsilon_rule() -> None:
    rules = pytest.importorskip("zennit.rules", exc_type=ImportError)
    composites = pytest.importorskip("zennit.composites", exc_type=ImportError)
    torch.manual_seed(0)
    model, inputs = convolutional(), torch.randn(EXAMPLES, 2, 10, 10)
    with torch.no_grad():
        for layer in model:
            if isinstance(layer, nn.Linear | nn.Conv2d):
                layer.bias = nn.Parameter(torch.randn(layer.weight.shape[0]) / 5)
    table = [
        (nn.ReLU, rules.Pass()),
        (nn.AvgPool2d, rules.Norm(1e-12)),  # ours has no epsilon at sums
        ((nn.Linear, nn.Conv2d), rules.Epsilon(1e-6)),
    ]
    epsilon = composites.LayerMapComposite(table)
    model, inputs = model.double(), inputs.double()
    leaf = inputs.clone().requires_grad_()
    with epsilon.context(model) as changed:
        score = changed(leaf).max(1).values
        (expected,) = torch.autograd.grad(score, leaf, score.detach())
    ours = attribute_inputs("lrp", case_of(model, inputs, target="prediction"))
    assert off_by(ours.maps[0].values, expected.sum(1)) < 1e-5
