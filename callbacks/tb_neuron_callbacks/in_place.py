"""Which outputs a call changed in place, and how all who hold such a tensor go on with another."""

from collections.abc import Iterable

from torch import Tensor
from torch.autograd import grad_mode


class GivenTensors:
    """The tensors that calls in progress were given, and how often each had been changed then."""

    def __init__(self) -> None:
        self._given: dict[str, list[tuple[Tensor, int]]] = {}

    def enter(self, callee: str, given: Iterable[Tensor]) -> None:
        """Note what a call is given."""
        self._given[callee] = [(tensor, version(tensor)) for tensor in given]

    def leave(self, callee: str, output: Tensor) -> bool:
        """Return whether a call's output is what it was given, changed in place since."""
        given = self._given.pop(callee, ())
        return any(tensor is output and version(tensor) != before for tensor, before in given)

    def clear(self) -> None:
        """Forget all calls."""
        self._given.clear()


def version(tensor: Tensor) -> int:
    """Return how often a tensor was changed in place; 0 where that is not counted."""
    return 0 if tensor.is_inference() else tensor._version


def overwrite(tensor: Tensor, replacement: Tensor) -> None:
    """Put another tensor in a tensor's place in the graph.

    Whoever holds the tensor, a view of it or what it is a view of, goes on with the replacement.

    Args:
        tensor: that was changed in place.
        replacement: of the same values: what autograd has saved of the tensor stays right.
    """
    with grad_mode._unsafe_preserve_version_counter(tensor):
        if not tensor._is_view():
            tensor.detach_()  # else autograd goes on to its past, if with nothing but zeros
        tensor.copy_(replacement)
