"""Attributions of inputs: against Captum, closed forms, and the form of their results."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from captum import attr
from cases import EXAMPLES, case_of, made, off_by
from torch import Tensor, nn
from torch.nn import functional

from tb_neuron_callbacks.attributions import Choices, attribute_inputs, find_input_method
from tb_neuron_callbacks.attributions.occlusion import window_and_stride
from tb_neuron_callbacks.attributions.smooth_grad import noise
from tb_neuron_callbacks.errors import AttributionError


def values(name: str, case: Any) -> Tensor:
    (found,) = attribute_inputs(name, case).maps
    return found.values


@contextmanager
def quiet() -> Iterator[None]:
    """Pass over what Captum says of its own hooks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def larger(layer_map: Any, like: Tensor) -> Tensor:
    return functional.interpolate(layer_map, like.shape[2:], mode="bilinear", align_corners=False)


def last_convolution(model: nn.Module) -> nn.Module:
    return model.get_submodule("layer2.relu2")


@pytest.mark.parametrize("network", ["cnn", "residual", "mlp"])
@pytest.mark.parametrize(
    ("name", "theirs"), [("saliency", attr.Saliency), ("gradient_x_input", attr.InputXGradient)]
)
def test_gradients_are_those_of_captum(network: str, name: str, theirs: Any) -> None:
    model, inputs, labels = made(network)
    expected = theirs(model).attribute(inputs.clone().requires_grad_(), target=labels).detach()
    if expected.dim() == 4:
        expected = expected.amax(1) if name == "saliency" else expected.sum(1)
    assert off_by(values(name, case_of(model, inputs, labels)), expected) < 1e-5


@pytest.mark.parametrize("network", ["cnn", "residual", "lstm"])
def test_integrated_gradients_are_those_of_captum(network: str) -> None:
    model, inputs, labels = made(network)
    method = attr.IntegratedGradients(model)
    expected = method.attribute(inputs, target=labels, n_steps=21, method="riemann_trapezoid")
    expected = expected * 21 / 20  # the weights of Captum's trapezoids sum to 20 / 21
    axis = 2 if network == "lstm" else 1
    ours = values("integrated_gradients", case_of(model, inputs, labels, steps=20))
    assert off_by(ours, expected.sum(axis)) < 1e-5


def test_smooth_grad_is_captums_gradient_averaged_over_the_same_noise() -> None:
    model, inputs, labels = made("residual")
    shakes = noise(inputs.shape[1:], samples=5, seed=3)
    flat = inputs.flatten(1)
    sigma = 0.2 * (flat.max(1).values - flat.min(1).values)[:, None, None, None]
    gradient = attr.Saliency(model)
    each = [
        gradient.attribute((inputs + sigma * s).requires_grad_(), target=labels, abs=False)
        for s in shakes
    ]
    case = case_of(model, inputs, labels, samples=5, seed=3, noise=0.2)
    assert off_by(values("smooth_grad", case), torch.stack(each).mean(0).abs().amax(1)) < 1e-5


@pytest.mark.parametrize("max_examples", [1, 13, 1000])
def test_smooth_grad_is_the_same_for_any_internal_batch(max_examples: int) -> None:
    model, inputs, labels = made("cnn")
    whole = values("smooth_grad", case_of(model, inputs, labels))
    split = values("smooth_grad", case_of(model, inputs, labels, max_examples=max_examples))
    assert off_by(split, whole) < 1e-5


def test_noise_does_not_depend_on_the_other_examples() -> None:
    model, inputs, labels = made("cnn")
    all_examples = values("smooth_grad", case_of(model, inputs, labels))
    last_three = values("smooth_grad", case_of(model, inputs[3:], labels[3:]))
    assert off_by(last_three, all_examples[3:]) < 1e-5


@pytest.mark.parametrize(
    ("name", "theirs"),
    [("guided_backprop", attr.GuidedBackprop), ("deconvnet", attr.Deconvolution)],
)
def test_changed_relus_are_those_of_captum(name: str, theirs: Any) -> None:
    model, inputs, labels = made("residual")
    with quiet():
        expected = theirs(model).attribute(inputs.clone().requires_grad_(), target=labels)
    expected = expected.detach().abs().amax(1)
    assert off_by(values(name, case_of(model, inputs, labels)), expected) < 1e-5


