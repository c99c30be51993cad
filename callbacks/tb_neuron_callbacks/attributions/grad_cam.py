"""Grad-CAM: a layer's channels, weighted by the mean gradient of each, where they speak for."""

from collections.abc import Collection
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from tb_neuron_callbacks.attributions.input_forms import as_float32
from tb_neuron_callbacks.attributions.input_gradients import start_values
from tb_neuron_callbacks.attributions.input_method import (
    Case,
    InputAttributions,
    InputMap,
    InputMethod,
)
from tb_neuron_callbacks.attributions.method import Point
from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.attributions.traits import Grid
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.layers import Layout


def class_maps(case: Case) -> tuple[str, Float[Tensor, "example y x"]]:
    """Return the layer that was read and its Grad-CAM in the layer's own positions.

    Of a network of tokens, the last layer is taken whose patches the target depends on: behind it
    the class token alone is read.

    Raises:
        AttributionError: the chosen layer has no positions over an image.
    """
    grids = _candidates(case)
    layout = narrowed(case.layout, [grid.layer_name for grid in grids])
    sweep = PointSweep(case.model, layout, case.run)
    points = sweep.points(case.batch, case.target, case.labels)
    reached = [grid for grid in grids if grid.layer_name in points]
    if not reached:
        raise AttributionError(
            f"grad_cam must read a layer that the target depends on, and {grids[-1].layer_name} is "
            "cut off from it; pass the name of another layer"
        )
    grid = next(
        (g for g in reversed(reached) if not g.is_tokens or _has_gradient(g, points)), reached[-1]
    )
    return grid.layer_name, _weighted(grid, points[grid.layer_name])


def narrowed(layout: Layout, names: Collection[str]) -> Layout:
    """Return a layout that watches the named layers alone."""
    kept = [layer for layer in layout.watched if layer.name in names]
    return replace(layout, layers=(layout.layers[0], *kept, layout.layers[-1]))


def over_input(values: Float[Tensor, "example y x"], case: Case, start: Tensor) -> InputMap:
    """Return a layer's map at the input's size, bilinear between its positions.

    Args:
        values: in the layer's positions.
        case: whose first start is an image.
        start: that start's value.
    """
    form = case.traits.forms[0]
    size = form.positions(start.shape[1:])
    larger = functional.interpolate(values[:, None], size, mode="bilinear", align_corners=False)
    return InputMap(form.name, larger[:, 0].contiguous())


def _attribute(case: Case) -> InputAttributions:
    layer_name, values = class_maps(case)
    starts, _ = start_values(case)
    return InputAttributions((over_input(values, case, starts[0]),), layer_name=layer_name)


def _candidates(case: Case) -> list[Grid]:
    wanted, grids = case.choices.layer_name, case.traits.grids
    if wanted is None:
        last = grids[-1]
        return [grid for grid in grids if grid.is_tokens] if last.is_tokens else [last]
    chosen = [grid for grid in grids if grid.layer_name == wanted]
    if not chosen:
        names = ", ".join(grid.layer_name for grid in grids)
        raise AttributionError(
            f"grad_cam must read a watched layer whose positions lie over the image, and "
            f"{wanted!r} is none; they are {names}"
        )
    return chosen


def _has_gradient(grid: Grid, points: dict[str, Point]) -> bool:
    return bool(grid.laid_out(points[grid.layer_name].gradients).count_nonzero())


def _weighted(grid: Grid, point: Point) -> Float[Tensor, "example y x"]:
    pictures = as_float32(grid.laid_out(point.activations))
    weights = as_float32(grid.laid_out(point.gradients)).mean((2, 3), keepdim=True)
    return torch.relu((weights * pictures).sum(1))


METHOD = InputMethod(
    name="grad_cam",
    description="Channels of a layer, weighted by their mean gradient, summed, negative sums 0.",
    source="Selvaraju et al. 2017",
    attribute=_attribute,
    needs=frozenset(("positions",)),
    is_signed=False,
    reads_at_layer=True,
)
