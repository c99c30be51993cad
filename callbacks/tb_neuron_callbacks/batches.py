"""What a batch is: any nest of tuples, lists and mappings whose tensors share a first axis.

That first axis is the examples'. A *leaf* is what is not nested further: a tensor, a string, ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor

#: Names under which a batch that is a mapping holds its labels.
LABEL_NAMES = ("labels", "label", "targets", "target", "y")


def map_leaves(function: Callable[[Any], Any], batch: Any) -> Any:
    """Return the same nest with each leaf replaced; mappings become plain dictionaries."""
    if isinstance(batch, Mapping):
        return {name: map_leaves(function, value) for name, value in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(map_leaves(function, value) for value in batch))
    if isinstance(batch, (tuple, list)):
        return type(batch)(map_leaves(function, value) for value in batch)
    return function(batch)


def leaves(batch: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each leaf with its path in the nest, such as `0` or `inputs.pixels`."""
    if isinstance(batch, Mapping):
        nested = [(str(name), value) for name, value in batch.items()]
    elif isinstance(batch, (tuple, list)):
        nested = [(str(index), value) for index, value in enumerate(batch)]
    else:
        yield path, batch
        return
    for name, value in nested:
        yield from leaves(value, f"{path}.{name}" if path else name)


def first_tensor(batch: Any) -> Tensor | None:
    """Return the first tensor with an example axis, or None."""
    for _, leaf in leaves(batch):
        if isinstance(leaf, Tensor) and leaf.dim() > 0:
            return leaf
    return None


def input_tensor(batch: Any) -> Tensor | None:
    """Return what a batch's examples are.

    Of a mapping "input_ids", else the first tensor under none of `LABEL_NAMES`, since some
    collate functions put labels first; of anything else the first tensor.
    """
    if not isinstance(batch, Mapping):
        return first_tensor(batch)
    named = batch.get("input_ids")
    if isinstance(named, Tensor) and named.dim() > 0:
        return named
    inputs = {name: value for name, value in batch.items() if name not in LABEL_NAMES}
    found = first_tensor(inputs)
    return first_tensor(batch) if found is None else found


def count_examples(batch: Any) -> int:
    """Return how many examples a batch holds; 0 if it holds no tensor."""
    tensor = first_tensor(batch)
    return 0 if tensor is None else tensor.shape[0]


def take_examples(batch: Any, start: int, stop: int) -> Any:
    """Return the batch with only the examples `start` to `stop`."""
    count = count_examples(batch)

    def cut(leaf: Any) -> Any:
        # A sparse tensor has no slices: it stays whole.
        is_dense = isinstance(leaf, Tensor) and leaf.layout == torch.strided
        if is_dense and leaf.dim() > 0 and leaf.shape[0] == count:
            return leaf[start:stop]
        return leaf

    return map_leaves(cut, _cut_texts(batch, count, start, stop))


def to_device(batch: Any, device: torch.device, dtype: torch.dtype | None) -> Any:
    """Return a copy on a device, its floating tensors in a dtype if one is given.

    Always a copy: a model that changes its input in place must not change the probe set.
    """

    def move(leaf: Any) -> Any:
        if not isinstance(leaf, Tensor):
            return leaf
        wanted = dtype if dtype is not None and leaf.is_floating_point() else leaf.dtype
        return leaf.to(device=device, dtype=wanted, copy=True)

    return map_leaves(move, batch)


def find_labels(batch: Any) -> Tensor | None:
    """Return the labels that a batch carries, int64[example], or None.

    They are the first integer tensor of one axis after the inputs of a tuple, or the one under
    one of `LABEL_NAMES` of a mapping.
    """
    if isinstance(batch, Mapping):
        candidates = [batch[name] for name in LABEL_NAMES if name in batch]
    elif isinstance(batch, (tuple, list)):
        candidates = list(batch[1:])
    else:
        return None
    count = count_examples(batch)
    for candidate in candidates:
        if isinstance(candidate, Tensor) and _are_labels(candidate, count):
            return candidate.detach().to("cpu", torch.int64).clone()
    return None


def misfit_labels(batch: Any) -> str:
    """Return the form of what seems to be labels and has another length or axis; "" for none.

    It is an integer tensor of one axis, or of a second one of length 1, in the place of labels.
    """
    if isinstance(batch, Mapping):
        candidates = [batch[name] for name in LABEL_NAMES if name in batch]
    else:
        is_pair = isinstance(batch, (tuple, list)) and len(batch) == 2
        candidates = [batch[1]] if is_pair else []
    for candidate in candidates:
        is_integer = isinstance(candidate, Tensor) and not (
            candidate.is_floating_point() or candidate.is_complex()
        )
        if is_integer and (candidate.dim() == 1 or tuple(candidate.shape[1:]) == (1,)):
            return describe(candidate)
    return ""


def describe(batch: Any) -> str:
    """Return shapes and dtypes of a batch's tensors in words, for messages."""
    parts = []
    for path, leaf in leaves(batch):
        if isinstance(leaf, Tensor):
            dtype = str(leaf.dtype).removeprefix("torch.")
            shown = f"{dtype}{list(leaf.shape)}"
        else:
            shown = type(leaf).__name__
        parts.append(f"{path}: {shown}" if path else shown)
    return ", ".join(parts)


def _are_labels(tensor: Tensor, count: int) -> bool:
    integer = not tensor.is_floating_point() and not tensor.is_complex()
    return integer and tensor.dim() == 1 and tensor.shape[0] == count


def _cut_texts(batch: Any, count: int, start: int, stop: int) -> Any:
    """Cut lists of strings and numbers that have an element an example."""
    if isinstance(batch, Mapping):
        return {name: _cut_texts(value, count, start, stop) for name, value in batch.items()}
    if isinstance(batch, (tuple, list)) and not hasattr(batch, "_fields"):
        plain = all(isinstance(value, (str, bytes, int, float)) for value in batch)
        if plain and len(batch) == count:
            return batch[start:stop]
        return type(batch)(_cut_texts(value, count, start, stop) for value in batch)
    return batch
