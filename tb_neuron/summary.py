"""The write side of the format: arrays of one record to a TensorBoard `Summary`.

A *value* is what is written for one kind: blob 0 is the header, the other blobs hold arrays.
A `ValueWriter` collects arrays, one blob each, and enters them in the header's directory.
`record_summary` joins the values of one record, so that a record is one event: atomic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from google.protobuf.message import Message
from jaxtyping import Float, Shaped

# TensorBoard builds its messages at run time and ships no types of them.
from tensorboard.compat.proto.summary_pb2 import DATA_CLASS_BLOB_SEQUENCE, Summary  # pyright: ignore[reportAttributeAccessIssue]
from tensorboard.compat.proto.types_pb2 import DT_STRING  # pyright: ignore[reportAttributeAccessIssue]

from tb_neuron import columns
from tb_neuron.errors import InvalidArgumentError
from tb_neuron.metadata import SCHEMA_VERSION, Tag, format_tag, plugin_content, plugin_name
from tb_neuron.schema.neuron_pb2 import (
    CODEC_RAW,
    DTYPE_BYTES,
    DTYPE_FLOAT16,
    DTYPE_FLOAT32,
    DTYPE_PROTO,
    DTYPE_UINT8,
    GRID_EXACT,
    Codec,
    Column,
    Dtype,
    Entry,
    Grid,
    Header,
)

Precision = Literal["u8", "f16", "f32"]

#: `Entry.what` of a layer's statistics; its rows are columns, the exact ones first.
COLUMNS = "columns"
#: `Entry.what` of a method's maps of tracked examples.
MAP = "map"
#: `Entry.what` of links between two layers.
LINKS = "links"
#: `Entry.what` of attributions to each class, and of their negative parts; those of pins are
#: called the same after "pinned_".
EVIDENCE, COUNTEREVIDENCE = "evidence", "counterevidence"
#: `Entry.what` of attributions to each class of positions, and of units at positions.
POSITION_EVIDENCE, UNIT_EVIDENCE = "position_evidence", "unit_position_evidence"
#: Groups of examples in one record of flow: more are damage.
MAX_FLOW_GROUPS = 4096
#: Name of the exact column that holds the unit states' bits (`analysis/states.py`).
STATES = "states"
#: In the array `correct` of kind "outputs": the example's label is no class of the output.
NO_LABEL = 255


@dataclass(frozen=True)
class ColumnKind:
    """What a column is called and how it is stored.

    Attributes:
        name: the statistic's name, unique within a value.
        grid: a `Grid` of the schema.
        description: one sentence that defines it.
        method: of an attribution; empty for activations.
        target: what an attribution explains.
    """

    name: str
    grid: int
    description: str
    method: str = ""
    target: str = ""


class ValueWriter:
    """Collects one kind's arrays of one record into blobs.

    Args:
        header: identity, session, thresholds and costs are filled in by the caller; columns and
            directory by this object. It is copied.
        describes: whether columns carry their sentence. An earlier record's stands for one
            that is left out.

    Attributes:
        header: blob 0, as far as it is known.
        widened: columns asked for as float16 that are stored as float32.
    """

    def __init__(self, header: Header, describes: bool = True) -> None:
        self._describes = describes
        self.header = Header()
        self.header.CopyFrom(header)
        self.header.schema_version = SCHEMA_VERSION
        self.widened: list[str] = []
        self._blobs: list[bytes] = []
        self._numbers: dict[ColumnKind, int] = {}

    def add_columns(
        self,
        layer_name: str,
        values: Mapping[ColumnKind, Float[np.ndarray, " unit"]],
        precision: Precision = "u8",
    ) -> None:
        """Add the columns of one layer as one blob, exact columns first.

        Exact columns come first so that a reader gets them without decompressing the others.
        With precision f16 or f32 they stay apart, in an entry of their own. A column that float16
        would hold less well than a byte does is stored as float32, and named in `widened`.

        Raises:
            InvalidArgumentError: the columns differ in length, a value leaves its grid's domain, or
                there is no such grid.
        """
        kinds = sorted(values, key=lambda kind: kind.grid != GRID_EXACT)
        if precision == "u8":
            self._add_coded(layer_name, {kind: values[kind] for kind in kinds})
            return
        exact = [kind for kind in kinds if kind.grid == GRID_EXACT]
        if exact:
            self._add_coded(layer_name, {kind: values[kind] for kind in exact})
        rest = {kind: _as_float32(values[kind], kind) for kind in kinds[len(exact) :]}
        halves = [kind for kind in rest if precision == "f16" and _fits_float16(rest[kind])]
        self._add_floats(layer_name, {kind: rest[kind] for kind in halves}, np.dtype("<f2"))
        whole = {kind: values for kind, values in rest.items() if kind not in halves}
        self._add_floats(layer_name, whole, np.dtype("<f4"))
        if precision == "f16" and whole:
            names = ", ".join(kind.name for kind in whole)
            self.widened.append(f"{names} of {layer_name}")

    def add_grid(
        self, what: str, layer_name: str, rows: Float[np.ndarray, "row unit"], grid: int
    ) -> None:
        """Add a matrix on one grid, each row with an offset of its own (class means, ...)."""
        self.add_matrix(layer_name, rows, ColumnKind(what, grid, ""))

    def add_matrix(
        self, layer_name: str, rows: Float[np.ndarray, "row unit"], kind: ColumnKind
    ) -> None:
        """Add a matrix of which every row is a column of one kind; its name is the entry's.

        A row has offset 0 if all of it is 0 or not finite, and only then: its grid has no top.
        """
        entry = self._entry(kind.name, layer_name, [kind])
        self._add_rows(entry, _without_offset_0(columns.encode_rows(rows, kind.grid), kind.grid))

    def add_links(
        self,
        layer_name: str,
        to_layer: str,
        rows: Float[np.ndarray, "group link"],
        kind: ColumnKind,
    ) -> None:
        """Add the links between two layers, each group on a grid of its own."""
        entry = self._entry(LINKS, layer_name, [kind])
        entry.to_layer = to_layer
        self._add_rows(entry, columns.encode_rows(rows, kind.grid))

    def add_array(
        self,
        what: str,
        array: Shaped[np.ndarray, "..."],
        layer_name: str = "",
        example: int | None = None,
        method: str = "",
    ) -> None:
        """Add an array of uint8, int32, int64, float16 or float32 as it is."""
        dtype = cast(Dtype, columns.dtype_of(array))
        entry = Entry(what=what, layer=layer_name, example=example, dtype=dtype, method=method)
        self._add(entry, array)

    def add_message(self, message: Message, method: str = "") -> None:
        """Add a message of the schema; its type's name is the entry's `what`."""
        data = message.SerializeToString()
        entry = Entry(what=message.DESCRIPTOR.name, dtype=DTYPE_PROTO, method=method)
        self._add(entry, np.frombuffer(data, dtype=np.uint8))

    def add_file(
        self, what: str, data: bytes, example: int | None = None, layer_name: str = ""
    ) -> None:
        """Add an opaque file that belongs to an example or a layer, such as a PNG thumbnail."""
        entry = Entry(
            what=what, example=example, layer=layer_name, dtype=DTYPE_BYTES, codec=CODEC_RAW
        )
        entry.shape.append(len(data))
        self._append(entry, data)

    def size(self) -> int:
        """Return the bytes of the blobs after the header."""
        return sum(map(len, self._blobs))

    def blobs(self) -> list[bytes]:
        """Return the value's blobs, the header first."""
        self.header.costs.bytes = self.size()
        return [self.header.SerializeToString(), *self._blobs]

    def _add_coded(
        self, layer_name: str, values: Mapping[ColumnKind, Float[np.ndarray, " unit"]]
    ) -> None:
        lengths = {len(column) for column in values.values()}
        if len(lengths) != 1:
            raise InvalidArgumentError(
                f"the columns of layer {layer_name!r} must have one length, not {sorted(lengths)}"
            )
        kinds = list(values)
        codes = np.empty((len(kinds), lengths.pop()), dtype=np.uint8)
        offsets = np.zeros(len(kinds), dtype=np.int64)
        for grid in {kind.grid: None for kind in kinds}:
            places = [place for place, kind in enumerate(kinds) if kind.grid == grid]
            coded = columns.encode_rows(np.stack([values[kinds[p]] for p in places]), grid)
            codes[places], offsets[places] = coded
        entry = self._entry(COLUMNS, layer_name, kinds)
        self._add_rows(entry, columns.CodedRows(codes, offsets.tolist()))

    def _add_floats(
        self,
        layer_name: str,
        values: Mapping[ColumnKind, Float[np.ndarray, " unit"]],
        dtype: np.dtype,
    ) -> None:
        if values:
            entry = self._entry(COLUMNS, layer_name, list(values))
            entry.dtype = DTYPE_FLOAT16 if dtype.itemsize == 2 else DTYPE_FLOAT32
            self._add(entry, np.stack(list(values.values())).astype(dtype))

    def _add_rows(self, entry: Entry, coded: columns.CodedRows) -> None:
        entry.dtype = DTYPE_UINT8
        entry.offsets.extend(coded.offsets)
        self._add(entry, coded.codes)

    def _entry(self, what: str, layer_name: str, kinds: Sequence[ColumnKind]) -> Entry:
        numbers = map(self._number, kinds)
        method, target = kinds[0].method, kinds[0].target
        return Entry(what=what, layer=layer_name, columns=numbers, method=method, target=target)

    def _number(self, kind: ColumnKind) -> int:
        if kind not in self._numbers:
            self._numbers[kind] = len(self.header.columns)
            sentence = kind.description if self._describes else ""
            self.header.columns.append(
                Column(
                    name=kind.name,
                    grid=cast(Grid, kind.grid),
                    description=sentence,
                    method=kind.method,
                    target=kind.target,
                )
            )
        return self._numbers[kind]

    def _add(self, entry: Entry, array: Shaped[np.ndarray, "..."]) -> None:
        is_matrix = entry.dtype == DTYPE_UINT8 and len(entry.columns) == 1
        data, codec = columns.pack(array, has_runs_alone=is_matrix)
        entry.codec = cast(Codec, codec)
        entry.shape.extend(array.shape)
        self._append(entry, data)

    def _append(self, entry: Entry, data: bytes) -> None:
        self._blobs.append(data)
        entry.blob = len(self._blobs)
        self.header.directory.append(entry)


