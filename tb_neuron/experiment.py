"""Everything that was recorded under one logdir, as runs, recordings and arrays.

A run holds one *recording* for each model and probe set in it. What is returned does not change;
`Experiment.refresh` takes notice of what was written since, and then `runs` holds new runs.
"""

import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tb_neuron.byte_lru import DEFAULT_BYTES, ByteLRU
from tb_neuron.contents import Identity, make_contents
from tb_neuron.errors import DamagedRecordError
from tb_neuron.metadata import Tag, format_tag
from tb_neuron.recording import Recording
from tb_neuron.run import Recordings, Run, Runs
from tb_neuron.source import Problem, Source
from tb_neuron.source.event_index import EventIndex
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.timeline import HeaderReader, Record

_LOGGER = logging.getLogger(__name__)


@dataclass
class _Kept:
    """A recording with what it was made of, to tell whether anything changed."""

    made_of: tuple[object, ...]
    reader: ColumnReader
    recording: Recording | None
    unread: list[Problem]


class Experiment:
    """Everything that was recorded in one place.

    Args:
        source: where values come from.
        cache_bytes: decoded columns are kept in memory up to this size.
    """

    def __init__(self, source: Source, cache_bytes: int = DEFAULT_BYTES) -> None:
        self.source = source
        self._cache = ByteLRU(cache_bytes)
        self._headers = HeaderReader(source)
        self._kept: dict[tuple[str, str, str], _Kept] = {}
        self._runs = Runs()
        self._lock = threading.Lock()
        self.refresh()

    @property
    def runs(self) -> Mapping[str, Run]:
        """The runs by name, as of the last refresh; an unknown name raises `NotFoundError`."""
        return MappingProxyType(self._runs)

    def refresh(self) -> None:
        """Take notice of what was written, replaced or deleted since the last call."""
        with self._lock:
            self.source.refresh()
            names = self.source.runs()
            kept: dict[tuple[str, str, str], _Kept] = {}
            runs = Runs()
            for name in names:
                run = self._read_run(name, kept)
                if run.recordings or run.problems:
                    runs[name] = run
            self._headers.forget_except(names)
            self._kept, self._runs = kept, runs

    def _read_run(self, name: str, kept: dict[tuple[str, str, str], _Kept]) -> Run:
        by_pair: dict[tuple[str, str], list[Tag]] = {}
        for tag in self.source.tags(name):
            by_pair.setdefault((tag.model, tag.probe), []).append(tag)
        recordings, unread = Recordings(), list(self.source.problems(name))
        for pair, tags in sorted(by_pair.items()):
            identity = Identity(name, *pair)
            entry = self._read_recording(identity, tags)
            kept[(name, *pair)] = entry
            unread.extend(entry.unread)
            if entry.recording is not None:
                recordings[pair] = entry.recording
        return Run(name, recordings, unread)

    def _read_recording(self, identity: Identity, tags: list[Tag]) -> _Kept:
        values = {tag: self.source.values(identity.run, tag) for tag in tags}
        made_of = tuple((tag, tuple(value.key for value in values[tag])) for tag in tags)
        before = self._kept.get((identity.run, identity.model, identity.probe))
        # A server that failed once is asked again; a file's damage stays.
        may_change = not self.source.keeps_everything and before is not None and before.unread
        if before is not None and before.made_of == made_of and not may_change:
            return before
        kinds: dict[str, list[Record]] = {}
        unread: list[Problem] = []
        for tag in tags:
            kinds[tag.kind], problems = self._headers.read(identity.run, tag)
            unread.extend(problems)
        reader = before.reader if before else ColumnReader(self.source, self._cache)
        previous = before.recording if before else None
        try:
            contents = make_contents(self.source, kinds)
            recording = Recording(identity, contents, reader, previous)
        except DamagedRecordError as error:
            return _Kept(made_of, reader, None, [*unread, _problem(identity, str(error))])
        except Exception as error:
            # What one file holds must not take the others' recordings away, whatever it is.
            _LOGGER.exception("run %r cannot be read", identity.run)
            message = f"the recording cannot be read ({type(error).__name__}: {error})"
            return _Kept(made_of, reader, None, [*unread, _problem(identity, message)])
        return _Kept(made_of, reader, recording, unread)


def _problem(identity: Identity, message: str) -> Problem:
    return Problem(format_tag(Tag(identity.model, identity.probe, "activations")), message)


def open(logdir: str | os.PathLike[str]) -> Experiment:
    """Open what was recorded under a local directory; no server is needed.

    Args:
        logdir: the directory that TensorBoard is given as `--logdir`, or one of its runs.

    Raises:
        InvalidArgumentError: `logdir` is a file.
    """
    return Experiment(EventIndex(logdir))
