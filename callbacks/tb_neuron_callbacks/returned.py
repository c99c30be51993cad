"""Which tensor of a module's return value is its output, and why there may be none."""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


def output_tensor(value: Any) -> Tensor | None:
    """Return the first tensor of at least one axis in a tensor, tuple, list or mapping.

    An LSTM's tuple gives its output, an attention's its first part, a `ModelOutput` its first
    tensor that is not a scalar (a loss comes before the logits).
    """
    if isinstance(value, Tensor):
        return value if value.ndim else None
    for part in _parts(value):
        found = output_tensor(part)
        if found is not None:
            return found
    return None


def replace_output(value: Any, replacement: Tensor) -> Any:
    """Return the value with its output tensor replaced, in containers of the same types."""
    if isinstance(value, Tensor):
        return replacement
    if isinstance(value, Mapping):
        key = next(key for key, part in value.items() if output_tensor(part) is not None)
        copied: Any = copy.copy(value)
        copied[key] = replace_output(value[key], replacement)
        return copied
    place = next(i for i, part in enumerate(value) if output_tensor(part) is not None)
    changed = replace_output(value[place], replacement)
    if hasattr(value, "_replace"):
        return value._replace(**{value._fields[place]: changed})
    return type(value)([*value[:place], changed, *value[place + 1 :]])


def unusable_reason(value: Any) -> str:
    """Return why a module's return value has no units, or "" if it has."""
    tensor = output_tensor(value)
    if tensor is None:
        return f"returns no tensor but {_described(value)}"
    if tensor.layout != torch.strided or tensor.is_nested:
        return "returns a sparse or nested tensor"
    if tensor.is_quantized or not tensor.is_floating_point():
        return f"returns {str(tensor.dtype).removeprefix('torch.')} and not real numbers"
    if tensor.numel() == 0:
        return f"returns an empty tensor of shape {tuple(tensor.shape)}"
    return ""


def _parts(value: Any) -> tuple[Any, ...]:
    if isinstance(value, Mapping):
        return tuple(value.values())
    return tuple(value) if isinstance(value, (tuple, list)) else ()


def _described(value: Any) -> str:
    if isinstance(value, Tensor):
        return "a scalar"
    return "None" if value is None else f"a {type(value).__name__}"
