"""Where records go: the user's own writer, or a file in a folder of ours.

A *sink* takes whole events. It raises when it can't write; containing that is the recorder's part.
A directory that a writer of this process uses gets no second event file, because TensorBoard's
Python reader would stop reading the older of the two.
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.compat.proto.summary_pb2 import Summary  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.summary.writer.record_writer import RecordWriter

from tb_neuron_callbacks.errors import RecordError
from tb_neuron_callbacks.fast_crc import bind_fast_crc

#: What an event takes in a file besides its summary: its frame, wall time, step and lengths.
EVENT_BYTES = 32

_OURS = ".tb_neuron"


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


def open_sink(writer_or_folder: Any) -> Sink:
    """Return the sink for what a user passed.

    Args:
        writer_or_folder: a SummaryWriter of torch or tensorboardX, a Lightning TensorBoardLogger,
            or the path of a folder.

    Raises:
        RecordError: it is none of these, or the folder is in use by a writer.
        OSError: the folder can't be written.
    """
    bind_fast_crc()
    if isinstance(writer_or_folder, (str, os.PathLike)):
        return FolderSink(Path(writer_or_folder))
    writer = writer_or_folder
    if not hasattr(writer, "_get_file_writer") and hasattr(writer, "experiment"):
        writer = writer.experiment
    if not hasattr(writer, "_get_file_writer"):
        raise RecordError(
            "records go to a SummaryWriter of torch or tensorboardX, a TensorBoardLogger, or a "
            f"folder's path, not to {type(writer_or_folder).__name__}; pass a folder such as "
            "'runs/mine'"
        )
    return WriterSink(writer)


class WriterSink:
    """Writes through a SummaryWriter that the user has opened and will close.

    Args:
        writer: torch's or tensorboardX's.
    """

    def __init__(self, writer: Any) -> None:
        self._writer = writer
        self._foreign = type(writer).__module__.partition(".")[0] == "tensorboardX"

    @property
    def folder(self) -> Path | None:
        """The writer's directory."""
        folder = getattr(self._writer, "log_dir", None) or getattr(self._writer, "logdir", None)
        return None if folder is None else Path(folder)

    def write(self, summary: Summary, step: int) -> None:
        """Append one event to the writer's file and flush it.

        Raises:
            OSError: the writer is closed, its thread has ended, or the disk is full.
        """
        # A closed writer would open a second event file if it were asked for its file writer.
        if getattr(self._writer, "file_writer", None) is None:
            raise OSError("the SummaryWriter is closed")
        _check_space(self.folder, summary.ByteSize())
        file_writer = self._writer._get_file_writer()
        _check_thread(file_writer)
        file_writer.add_summary(_foreign(summary) if self._foreign else summary, step)
        self._writer.flush()

    def close(self) -> None:
        """Flush what is pending, if the writer is still open."""
        if getattr(self._writer, "file_writer", None) is not None:
            self._writer.flush()


class FolderSink:
    """Owns one event file in a folder.

    Args:
        folder: is made if it doesn't exist.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _check_unused(folder)
        self._folder = folder
        path = _free_path(folder)
        self._file = path.open("xb")
        self._records = RecordWriter(self._file)
        self._append(Event(wall_time=time.time(), file_version="brain.Event:2"))

    @property
    def folder(self) -> Path | None:
        """The folder."""
        return self._folder

    def write(self, summary: Summary, step: int) -> None:
        """Append one event to the file and flush it.

        Raises:
            OSError: the disk is full, or the file is closed.
        """
        if self._file.closed:
            raise OSError("the recorder is closed")
        _check_space(self._folder, summary.ByteSize())
        self._append(Event(wall_time=time.time(), step=step, summary=summary))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _append(self, event: Event) -> None:
        self._records.write(event.SerializeToString())
        self._file.flush()


def _foreign(summary: Summary) -> Any:
    """Return the summary as tensorboardX's; fields that its schema lacks survive unknown."""
    from tensorboardX.proto.summary_pb2 import Summary as TheirSummary  # noqa: PLC0415  # pyright: ignore[reportAttributeAccessIssue]

    return TheirSummary.FromString(summary.SerializeToString())


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


def _free_path(folder: Path) -> Path:
    stem = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}"
    for number in range(1_000_000):
        path = folder / f"{stem}.{number}{_OURS}"
        if not path.exists():
            return path
    raise OSError(f"no file name is free in {folder}")
