"""Where records go: the user's own writer, or a file in a folder of ours.

A *sink* takes whole events. It raises when it can't write; containing that is the recorder's part.
A directory that a writer of this process uses gets no second event file, because TensorBoard's
Python reader would stop reading the older of the two. One model on one probe set has one open sink
in a place: a writer carries the names that are taken; a file of ours has them in its own name and
is locked while it is open, which other processes see too.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import time
import weakref
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.compat.proto.summary_pb2 import Summary  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.summary.writer.record_writer import RecordWriter

from tb_neuron_callbacks.errors import RecordError
from tb_neuron_callbacks.fast_crc import bind_fast_crc

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

#: What an event takes in a file besides its summary: its frame, wall time, step and lengths.
EVENT_BYTES = 32

_OURS = ".tb_neuron"
#: Where a user's writer carries the names that are taken.
_TAKEN = "_tb_neuron_taken"

#: A model's name and a probe set's.
Names = tuple[str, str]


@runtime_checkable
class Sink(Protocol):
    """Takes the events of a recorder; called once or twice a record, on the training's thread."""

    @property
    def folder(self) -> Path | None:
        """The directory of the event file, None if it isn't known."""

    def write(self, summary: Summary, step: int) -> None:
        """Append one event and flush it.

        Raises:
            OSError: the file can't be written, or the writer is closed.
        """

    def close(self) -> None:
        """Release what the sink itself has opened; a user's writer stays open."""


def open_sink(writer_or_folder: Any, names: Names = ("model", "probe")) -> Sink:
    """Return the sink for what a user passed.

    Args:
        writer_or_folder: a SummaryWriter of torch or tensorboardX, a Lightning TensorBoardLogger,
            or the path of a folder.
        names: of the model and the probe set that are recorded.

    Raises:
        RecordError: it is none of these, the folder is in use by a writer, or the names are taken.
        OSError: the folder can't be written.
    """
    bind_fast_crc()
    if isinstance(writer_or_folder, (str, os.PathLike)):
        return FolderSink(Path(writer_or_folder), names)
    writer = writer_or_folder
    if not hasattr(writer, "_get_file_writer") and hasattr(writer, "experiment"):
        writer = writer.experiment
    if not hasattr(writer, "_get_file_writer"):
        raise RecordError(
            "records go to a SummaryWriter of torch or tensorboardX, a TensorBoardLogger, or a "
            f"folder's path, not to {type(writer_or_folder).__name__}; pass a folder such as "
            "'runs/mine'"
        )
    return WriterSink(writer, names)


class NoSink:
    """Of a rank that measures and does not write."""

    @property
    def folder(self) -> Path | None:
        """None."""
        return None

    def write(self, summary: Summary, step: int) -> None:
        """Write nothing."""

    def close(self) -> None:
        """Have nothing to release."""


class WriterSink:
    """Writes through a SummaryWriter that the user has opened and will close.

    Args:
        writer: torch's or tensorboardX's.
        names: of the model and the probe set.

    Raises:
        RecordError: another sink writes under these names through the same writer.
    """

    def __init__(self, writer: Any, names: Names = ("model", "probe")) -> None:
        self._writer = writer
        self._names = names
        self._taken = vars(writer).setdefault(_TAKEN, weakref.WeakValueDictionary())
        if names in self._taken:
            raise _taken_error(names, self.folder)
        self._taken[names] = self
        self._foreign = type(writer).__module__.partition(".")[0] == "tensorboardX"
        self._seen: dict[str, _Inode] = {}
        self._see(getattr(writer, "file_writer", None))

    @property
    def folder(self) -> Path | None:
        """The writer's directory."""
        folder = getattr(self._writer, "log_dir", None) or getattr(self._writer, "logdir", None)
        return None if folder is None else Path(folder)

    def write(self, summary: Summary, step: int) -> None:
        """Append one event to the writer's file and flush it.

        Raises:
            OSError: the writer is closed, its thread has ended, its file is gone, or the disk is
                full.
        """
        # A closed writer would open a second event file if it were asked for its file writer.
        if getattr(self._writer, "file_writer", None) is None:
            raise OSError("the SummaryWriter is closed")
        _check_space(self.folder, summary.ByteSize())
        file_writer = self._writer._get_file_writer()
        _check_thread(file_writer)
        self._see(file_writer)
        file_writer.add_summary(_foreign(summary) if self._foreign else summary, step)
        self._writer.flush()

    def _see(self, file_writer: Any) -> None:
        """Refuse a file that is no longer the one that earlier records are in."""
        path = _path_of(file_writer)
        if path is None:
            return
        if path in self._seen:
            _check_file(path, self._seen[path])
        elif os.path.exists(path):
            self._seen[path] = _inode(os.stat(path))

    def close(self) -> None:
        """Give the names back, and flush what is pending if the writer is still open."""
        if self._taken.get(self._names) is self:
            del self._taken[self._names]
        file_writer = getattr(self._writer, "file_writer", None)
        if file_writer is not None:
            _check_thread(file_writer)
            self._writer.flush()


