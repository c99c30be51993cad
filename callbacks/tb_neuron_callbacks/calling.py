"""How a model is called with a batch, and where in what it returns the logits are."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

Forward = Callable[[nn.Module, Any], Any]

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def call_model(model: nn.Module, batch: Any) -> Any:
    """Call a model with a batch as a training loop would.

    A tensor is the input. Of a tuple, as many elements are inputs as the model's forward requires,
    so `(input, label)` calls `model(input)`. A mapping is given as keyword arguments, those that
    the forward accepts; whole, if it accepts none of them.

    Args:
        model: the model.
        batch: from the probe set, on the model's device.

    Returns:
        What the model returns.
    """
    if isinstance(batch, Mapping):
        return _call_with_mapping(model, batch)
    if isinstance(batch, (tuple, list)):
        first = batch[0] if batch else None
        if isinstance(first, Mapping):
            return _call_with_mapping(model, first)
        if isinstance(first, (tuple, list)):
            return model(*first) if _required(model, 2) > 1 else model(first)
        return model(*batch[: _required(model, len(batch))])
    return model(batch)


def find_logits(output: Any, examples: int) -> Float[Tensor, "example class"] | None:
    """Return what has the form [example, class] in a model's output, or None.

    It is the output itself, its `logits` (attribute or key), or the first tensor of a tuple.

    Args:
        output: what the model returned.
        examples: in the batch.
    """
    candidate = _candidate(output)
    if candidate is None or candidate.dim() != 2 or candidate.shape[1] < 2:
        return None
    return candidate if candidate.shape[0] == examples else None


def find_sequence_logits(
    output: Any, examples: int | None
) -> Float[Tensor, "example position class"] | None:
    """Return what has the form [example, position, class] in a model's output, or None.

    Args:
        output: what the model returned.
        examples: in the batch; None for any number.
    """
    candidate = _candidate(output)
    if candidate is None or candidate.dim() != 3 or candidate.shape[2] < 2:
        return None
    return candidate if examples in (None, candidate.shape[0]) else None


def _candidate(output: Any) -> Tensor | None:
    candidate = getattr(output, "logits", None)
    if candidate is None and isinstance(output, Mapping):
        candidate = output.get("logits", next(iter(output.values()), None))
    elif candidate is None and isinstance(output, (tuple, list)):
        candidate = next((part for part in output if isinstance(part, Tensor)), None)
    elif candidate is None:
        candidate = output
    if not isinstance(candidate, Tensor) or not candidate.is_floating_point():
        return None
    is_dense = candidate.layout == torch.strided and not candidate.is_nested
    return candidate if is_dense else None


def floating_dtype(model: nn.Module) -> torch.dtype | None:
    """Return the dtype of a model's floating parameters if all have the same one, else None."""
    dtypes = {parameter.dtype for parameter in model.parameters() if parameter.is_floating_point()}
    plain = dtypes <= {torch.float16, torch.bfloat16, torch.float32, torch.float64}
    return dtypes.pop() if len(dtypes) == 1 and plain else None


def device_of(model: nn.Module) -> torch.device:
    """Return the device of a model's first parameter or buffer, the CPU if it has none."""
    for tensor in (*model.parameters(), *model.buffers()):
        return tensor.device
    return torch.device("cpu")


def _call_with_mapping(model: nn.Module, batch: Mapping[Any, Any]) -> Any:
    parameters = _parameters(model)
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return model(**batch)
    accepted = {name: value for name, value in batch.items() if name in parameters}
    return model(**accepted) if accepted else model(batch)


def _required(model: nn.Module, given: int) -> int:
    """Return how many of a tuple's elements are inputs."""
    parameters = [
        parameter
        for parameter in _parameters(model).values()
        if parameter.kind in _POSITIONAL and parameter.default is parameter.empty
    ]
    variadic = any(
        parameter.kind is parameter.VAR_POSITIONAL for parameter in _parameters(model).values()
    )
    if variadic and not parameters:
        return max(given - 1, 1)
    return max(len(parameters), 1)


def _parameters(model: nn.Module) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(model.forward).parameters
    except (TypeError, ValueError):
        return {}
