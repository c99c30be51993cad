"""The columns of layers as they are stored, fetched in batches and kept up to a number of bytes."""

import threading
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int64, Shaped, UInt8

from tb_neuron import columns
from tb_neuron.byte_lru import ByteLRU
from tb_neuron.columns import CodedColumn
from tb_neuron.directory import Value
from tb_neuron.errors import DamagedRecordError, InvalidArgumentError
from tb_neuron.schema.neuron_pb2 import DTYPE_UINT8, GRID_EXACT, Entry
from tb_neuron.source import Place, Problem, Source
from tb_neuron.statistic_names import statistic_name
from tb_neuron.summary import COLUMNS, STATES
from tb_neuron.timeline import Record

_MAX_PROBLEMS = 20
#: Blobs that are in memory at a time before they are decoded.
_BATCH = 64


class StoredColumn(NamedTuple):
    """One statistic of one layer at one record.

    Attributes:
        stored: codes, or values where they were stored with a higher precision.
        grid: the statistic's `Grid`.
        offset: of the grid, for codes.
    """

    stored: Shaped[np.ndarray, " unit"]
    grid: int
    offset: int

    @property
    def is_coded(self) -> bool:
        """Whether `stored` holds codes."""
        return self.stored.dtype == np.uint8

    def values(self) -> Float32[np.ndarray, " unit"]:
        """Return the values; NaN where a value was not finite."""
        if not self.is_coded:
            return self.stored.astype(np.float32)
        return self.table()[self.stored]

    def table(self) -> Float32[np.ndarray, "256"]:
        """Return the value that each code stands for; not to be written to."""
        return _table(self.grid, self.offset)

    def coded(self, grid: int) -> CodedColumn:
        """Return the codes on a grid, which is the column's own in all but odd cases."""
        if self.is_coded and self.grid == grid:
            return CodedColumn(self.stored, self.offset)
        try:
            return columns.encode(self.values(), grid)
        except InvalidArgumentError:
            return CodedColumn(np.full(len(self.stored), columns.NOT_FINITE, np.uint8), 0)


class MatrixKind(NamedTuple):
    """What a stored matrix holds.

    Attributes:
        what: of the entry, such as "class_mean".
        method: of attributions; empty for activations.
        target: what attributions explain; empty for activations.
    """

    what: str
    method: str = ""
    target: str = ""


class LayerStates(NamedTuple):
    """The unit states of several layers, side by side.

    Attributes:
        states: the bits; 0 where a layer is missing.
        is_known: False where a layer is missing from a record.
    """

    states: UInt8[np.ndarray, "record unit"]
    is_known: Bool[np.ndarray, "record layer"]


