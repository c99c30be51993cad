"""Feature visualisation: images that a unit responds to most, found by gradient ascent.

An image is described by its spatial frequencies, each scaled by one over itself, so that steps go
along natural images' spectrum rather than along single pixels; the unit sees it moved, turned and
scaled a little at every step, so that what is found survives that; several images at once are
pushed apart, so that they show different faces of the unit (Olah, Mordvintsev and Schubert, Feature
Visualization, Distill, 2017).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from tb_neuron_callbacks.attributions.starts import differentiable
from tb_neuron_callbacks.attributions.surrogates import open_rectifiers
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layer, Layout
from tb_neuron_callbacks.units import as_examples

#: Share of the steps in which shut ReLUs pass gradients back: a silent unit has no others.
_OPEN = 0.25


@dataclass(frozen=True)
class Ascent:
    """How images are sought.

    Attributes:
        steps: of Adam.
        rate: its step size, in the space of frequencies.
        images: how many at once.
        diversity: weight of what pushes them apart, as a share of the objective's own size.
        jitter: most pixels that an image is moved by, as a share of its longer side.
        turn: most degrees that it is turned by.
        zoom: most that it is scaled by, as a share.
        seed: of the first images and of the moves.
    """

    steps: int = 256
    rate: float = 0.05
    images: int = 3
    diversity: float = 0.2
    jitter: float = 0.08
    turn: float = 5.0
    zoom: float = 0.1
    seed: int = 0


@dataclass(frozen=True)
class Sight:
    """What an image has to be to be shown to the model.

    Attributes:
        shape: channels, rows and columns.
        lower: smallest value of a pixel.
        upper: largest one.
    """

    shape: tuple[int, int, int]
    lower: float
    upper: float


class FourierImages(nn.Module):
    """Images given by their spatial frequencies.

    Args:
        sight: what they have to be.
        count: how many.
        seed: of the first ones.
    """

    def __init__(self, sight: Sight, count: int, seed: int) -> None:
        super().__init__()
        channels, rows, columns = sight.shape
        generator = torch.Generator().manual_seed(seed)
        shape = (count, channels, rows, columns // 2 + 1, 2)
        self.spectrum = nn.Parameter(torch.randn(shape, generator=generator) * 0.1)
        down = torch.fft.fftfreq(rows)[:, None]
        across = torch.fft.rfftfreq(columns)[None]
        frequency = (down.square() + across.square()).sqrt().clamp(min=1 / max(rows, columns))
        self.register_buffer("scale", (1 / frequency) * math.sqrt(rows * columns) / 4)
        self._sight = sight

    def forward(self) -> Float[Tensor, "image channel y x"]:
        """Return the images, within the range of values that the model knows."""
        sight = self._sight
        scaled = torch.view_as_complex(self.spectrum) * self.get_buffer("scale")
        plain = torch.fft.irfft2(scaled, s=sight.shape[1:], norm="ortho")
        return sight.lower + (sight.upper - sight.lower) * plain.sigmoid()


def seek_images(
    model: nn.Module,
    layout: Layout,
    run: Callable[[Tensor], object],
    unit: tuple[Layer, int],
    sight: Sight,
    ascent: Ascent | None = None,
) -> tuple[Float[Tensor, "image channel y x"], Float[Tensor, " image"]]:
    """Return images that a unit responds to most, and its response to each as it is shown.

    The response is the unit's mean activation over positions. The model is in evaluation mode, and
    unchanged afterwards.

    Args:
        model: as the user has it.
        layout: the watched layers.
        run: calls the model with images.
        unit: the layer, and the number of the unit in it.
        sight: what an image has to be.
        ascent: how images are sought.

    Raises:
        AttributionError: the unit does not depend on the image through differentiable operations.
    """
    how = ascent or Ascent()
    images = FourierImages(sight, how.images, how.seed)
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    images.to(device)
    optimiser = torch.optim.Adam(images.parameters(), lr=how.rate)
    moves = torch.Generator().manual_seed(how.seed + 1)
    for step in range(how.steps):
        optimiser.zero_grad()
        with open_rectifiers() if step < _OPEN * how.steps else nullcontext():
            responses, seen = _responses(model, layout, run, unit, _moved(images(), how, moves))
        loss = _loss(responses, seen, how.diversity)
        if not loss.requires_grad:
            raise AttributionError(
                f"unit {unit[1]} of {unit[0].name!r} must depend on the image through "
                "differentiable operations, and it does not; choose a unit of another layer"
            )
        (gradient,) = torch.autograd.grad(loss, [images.spectrum])
        images.spectrum.grad = gradient
        optimiser.step()
    with torch.no_grad():
        found = images()
        responses, _ = _responses(model, layout, run, unit, found)
    return found.cpu(), responses.detach().cpu()


def _responses(
    model: nn.Module,
    layout: Layout,
    run: Callable[[Tensor], object],
    unit: tuple[Layer, int],
    images: Tensor,
) -> tuple[Float[Tensor, " image"], Float[Tensor, "image place"]]:
    """Return the unit's mean activation on each image, and its layer's means over positions."""
    layer, number = unit
    found: list[Tensor] = []

    def receive(each: Layer, output: Tensor) -> None:
        if each.name == layer.name:
            found.append(as_examples(output, each.unit_axis, each.example_axis or 0).float())

    is_grad = torch.is_grad_enabled()
    with differentiable(model), torch.set_grad_enabled(is_grad), watch(model, layout, receive):
        run(images)
    means = found[0].mean(1)
    return means[:, number], means


def _loss(
    responses: Float[Tensor, " image"], seen: Float[Tensor, "image place"], diversity: float
) -> Tensor:
    loss = -responses.mean()
    if len(responses) < 2 or not diversity:
        return loss
    directions = functional.normalize(seen, dim=1)
    alike = (directions @ directions.T).square()
    pairs = len(responses) * (len(responses) - 1)
    return (
        loss + diversity * responses.detach().abs().mean() * (alike.sum() - alike.trace()) / pairs
    )


def _moved(images: Tensor, how: Ascent, moves: torch.Generator) -> Tensor:
    """Return the images moved, turned and scaled a little, each in its own way."""
    count = len(images)
    move, turn, zoom = (
        2 * torch.rand(shape, generator=moves) - 1 for shape in ((count, 2), (count,), (count,))
    )
    angle = turn * math.radians(how.turn)
    scale = 1 + zoom * how.zoom
    matrix = torch.stack(
        [
            torch.stack(
                [angle.cos() * scale, -angle.sin() * scale, 2 * how.jitter * move[:, 0]], 1
            ),
            torch.stack([angle.sin() * scale, angle.cos() * scale, 2 * how.jitter * move[:, 1]], 1),
        ],
        1,
    ).to(images)
    grid = functional.affine_grid(matrix, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
