"""The read side of one value: a header, and the arrays that its directory names.

The counterpart of `summary.py` and the one parser of what that writes. Nothing stored is
trusted: versions, positions and sizes are checked before anything is allocated.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from google.protobuf.message import DecodeError, Message
from jaxtyping import Float, Int64, Shaped

from tb_neuron import columns
from tb_neuron.columns import CodedColumn
from tb_neuron.errors import DamagedRecordError, NotFoundError
from tb_neuron.metadata import check_schema_version
from tb_neuron.schema.neuron_pb2 import DTYPE_PROTO, DTYPE_UINT8, Entry, Header
from tb_neuron.statistic_names import statistic_name

MessageType = TypeVar("MessageType", bound=Message)


def read_header(blob: bytes, where: str) -> Header:
    """Return the header in blob 0 of a value.

    Args:
        blob: the bytes.
        where: tag and step, for messages.

    Raises:
        DamagedRecordError: the blob is not a header.
        NewerSchemaError: it was written by a later version.
    """
    header = _parse(blob, Header, where)
    check_schema_version(header.schema_version, where)
    if header.schema_version == 0:
        raise DamagedRecordError(f"{where} has no schema version; its first blob is not a header")
    return header


@dataclass(frozen=True)
class Value:
    """One kind of one record, ready to be read.

    Attributes:
        header: blob 0.
        blob: returns blob i of this value, i >= 1.
        where: tag and step, for messages.
    """

    header: Header
    blob: Callable[[int], bytes]
    where: str

    def entries(self, what: str, layer_name: str = "") -> Iterator[Entry]:
        """Yield the directory's entries of this sort and layer, in order."""
        for entry in self.header.directory:
            if entry.what == what and entry.layer == layer_name:
                yield entry

    def entry(self, what: str, layer_name: str = "") -> Entry:
        """Return the first entry of this sort and layer.

        Raises:
            NotFoundError: the directory has none.
        """
        for entry in self.entries(what, layer_name):
            return entry
        of_layer = f" of layer {layer_name!r}" if layer_name else ""
        raise NotFoundError(f"{self.where} holds no {what!r}{of_layer}")

    def array(self, entry: Entry, rows: int | None = None) -> Shaped[np.ndarray, "..."]:
        """Return an entry's array as stored (codes, for a column on a grid), or its first rows.

        Raises:
            DamagedRecordError: the blob does not hold what the entry says.
        """
        if entry.blob < 1:
            raise DamagedRecordError(f"{self.where}: an entry points at blob {entry.blob}")
        try:
            return columns.unpack(
                self.blob(entry.blob), entry.dtype, entry.codec, entry.shape, rows
            )
        except DamagedRecordError as error:
            raise DamagedRecordError(f"{self.where}: {error}") from error

    def message(self, message_type: type[MessageType], entry: Entry | None = None) -> MessageType:
        """Return the stored message of a type, such as the `Model` of kind "model".

        Args:
            message_type: of the schema.
            entry: where it is; by default in the first entry of the type's name.

        Raises:
            NotFoundError: the value holds none.
            DamagedRecordError: its bytes are not such a message.
        """
        entry = entry or self.entry(message_type.DESCRIPTOR.name)
        if entry.dtype != DTYPE_PROTO:
            raise DamagedRecordError(f"{self.where}: {entry.what} is not stored as a message")
        return _parse(self.array(entry).tobytes(), message_type, self.where)

    def column_names(self, entry: Entry) -> list[str]:
        """Return the statistics of an entry's rows, by name.

        Raises:
            DamagedRecordError: the entry names a column that the header does not define.
        """
        return [statistic_name(self._column(number)) for number in entry.columns]

    def coded(self, entry: Entry, row: int) -> tuple[int, int]:
        """Return grid and offset of one row of an entry stored as codes.

        An entry with one column number and many rows has that column's grid in every row.

        Raises:
            DamagedRecordError: the entry has no such row.
        """
        if entry.dtype != DTYPE_UINT8 or row >= len(entry.offsets) or not entry.columns:
            raise DamagedRecordError(f"{self.where}: row {row} of {entry.what!r} has no grid")
        number = entry.columns[row if len(entry.columns) > 1 else 0]
        if abs(entry.offsets[row]) > columns.MAX_OFFSET:
            raise DamagedRecordError(f"{self.where}: no grid has offset {entry.offsets[row]}")
        return self._column(number).grid, entry.offsets[row]

    def grids(self, entry: Entry, rows: int) -> Int64[np.ndarray, "row 2"]:
        """Return grid and offset of the first rows of an entry stored as codes.

        Raises:
            DamagedRecordError: the entry has no such row.
        """
        if rows == 0:
            return np.zeros((0, 2), np.int64)
        if len(entry.columns) > 1:
            return np.array([self.coded(entry, row) for row in range(rows)], np.int64)
        offsets = np.array(entry.offsets[:rows], np.int64)
        # The row that is missing, or has an offset like no other, is the one to tell of.
        wrong = np.flatnonzero(np.abs(offsets) > columns.MAX_OFFSET)
        self.coded(entry, int(wrong[0]) if len(wrong) else rows - 1)
        grids = np.full(rows, self.coded(entry, 0)[0], np.int64)
        return np.stack([grids, offsets], 1)

    def rows(self, entry: Entry) -> Float[np.ndarray, "row unit"]:
        """Return an entry's values as float32, decoded from their grids where they have one."""
        stored = self.array(entry)
        if entry.dtype != DTYPE_UINT8:
            return stored.astype(np.float32)
        decoded = np.empty(stored.shape, dtype=np.float32)
        for row, codes in enumerate(stored):
            grid, offset = self.coded(entry, row)
            decoded[row] = columns.decode(CodedColumn(codes, offset), grid)
        return decoded

    def _column(self, number: int):
        if number >= len(self.header.columns):
            raise DamagedRecordError(f"{self.where}: column {number} is not defined")
        return self.header.columns[number]


def _parse(data: bytes, message_type: type[MessageType], where: str) -> MessageType:
    try:
        return message_type.FromString(data)
    except DecodeError as error:
        raise DamagedRecordError(
            f"{where}: not a {message_type.DESCRIPTOR.name}: {error}"
        ) from error