class ColumnReader:
    """Fetches columns of records; what cannot be decoded is missing, and a problem.

    Args:
        source: where values come from.
        cache: where decoded blobs are kept.
    """

    def __init__(self, source: Source, cache: ByteLRU) -> None:
        self._source = source
        self._cache = cache
        self._problems: dict[str, Problem] = {}
        self._lock = threading.Lock()

    @property
    def source(self) -> Source:
        """Where values come from."""
        return self._source

    def kept(
        self, key: Hashable, make: Callable[[], Shaped[np.ndarray, "..."]]
    ) -> Shaped[np.ndarray, "..."]:
        """Return what was worked out under a key, or work it out; not to be written to.

        Args:
            key: tells what it is made of, records by their digests.
            make: works it out.
        """
        found = self._cache.get(key)
        if found is None:
            found = make()
            self._cache.put(key, found)
        return found

    def stored_bytes(self, record: Record) -> int:
        """Return how many bytes a record takes in its file: its header and its blobs."""

        def count() -> Int64[np.ndarray, "1"]:
            blobs = {each.blob: each for entries in record.entries.values() for each in entries}
            found = self._fetch([(record, each) for each in blobs.values()])
            blobs_size = sum(len(blob) for blob in found if blob is not None)
            return np.array([record.header.ByteSize() + blobs_size])

        return int(self.kept(("stored bytes", record.digest), count)[0])

    def report(self, record: Record, error: Exception) -> None:
        """Add to the problems what is wrong with a record."""
        with self._lock:
            if len(self._problems) < _MAX_PROBLEMS:
                self._problems.setdefault(record.where, Problem(record.where, str(error)))

    def problems(self) -> list[Problem]:
        """Return what could not be decoded so far."""
        with self._lock:
            return list(self._problems.values())

    def layer(
        self,
        records: Sequence[Record],
        layer_name: str,
        units: int,
        statistic: str | None = None,
    ) -> list[dict[str, StoredColumn]]:
        """Return a layer's columns by name at each record; empty where they are missing.

        Args:
            records: which.
            layer_name: the layer.
            units: how many it has.
            statistic: the only one that is wanted; by default all.
        """
        wanted = [
            (number, sheet, entry)
            for number, record in enumerate(records)
            for sheet in record.sheets
            for entry in _column_entries(sheet, layer_name)
            if statistic is None or statistic in _names(sheet, entry)
        ]
        arrays = self.arrays([(sheet, entry) for _, sheet, entry in wanted])
        found: list[dict[str, StoredColumn]] = [{} for _ in records]
        for (number, sheet, entry), array in zip(wanted, arrays, strict=True):
            if array is not None and self._has_shape(sheet, entry, array, units):
                found[number].update(self._split(sheet, entry, array, statistic))
        return found

    def matrices(
        self, records: Sequence[Record], kind: MatrixKind, layer_name: str
    ) -> list[tuple[Record, Entry, Shaped[np.ndarray, "row unit"]] | None]:
        """Return a layer's stored matrix at each record, with where it stands; None without.

        Args:
            records: which.
            kind: of the matrix.
            layer_name: the layer.
        """
        wanted = [
            (number, sheet, entry)
            for number, record in enumerate(records)
            for sheet in record.sheets
            for entry in sheet.entries.get((kind.what, layer_name), ())
            if (entry.method, entry.target) == (kind.method, kind.target)
        ]
        arrays = self.arrays([(sheet, entry) for _, sheet, entry in wanted])
        found: list[tuple[Record, Entry, Shaped[np.ndarray, "row unit"]] | None]
        found = [None] * len(records)
        for (number, sheet, entry), array in zip(wanted, arrays, strict=True):
            if array is not None and array.ndim == 2:
                found[number] = (sheet, entry, array)
        return found

    def matrix_row(
        self, records: Sequence[Record], kind: MatrixKind, layer_name: str, row: int
    ) -> list[StoredColumn | None]:
        """Return one row of a layer's stored matrix at each record, None where it is missing."""
        found: list[StoredColumn | None] = []
        for matrix in self.matrices(records, kind, layer_name):
            column = None
            if matrix is not None and row < len(matrix[2]):
                sheet, entry, array = matrix
                value = Value(sheet.header, lambda _: b"", sheet.where)
                try:
                    column = StoredColumn(array[row], *value.coded(entry, row))
                except DamagedRecordError as error:
                    self.report(sheet, error)
            found.append(column)
        return found

    def states(self, records: Sequence[Record], units: dict[str, int]) -> LayerStates:
        """Return the unit states of layers, of which the first row alone is decompressed."""
        starts = np.cumsum([0, *units.values()])
        states = np.zeros((len(records), int(starts[-1])), np.uint8)
        is_known = np.zeros((len(records), len(units)), bool)
        wanted = [
            (row, layer, entry)
            for row, record in enumerate(records)
            for layer, name in enumerate(units)
            for entry in _column_entries(record, name)
            if _is_states_first(record, entry)
        ]
        rows = self.arrays([(records[row], entry) for row, _, entry in wanted], rows=1)
        for (row, layer, _), array in zip(wanted, rows, strict=True):
            width = int(starts[layer + 1] - starts[layer])
            if array is not None and array.shape == (1, width):
                states[row, starts[layer] : starts[layer + 1]] = array[0]
                is_known[row, layer] = True
        return LayerStates(states, is_known)

    def arrays(
        self, wanted: Sequence[tuple[Record, Entry]], rows: int | None = None
    ) -> list[Shaped[np.ndarray, "..."] | None]:
        """Return the arrays of entries (or their first rows), None for one that is damaged."""
        arrays = [self._cached(record, entry, rows) for record, entry in wanted]
        missing = [number for number, array in enumerate(arrays) if array is None]
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            blobs = self._fetch([wanted[number] for number in batch])
            for number, blob in zip(batch, blobs, strict=True):
                record, entry = wanted[number]
                arrays[number] = None if blob is None else self._decode(record, entry, blob, rows)
        return arrays

    def _cached(
        self, record: Record, entry: Entry, rows: int | None
    ) -> Shaped[np.ndarray, "..."] | None:
        whole = self._cache.get((record.stored.key, entry.blob, None))
        if rows is None:
            return whole
        return whole[:rows] if whole is not None else self._cache.get(_key(record, entry, rows))

    def _fetch(self, wanted: Sequence[tuple[Record, Entry]]) -> list[bytes | None]:
        places = [Place(record.stored, entry.blob) for record, entry in wanted]
        try:
            return list(self._source.read(places))
        except DamagedRecordError as error:
            if len(wanted) == 1:
                self.report(wanted[0][0], error)
                return [None]
            return [self._fetch([one])[0] for one in wanted]

    def _decode(
        self, record: Record, entry: Entry, blob: bytes, rows: int | None
    ) -> Shaped[np.ndarray, "..."] | None:
        value = Value(record.header, lambda _: blob, record.where)
        try:
            array = value.array(entry, rows)
        except DamagedRecordError as error:
            self.report(record, error)
            return None
        self._cache.put(_key(record, entry, rows), array)
        return array

    def _has_shape(
        self, record: Record, entry: Entry, array: Shaped[np.ndarray, "..."], units: int
    ) -> bool:
        if array.shape == (len(entry.columns), units):
            return True
        message = (
            f"{record.where}: layer {entry.layer!r} has {len(entry.columns)} columns of {units} "
            f"units, not an array of shape {array.shape}"
        )
        self.report(record, DamagedRecordError(message))
        return False

    def _split(
        self,
        record: Record,
        entry: Entry,
        array: Shaped[np.ndarray, "..."],
        statistic: str | None,
    ) -> dict[str, StoredColumn]:
        value = Value(record.header, lambda _: b"", record.where)
        found: dict[str, StoredColumn] = {}
        try:
            for row, name in enumerate(value.column_names(entry)):
                grid, offset = _grid(value, entry, row)
                if statistic in (None, name) and grid in columns.GRIDS:
                    found[name] = StoredColumn(array[row], grid, offset)
        except DamagedRecordError as error:
            self.report(record, error)
            return {}
        return found


