"""Values kept in memory: for tests, and for notebooks that have no event files."""

from collections.abc import Mapping, Sequence

from tb_neuron.errors import DamagedRecordError
from tb_neuron.metadata import Tag
from tb_neuron.source import Place, Problem, StoredValue


class MemorySource:
    """Values that were put here, in the order in which they were.

    `tb_neuron.Experiment(MemorySource())` reads what `ValueWriter.blobs` made without any file.
    """

    description = "memory"
    keeps_everything = True
    logdir = ""

    def __init__(self) -> None:
        self._written: list[tuple[str, Tag, StoredValue]] = []
        self._seen: list[tuple[str, Tag, StoredValue]] = []

    def write(
        self, run: str, step: int, values: Mapping[Tag, Sequence[bytes]], wall_time: float = 0.0
    ) -> None:
        """Add one record; it is seen after the next `refresh`.

        Args:
            run: the run's name.
            step: the record's step.
            values: the blobs of each of its tags, as for `summary.record_summary`.
            wall_time: seconds since the epoch.
        """
        for tag, blobs in values.items():
            key = len(self._written)
            stored = StoredValue(key, step, wall_time, len(blobs), tuple(map(bytes, blobs)))
            self._written.append((run, tag, stored))

    def refresh(self) -> None:
        """Take notice of what was written since the last call."""
        self._seen = list(self._written)

    def runs(self) -> list[str]:
        """Return the runs, in name order."""
        return sorted({run for run, _, _ in self._seen})

    def tags(self, run: str) -> list[Tag]:
        """Return a run's tags, in name order."""
        return sorted({tag for name, tag, _ in self._seen if name == run})

    def values(self, run: str, tag: Tag) -> list[StoredValue]:
        """Return a tag's values in write order."""
        return [value for name, own, value in self._seen if (name, own) == (run, tag)]

    def read(self, places: Sequence[Place]) -> list[bytes]:
        """Return blobs, in the order asked for.

        Raises:
            DamagedRecordError: there is no such blob.
        """
        for value, blob in places:
            if not 0 <= blob < value.blobs:
                raise DamagedRecordError(f"a value of {value.blobs} blobs has no {blob}")
        return [value.location[blob] for value, blob in places]

    def problems(self, run: str) -> list[Problem]:  # noqa: ARG002
        """Return nothing: what is in memory can be read."""
        return []
