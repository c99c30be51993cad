"""What a graph keeps in memory, and how an exhausted memory is told from other errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from tb_neuron_callbacks.notice import warn


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


class FittingPieces:
    """Takes examples in pieces that fit in memory: halved where one does not, and told once.

    Args:
        what: runs out of memory, for the warning.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._most: int | None = None

    def take(self, count: int, take: Callable[[slice], None]) -> None:
        """Take in examples 0 to `count` - 1.

        Args:
            count: of examples.
            take: takes in some of them; may fail for want of memory, and then has taken in none.

        Raises:
            Exception: whatever `take` raises otherwise, or on a single example.
        """
        start = 0
        while start < count:
            size = min(count - start, self._most or count)
            try:
                take(slice(start, start + size))
                start += size
                continue
            except (RuntimeError, MemoryError) as error:
                if size == 1 or not is_out_of_memory(error):
                    raise
            # Outside of the exception, which keeps what did not fit alive.
            self._halve(size)

    def _halve(self, size: int) -> None:
        is_first, self._most = self._most is None, size // 2
        if is_first:
            goes_on = f"goes on with {self._most} examples at a time, or fewer"
            warn(f"{self._what} ran out of memory and {goes_on}")


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an allocation failed, on a device or on the CPU."""
    kinds = (getattr(torch, "OutOfMemoryError", torch.cuda.OutOfMemoryError), MemoryError)
    return isinstance(error, kinds) or "can't allocate memory" in str(error)
