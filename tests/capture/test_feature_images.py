"""Feature visualisation: a hand-wired detector's own pattern is found, and nothing is changed."""

import copy

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.feature_images import Ascent, FourierImages, Sight, seek_images
from tb_neuron_callbacks.layers import Layer, Layout, discover

SHORT = Ascent(steps=60, images=2)


def detector(channels: int = 1) -> nn.Sequential:
    """Return a network whose unit 1 detects bright left halves, and unit 0 bright right ones."""
    pattern = torch.ones(channels, 12, 12)
    pattern[:, :, 6:] = -1
    convolution = nn.Conv2d(channels, 2, 12, bias=False)
    with torch.no_grad():
        convolution.weight.copy_(torch.stack([-pattern, pattern]) / 72)
    return nn.Sequential(convolution, nn.ReLU(), nn.Flatten(), nn.Linear(2, 2)).eval()


def found(model: nn.Module, unit: int, channels: int, **choices: object) -> tuple[Tensor, Tensor]:
    sight = Sight((channels, 12, 12), 0.0, 1.0)
    layout = discover(model, lambda: model(torch.rand(3, channels, 12, 12)), "*")
    layer = _layer(layout, "1")
    ascent = Ascent(**{**SHORT.__dict__, **choices})  # type: ignore[arg-type]
    return seek_images(model, layout, model, (layer, unit), sight, ascent)


def _layer(layout: Layout, name: str) -> Layer:
    return next(layer for layer in layout.watched if layer.name == name)


@pytest.mark.parametrize("channels", [1, 3, 4, 12])
@pytest.mark.parametrize("unit", [0, 1])
def test_a_detectors_pattern_is_found(channels: int, unit: int) -> None:
    images, _ = found(detector(channels), unit, channels)
    halves = images[..., :6].mean() - images[..., 6:].mean()
    assert (halves > 0.5) == bool(unit)
    assert abs(halves) > 0.5


def test_the_response_is_the_units_mean_activation_on_the_image() -> None:
    model = detector()
    images, responses = found(model, 1, 1)
    with torch.no_grad():
        wanted = model[:2](images)[:, 1].mean((1, 2))
    torch.testing.assert_close(responses, wanted)


def test_the_images_are_better_than_any_noise() -> None:
    model = detector()
    _, responses = found(model, 1, 1)
    with torch.no_grad():
        noise = torch.rand(500, 1, 12, 12, generator=torch.Generator().manual_seed(0))
        best = model[:2](noise)[:, 1].max()
    assert responses.min() > best


def test_images_stay_within_the_range_of_values() -> None:
    images, _ = found(detector(), 0, 1)
    assert 0 <= images.min() <= images.max() <= 1


def test_one_seed_gives_one_result() -> None:
    np.testing.assert_array_equal(found(detector(), 1, 1)[0], found(detector(), 1, 1)[0])


def test_the_model_is_unchanged() -> None:
    model = detector()
    before = copy.deepcopy(model.state_dict())
    found(model, 1, 1)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_diversity_pushes_images_apart() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 6, 5), nn.Tanh()).eval()

    def spread(weight: float) -> float:
        images, _ = found(model, 1, 1, diversity=weight, images=3, steps=80)
        flat = nn.functional.normalize(images.flatten(1) - images.flatten(1).mean(1, keepdim=True))
        return float((flat @ flat.T).abs().sum() - 3)

    assert spread(3.0) < spread(0.0)


def test_a_unit_beyond_gradients_is_refused() -> None:
    class Cut(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            return images.detach().mean((2, 3)).relu()

    model = nn.Sequential(Cut(), nn.ReLU()).eval()
    with pytest.raises(AttributionError, match="through differentiable operations"):
        found(model, 0, 1)


def test_first_images_have_all_frequencies() -> None:
    images = FourierImages(Sight((1, 16, 16), 0.0, 1.0), 1, 0)()
    assert float(images.detach().std()) > 0.01
