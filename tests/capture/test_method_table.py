"""Every method of the tables on every kind of network: a finite result, or the table's refusal."""

import re

import pytest
import torch
from captum import attr
from cases import EXAMPLES, NETWORKS, case_of, made, off_by
from torch import nn

from tb_neuron_callbacks.attributions import INPUT_METHODS, UNIT_METHODS, attribute_inputs
from tb_neuron_callbacks.attributions.captum_layers import attribute_units
from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.attributions.refusals import REFUSALS, refusal
from tb_neuron_callbacks.attributions.trust import completeness_gap
from tb_neuron_callbacks.attributions.trust_checks import completeness
from tb_neuron_callbacks.errors import AttributionError

#: Which methods have no meaning for which network: the table as a reader would draw it.
NO_MEANING = {
    "cnn": set(),
    "residual": set(),
    "transformer": {"cam", "grad_cam", "guided_grad_cam", "guided_backprop", "deconvnet"},
    "lstm": {"cam", "grad_cam", "guided_grad_cam", "guided_backprop", "deconvnet", "lrp"},
    "mlp": {"cam", "grad_cam", "guided_grad_cam"},
}
#: Positions of each network's input.
POSITIONS = {"cnn": (12, 12), "residual": (10, 10), "transformer": (6,), "lstm": (5,), "mlp": (7,)}

DTYPES = [torch.float32, torch.bfloat16]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", INPUT_METHODS)
def test_a_method_gives_finite_maps_or_the_reason_of_the_table(
    name: str, network: str, dtype: torch.dtype
) -> None:
    case = case_of(*made(network, dtype))
    if name in NO_MEANING[network]:
        reason = refusal(INPUT_METHODS[name], case.traits)
        assert reason is not None
        with pytest.raises(AttributionError, match=re.escape(reason)):
            attribute_inputs(name, case)
        return
    (found,) = attribute_inputs(name, case).maps
    assert found.values.shape == (EXAMPLES, *POSITIONS[network])
    assert found.values.dtype == torch.float32
    assert found.values.isfinite().all()
    assert found.values.count_nonzero() > 0


@pytest.mark.parametrize("network", ["cnn", "residual", "transformer", "mlp"])
@pytest.mark.parametrize("name", INPUT_METHODS)
def test_half_precision_agrees_with_float32(name: str, network: str) -> None:
    if name in NO_MEANING[network]:
        return
    exact, half = (
        attribute_inputs(name, case_of(*made(network, dtype))).maps[0].values.flatten()
        for dtype in DTYPES
    )
    assert torch.corrcoef(torch.stack([exact, half]))[0, 1] > 0.75  # occlusion: what cancels out


@pytest.mark.parametrize("name", INPUT_METHODS)
def test_an_unsigned_method_has_no_negative_value(name: str) -> None:
    method = INPUT_METHODS[name]
    values = attribute_inputs(name, case_of(*made("cnn"))).maps[0].values
    assert method.is_signed == bool((values < 0).any())


@pytest.mark.parametrize("name", INPUT_METHODS)
def test_parameters_and_modes_are_left_alone(name: str) -> None:
    model, inputs, labels = made("residual")
    case = case_of(model, inputs, labels)
    model.train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    state = torch.get_rng_state()
    attribute_inputs(name, case)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert all(module.training for module in model.modules())
    assert all(p.grad is None and p.requires_grad for p in model.parameters())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("name", [n for n, m in INPUT_METHODS.items() if m.is_complete])
def test_a_complete_method_accounts_for_the_target(name: str) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(7, 9, bias=False), nn.ReLU(), nn.Linear(9, 3, bias=False))
    case = case_of(model, torch.randn(EXAMPLES, 7), target=1, steps=100)
    assert completeness(case, INPUT_METHODS[name], attribute_inputs(name, case)) < 0.02


def test_each_method_says_what_it_is() -> None:
    for name, method in {**INPUT_METHODS, **UNIT_METHODS}.items():
        assert method.name == name
        assert method.description.endswith(".")
        assert re.search(r"\d{4}", method.source)


