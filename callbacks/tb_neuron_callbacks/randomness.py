"""The random generators that capture may draw from, and how their states are put back."""

from __future__ import annotations

import functools
import inspect
import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
import torch

#: An object that draws random numbers, with a state of its own.
_KINDS = (torch.Generator, np.random.Generator, np.random.RandomState, random.Random)
#: How far generators are looked for: references from the first object, and objects in all.
_DEPTH = 6
_OBJECTS = 10_000


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


@contextmanager
def preserved_generators(*owners: Any) -> Iterator[None]:
    """Restore at the end the states of the random generators that objects hold.

    Args:
        owners: objects such as a data set and its collate function; see `generators_in`.
    """
    undo = [restore for each in generators_in(*owners) if (restore := keep_generator(each))]
    try:
        yield
    finally:
        for restore in undo:
            restore()


def generators_in(*owners: Any) -> Iterator[Any]:
    """Yield the random generators that objects refer to, each once.

    Attributes, elements of lists and mappings, closures and partial functions are followed, six
    references deep and through 10,000 objects at most.
    """
    waiting = deque((owner, 0) for owner in owners)
    # The objects themselves are kept: an id may be given anew once its object is gone.
    seen: dict[int, Any] = {}
    while waiting and len(seen) < _OBJECTS:
        found, depth = waiting.popleft()
        if id(found) in seen:
            continue
        seen[id(found)] = found
        if isinstance(found, _KINDS):
            yield found
        elif depth < _DEPTH:
            waiting.extend((part, depth + 1) for part in _referred(found))


def keep_generator(found: Any) -> Callable[[], None] | None:
    """Return what puts the state of a random generator back; None for any other object."""
    if isinstance(found, torch.Generator):
        state = found.get_state()
        return lambda: (found.set_state(state), None)[1]
    if isinstance(found, np.random.Generator):
        bits = found.bit_generator
        numbers = bits.state
        return lambda: setattr(bits, "state", numbers)
    if isinstance(found, np.random.RandomState):
        legacy = found.get_state()
        return lambda: found.set_state(legacy)
    # random.SystemRandom has no state.
    if isinstance(found, random.Random) and not isinstance(found, random.SystemRandom):
        python = found.getstate()
        return lambda: found.setstate(python)
    return None


def _referred(found: Any) -> Iterator[Any]:
    if isinstance(found, (str, bytes, int, float, type, ModuleType, torch.Tensor, np.ndarray)):
        return
    if isinstance(found, Mapping):
        yield from _first(found.values())
    elif isinstance(found, (list, tuple, set, frozenset, deque)):
        yield from _first(found)
    elif isinstance(found, functools.partial):
        yield from (found.func, *found.args, *found.keywords.values())
    elif inspect.ismethod(found):
        yield found.__self__
    elif inspect.isfunction(found):
        cells = found.__closure__ or ()
        yield from (cell.cell_contents for cell in cells if _is_filled(cell))
        yield from found.__defaults__ or ()
    else:
        yield from getattr(found, "__dict__", {}).values()


def _first(elements: Any) -> Iterator[Any]:
    """Yield some elements: those of a long list are its data, not its parts."""
    for number, element in enumerate(elements):
        if number == 100:
            return
        yield element


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


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
