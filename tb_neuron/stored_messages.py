"""The message that a value of most kinds begins with, read once a record and checked."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np
from google.protobuf.message import Message
from jaxtyping import Float32, Shaped

from tb_neuron.directory import Value
from tb_neuron.errors import DamagedRecordError, NotFoundError
from tb_neuron.schema.neuron_pb2 import Entry
from tb_neuron.source import Place
from tb_neuron.stored_columns import ColumnReader, StoredColumn
from tb_neuron.timeline import Record

MessageType = TypeVar("MessageType", bound=Message)

#: Values that a byte may stand for.
_CODES = 256


class MessageReader(Generic[MessageType]):
    """Reads the messages of one kind's records; what can't be read is a problem of its record.

    Args:
        reader: fetches blobs.
        records: in step order.
        message_type: of the schema.
        check: raises `DamagedRecordError` for what no recorder writes.

    Attributes:
        records: as given.
    """

    def __init__(
        self,
        reader: ColumnReader,
        records: Sequence[Record],
        message_type: type[MessageType],
        check: Callable[[Record, MessageType], None] = lambda _, __: None,
    ) -> None:
        self.records = list(records)
        self._reader, self._type, self._check = reader, message_type, check
        self._known: dict[bytes, MessageType] = {}

    @property
    def steps(self) -> list[int]:
        """Steps of the records."""
        return [record.step for record in self.records]

    def message(self, record: Record) -> MessageType:
        """Return a record's message.

        Raises:
            DamagedRecordError: it can't be read.
        """
        if record.digest not in self._known:
            value = Value(
                record.header,
                lambda blob: self._reader.source.read([Place(record.stored, blob)])[0],
                record.where,
            )
            try:
                found = value.message(self._type)
            except NotFoundError as error:
                raise DamagedRecordError(str(error)) from error
            self._check(record, found)
            self._known[record.digest] = found
        return self._known[record.digest]

    def readable(self) -> Iterator[tuple[Record, MessageType]]:
        """Yield the records that can be read with their messages, in step order."""
        for record, message in self.each():
            if message is not None:
                yield record, message

    def each(self) -> Iterator[tuple[Record, MessageType | None]]:
        """Yield all records with their messages, None where it can't be read, in step order."""
        for record in self.records:
            try:
                yield record, self.message(record)
            except DamagedRecordError as error:
                self._reader.report(record, error)
                yield record, None

    def last(self) -> MessageType:
        """Return the message of the last record that can be read; an empty one without records.

        Raises:
            DamagedRecordError: none can be read.
        """
        damage: DamagedRecordError | None = None
        for record in reversed(self.records):
            try:
                return self.message(record)
            except DamagedRecordError as error:
                self._reader.report(record, error)
                damage = damage or error
        if damage is not None:
            raise damage
        return self._type()

    def until(self, step: int) -> Iterator[tuple[Record, MessageType]]:
        """Yield what can be read at or before a step, the latest first; then the later ones."""
        found = list(self.readable())
        earlier = [each for each in found if each[0].step <= step]
        yield from reversed(earlier)
        yield from found[len(earlier) :]


def decoded_rows(
    reader: ColumnReader, record: Record, entry: Entry, codes: Shaped[np.ndarray, "row place"]
) -> Float32[np.ndarray, "row place"]:
    """Return the values of a stored matrix, each row on a grid of its own.

    A row whose grid is damaged is NaN, and a problem of the record.
    """
    if codes.dtype != np.uint8:
        return codes.astype(np.float32)
    value = Value(record.header, lambda _: b"", record.where)
    try:
        grids = value.grids(entry, len(codes))
    except DamagedRecordError as error:
        reader.report(record, error)
        return np.full(codes.shape, np.nan, np.float32)
    # Rows share few grids: one table of them all is looked up at once.
    known, table_of = np.unique(grids, axis=0, return_inverse=True)
    nothing = codes[:0].ravel()
    tables = [StoredColumn(nothing, int(grid), int(offset)).table() for grid, offset in known]
    places = table_of.reshape(-1, 1) * _CODES + codes.astype(np.intp)
    return np.concatenate([*tables, np.empty(0, np.float32)]).take(places)