def test_every_row_of_the_table_of_refusals_is_met() -> None:
    integers = nn.Sequential(nn.Flatten(), Floating(), nn.Linear(4, 3))
    others = [
        case_of(integers, torch.randint(0, 5, (EXAMPLES, 4)), target=0),
        case_of(Rectified(), torch.randn(EXAMPLES, 5, 4), target=0),
        case_of(nn.Sequential(nn.Flatten(), nn.Linear(64, 3)), torch.randn(6, 1, 8, 8), target=0),
        case_of(
            nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 3)),
            torch.randn(6, 1, 8, 8),
            target=0,
        ),
    ]
    traits = [case.traits for case in others] + [case_of(*made(n)).traits for n in NETWORKS]
    met = {refusal(method, each) for method in INPUT_METHODS.values() for each in traits}
    for row in REFUSALS:
        beginning = row.reason.format(method="", fused="").strip().split(",")[0][:40]
        assert any(reason and beginning in reason for reason in met), beginning


class Floating(nn.Module):
    """Makes real numbers of integers, as no embedding does."""

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        return numbers.float()


class Rectified(nn.Module):
    """A recurrent layer whose ReLUs run inside its kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.RNN(4, 5, nonlinearity="relu", batch_first=True)
        self.fc = nn.Linear(5, 3)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.fc(self.rnn(inputs)[0][:, -1])


@pytest.mark.parametrize("name", ["LayerGradientXActivation", "LayerDeepLift", "LayerConductance"])
def test_captums_layer_methods_are_found_by_name(name: str) -> None:
    model, inputs, labels = made("residual")
    case = case_of(model, inputs, labels)
    found = attribute_units(f"captum:{name}", case)
    assert set(found.units) == {layer.name for layer in case.layout.watched}
    # Captum told by itself, without the adapter.
    module = model.get_submodule("layer1.relu2")
    expected = getattr(attr, name)(model, module).attribute(inputs, target=labels)
    assert isinstance(expected, torch.Tensor)
    assert off_by(found.units["layer1.relu2"], expected.detach()) < 1e-5


def test_captums_deep_lift_is_conserved_without_biases_and_agrees_with_relevance() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(7, 9, bias=False), nn.ReLU(), nn.Linear(9, 8, bias=False), nn.ReLU(),
        nn.Linear(8, 3, bias=False),
    )  # fmt: skip
    inputs, labels = torch.randn(EXAMPLES, 7), torch.arange(EXAMPLES) % 3
    case = case_of(model, inputs, labels, layers=["1", "3"])
    scores = model(inputs).gather(1, labels[:, None])[:, 0].detach().numpy()
    found = attribute_units("LayerDeepLift", case).units
    assert list(found) == ["1", "3"]
    for values in found.values():
        assert completeness_gap(values.sum(1).numpy(), scores) < 1e-5
    points = PointSweep(model, case.layout, model).points(inputs, "label", labels)
    # On rectified units without biases, DeepLIFT from 0 is gradient x activation.
    for name, point in points.items():
        assert off_by(found[name], point.gradients * point.activations) < 1e-4


def test_a_functional_activation_is_absent_from_captums() -> None:
    found = attribute_units("LayerGradientXActivation", case_of(*made("cnn")))
    assert found.absences["conv3/relu"] == "it is no module that Captum could be given"
    assert "fc" in found.units


def test_captum_explains_logits_only() -> None:
    model, inputs, labels = made("mlp")
    with pytest.raises(AttributionError, match="a logit as the target"):
        attribute_units("LayerDeepLift", case_of(model, inputs, labels, "loss"))
    with pytest.raises(AttributionError, match="a layer method of Captum, and it has"):
        attribute_units("Nonsense", case_of(model, inputs, labels))


def test_a_missing_library_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(*made("mlp"))
    for library in ("captum", "zennit"):
        monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(AttributionError, match="`pip install zennit torchvision`"):
        attribute_inputs("zennit:EpsilonPlusFlat", case)
    with pytest.raises(AttributionError, match="`pip install captum`"):
        attribute_units("LayerDeepLift", case)
