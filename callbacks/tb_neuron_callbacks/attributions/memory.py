"""What a sweep takes of memory, in which pieces it stays under a cap, and how it runs out of it.

A *piece* is some examples of a batch, on a path at some of its nodes, in one forward and backward.
Examples are independent of each other in eval mode, so that a batch may be run in pieces. A model
that is not made so runs whole batches: one that does not run with two examples, since it has a
batch size of its own, and one whose norms take statistics of the batch in eval mode too.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from tb_neuron_callbacks.batches import count_examples, leaves
from tb_neuron_callbacks.notice import warn
from tb_neuron_callbacks.unwrapping import unwrap

_MEGABYTE = 1 << 20
#: What kernels take for themselves is not seen: on CNNs, transformers and LSTMs up to a quarter.
_UNSEEN = 1.25


class LiveBytes(TorchDispatchMode):
    """Counts the bytes of the tensors that operations make, while they live, also in a backward.

    Attributes:
        peak: the most so far.
    """

    def __init__(self) -> None:
        super().__init__()
        self.peak = self._live = 0
        self._known: set[int] = set()

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run the operation and count what it made."""
        keywords = kwargs or {}
        for given in tree_leaves((args, keywords)):
            self._meet(given, is_made=False)
        result = func(*args, **keywords)
        for made in tree_leaves(result):
            self._meet(made, is_made=True)
        return result

    def _meet(self, value: Any, is_made: bool) -> None:
        if not isinstance(value, Tensor) or value.layout != torch.strided:
            return
        storage: Any = value.untyped_storage()
        if storage._cdata in self._known:
            return
        size = storage.nbytes() if is_made else 0
        self._known.add(storage._cdata)
        weakref.finalize(storage, self._forget, storage._cdata, size)
        self._live += size
        self.peak = max(self.peak, self._live)

    def _forget(self, place: int, size: int) -> None:
        self._known.discard(place)
        self._live -= size


class Footprint(NamedTuple):
    """What a piece takes, in bytes.

    Attributes:
        passing: an example at one node, while it runs.
        lasting: an example, from one node to the next.
        fixed: however many examples there are.
    """

    passing: float
    lasting: float = 0.0
    fixed: int = 0


class Split(NamedTuple):
    """The size of a piece.

    Attributes:
        examples: most of one piece.
        nodes: most of one piece, of all of its examples.
    """

    examples: int
    nodes: int = 1


@dataclass
class Cap:
    """A cap on what a piece may take, and how sweeps were split to stay under it.

    What one example takes is measured once for each form of batch.

    Attributes:
        max_bytes: of one piece. One node of one example is run in any case.
        notes: how a sweep was split, in words, by its name; without those that ran whole.
    """

    max_bytes: int = 1 << 28
    notes: dict[str, str] = field(default_factory=dict)
    _footprints: dict[Hashable, Footprint | None] = field(default_factory=dict)

    def split(
        self, name: str, batch: Any, measure: Callable[[], Footprint | None], nodes: int = 1
    ) -> Split:
        """Return the size of pieces that stay under the cap, all about alike, and note it.

        Args:
            name: of the sweep.
            batch: all of it. Its own bytes are under the cap as well.
            measure: returns the footprint, from few examples; None for a model that runs whole.
            nodes: of the path.
        """
        examples = count_examples(batch)
        footprint = self._footprint((name, *_form(batch)), measure)
        if footprint is None:
            return Split(examples)
        given = sum(leaf.nbytes for _, leaf in leaves(batch) if isinstance(leaf, Tensor))
        left = max(0, self.max_bytes - footprint.fixed - given)
        fitting = int(left / (footprint.passing + footprint.lasting))
        found = Split(_alike(examples, fitting))
        if found.examples == examples:
            room = left / examples - footprint.lasting
            found = Split(examples, _alike(nodes, int(room / footprint.passing)))
        if found != (examples, nodes):
            self.notes.setdefault(name, self._note(name, found, Split(examples, nodes)))
        return found

    def _footprint(
        self, form: Hashable, measure: Callable[[], Footprint | None]
    ) -> Footprint | None:
        if form not in self._footprints:
            try:
                self._footprints[form] = measure()
            except Exception:  # what is wrong for all examples shows when the batch is run whole
                self._footprints[form] = None
        return self._footprints[form]

    def _note(self, name: str, found: Split, whole: Split) -> str:
        parts = []
        if whole.nodes > 1:
            parts.append(f"{found.nodes} of {whole.nodes} nodes")
        if found.examples < whole.examples or whole.nodes == 1:
            parts.append(f"{found.examples} of {whole.examples} examples")
        cap = f"{self.max_bytes / _MEGABYTE:.3g} MB"
        return f"{name} ran {' of '.join(parts)} at a time to stay under {cap}"


def measured_footprint(model: nn.Module, run: Callable[[], int], pieces: int) -> Footprint | None:
    """Return the footprint of one example at one node; None where examples aren't independent.

    Args:
        model: what is run.
        run: a forward and a backward; returns the bytes of an example that last.
        pieces: examples in it times nodes.
    """
    if _mixes_examples(model):
        return None
    with LiveBytes() as live:
        lasting = run()
    passing = max(1.0, _UNSEEN * live.peak / pieces)
    return Footprint(passing, lasting, _reordered_bytes(model))


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


def _mixes_examples(model: nn.Module) -> bool:
    """Return whether a norm of the model takes statistics over the examples also in eval mode."""
    return any(
        isinstance(module, nn.modules.batchnorm._BatchNorm) and module.running_mean is None
        for module in unwrap(model).modules()
    )


def _reordered_bytes(model: nn.Module) -> int:
    """Return what a convolution takes on a CPU to lay its weights out anew."""
    kinds = nn.modules.conv._ConvNd
    convolutions = [module for module in model.modules() if isinstance(module, kinds)]
    sizes = [part.nbytes for module in convolutions for part in module.parameters(recurse=False)]
    return max(sizes, default=0)


def _alike(count: int, fitting: int) -> int:
    """Return the size of equal parts that fit, as few as can be."""
    return math.ceil(count / math.ceil(count / max(1, min(count, fitting))))


def _form(batch: Any) -> tuple[Hashable, ...]:
    return tuple(
        (path, tuple(leaf.shape[1:]), leaf.dtype)
        for path, leaf in leaves(batch)
        if isinstance(leaf, Tensor)
    )
