"""What a probe pass must leave as it found it: modes, attributes, buffers and random states."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

_MISSING = object()


@contextmanager
def preserved(model: nn.Module) -> Iterator[None]:
    """Put a model in eval mode, without gradients and autocast, and undo all of it at the end.

    Everything is as before when the block is left, also by an exception: each submodule's
    `training`, buffers changed or replaced, attributes that a forward set on a module, gradient
    and inference mode, autocast, and the states of the random generators. `train()` and `eval()`
    are not called: they may be the user's, and may raise.

    Args:
        model: the unwrapped model.
    """
    with ExitStack() as undo:
        undo.enter_context(preserved_randomness(_device_types(model)))
        for restore in [_restore_buffers(model), _restore_attributes(model)]:
            undo.callback(restore)
        undo.callback(_restore_modes(model))
        undo.enter_context(torch.inference_mode(False))
        undo.enter_context(torch.no_grad())
        for device_type in _device_types(model):
            undo.enter_context(torch.autocast(device_type, enabled=False))
        for module in model.modules():
            if module.training:
                module.training = False
        yield


@contextmanager
def preserved_randomness(device_types: frozenset[str] = frozenset()) -> Iterator[None]:
    """Restore at the end the states of all random generators that capture may draw from.

    These are Python's `random`, NumPy's global one, and torch's on the CPU and on the devices.

    Args:
        device_types: device types in use, such as "cuda"; a CUDA that is in use is always counted.
    """
    python_state, numpy_state = random.getstate(), np.random.get_state()
    torch_state = torch.get_rng_state()
    devices = [_device_randomness(kind) for kind in _device_kinds(device_types)]
    try:
        yield
    finally:
        for restore in devices:
            restore()
        torch.set_rng_state(torch_state)
        np.random.set_state(numpy_state)
        random.setstate(python_state)


def _device_types(model: nn.Module) -> frozenset[str]:
    tensors = [*model.parameters(), *model.buffers()]
    return frozenset({"cpu", *(tensor.device.type for tensor in tensors)}) - {"meta"}


def _device_kinds(device_types: frozenset[str]) -> list[str]:
    in_use = {"cuda"} if torch.cuda.is_available() and torch.cuda.is_initialized() else set()
    return sorted((in_use | device_types) - {"cpu", "meta"})


def _device_randomness(kind: str) -> Callable[[], None]:
    backend: Any = getattr(torch, kind, None)
    if hasattr(backend, "get_rng_state_all"):
        states = backend.get_rng_state_all()
        return lambda: backend.set_rng_state_all(states)
    if hasattr(backend, "get_rng_state"):
        state = backend.get_rng_state()
        return lambda: backend.set_rng_state(state)
    return lambda: None


def _restore_modes(model: nn.Module) -> Callable[[], None]:
    modes = [(module, module.training) for module in model.modules()]

    def restore() -> None:
        for module, training in modes:
            if module.training != training:
                module.training = training

    return restore


def _restore_buffers(model: nn.Module) -> Callable[[], None]:
    """Return what puts the content of each buffer back.

    Content is compared, not the version counter: an update through `.data` leaves that as it is.
    """
    with torch.no_grad():
        kept = [(buffer, buffer.detach().clone()) for buffer in model.buffers() if _holds(buffer)]

    def restore() -> None:
        with torch.no_grad():
            for buffer, content in kept:
                if not _same_bits(buffer, content):
                    # Through `.data`, so that a graph that has saved the buffer stays valid.
                    buffer.data.copy_(content)

    return restore


def _holds(buffer: Tensor) -> bool:
    return not buffer.is_meta and buffer.layout == torch.strided


def _same_bits(first: Tensor, second: Tensor) -> bool:
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    if torch.equal(first, second):
        return True
    if not (first.is_floating_point() or first.is_complex()):
        return False
    return torch.equal(first.isnan(), second.isnan()) and torch.equal(
        first.nan_to_num(0.0), second.nan_to_num(0.0)
    )


def _restore_attributes(model: nn.Module) -> Callable[[], None]:
    """Return what rebinds each module's attributes, buffers included, to the objects they held."""
    tables = [
        (table, dict(table))
        for module in model.modules()
        for table in (vars(module), module._buffers)
    ]

    def restore() -> None:
        for table, found in tables:
            for name in [name for name in table if name not in found]:
                del table[name]
            for name, value in found.items():
                if table.get(name, _MISSING) is not value:
                    table[name] = value

    return restore