class FolderSink:
    """Owns one event file in a folder.

    Args:
        folder: is made if it doesn't exist.
        names: of the model and the probe set.

    Raises:
        RecordError: the folder is in use by a writer, or another sink writes under these names.
    """

    def __init__(self, folder: Path, names: Names = ("model", "probe")) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _check_unused(folder)
        ending = f".{_digest(names)}{_OURS}"
        if any(_is_locked(path) for path in folder.glob(f"events.out.tfevents.*{ending}")):
            raise _taken_error(names, folder)
        self._folder = folder
        self._path = str(_free_path(folder, ending))
        self._file = open(self._path, "xb")  # noqa: SIM115 (closed by `close`)
        _lock(self._file.fileno())
        self._records = RecordWriter(self._file)
        self._append(Event(wall_time=time.time(), file_version="brain.Event:2"))

    @property
    def folder(self) -> Path | None:
        """The folder."""
        return self._folder

    def write(self, summary: Summary, step: int) -> None:
        """Append one event to the file and flush it.

        Raises:
            OSError: the disk is full, or the file is closed or gone.
        """
        if self._file.closed:
            raise OSError("the recorder is closed")
        _check_file(self._path, _inode(os.fstat(self._file.fileno())))
        _check_space(self._folder, summary.ByteSize())
        self._append(Event(wall_time=time.time(), step=step, summary=summary))

    def close(self) -> None:
        """Close the file."""
        if not self._file.closed:
            # A forked process may keep the file open, and with it the lock.
            _unlock(self._file.fileno())
        self._file.close()

    def _append(self, event: Event) -> None:
        self._records.write(event.SerializeToString())
        self._file.flush()


def _foreign(summary: Summary) -> Any:
    """Return the summary as tensorboardX's; fields that its schema lacks survive unknown."""
    from tensorboardX.proto.summary_pb2 import Summary as TheirSummary  # noqa: PLC0415  # pyright: ignore[reportAttributeAccessIssue]

    return TheirSummary.FromString(summary.SerializeToString())


#: Device and inode: which file a path leads to.
_Inode = tuple[int, int]


def _inode(status: os.stat_result) -> _Inode:
    return status.st_dev, status.st_ino


def _check_file(path: str, known: _Inode) -> None:
    """Refuse to write to a file that no path leads to: nobody would read it."""
    try:
        found = _inode(os.stat(path))
    except FileNotFoundError:
        found = None
    if found != known:
        raise OSError(f"the event file {path} was deleted or replaced")


def _path_of(file_writer: Any) -> str | None:
    """Return the path of a writer's event file, None if it isn't known or isn't local."""
    event_writer = getattr(file_writer, "event_writer", None)
    path = getattr(getattr(event_writer, "_ev_writer", event_writer), "_file_name", None)
    return path if isinstance(path, str) and "://" not in path else None


def _check_thread(file_writer: Any) -> None:
    """Refuse a writer whose thread has ended: its queue would fill, and block the training."""
    event_writer = getattr(file_writer, "event_writer", None)
    holder = getattr(event_writer, "_async_writer", event_writer)
    thread = getattr(holder, "_worker", None)
    error = getattr(thread, "exception", None)
    if error is not None:
        raise error
    if thread is not None and hasattr(thread, "is_alive") and not thread.is_alive():
        raise OSError("the SummaryWriter's thread has ended, so nothing it is given is written")


def _check_space(folder: Path | None, size: int) -> None:
    """Refuse before a disk is full: a failed write ends the thread of the user's writer."""
    if folder is not None and folder.is_dir() and shutil.disk_usage(folder).free < 2 * size:
        raise OSError(f"the disk of {folder} has no space for a record of {size} bytes")


def _check_unused(folder: Path) -> None:
    here = f".{socket.gethostname()}.{os.getpid()}."
    for path in folder.glob("events.out.tfevents.*"):
        if here in path.name and not path.name.endswith(_OURS):
            raise RecordError(
                f"a directory has one open event file, and {str(folder)!r} has {path.name!r} of "
                "another writer of this process; pass that writer, or another folder"
            )


def _free_path(folder: Path, ending: str) -> Path:
    stem = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}"
    for number in range(1_000_000):
        path = folder / f"{stem}.{number}{ending}"
        if not path.exists():
            return path
    raise OSError(f"no file name is free in {folder}")


def _taken_error(names: Names, folder: Path | None) -> RecordError:
    model, probe = names
    return RecordError(
        f"a model's name and a probe set's are recorded once in a place, and {model!r} on "
        f"{probe!r} goes to {str(folder)!r} already; close that recorder, or give this one a name "
        "of its own: NeuronRecorder(..., name='ema'), or ProbeSet's name="
    )


def _digest(names: Names) -> str:
    return hashlib.blake2b(
        "\0".join(names).encode(errors="surrogatepass"), digest_size=4
    ).hexdigest()


def _lock(file: int) -> None:
    if fcntl is not None:
        # A file system without locks does without.
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _unlock(file: int) -> None:
    if fcntl is not None:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)


def _is_locked(path: Path) -> bool:
    """Return whether a sink, of this process or another, has a file open."""
    if fcntl is None:
        return False
    try:
        with path.open("rb") as file:
            fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
