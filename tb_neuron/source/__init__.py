"""Where stored values come from: one small interface, and the words it speaks.

*run*
    A directory of event files; its name is the path relative to the logdir, `.` for the logdir.
*tag*
    `tb_neuron/<model>/<probe>/<kind>` (`metadata.py`).
*stored value*
    What a run holds for one tag at one step: a sequence of *blobs*, blob 0 a header.
*write order*
    The order in which values were written. A step can occur twice, for a training can be
    resumed; which of them counts is judged by the reader (`timeline.py`), not here.
*problem*
    Something that could not be read, in a sentence. It never hides what can be read.

Implementations: `event_index.EventIndex` (event files of a local logdir), `provider.ProviderSource`
(TensorBoard's data provider) and `memory.MemorySource` (tests and notebooks).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

from tb_neuron.metadata import Tag


@dataclass(frozen=True)
class Problem:
    """Something that could not be read.

    Attributes:
        place: the file, or the tag and step, that it concerns.
        message: a sentence for the user.
    """

    place: str
    message: str


@dataclass(frozen=True, eq=False)
class StoredValue:
    """One tag of one run at one step; its blobs are fetched with `Source.read`.

    Attributes:
        key: identity of the content; equal keys mean equal blobs, also after a refresh.
        step: the step it was written for, an int64.
        wall_time: when it was written, in seconds since the epoch.
        blobs: how many blobs it has.
        location: what its source needs to find them; means nothing to anyone else.
    """

    key: Hashable
    step: int
    wall_time: float
    blobs: int
    location: Any


class Place(NamedTuple):
    """One blob of one stored value."""

    value: StoredValue
    blob: int


@runtime_checkable
class Source(Protocol):
    """Where stored values come from.

    `Experiment` is its only caller. It calls `refresh` once before it looks at anything new, and
    the other methods from any thread; what they answer changes with `refresh` alone.
    """

    @property
    def description(self) -> str:
        """How values are read, for a person: "event files" or "data provider"."""
        ...

    @property
    def logdir(self) -> str:
        """Where values are read from, for a person; empty if that is not known."""
        ...

    @property
    def keeps_everything(self) -> bool:
        """Whether a value that was written can be read: False for a server that drops some."""
        ...

    def refresh(self) -> None:
        """Take notice of what was written, replaced or deleted since the last call."""
        ...

    def runs(self) -> list[str]:
        """Return the runs that hold a value of ours or have a problem, in name order."""
        ...

    def tags(self, run: str) -> list[Tag]:
        """Return a run's tags; none for a run that does not exist."""
        ...

    def values(self, run: str, tag: Tag) -> list[StoredValue]:
        """Return a tag's values in write order; none for a tag that does not exist."""
        ...

    def read(self, places: Sequence[Place]) -> list[bytes]:
        """Return blobs, in the order asked for.

        Raises:
            DamagedRecordError: a blob can no longer be read, or never existed.
        """
        ...

    def problems(self, run: str) -> list[Problem]:
        """Return what could not be read of a run."""
        ...