def _without_offset_0(coded: columns.CodedRows, grid: int) -> columns.CodedRows:
    """Return rows with a level of their own on offset 1 in place of 0."""
    codes, offsets = coded.codes.copy(), list(coded.offsets)
    for row, offset in enumerate(offsets):
        has_level = ((codes[row] != 0) & (codes[row] != columns.NOT_FINITE)).any()
        if offset == 0 and has_level:
            column = columns.CodedColumn(codes[row], offset)
            codes[row], offsets[row] = columns.rebase(column, grid, offset=1)
    return columns.CodedRows(codes, offsets)


def _as_float32(values: Float[np.ndarray, " unit"], kind: ColumnKind) -> Float[np.ndarray, " unit"]:
    columns.check_domain(values, kind.grid)
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def _fits_float16(values: Float[np.ndarray, " unit"]) -> bool:
    """Whether float16 is nowhere farther off than the byte of a grid may be."""
    with np.errstate(over="ignore", invalid="ignore"):
        errors = np.abs(values.astype(np.float16).astype(np.float32) - values)
    return bool((errors <= (columns.RATIO**0.5 - 1) * np.abs(values))[np.isfinite(values)].all())


def record_summary(values: Mapping[Tag, Sequence[bytes]]) -> Summary:
    """Return the summary of one record: one blob sequence a tag.

    The metadata stands on every value: a data server keeps nothing of a tag whose first event has
    none, or whose data class is unset.
    """
    return Summary(value=[_blob_value(tag, blobs) for tag, blobs in values.items()])


def _blob_value(tag: Tag, blobs: Sequence[bytes]) -> Summary.Value:
    value = Summary.Value(tag=format_tag(tag))
    value.metadata.data_class = DATA_CLASS_BLOB_SEQUENCE
    value.metadata.plugin_data.plugin_name = plugin_name(tag.kind)
    value.metadata.plugin_data.content = plugin_content()
    value.tensor.dtype = DT_STRING
    value.tensor.tensor_shape.dim.add(size=len(blobs))
    value.tensor.string_val.extend(blobs)
    return value
