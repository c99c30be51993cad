"""What attributions explain, in which precision, and the figures made of them."""

import pytest
import torch
from attributed import EXAMPLES, conductance, found, made, off_by
from networks import (
    Transformer,
)
from torch import nn

from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.attributions.target import Target
from tb_neuron_callbacks.attributions.unit_figures import UnitFigures, per_example
from tb_neuron_callbacks.errors import AttributionError


def test_a_language_model_is_explained_by_its_predicted_tokens() -> None:
    torch.manual_seed(0)
    model, numbers = Transformer(), torch.randint(0, 11, (EXAMPLES, 6))
    points = PointSweep(model, found(model, numbers), model).points(numbers, "prediction")
    hidden = points["blocks.1.mlp.2"].activations
    leaf = hidden.clone().requires_grad_()
    undo = model.get_submodule("blocks.1.mlp.2").register_forward_hook(lambda *_: leaf)
    target = model(numbers).max(2).values.mean(1).sum()
    undo.remove()
    (by_hand,) = torch.autograd.grad(target, leaf)
    assert torch.allclose(points["blocks.1.mlp.2"].gradients, by_hand, atol=1e-7)


@pytest.mark.parametrize(
    ("target", "words"),
    [(7, "below the model's 3 classes"), ("label", "needs labels"), (lambda o, _: o, "one scalar")],
)
def test_a_target_that_cannot_be_is_refused(target: Target, words: str) -> None:
    model, inputs, _ = made("branches")
    with pytest.raises(AttributionError, match=words):
        PointSweep(model, found(model, inputs), model).points(inputs, target)


def test_a_model_without_logits_says_how_to_pass_a_target() -> None:
    model, inputs = nn.Sequential(nn.Linear(4, 1), nn.Tanh()), torch.randn(EXAMPLES, 4)
    with pytest.raises(AttributionError, match="target= as a function"):
        PointSweep(model, found(model, inputs), model).points(inputs, "prediction")


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_other_precisions_agree_with_float32(dtype: torch.dtype) -> None:
    model, inputs, labels = made("residual")
    layout = found(model, inputs)
    exact = conductance(model, layout, inputs, labels, steps=5).units["stem.2"]
    other = conductance(model.to(dtype), layout, inputs.to(dtype), labels, steps=5).units["stem.2"]
    assert off_by(other.float(), exact) < (0.1 if dtype == torch.bfloat16 else 1e-4)


@pytest.mark.parametrize("split", [1, 2, 6])
def test_unit_figures_are_the_same_for_any_split(split: int) -> None:
    model, inputs, labels = made("residual")
    layout = found(model, inputs)
    (layer,) = (layer for layer in layout.watched if layer.name == "stem.2")
    points = PointSweep(model, layout, model).points(inputs, "label", labels)
    values = per_example(points["stem.2"].gradients * points["stem.2"].activations, layer)
    figures = UnitFigures(layer, classes=3)
    for rows, classes in zip(values.split(split), labels.split(split), strict=True):
        figures.update(rows, classes)
    ours, raw = figures.finish(), values.double().numpy()
    assert ours["mean"].numpy() == pytest.approx(raw.mean(0), rel=1e-5)
    assert ours["mean_abs"].numpy() == pytest.approx(abs(raw).mean(0), rel=1e-5)
    assert ours["std"].numpy() == pytest.approx(raw.std(0), rel=1e-4, abs=1e-9)
    assert ours["share"].numpy() == pytest.approx(abs(raw).mean(0) / abs(raw).mean(0).sum())
    means = figures.class_means()
    assert means is not None
    assert means[1].numpy() == pytest.approx(raw[labels.numpy() == 1].mean(0), rel=1e-5)
