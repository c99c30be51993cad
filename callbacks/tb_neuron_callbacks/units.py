"""Which axis of an output holds the units, and how to see an output as [outer, unit, inner]."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tb_neuron_callbacks.errors import UnitAxisError

_CHANNEL_MODULES = (
    nn.modules.conv._ConvNd,
    nn.modules.batchnorm._NormBase,
    nn.GroupNorm,
    nn.LocalResponseNorm,
)
_LAST_MODULES = (
    nn.Linear,
    nn.Bilinear,
    nn.LayerNorm,
    nn.Embedding,
    nn.EmbeddingBag,
    nn.RNNBase,
    nn.RNNCellBase,
    nn.MultiheadAttention,
    nn.TransformerEncoderLayer,
    nn.TransformerDecoderLayer,
    nn.TransformerEncoder,
    nn.TransformerDecoder,
)


def known_axis(module: nn.Module) -> int | None:
    """Return the unit axis that a module's class fixes (1 or -1), or None if it fixes none."""
    if isinstance(module, _CHANNEL_MODULES):
        return 1
    if isinstance(module, _LAST_MODULES) or type(module).__name__ in ("RMSNorm", "Conv1D"):
        return -1
    return None


def resolve_axis(name: str, axis: int | None, dimensions: int) -> int:
    """Return the unit axis counted from the front, batch axis included.

    Args:
        name: of the layer, for the message.
        axis: as known so far; None if it is not.
        dimensions: of the layer's output. An output of one dimension has one unit, on axis 1.

    Raises:
        UnitAxisError: the axis cannot be told, or is not an axis of the output.
    """
    if dimensions <= 2 and axis is None:
        return 1
    if axis is None:
        raise UnitAxisError(
            f"the unit axis of layer {name!r} cannot be told from its output of {dimensions} axes; "
            f'pass it as Recording(unit_axis={{"{name}": axis}}), counting the batch axis'
        )
    found = axis + dimensions if axis < 0 else axis
    if found == 1 and dimensions == 1:
        return 1
    if not 0 < found < dimensions:
        raise UnitAxisError(
            f"the unit axis of layer {name!r} must be one of 1 to {dimensions - 1}, not {axis}; "
            f'correct Recording(unit_axis={{"{name}": {axis}}})'
        )
    return found


def override_axis(name: str, callee: str, unit_axis: Mapping[str, int]) -> int | None:
    """Return the user's unit axis of a layer: by its name, or its callee's, or a pattern of that.

    Args:
        name: of the layer.
        callee: the name without the call's index.
        unit_axis: axes by name or pattern.
    """
    for known in (name, callee):
        if known in unit_axis:
            return unit_axis[known]
    return next((axis for glob, axis in unit_axis.items() if fnmatchcase(callee, glob)), None)


def as_rows(activations: Tensor, unit_axis: int) -> Float[Tensor, "outer unit inner"]:
    """Return a contiguous view of activations as [outer, unit, inner].

    Outer and inner together are the examples and positions, in the order in which they lie in
    memory. Nothing is copied unless the activations have gaps or overlaps in memory.

    Args:
        activations: an output with any number of axes.
        unit_axis: of the output, batch axis included.
    """
    if activations.ndim == 1:
        return activations.reshape(-1, 1, 1)
    # Size-1 axes may have any stride, so they go first, where they divide nothing.
    order = sorted(
        range(activations.ndim),
        key=lambda axis: (activations.shape[axis] > 1, -activations.stride(axis)),
    )
    dense = activations.permute(order)
    if activations.is_contiguous() or not dense.is_contiguous():
        dense, order = activations.contiguous(), list(range(activations.ndim))
    place = order.index(unit_axis)
    outer = int(torch.Size(dense.shape[:place]).numel())
    inner = int(torch.Size(dense.shape[place + 1 :]).numel())
    return dense.reshape(outer, dense.shape[place], inner)


def as_examples(
    activations: Tensor, unit_axis: int, example_axis: int = 0
) -> Float[Tensor, "example position unit"]:
    """Return activations as [example, position, unit], a view where strides allow it."""
    if activations.ndim == 1:
        return activations.reshape(-1, 1, 1)
    moved = activations.movedim((example_axis, unit_axis), (0, -1))
    return moved.reshape(moved.shape[0], -1, moved.shape[-1])


def moved_axis(before: Tensor, axis: int, after: Tensor) -> int | None:
    """Return where an axis of a tensor went in a view of it, or None if it cannot be told.

    A view keeps the stride of an axis that it neither splits nor merges.
    """
    size, stride = before.shape[axis], before.stride(axis)
    places = [
        place
        for place in range(after.ndim)
        if after.shape[place] == size and after.stride(place) == stride
    ]
    return places[0] if len(places) == 1 and size > 1 else None
