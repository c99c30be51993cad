"""Flow as it was recorded: attribution that units of one layer pass to units of another."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from tb_neuron.columns import MAX_ARRAY_BYTES, CodedColumn, decode
from tb_neuron.directory import Value
from tb_neuron.errors import DamagedRecordError, NotFoundError, not_found
from tb_neuron.schema.neuron_pb2 import DTYPE_UINT8, Entry, FlowGroup
from tb_neuron.schema.neuron_pb2 import Flow as FlowMessage
from tb_neuron.source import Place, Source
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.summary import LINKS, MAX_FLOW_GROUPS
from tb_neuron.timeline import Record

#: More than this in one record is no flow but damage.
MAX_GROUPS = MAX_FLOW_GROUPS
MAX_CELLS = 1 << 26
#: Links that are in memory with those of all groups at a time.
_BATCH = 16


@dataclass(frozen=True)
class FlowLayer:
    """A layer in the flow.

    Attributes:
        name: the layer, or the pseudo-layer of the model's input or output.
        units: how many it has.
        shown: the units with links of their own, rising; the rest is one more, the last.
    """

    name: str
    units: int
    shown: list[int]


@dataclass(frozen=True)
class Link:
    """What one layer passes to another.

    Attributes:
        source: position of the layer that it comes from, in `Flow.layers`.
        target: position of the layer that it leads to.
        values: mean over the group's examples, signed; the last row and column are the rest.
    """

    source: int
    target: int
    values: Float32[np.ndarray, "source_unit target_unit"]


@dataclass(frozen=True)
class Flow:
    """The flow of one group of examples at one record.

    Attributes:
        step: of the record.
        method: of attribution.
        target: what is explained.
        examples: in the group.
        layers: in execution order, the model's input first and its output last.
        links: between them.
        attributions: of each layer's shown units and the rest, mean over the examples.
        magnitudes: the same with each example's magnitude; of the rest, summed over its units.
        remainders: what each unit has beyond its incoming links, from biases and normalisation;
            NaN in a layer that nothing leads to.
    """

    step: int
    method: str
    target: str
    examples: int
    layers: list[FlowLayer]
    links: list[Link]
    attributions: list[Float32[np.ndarray, " _unit"]]
    magnitudes: list[Float32[np.ndarray, " _unit"]]
    remainders: list[Float32[np.ndarray, " _unit"]]


@dataclass(frozen=True)
class Group:
    """Examples whose flow is told apart.

    Attributes:
        name: "all", "class 3" or "example 17".
        examples: how many.
    """

    name: str
    examples: int


class FlowReader:
    """Reads the records of kind "flow".

    Args:
        source: where values come from.
        reader: fetches their arrays.
        records: in step order.
    """

    def __init__(self, source: Source, reader: ColumnReader, records: list[Record]) -> None:
        self._source, self._reader, self._records = source, reader, records

    @property
    def steps(self) -> list[int]:
        """Steps at which flow was recorded."""
        return [record.step for record in self._records]

    def groups(self) -> list[Group]:
        """Return the groups of the last record that can be read; empty without a record.

        Raises:
            DamagedRecordError: no record holds a flow.
        """
        damage: DamagedRecordError | None = None  # of the last record
        for record in reversed(self._records):
            try:
                return [_group(each) for each in self._message(record).groups]
            except DamagedRecordError as error:
                self._reader.report(record, error)
                damage = damage or error
        if damage is not None:
            raise damage
        return []

    def flow(self, step: int, group: str = "all") -> Flow:
        """Return the flow of a group at the last record at or before a step, or the first one.

        Raises:
            NotFoundError: no flow was recorded, or not of this group.
            DamagedRecordError: what is stored is no flow.
        """
        if not self._records:
            raise NotFoundError("no flow was recorded; record it with Recording(flow=16)")
        earlier = [record for record in self._records if record.step <= step]
        record = earlier[-1] if earlier else self._records[0]
        message = self._message(record)
        names = [_group(each).name for each in message.groups]
        if group not in names:
            raise not_found("group", group, names)
        number = names.index(group)
        layers = [FlowLayer(e.name, e.units, list(e.shown)) for e in message.layers]
        return Flow(
            record.step,
            message.method,
            message.target,
            message.groups[number].examples,
            layers,
            list(self._links(record, layers, number, len(names))),
            *(
                self._totals(record, what, layers, number, len(names))
                for what in ("attribution", "magnitude", "remainder")
            ),
        )

    def _message(self, record: Record) -> FlowMessage:
        value = Value(
            record.header,
            lambda blob: self._source.read([Place(record.stored, blob)])[0],
            record.where,
        )
        try:
            message = value.message(FlowMessage)
        except NotFoundError as error:
            raise DamagedRecordError(str(error)) from error
        _check(record, message)
        return message

    def _links(
        self, record: Record, layers: list[FlowLayer], group: int, groups: int
    ) -> Iterator[Link]:
        places = {layer.name: place for place, layer in enumerate(layers)}
        wanted = [
            entry
            for (what, _), entries in record.entries.items()
            if what == LINKS
            for entry in entries
            if entry.layer in places and entry.to_layer in places
        ]
        widths = {layer.name: len(layer.shown) + 1 for layer in layers}
        _check_links(record, wanted, widths, groups)
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            arrays = self._reader.arrays([(record, entry) for entry in batch])
            for entry, codes in zip(batch, arrays, strict=True):
                if codes is None:
                    raise _unreadable(record, entry)
                values = _decoded(record, entry, codes[group], group)
                shape = (widths[entry.layer], widths[entry.to_layer])
                yield Link(places[entry.layer], places[entry.to_layer], values.reshape(shape))

    def _totals(
        self, record: Record, what: str, layers: list[FlowLayer], group: int, groups: int
    ) -> list[Float32[np.ndarray, " _unit"]]:
        found = []
        for layer in layers:
            shape = (groups, len(layer.shown) + 1)
            entries = record.entries.get((what, layer.name), [])[:1]
            wanted = [(record, entry) for entry in entries if tuple(entry.shape) == shape]
            (array,) = self._reader.arrays(wanted) if wanted else [None]
            if array is None:
                found.append(np.full(shape[1], np.nan, np.float32))
            else:
                found.append(array[group].astype(np.float32))
        return found


def _group(message: FlowGroup) -> Group:
    if message.kind == FlowGroup.ALL:
        return Group("all", message.examples)
    kind = "class" if message.kind == FlowGroup.CLASS else "example"
    return Group(f"{kind} {message.number}", message.examples)


def _check(record: Record, message: FlowMessage) -> None:
    names = [layer.name for layer in message.layers]
    widest = max((len(layer.shown) + 1 for layer in message.layers), default=0)
    too_much = len(message.groups) > MAX_GROUPS or widest * widest * len(names) > MAX_CELLS
    if too_much or not names or len(set(names)) != len(names):
        raise DamagedRecordError(f"{record.where}: this is no flow between layers")


def _check_links(record: Record, wanted: list[Entry], widths: dict[str, int], groups: int) -> None:
    """Refuse links by what their entries say, before one of them is read.

    A picture without some of them would look whole and not be.
    """
    seen: set[tuple[str, str]] = set()
    cells = 0
    for entry in wanted:
        ends = (entry.layer, entry.to_layer)
        size = widths[entry.layer] * widths[entry.to_layer]
        cells += size
        if ends in seen or tuple(entry.shape) != (groups, size) or entry.dtype != DTYPE_UINT8:
            raise _unreadable(record, entry)
        seen.add(ends)
    if cells > MAX_CELLS or cells * groups > MAX_ARRAY_BYTES:
        raise DamagedRecordError(
            f"{record.where}: {cells} links in {groups} groups are more than can be read"
        )


def _unreadable(record: Record, entry: Entry) -> DamagedRecordError:
    return DamagedRecordError(
        f"{record.where}: the links from {entry.layer!r} to {entry.to_layer!r} can't be read; show "
        "another step"
    )


def _decoded(
    record: Record, entry: Entry, codes: np.ndarray, row: int
) -> Float32[np.ndarray, " link"]:
    grid, offset = Value(record.header, lambda _: b"", record.where).coded(entry, row)
    return decode(CodedColumn(codes, offset), grid)
