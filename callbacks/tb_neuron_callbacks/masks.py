"""Masks: where in an example the evidence lies, as its ground truth says.

Attributions can be compared with them. They change nothing that is measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from tb_neuron_callbacks.batches import input_tensor
from tb_neuron_callbacks.errors import ProbeSetError
from tb_neuron_callbacks.thumbnails import channel_axis

#: A mask for each example, None where there is none: uint8[y, x], uint8[position], ...
Masks = tuple[Tensor | None, ...]


def read_masks(masks: Any, batches: Sequence[Any]) -> Masks:
    """Return the masks of a probe set's examples; none at all where `masks` is None.

    Args:
        masks: a tensor or array [example, ...], or a list with one an example, some of them None.
        batches: the probe set's, whose first input tensors the masks belong to.

    Raises:
        ProbeSetError: there are more or fewer masks than examples, or one has another shape than
            its example or is neither bool nor uint8.
    """
    if masks is None:
        return ()
    given = list(masks)
    shapes = list(_shapes(batches))
    if len(given) != len(shapes):
        raise ProbeSetError(
            f"masks has one entry an example: {len(shapes)}, not {len(given)}; pass those of the "
            "probe set's examples in their order, None for an example without one"
        )
    return tuple(
        None if mask is None else _read(mask, allowed, example)
        for example, (mask, allowed) in enumerate(zip(given, shapes, strict=True))
    )


def _read(mask: Any, allowed: list[tuple[int, ...]], example: int) -> Tensor:
    tensor = torch.as_tensor(mask).detach()
    if tensor.dtype not in (torch.bool, torch.uint8):
        dtype = str(tensor.dtype).removeprefix("torch.")
        raise ProbeSetError(
            f"masks are bool or uint8, and that of example {example} is {dtype}; pass mask > 0"
        )
    if tuple(tensor.shape) not in allowed:
        raise ProbeSetError(
            f"a mask has the shape of its example's input without the channels, "
            f"{_listing(allowed)}, and that of example {example} is {list(tensor.shape)}; resize "
            "it, or pass None for an example without one"
        )
    return tensor.to("cpu", torch.uint8, copy=True)


def _shapes(batches: Iterable[Any]) -> Iterable[list[tuple[int, ...]]]:
    """Yield the shapes that a mask of each example may have."""
    for batch in batches:
        tensor = input_tensor(batch)
        assert tensor is not None  # a probe set's batches hold examples
        allowed = _spatial_shapes(tensor)
        yield from [allowed] * len(tensor)


def _spatial_shapes(inputs: Tensor) -> list[tuple[int, ...]]:
    shape = tuple(inputs.shape[1:])
    if len(shape) < 2:
        return [shape] if shape else []
    channels = channel_axis(inputs)
    if channels is not None:
        return [shape[: channels - 1] + shape[channels:]]
    # Channels may be first or last.
    return list(dict.fromkeys((shape[1:], shape[:-1])))


def _listing(shapes: list[tuple[int, ...]]) -> str:
    return " or ".join(str(list(shape)) for shape in shapes) or "and this input has no positions"
