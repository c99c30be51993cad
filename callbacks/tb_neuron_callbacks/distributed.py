"""How the ranks of a distributed training measure together, and which of them writes.

Each rank runs its share of the probe set's batches, number rank, rank + size, ... . What they found
is merged so that every rank has then seen the whole probe set: one exchange of objects (answers of
examples, statistics of the user's), one maximum and one sum over the units of all layers. Rank 0
writes, and its word is whether a step is recorded.

The ranks talk over a group of their own, by gloo and with a limit of time: a rank that does not
come costs the others that time once, and then recording is off.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar, runtime_checkable

import torch
import torch.distributed
from jaxtyping import Float
from torch import Tensor

from tb_neuron_callbacks.errors import RanksError, ShareError
from tb_neuron_callbacks.notice import reason, warn

#: How long a rank waits for the others.
_PATIENCE = timedelta(seconds=60)

Anything = TypeVar("Anything")


@runtime_checkable
class Ranks(Protocol):
    """The ranks that measure together; every method but `has` is called on all of them alike.

    Attributes:
        rank: this one's number.
        size: how many there are.
    """

    rank: int
    size: int

    def has(self, number: int) -> bool:
        """Whether a batch of the probe set is this rank's."""
        ...

    def decided(self, mine: Anything) -> Anything:
        """Return what rank 0 has passed."""
        ...

    def gathered(self, mine: Anything) -> list[Anything]:
        """Return what every rank has passed, by rank."""
        ...

    def largest(self, mine: Float[Tensor, " value"]) -> Float[Tensor, " value"]:
        """Return the largest of the ranks' values at each place, on the CPU."""
        ...

    def total(self, mine: Float[Tensor, " value"]) -> Float[Tensor, " value"]:
        """Return the sum of the ranks' values at each place, on the CPU."""
        ...


class OneRank:
    """A training that is not distributed."""

    rank = 0
    size = 1

    def has(self, number: int) -> bool:
        """Whether a batch is this rank's: it always is."""
        del number
        return True

    def decided(self, mine: Anything) -> Anything:
        """Return what was passed."""
        return mine

    def gathered(self, mine: Anything) -> list[Anything]:
        """Return what was passed, alone."""
        return [mine]

    def largest(self, mine: Float[Tensor, " value"]) -> Float[Tensor, " value"]:
        """Return what was passed."""
        return mine.cpu()

    def total(self, mine: Float[Tensor, " value"]) -> Float[Tensor, " value"]:
        """Return what was passed."""
        return mine.cpu()


class RankGroup:
    """All ranks of torch.distributed, over a group of their own.

    Raises:
        RanksError: of every method: the others did not come in time.
    """

    def __init__(self, patience: timedelta = _PATIENCE) -> None:
        self.rank = torch.distributed.get_rank()
        self.size = torch.distributed.get_world_size()
        with _told_as_ranks_error():
            # Named after its ranks: groups that the training makes later are not renumbered.
            self._group: Any = torch.distributed.new_group(
                list(range(self.size)),
                timeout=patience,
                backend="gloo",
                use_local_synchronization=True,
            )

    def has(self, number: int) -> bool:
        """Whether a batch of the probe set is this rank's."""
        return number % self.size == self.rank

    def decided(self, mine: Anything) -> Anything:
        """Return what rank 0 has passed."""
        said = [mine]
        with _told_as_ranks_error():
            torch.distributed.broadcast_object_list(said, src=0, group=self._group)
        return said[0]

    def gathered(self, mine: Anything) -> list[Anything]:
        """Return what every rank has passed, by rank."""
        found: list[Any] = [None] * self.size
        with _told_as_ranks_error():
            torch.distributed.all_gather_object(found, mine, group=self._group)
        return found

    def largest(self, mine: Float[Tensor, " value"]) -> Float[Tensor, " value"]:
        """Return the largest of the ranks' values at each place, on the CPU."""
        return self._reduced(mine, torch.distributed.ReduceOp.MAX)

    def total(self, mine: Float[Tensor, " value"]) -> Float[Tensor, " value"]:
        """Return the sum of the ranks' values at each place, on the CPU."""
        return self._reduced(mine, torch.distributed.ReduceOp.SUM)

    def _reduced(self, mine: Tensor, operation: Any) -> Tensor:
        values = mine.cpu().clone()
        with _told_as_ranks_error():
            torch.distributed.all_reduce(values, operation, group=self._group)
        return values


def join_ranks(identity: tuple[str, ...]) -> Ranks | None:
    """Return the ranks that measure together, or None where this one takes no part.

    Without the others rank 0 measures all by itself.

    Args:
        identity: of what is measured: alike on all ranks, else they can't measure together.
    """
    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return OneRank()
    if torch.distributed.get_world_size() == 1:
        return OneRank()
    try:
        ranks = RankGroup()
        if len(set(ranks.gathered(identity))) == 1:
            return ranks
        why = "layers or probe sets differ between the ranks"
    except Exception as error:
        why = f"make the recorder on every rank ({reason(error)})"
    if torch.distributed.get_rank() != 0:
        return None
    warn(f"rank 0 measures the whole probe set by itself: {why}")
    return OneRank()


@dataclass(frozen=True)
class Share:
    """What one rank found that is no figure of a unit.

    Attributes:
        error: what went wrong, empty if nothing did.
        content: pickled, of any shape that the ranks agree on.
    """

    error: str = ""
    content: bytes = b""


def exchanged(ranks: Ranks, measure: Callable[[], Any]) -> list[Any]:
    """Measure on every rank, and return what each of them found.

    Raises:
        Exception: whatever `measure` raises here.
        ShareError: it raised on another rank.
    """
    if ranks.size == 1:
        return [measure()]
    failure: Exception | None = None
    try:
        share = Share(content=pickle.dumps(measure()))
    except Exception as error:
        failure, share = error, Share(error=reason(error))
    shares = ranks.gathered(share)
    if failure is not None:
        raise failure
    for rank, each in enumerate(shares):
        if each.error:
            raise ShareError(f"rank {rank} could not measure its share: {each.error}")
    return [pickle.loads(each.content) for each in shares]


@contextmanager
def _told_as_ranks_error() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise RanksError(
            f"all ranks must record the same steps, and one did not come ({reason(error)}); make "
            "the recorder, and call its step, on every rank"
        ) from error
