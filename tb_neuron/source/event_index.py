"""The event files of a local logdir, indexed: where every blob of ours lies, and none of its bytes.

Each file is read once, as it grows: lengths and checksums are verified, payloads scanned and let
go. A blob is read again from its file when it is asked for. Runs and files are found as TensorBoard
finds them: any file with `tfevents` in its name, a directory of them a run.
"""

import os
import stat
import threading
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tb_neuron.errors import DamagedRecordError, InvalidArgumentError
from tb_neuron.metadata import Tag
from tb_neuron.source import Place, Problem, StoredValue
from tb_neuron.source.event_scan import MARK, ScannedEvent, scan_event
from tb_neuron.source.records_file import FramedPayload, walk

_MAX_PROBLEMS = 20


@dataclass(frozen=True)
class _Span:
    """Where a value's blobs lie: offsets are relative to the payload."""

    path: str
    payload: int
    offsets: "array[int]"
    lengths: "array[int]"


@dataclass
class _Restart:
    """A session started: values written before it at its step or beyond are void."""

    step: int


@dataclass
class _EventFile:
    """What is known of one file so far."""

    path: str
    inode: int
    offset: int = 0
    values: dict[Tag, list[tuple[int, StoredValue]]] = field(default_factory=dict)
    restarts: list[tuple[int, int]] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    damaged_count: int = 0
    stopped: str = ""
    unreadable: str = ""

    def follow(self) -> None:
        """Read what was appended since the last call."""
        if self.stopped:
            return
        try:
            for payload in walk(self.path, self.offset):
                self._take(payload)
                self.offset = payload.end
        except DamagedRecordError as error:
            self.stopped = str(error)

    def _take(self, payload: FramedPayload) -> None:
        if not payload.is_intact:
            if MARK in payload.data:
                self._report(f"the record at byte {payload.offset} fails its checksum")
            return
        try:
            event = scan_event(payload.data)
        except DamagedRecordError as error:
            if MARK in payload.data:
                self._report(f"the record at byte {payload.offset}: {error}")
            return
        if event is not None:
            self._enter(event, payload.offset)

    def _enter(self, event: ScannedEvent, offset: int) -> None:
        if event.is_restart:
            self.restarts.append((offset, event.step))
        for position, scanned in enumerate(event.values):
            span = _Span(self.path, offset, scanned.offsets, scanned.lengths)
            key = (self.path, self.inode, offset, position, event.step, event.wall_time)
            count = len(scanned.offsets)
            stored = StoredValue(key, event.step, event.wall_time, count, span)
            self.values.setdefault(scanned.tag, []).append((offset, stored))

    def _report(self, message: str) -> None:
        self.damaged_count += 1
        if len(self.damaged) < _MAX_PROBLEMS:
            self.damaged.append(message)


