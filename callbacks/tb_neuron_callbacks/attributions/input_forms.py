"""What an attribution of an input looks like once its channels are reduced: a map, a row, a line.

A *start* is where gradients begin: a floating input, or the embedding of an integer one. Its
*form* says what its axes mean; channels and embedding dimensions are reduced, positions are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tb_neuron_callbacks.attributions.starts import floating_inputs
from tb_neuron_callbacks.layers import Layout
from tb_neuron_callbacks.unwrapping import unwrap

#: "image": [example, y, x], or [example, z, y, x] for volumes and films; "tokens" and "signal":
#: [example, position]; "features": [example, feature].
FormName = Literal["image", "tokens", "signal", "features"]

#: As many channels an image has at most where they come last.
_COLOURS = 4


class Form(NamedTuple):
    """What the axes of a start mean.

    Attributes:
        name: of the form.
        channel_axes: that are reduced, example axis included in the count; empty where there are
            none.
    """

    name: FormName
    channel_axes: tuple[int, ...] = ()

    def positions(self, shape: Sequence[int]) -> tuple[int, ...]:
        """Return the lengths of the axes that are kept, of a start's shape without the example."""
        kept = (size for axis, size in enumerate(shape, 1) if axis not in self.channel_axes)
        return tuple(kept) or (1,)


def forms(model: nn.Module, layout: Layout, batch: Any, starts: Sequence[Tensor]) -> list[Form]:
    """Return the form of each start.

    - An embedding's output is "tokens"; its last axis is reduced.
    - Of a floating input of four axes and more, an "image", the channels are axis 1; the last one
      if that has at most 4 entries and axis 1 has more.
    - One of three axes is a "signal": its channels are axis 1 where a convolution reads it first,
      and else the last axis. In a network without any layer over positions it is an "image" of
      one channel: its axes are y and x.
    - All others are "features".

    Args:
        model: wrapped or not.
        layout: its layers.
        batch: whose floating inputs are the first starts.
        starts: values, float[example, ...].
    """
    inputs = len(floating_inputs(batch))
    return [
        _of_embedding(start) if number >= inputs else _of_input(start, model, layout)
        for number, start in enumerate(starts)
    ]


def reduced(
    values: Float[Tensor, "example ..."], form: Form, by: Literal["sum", "max"] = "sum"
) -> Float[Tensor, "example ..."]:
    """Return values of a start's shape with their channels reduced, float32 on the CPU.

    Args:
        values: attributions.
        form: of the start.
        by: the sum over the channels, or the largest of them.
    """
    wide = values.detach().float()
    if form.channel_axes:
        over = form.channel_axes
        wide = wide.sum(over) if by == "sum" else wide.amax(over)
    wide = wide[:, None] if wide.dim() == 1 else wide
    return wide.to("cpu").contiguous()


def _of_embedding(start: Tensor) -> Form:
    return Form("tokens", (start.dim() - 1,))


def _of_input(start: Tensor, model: nn.Module, layout: Layout) -> Form:
    if start.dim() >= 4:
        is_last = start.shape[-1] <= _COLOURS < start.shape[1]
        return Form("image", (start.dim() - 1 if is_last else 1,))
    if start.dim() < 3:
        return Form("features")
    if not _has_positions(model, layout):
        return Form("image")
    return Form("signal", (1 if layout.layers[0].unit_axis == 1 else 2,))


def _has_positions(model: nn.Module, layout: Layout) -> bool:
    kinds = (nn.RNNBase, nn.RNNCellBase, nn.MultiheadAttention, nn.modules.conv._ConvNd)
    return any(len(layer.shape) > 1 for layer in layout.watched) or any(
        isinstance(module, kinds) for module in unwrap(model).modules()
    )


def as_float32(values: Tensor) -> Float[Tensor, ...]:
    """Return values without their graph, float32 on the CPU."""
    return values.detach().to("cpu", torch.float32)
