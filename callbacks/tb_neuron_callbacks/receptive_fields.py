"""Receptive fields: which part of an image or a signal each position of a layer sees.

They are found by running the model: a NaN in one row of the input shows up, in a layer's output,
at the rows that see it, whatever lies between. The same with columns. It is exact wherever
operations let a NaN through, and a layer that mixes all positions sees the whole image. A long axis
is walked in stretches, for what is shown of it is no finer and the model is run for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Int64
from torch import Tensor, nn

from tb_neuron_callbacks.batches import input_tensor, map_leaves
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.input_values import position_axis
from tb_neuron_callbacks.layers import Layer, Layout

#: By axis, rows and columns: for each position the first pixel that it sees, and the one after
#: the last.
Field = tuple[Int64[np.ndarray, "_y 2"], Int64[np.ndarray, "_x 2"]]
#: Stretches of an axis: up to so many pixels, each is one.
MAX_STRETCHES = 512
#: Stretches that are run at once, at most.
_TOGETHER = 64


def receptive_fields(
    model: nn.Module,
    layout: Layout,
    run: Callable[[Any], Any],
    example: Any,
    together: int = _TOGETHER,
) -> dict[str, Field]:
    """Return the receptive fields of all layers with positions in as many dimensions as the input.

    A signal has one row.

    Left out are layers none of whose positions sees the input, and all where the model refuses
    NaN.

    Args:
        model: in evaluation mode.
        layout: the watched layers.
        run: calls the model with a batch.
        example: a batch of one example, its first tensor an image, float[1, channel, y, x], or a
            signal, float[1, channel, position], channels first or last.
        together: examples that the model is run on at once, at most.
    """
    image = input_tensor(example)
    if image is None or image.dim() not in (3, 4) or not image.is_floating_point():
        return {}
    axes = (2, 3) if image.dim() == 4 else (position_axis(image),)

    def run_images(images: Tensor) -> Any:
        def put(leaf: Any) -> Any:
            if leaf is image:
                return images
            has_example = isinstance(leaf, Tensor) and leaf.dim() > 0 and len(leaf) == 1
            return leaf.repeat(len(images), *[1] * (leaf.dim() - 1)) if has_example else leaf

        return run(map_leaves(put, example))

    try:
        walk = _Walk(model, layout, run_images, image, max(1, min(together, _TOGETHER)))
        seen = [walk.along(axis) for axis in axes]
    except (RuntimeError, ValueError, ArithmeticError):
        return {}
    columns = seen[-1]
    # Of a signal there is one row, which every layer sees.
    rows = seen[0] if len(seen) == 2 else dict.fromkeys(columns, np.array([[0, 1]]))
    return {
        name: (rows[name], columns[name])
        for name in rows
        if name in columns and rows[name].any() and columns[name].any()
    }


@dataclass(frozen=True)
class _Walk:
    """Runs a model on an image with NaN in one stretch of it after the other."""

    model: nn.Module
    layout: Layout
    run: Callable[[Any], Any]
    image: Tensor
    together: int

    def along(self, axis: int) -> dict[str, Int64[np.ndarray, "_place 2"]]:
        """Return by layer the first row (or column) that each place sees, and the end; or 0, 0."""
        parts: dict[str, list[np.ndarray]] = {}

        def receive(layer: Layer, output: Tensor) -> None:
            places = grid_axes(layer, output, self.image.dim())
            if places is None:
                return
            place = places[axis - 2] if len(places) == 2 else places[0]
            moved = output.isnan().movedim((layer.example_axis or 0, place), (0, 1))
            parts.setdefault(layer.name, []).append(moved.flatten(2).any(2).cpu().numpy())

        edges = _edges(self.image.shape[axis])
        with ExitStack() as undo:
            # Fast convolutions work on tiles, and spread a NaN over all of a tile.
            undo.enter_context(torch.backends.nnpack.flags(enabled=False))
            undo.enter_context(torch.backends.cudnn.flags(enabled=False))
            undo.enter_context(torch.no_grad())
            for images in self._marked(axis, edges):
                with watch(self.model, self.layout, receive):
                    self.run(images)
        return {
            name: _bounds(np.concatenate(found), edges)
            for name, found in parts.items()
            if sum(map(len, found)) == len(edges) - 1
        }

    def _marked(self, axis: int, edges: Int64[np.ndarray, " edge"]) -> Iterator[Tensor]:
        """Yield batches of the image, each with NaN in another stretch of an axis."""
        stretches = list(pairwise(edges.tolist()))
        for first in range(0, len(stretches), self.together):
            chosen = stretches[first : first + self.together]
            images = self.image.repeat(len(chosen), *[1] * (self.image.dim() - 1))
            for image, (start, end) in zip(images, chosen, strict=True):
                image.narrow(axis - 1, start, end - start).fill_(torch.nan)
            yield images


def _edges(pixels: int) -> Int64[np.ndarray, " edge"]:
    """Return where the stretches of an axis begin, and the end of the last."""
    count = min(pixels, MAX_STRETCHES)
    return np.arange(count + 1, dtype=np.int64) * pixels // max(1, count)


def grid_axes(layer: Layer, output: Tensor, axes: int) -> tuple[int, ...] | None:
    """Return which axes of an output hold positions, or None if it has another number of axes."""
    if output.dim() != axes or layer.example_axis is None:
        return None
    known = (layer.example_axis, layer.unit_axis)
    return tuple(axis for axis in range(axes) if axis not in known)


def _bounds(
    sees: Bool[np.ndarray, "stretch place"], edges: Int64[np.ndarray, " edge"]
) -> Int64[np.ndarray, "place 2"]:
    """Return the first pixel that each place sees and the one after the last; 0, 0 for none."""
    first = edges[sees.argmax(0)]
    last = edges[len(sees) - sees[::-1].argmax(0)]
    is_seen = np.asarray(sees.any(0))[:, None]
    return np.where(is_seen, np.stack([first, last], 1), 0).astype(np.int64)