class EventIndex:
    """The values in the event files under a local directory.

    Args:
        logdir: the directory; it need not exist yet.
        nested: whether directories below are runs too.

    Raises:
        InvalidArgumentError: `logdir` is a file.
    """

    description = "event files"
    keeps_everything = True

    def __init__(self, logdir: str | os.PathLike[str], nested: bool = True) -> None:
        self._nested = nested
        self.logdir = os.path.abspath(os.path.expanduser(os.fspath(logdir)))
        if os.path.isfile(self.logdir):
            raise InvalidArgumentError(
                f"a logdir is a directory of event files, and {self.logdir} is a file; "
                f"pass {os.path.dirname(self.logdir)}"
            )
        self._runs: dict[str, dict[str, _EventFile]] = {}
        self._lock = threading.Lock()

    def refresh(self) -> None:
        """Read what was appended, replaced or deleted since the last call."""
        with self._lock:
            self._runs = {
                run: {path: self._followed(run, path) for path in paths}
                for run, paths in _find_runs(self.logdir, self._nested)
            }

    def runs(self) -> list[str]:
        """Return the runs that hold a value of ours or damage to one, in name order."""
        return sorted(
            run
            for run, files in self._runs.items()
            if any(file.values or file.damaged for file in files.values())
        )

    def tags(self, run: str) -> list[Tag]:
        """Return a run's tags, in name order."""
        return sorted({tag for file in self._runs.get(run, {}).values() for tag in file.values})

    def values(self, run: str, tag: Tag) -> list[StoredValue]:
        """Return a tag's values in write order, without those that a restart made void."""
        written: list[StoredValue | _Restart] = []
        for file in self._runs.get(run, {}).values():
            written.extend(_in_order(file, tag))
        return _without_void(written)

    def read(self, places: Sequence[Place]) -> list[bytes]:
        """Return blobs, in the order asked for; each file is opened once.

        Raises:
            DamagedRecordError: a file is gone, became shorter, or has no such blob.
        """
        blobs: list[bytes] = [b""] * len(places)
        by_path: dict[str, list[int]] = {}
        for number, place in enumerate(places):
            by_path.setdefault(place.value.location.path, []).append(number)
        for path, numbers in by_path.items():
            try:
                _read_file(path, places, numbers, blobs)
            except OSError as error:
                raise DamagedRecordError(
                    f"{path} can no longer be read ({error.strerror}); refresh the experiment"
                ) from error
        return blobs

    def problems(self, run: str) -> list[Problem]:
        """Return what could not be read of a run: damaged records, and files that were given up."""
        found = []
        for file in self._runs.get(run, {}).values():
            if file.damaged:
                found.append(Problem(_printable(file.path), _damage_sentence(file)))
            found.extend(
                Problem(_printable(file.path), reason)
                for reason in (file.stopped, file.unreadable)
                if reason
            )
        return found

    def _followed(self, run: str, path: str) -> _EventFile:
        known = self._runs.get(run, {}).get(path)
        try:
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for its writer
                return _EventFile(path, status.st_ino, unreadable="it is not a regular file")
            if known is None or known.inode != status.st_ino or status.st_size < known.offset:
                known = _EventFile(path, status.st_ino)
            known.unreadable = ""
            known.follow()
        except OSError as error:
            known = known or _EventFile(path, 0)
            known.unreadable = f"the file cannot be read: {error.strerror}"
        return known


def _find_runs(logdir: str, nested: bool) -> Iterator[tuple[str, list[str]]]:
    taken: set[str] = set()
    visited: set[tuple[int, int]] = set()
    for directory, subdirectories, names in os.walk(logdir, followlinks=True):
        try:
            status = os.stat(directory)
        except OSError:  # deleted since it was listed
            subdirectories.clear()
            continue
        if (status.st_dev, status.st_ino) in visited:
            subdirectories.clear()
            continue
        visited.add((status.st_dev, status.st_ino))
        subdirectories[:] = sorted(subdirectories) if nested else []
        paths = [os.path.join(directory, name) for name in sorted(names) if "tfevents" in name]
        if not paths:
            continue
        raw = os.fsencode(os.path.relpath(directory, logdir))
        run = raw.decode("utf-8", "replace")
        run = raw.decode("utf-8", "backslashreplace") if run in taken else run
        taken.add(run)
        yield run, paths


def _in_order(file: _EventFile, tag: Tag) -> Iterator[StoredValue | _Restart]:
    written: list[tuple[int, StoredValue | _Restart]] = [*file.values.get(tag, [])]
    written.extend((offset, _Restart(step)) for offset, step in file.restarts)
    for _, item in sorted(written, key=lambda entry: entry[0]):
        yield item


def _without_void(written: Sequence[StoredValue | _Restart]) -> list[StoredValue]:
    kept: list[StoredValue] = []
    lowest: float = float("inf")
    for item in reversed(written):
        if isinstance(item, _Restart):
            lowest = min(lowest, item.step)
        elif item.step < lowest:
            kept.append(item)
    return kept[::-1]


def _read_file(
    path: str, places: Sequence[Place], numbers: Sequence[int], blobs: list[bytes]
) -> None:
    with open(path, "rb", buffering=0) as file:
        for number in numbers:
            value, blob = places[number]
            span: _Span = value.location
            if not 0 <= blob < value.blobs:
                raise DamagedRecordError(f"{path}: a value of {value.blobs} blobs has no {blob}")
            file.seek(span.payload + span.offsets[blob])
            data = file.read(span.lengths[blob])
            if len(data) != span.lengths[blob]:
                raise DamagedRecordError(f"{path} became shorter; refresh the experiment")
            blobs[number] = data


def _damage_sentence(file: _EventFile) -> str:
    count = file.damaged_count
    records = "1 damaged record was" if count == 1 else f"{count} damaged records were"
    return f"{records} skipped: {'; '.join(file.damaged[:3])}{'; …' if count > 3 else ''}"


def _printable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")
