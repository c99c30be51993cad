"""What a forward may set on a model's modules: attributes, and what is in their containers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from operator import is_
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tb_neuron_callbacks.randomness import keep_generator

_CONTAINERS = (dict, list, set, deque)
#: How far containers in containers are followed, and how long one is whose elements are.
_DEPTH = 4
_LONG = 1000
#: What needs no look: parts that are found elsewhere or can't change, and torch's lists of hooks.
_PLAIN = (nn.Module, str, int, float, type(None))
_HOOKS = frozenset(name for name in vars(nn.Module()) if name.endswith("hooks"))


class Attributes:
    """The attributes of a model's modules as they are now.

    Submodules and registered parameters and buffers are among them, as elements of containers.

    Args:
        model: unwrapped.

    Attributes:
        tensors: tensors that are neither parameters nor buffers, by name.
    """

    def __init__(self, model: nn.Module) -> None:
        self.tensors: dict[str, Tensor] = {}
        self._undo: list[Callable[[], None]] = []
        self._seen = {id(tensor) for tensor in (*model.parameters(), *model.buffers())}
        for name, module in model.named_modules():
            # A compiled script keeps its attributes out of reach.
            if not isinstance(module, torch.jit.ScriptModule):
                self._keep(vars(module), name, 0)

    def restore(self) -> None:
        """Bind attributes and elements to the objects that they held, generators to their states.

        What a tensor holds is not put back.
        """
        for restore in reversed(self._undo):
            restore()

    def _keep(self, found: Any, name: str, depth: int) -> None:
        if isinstance(found, _CONTAINERS):
            if id(found) in self._seen or depth > _DEPTH:
                return
            self._seen.add(id(found))
            self._undo.append(_keep_container(found))
            if len(found) <= _LONG:
                for key, part in _elements(found):
                    self._keep(part, f"{name}.{key}" if name else key, depth + 1)
        elif isinstance(found, Tensor):
            if id(found) not in self._seen:
                self._seen.add(id(found))
                self.tensors[name] = found
        elif isinstance(found, np.ndarray):
            self._undo.append(_keep_array(found))
        elif (restore := keep_generator(found)) is not None:
            self._undo.append(restore)


def _elements(container: Any) -> Iterator[tuple[str, Any]]:
    parts = container.items() if isinstance(container, dict) else enumerate(container)
    for key, part in parts:
        if not isinstance(part, _PLAIN) and not (type(key) is str and key in _HOOKS):
            yield str(key), part


def _keep_container(container: Any) -> Callable[[], None]:
    keys = list(container)
    values = list(container.values()) if isinstance(container, dict) else []

    def restore() -> None:
        # Elements are compared by identity: what they say of equality may be costly, or no bool.
        is_same = len(container) == len(keys) and all(map(is_, container, keys))
        if is_same and (not values or all(map(is_, container.values(), values))):
            return
        if isinstance(container, list):
            container[:] = keys
            return
        container.clear()
        if isinstance(container, dict):
            container.update(zip(keys, values, strict=True))
        else:
            (container.extend if isinstance(container, deque) else container.update)(keys)

    return restore


def _keep_array(array: np.ndarray) -> Callable[[], None]:
    content = array.copy()

    def restore() -> None:
        if array.shape == content.shape and array.tobytes() != content.tobytes():
            array[...] = content

    return restore
