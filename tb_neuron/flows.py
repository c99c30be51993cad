"""Flow as it was recorded: attribution that units of one layer pass to units of another."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from tb_neuron.columns import CodedColumn, decode
from tb_neuron.directory import Value
from tb_neuron.errors import DamagedRecordError, NotFoundError, not_found
from tb_neuron.schema.neuron_pb2 import Entry, FlowGroup
from tb_neuron.schema.neuron_pb2 import Flow as FlowMessage
from tb_neuron.source import Place, Source
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.summary import LINKS
from tb_neuron.timeline import Record

#: More than this in one record is no flow but damage.
MAX_GROUPS = 4096
MAX_CELLS = 1 << 26


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
        damage: DamagedRecordError | None = None
        for record in reversed(self._records):
            try:
                return [_group(each) for each in self._message(record).groups]
            except DamagedRecordError as error:
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
        _check(record, message)
        return Flow(
            record.step,
            message.method,
            message.target,
            message.groups[number].examples,
            layers,
            list(self._links(record, layers, number, len(names))),
            self._totals(record, "attribution", layers, number),
            self._totals(record, "magnitude", layers, number),
            self._totals(record, "remainder", layers, number),
        )

    def _message(self, record: Record) -> FlowMessage:
        value = Value(
            record.header,
            lambda blob: self._source.read([Place(record.stored, blob)])[0],
            record.where,
        )
        return value.message(FlowMessage)

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
        arrays = self._reader.arrays([(record, entry) for entry in wanted])
        for entry, codes in zip(wanted, arrays, strict=True):
            source, target = places[entry.layer], places[entry.to_layer]
            shape = (len(layers[source].shown) + 1, len(layers[target].shown) + 1)
            # A picture without these links would look whole and not be.
            if codes is None or codes.shape != (groups, shape[0] * shape[1]):
                raise DamagedRecordError(
                    f"{record.where}: the links from {entry.layer!r} to {entry.to_layer!r} can't "
                    "be read; show another step"
                )
            values = _decoded(record, entry, codes[group], group)
            yield Link(source, target, values.reshape(shape))

    def _totals(
        self, record: Record, what: str, layers: list[FlowLayer], group: int
    ) -> list[Float32[np.ndarray, " _unit"]]:
        found = []
        for layer in layers:
            width = len(layer.shown) + 1
            entries = record.entries.get((what, layer.name), [])[:1]
            (array,) = self._reader.arrays([(record, e) for e in entries]) if entries else [None]
            if array is None or array.ndim != 2 or array.shape[1] != width or group >= len(array):
                found.append(np.full(width, np.nan, np.float32))
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
    if too_much or len(set(names)) != len(names):
        raise DamagedRecordError(f"{record.where}: this is no flow between layers")


def _decoded(
    record: Record, entry: Entry, codes: np.ndarray, row: int
) -> Float32[np.ndarray, " link"]:
    grid, offset = Value(record.header, lambda _: b"", record.where).coded(entry, row)
    return decode(CodedColumn(codes, offset), grid)
