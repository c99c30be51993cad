"""Which stored values of one model on one probe set count, and in which order.

A *session* is one life of a recorder. A resumed training starts another, and what earlier sessions
wrote at its first step or beyond is void: *last written wins*. What then remains is brought to the
latest layout and probe set; values of others cannot be compared with them and are stated as a
problem.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from tb_neuron.directory import read_header
from tb_neuron.errors import DamagedRecordError, NewerSchemaError
from tb_neuron.metadata import Tag, format_tag
from tb_neuron.schema.neuron_pb2 import Entry, Header
from tb_neuron.source import Place, Problem, Source, StoredValue

#: Headers are read in batches of this many.
_BATCH = 256


@dataclass(frozen=True, eq=False)
class Record:
    """One stored value whose header was read.

    Attributes:
        kind: the kind in its tag.
        stored: where its blobs are.
        header: blob 0.
        where: tag and step, for messages.
        digest: identity of the header, and so of the record, in any source.
        entries: the directory by sort and layer.
        companions: what else was measured at the same step and is read with it.
    """

    kind: str
    stored: StoredValue
    header: Header
    where: str
    digest: bytes
    entries: dict[tuple[str, str], list[Entry]] = field(repr=False)
    companions: tuple["Record", ...] = field(default=(), repr=False)

    @property
    def step(self) -> int:
        """The step it was written for."""
        return self.stored.step

    @property
    def sheets(self) -> tuple["Record", ...]:
        """The record itself and its companions."""
        return (self, *self.companions)

    def with_companions(self, companions: Sequence["Record"]) -> "Record":
        """Return the record with others of its step; its digest is that of all together."""
        if not companions:
            return self
        digests = b"".join(record.digest for record in (self, *companions))
        digest = hashlib.blake2b(digests, digest_size=16).digest()
        return replace(self, companions=tuple(companions), digest=digest)


class UnreadError(DamagedRecordError):
    """A header that could not be fetched, which may succeed another time."""


class HeaderReader:
    """Reads each header once, also over refreshes.

    Args:
        source: where values come from.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[tuple[str, Tag], dict[object, Record | Exception]] = {}

    def read(self, run: str, tag: Tag) -> tuple[list[Record], list[Problem]]:
        """Return the records of a tag in write order, and what is wrong with the others."""
        values = self._source.values(run, tag)
        before = self._known.get((run, tag), {})
        found: dict[object, Record | Exception] = {
            value.key: before[value.key] for value in values if value.key in before
        }
        unknown = [value for value in values if value.key not in found]
        for start in range(0, len(unknown), _BATCH):
            batch = unknown[start : start + _BATCH]
            found.update(zip((v.key for v in batch), self._read_batch(tag, batch), strict=True))
        self._known[run, tag] = {
            key: item for key, item in found.items() if not isinstance(item, UnreadError)
        }
        read = [found[value.key] for value in values]
        errors = [item for item in read if isinstance(item, Exception)]
        return [item for item in read if isinstance(item, Record)], _problems(tag, errors)

    def forget_except(self, runs: Iterable[str]) -> None:
        """Let go of runs that no longer exist."""
        kept = set(runs)
        self._known = {key: known for key, known in self._known.items() if key[0] in kept}

    def _read_batch(self, tag: Tag, batch: Sequence[StoredValue]) -> list[Record | Exception]:
        try:
            blobs = self._source.read([Place(value, 0) for value in batch if value.blobs])
        except DamagedRecordError as error:
            if len(batch) == 1:
                return [UnreadError(str(error))]
            return [self._read_batch(tag, [value])[0] for value in batch]
        remaining = iter(blobs)
        return [_record(tag, value, next(remaining) if value.blobs else b"") for value in batch]


def resolve(records: Sequence[Record]) -> list[Record]:
    """Return the records that count, in step order.

    Args:
        records: in write order, of one or several kinds; each kind keeps its own, the sessions are
            those of all.
    """
    void_from = _void_from(records)
    kept: dict[tuple[str, int], Record] = {}
    for record in sorted(records, key=_session):  # stable: write order within a session
        if record.step < void_from[_session(record)]:
            kept[record.kind, record.step] = record
    return sorted(kept.values(), key=lambda record: record.step)


def latest(records: Sequence[Record]) -> Record:
    """Return the record that was written last; ties go to the later one in the sequence."""
    return max(records, key=lambda record: (_session(record), record.header.session.sequence))


def comparable(records: Sequence[Record], newest: Record) -> tuple[list[Record], list[Problem]]:
    """Return the records with the newest one's layout and probe set; the others are a problem."""
    wanted = _identity(newest)
    kept = [record for record in records if _identity(record) == wanted]
    others: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if _identity(record) != wanted:
            others.setdefault(_identity(record), []).append(record)
    return kept, [_other_layout(group, newest, len(kept)) for group in others.values()]


def _void_from(records: Sequence[Record]) -> dict[tuple[float, str], float]:
    """Return, for each session, the lowest first step of the sessions after it."""
    first_steps: dict[tuple[float, str], int] = {}
    for record in records:
        session = _session(record)
        first_steps[session] = min(record.step, first_steps.get(session, record.step))
    void_from: dict[tuple[float, str], float] = {}
    lowest = math.inf
    for session in sorted(first_steps, reverse=True):
        void_from[session] = lowest
        lowest = min(lowest, first_steps[session])
    return void_from


def _session(record: Record) -> tuple[float, str]:
    started = record.header.session.started
    return (0.0 if math.isnan(started) else started, record.header.session.id)


def _identity(record: Record) -> tuple[str, str]:
    return (record.header.layout_id, record.header.probe_hash)


def _record(tag: Tag, stored: StoredValue, blob: bytes) -> Record | Exception:
    where = f"{format_tag(tag)} at step {stored.step}"
    try:
        header = read_header(blob, where)
    except (DamagedRecordError, NewerSchemaError) as error:
        return error
    entries: dict[tuple[str, str], list[Entry]] = {}
    for entry in header.directory:
        entries.setdefault((entry.what, entry.layer), []).append(entry)
    digest = hashlib.blake2b(blob, digest_size=16, key=str(stored.step).encode()).digest()
    return Record(tag.kind, stored, header, where, digest, entries)


def _problems(tag: Tag, errors: Sequence[Exception]) -> list[Problem]:
    """Return one problem a sort of error, however many records have it."""
    found = []
    for sort in (NewerSchemaError, DamagedRecordError):
        messages = [str(error) for error in errors if isinstance(error, sort)]
        if messages:
            more = f" ({len(messages)} records of this tag)" if len(messages) > 1 else ""
            found.append(Problem(format_tag(tag), messages[0] + more))
    return found


def _other_layout(group: Sequence[Record], newest: Record, kept: int) -> Problem:
    header = group[0].header
    differing = (
        f"layout {header.layout_id!r}"
        if header.layout_id != newest.header.layout_id
        else f"probe set {header.probe_hash!r}"
    )
    steps = f"steps {group[0].step} to {group[-1].step}"
    return Problem(
        newest.where.partition(" at step ")[0],
        f"{len(group)} records at {steps} were measured on another {differing} and are not shown; "
        f"the latest has {kept}",
    )
