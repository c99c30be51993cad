"""What a graph keeps in memory, and how an exhausted memory is told from other errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class SavedBytes:
    """Counts what autograd saves for the backward, each memory once.

    Args:
        model: whose parameters and buffers, and views of them, do not count.

    Attributes:
        total: bytes so far.
    """

    def __init__(self, model: nn.Module) -> None:
        self.total = 0
        kept = (*model.parameters(), *model.buffers())
        self._seen = {tensor.untyped_storage().data_ptr() for tensor in kept}

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count what is saved while the context is open."""
        with torch.autograd.graph.saved_tensors_hooks(self._count, lambda tensor: tensor):
            yield

    def _count(self, tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in self._seen:
            self._seen.add(storage.data_ptr())
            self.total += storage.nbytes()
        return tensor


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an allocation failed, on a device or on the CPU."""
    kinds = (getattr(torch, "OutOfMemoryError", torch.cuda.OutOfMemoryError), MemoryError)
    return isinstance(error, kinds) or "can't allocate memory" in str(error)
