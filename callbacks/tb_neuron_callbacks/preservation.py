"""What a probe pass must leave as it found it: modes, attributes, tensors and random states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.utils import parametrize

from tb_neuron_callbacks.attributes import Attributes
from tb_neuron_callbacks.changed_tensors import ChangedTensors, keep_tensors
from tb_neuron_callbacks.randomness import preserved_randomness


@contextmanager
def preserved(model: nn.Module, changed: ChangedTensors | None = None) -> Iterator[None]:
    """Put a model in eval mode, without gradients and autocast, and undo all of it at the end.

    Everything is as before when the block is left, also by an exception: each submodule's
    `training`; attributes of modules, and lists, mappings, arrays and random generators among
    them; submodules, parameters, buffers and gradients, replaced or changed; gradient and inference
    mode, autocast, and the states of the global random generators. `train()` and `eval()` are not
    called: they may be the user's, and may raise.

    Args:
        model: the unwrapped model.
        changed: which tensors earlier forwards changed; by default it isn't known.
    """
    device_types = _device_types(model)
    with ExitStack() as undo:
        undo.enter_context(preserved_randomness(device_types))
        undo.callback(_restore_state(model, changed or ChangedTensors()))
        undo.callback(_restore_modes(model))
        undo.enter_context(_without_cached_weights())
        undo.enter_context(torch.inference_mode(False))
        undo.enter_context(torch.no_grad())
        for device_type in device_types:
            undo.enter_context(torch.autocast(device_type, enabled=False))
        for module in model.modules():
            if module.training:
                module.training = False
        yield


def _device_types(model: nn.Module) -> frozenset[str]:
    tensors = [*model.parameters(), *model.buffers()]
    return frozenset({"cpu", *(tensor.device.type for tensor in tensors)}) - {"meta"}


def _restore_modes(model: nn.Module) -> Callable[[], None]:
    modes = [(module, module.training) for module in model.modules()]

    def restore() -> None:
        for module, training in modes:
            if module.training != training:
                module.training = training

    return restore


def _restore_state(model: nn.Module, changed: ChangedTensors) -> Callable[[], None]:
    attributes = Attributes(model)
    restore_tensors = keep_tensors(model, attributes.tensors, changed)

    def restore() -> None:
        try:
            attributes.restore()
        finally:
            restore_tensors()

    return restore


@contextmanager
def _without_cached_weights() -> Iterator[None]:
    """Compute parametrised weights anew: one cached without gradients would reach the training."""
    state: Any = parametrize
    kept = state._cache_enabled, state._cache
    state._cache_enabled, state._cache = 0, {}
    try:
        yield
    finally:
        state._cache_enabled, state._cache = kept