@pytest.mark.parametrize("layer_name", [None, "layer1.relu2", "stem.2"])
def test_grad_cam_is_that_of_captum(layer_name: str | None) -> None:
    model, inputs, labels = made("residual")
    module = model.get_submodule(layer_name or "layer2.relu2")
    expected = attr.LayerGradCam(model, module).attribute(
        inputs, target=labels, relu_attributions=True
    )
    case = case_of(model, inputs, labels, layer_name=layer_name)
    assert off_by(values("grad_cam", case), larger(expected, inputs)[:, 0].detach()) < 1e-5


def test_guided_grad_cam_is_that_of_captum() -> None:
    model, inputs, labels = made("residual")
    method = attr.GuidedGradCam(model, last_convolution(model))
    with quiet():
        expected = method.attribute(
            inputs.clone().requires_grad_(), target=labels, interpolate_mode="bilinear"
        )
    ours = values("guided_grad_cam", case_of(model, inputs, labels))
    assert off_by(ours, expected.detach().abs().amax(1)) < 1e-5


@pytest.mark.parametrize("network", ["cnn", "residual", "mlp"])
@pytest.mark.parametrize("baseline", ["zero", torch.tensor(0.3)])
def test_occlusion_is_that_of_captum(network: str, baseline: Any) -> None:
    model, inputs, labels = made(network, torch.float64)
    case = case_of(model, inputs, labels, window=0.25, max_examples=50, baseline=baseline)
    side, stride = window_and_stride(case.traits.forms[0], inputs.shape[2:] or (7,), 0.25)
    is_image = inputs.dim() == 4
    expected = attr.Occlusion(model).attribute(
        inputs,
        sliding_window_shapes=(3, side, side) if is_image else (side,),
        strides=(3, stride, stride) if is_image else (stride,),
        target=labels,
        baselines=0.0 if baseline == "zero" else 0.3,
    )
    # Each channel has the whole loss in Captum's, a position has it once in ours.
    expected = expected[:, 0] if is_image else expected
    assert off_by(values("occlusion", case), expected) < 1e-5


def test_cam_is_the_logit_without_its_bias() -> None:
    model, inputs, labels = made("cnn")
    found = attribute_inputs("cam", case_of(model, inputs, labels))
    fc = model.get_submodule("fc")
    assert isinstance(fc, nn.Linear)
    with torch.no_grad():
        logits = model(inputs).gather(1, labels[:, None])[:, 0] - fc.bias[labels]
    # The layer's 6 x 6 positions lie four each over the input's 12 x 12: the mean is kept.
    assert found.layer_name == "conv3/relu"
    assert off_by(found.maps[0].values.mean((1, 2)), logits) < 1e-5


def test_cam_and_grad_cam_agree_where_cam_is_defined() -> None:
    model, inputs, labels = made("cnn")
    case = case_of(model, inputs, labels)
    layer_cam = values("cam", case)
    positions = 6 * 6
    close = torch.relu(layer_cam) / positions
    inside = layer_cam > layer_cam.abs().max() / 2
    assert torch.allclose(values("grad_cam", case)[inside], close[inside], rtol=0.2)