# A pure function of two integers, so one memory for the process can be neither stale nor changed;
# at most 4096 tables of 1 KiB.
@lru_cache(maxsize=4096)
def _table(grid: int, offset: int) -> Float32[np.ndarray, "256"]:
    table = columns.levels(grid, offset)
    table.flags.writeable = False
    return table


def _column_entries(record: Record, layer_name: str) -> list[Entry]:
    return record.entries.get((COLUMNS, layer_name), [])


def _names(record: Record, entry: Entry) -> list[str]:
    columns = record.header.columns
    return [statistic_name(columns[number]) for number in entry.columns if number < len(columns)]


def _is_states_first(record: Record, entry: Entry) -> bool:
    """Whether an entry's first row is the exact column of states, as the format has it."""
    if not entry.columns or entry.columns[0] >= len(record.header.columns):
        return False
    column = record.header.columns[entry.columns[0]]
    return column.name == STATES and column.grid == GRID_EXACT


def _grid(value: Value, entry: Entry, row: int) -> tuple[int, int]:
    if entry.dtype == DTYPE_UINT8:
        return value.coded(entry, row)
    return value.header.columns[entry.columns[row]].grid, 0


def _key(record: Record, entry: Entry, rows: int | None) -> tuple[object, int, int | None]:
    return (record.stored.key, entry.blob, rows)