class VisionTransformer(nn.Module):
    """A transformer encoder over 3 x 3 patches and a class token, which alone is read."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(1, 8, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.places = nn.Parameter(torch.randn(1, 10, 8))
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(8, 2, 16, batch_first=True) for _ in range(2)
        )
        self.head = nn.Linear(8, 3)

    def forward(self, images: Tensor) -> Tensor:
        patches = self.patches(images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(images), -1, -1), patches], 1) + self.places
        for block in self.blocks:
            tokens = block(tokens)
        return self.head(tokens[:, 0])


def test_grad_cam_reads_the_last_tokens_that_the_target_depends_on() -> None:
    torch.manual_seed(0)
    model, images = VisionTransformer().eval(), torch.randn(EXAMPLES, 1, 12, 12)
    case = case_of(model, images, torch.arange(EXAMPLES) % 3, layers=["blocks.*"])
    found = attribute_inputs("grad_cam", case)
    assert found.layer_name == "blocks.0"
    tokens = model.blocks[0](
        torch.cat(
            [
                model.token.expand(EXAMPLES, -1, -1),
                model.patches(images).flatten(2).transpose(1, 2),
            ],
            1,
        )
        + model.places
    )
    logits = model.head(model.blocks[1](tokens)[:, 0])
    score = logits.gather(1, torch.arange(EXAMPLES)[:, None] % 3).sum()
    (gradient,) = torch.autograd.grad(score, tokens)
    weights = gradient[:, 1:].mean(1, keepdim=True)
    by_hand = torch.relu((weights * tokens[:, 1:]).sum(2)).view(EXAMPLES, 1, 3, 3).detach()
    assert off_by(found.maps[0].values, larger(by_hand, images)[:, 0]) < 1e-5


@pytest.mark.parametrize(
    ("make", "shape", "form", "kept"),
    [
        (lambda: nn.Sequential(nn.Conv1d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(28, 3)),
         (2, 9), "signal", (9,)),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(35, 3)), (5, 7), "image", (5, 7)),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(105, 3)), (3, 5, 7), "image", (5, 7)),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(105, 3)), (5, 7, 3), "image", (5, 7)),
    ],
)  # fmt: skip
def test_a_map_has_the_positions_of_its_input(
    make: Any, shape: tuple[int, ...], form: str, kept: tuple[int, ...]
) -> None:
    torch.manual_seed(0)
    case = case_of(make(), torch.randn(EXAMPLES, *shape), torch.zeros(EXAMPLES).long())
    (found,) = attribute_inputs("gradient_x_input", case).maps
    assert (found.form, found.values.shape[1:]) == (form, kept)


def test_one_number_an_example_has_one_value() -> None:
    model = nn.Sequential(nn.Unflatten(0, (-1, 1)), nn.Linear(1, 3))
    case = case_of(model, torch.randn(EXAMPLES), target=0)
    for name in ("saliency", "smooth_grad", "integrated_gradients", "occlusion"):
        assert values(name, case).shape == (EXAMPLES, 1)


def test_tokens_have_one_value_each() -> None:
    model, numbers, labels = made("transformer")
    embedding = model.get_submodule("body.wte")
    expected = attr.LayerGradientXActivation(model, embedding).attribute(numbers, target=labels)
    ours = values("gradient_x_input", case_of(model, numbers, labels))
    assert isinstance(expected, Tensor)
    assert off_by(ours, expected.detach().sum(2)) < 1e-5


def test_frozen_weights_change_nothing() -> None:
    model, inputs, labels = made("residual")
    free = values("saliency", case_of(model, inputs, labels))
    model.requires_grad_(False)
    assert torch.equal(values("saliency", case_of(model, inputs, labels)), free)


def test_the_predicted_class_is_explained_where_it_was_predicted() -> None:
    model, inputs, _ = made("cnn")
    with torch.no_grad():
        predicted = model(inputs).argmax(1)
    ours = values("occlusion", case_of(model, inputs, target="prediction"))
    assert torch.equal(ours, values("occlusion", case_of(model, inputs, predicted)))


def test_an_input_that_is_cut_off_is_said_and_not_zero() -> None:
    model, inputs, labels = made("mlp")
    model.register_forward_pre_hook(lambda _, given: (given[0].detach(),))
    for name in ("saliency", "integrated_gradients"):
        with pytest.raises(AttributionError, match="no gradient reaches it"):
            values(name, case_of(model, inputs, labels))


def test_non_finite_values_are_counted() -> None:
    model, inputs, labels = made("mlp")
    inputs[1, 2] = torch.nan
    found = attribute_inputs("gradient_x_input", case_of(model, inputs, labels))
    assert found.nonfinite[1] > 0
    assert found.nonfinite[0] == 0


@pytest.mark.parametrize(
    ("name", "target", "choices", "words"),
    [
        ("grad_cam", "label", {"layer_name": "fc"}, "'fc' is none; they are stem.2"),
        ("cam", "loss", {}, "the target is 'loss'"),
        ("shap", "label", {}, "one of saliency, gradient_x_input"),
        ("integrated_gradients", "label", {"baseline": "one"}, 'must be "zero"'),
    ],
)
def test_what_cannot_be_is_refused(
    name: str, target: Any, choices: dict[str, Any], words: str
) -> None:
    model, inputs, labels = made("residual")
    with pytest.raises(AttributionError, match=words):
        attribute_inputs(name, case_of(model, inputs, labels, target, **choices))


def test_the_defaults_are_stated_with_the_result() -> None:
    model, inputs, labels = made("mlp")
    found = attribute_inputs("smooth_grad", case_of(model, inputs, labels))
    assert found.settings == "16 noisy copies, sigma 0.15 of the example's range, seed 20"
    assert Choices().samples == 16
    assert "noise" in find_input_method("smooth_grad").needs
