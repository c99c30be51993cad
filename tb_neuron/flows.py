"""Flow as it was recorded, by each method: what units of one layer pass to units of another."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

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
_MESSAGE = FlowMessage.DESCRIPTOR.name
#: Links that are in memory with those of all groups at a time.
_BATCH = 16


@dataclass(frozen=True)
class FlowLayer:
    """A layer in the flow.

    Attributes:
        name: the layer, or the pseudo-layer of the model's input or output.
        units: how many it has.
        shown: the units with links of their own, rising; the rest is one more, the last.
        pinned: those of them that are always shown.
    """

    name: str
    units: int
    shown: list[int]
    pinned: list[int] = field(default_factory=list)


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
class Method:
    """A method by which flow was recorded.

    Attributes:
        name: under which it is asked for.
        description: one sentence that defines a link; empty where none was recorded.
        steps: at which there is flow by it.
    """

    name: str
    description: str
    steps: list[int]


@dataclass(frozen=True)
class Group:
    """Examples whose flow is told apart.

    Attributes:
        name: "all", "class 3" or "example 17".
        examples: how many.
    """

    name: str
    examples: int


@dataclass(frozen=True)
class _Part:
    """One method's flow of one group in one record, of so many groups."""

    record: Record
    entries: dict[tuple[str, str], list[Entry]]
    layers: list[FlowLayer]
    group: int
    groups: int


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
                message = self._message(record, self._names(record)[0])
                return [_group(each) for each in message.groups]
            except DamagedRecordError as error:
                self._reader.report(record, error)
                damage = damage or error
        if damage is not None:
            raise damage
        return []

    def methods(self) -> list[Method]:
        """Return the methods by which any record can be read, in the order of the recording."""
        found: dict[str, Method] = {}
        for record in self._records:
            for name in self._names_or_none(record):
                known = found.setdefault(name, Method(name, "", []))
                known.steps.append(record.step)
                if not known.description:
                    found[name] = replace(known, description=_description(record, name))
        return list(found.values())

    def flow(self, step: int, group: str = "all", method: str | None = None) -> Flow:
        """Return the flow of a group at the last record at or before a step, or the first one.

        Args:
            step: of training.
            group: of `groups`.
            method: of `methods`; by default the first that the record has.

        Raises:
            NotFoundError: no flow was recorded, or not of this group, or not by this method.
            DamagedRecordError: what is stored is no flow.
        """
        record = self._record(step, method)
        name = method or self._names(record)[0]
        message = self._message(record, name)
        names = [_group(each).name for each in message.groups]
        if group not in names:
            raise not_found("group", group, names)
        number = names.index(group)
        layers = [
            FlowLayer(
                e.name, e.units, list(e.shown), [unit for unit in e.pinned if unit in e.shown]
            )
            for e in message.layers
        ]
        part = _Part(record, self._own(record, name), layers, number, len(names))
        return Flow(
            record.step,
            message.method,
            message.target,
            message.groups[number].examples,
            layers,
            list(self._links(part)),
            *(self._totals(part, what) for what in ("attribution", "magnitude", "remainder")),
        )

    def _record(self, step: int, method: str | None) -> Record:
        if not self._records:
            raise NotFoundError("no flow was recorded; record it with Recording(flow=16)")
        records = self._records
        if method is not None:
            records = [each for each in records if method in self._names_or_none(each)]
            if not records:
                raise not_found("method", method, [each.name for each in self.methods()])
        earlier = [record for record in records if record.step <= step]
        return earlier[-1] if earlier else records[0]

    def _names_or_none(self, record: Record) -> list[str]:
        try:
            return self._names(record)
        except DamagedRecordError as error:
            self._reader.report(record, error)
            return []

    def _names(self, record: Record) -> list[str]:
        """Return the methods of a record; at least one.

        Raises:
            DamagedRecordError: it has none.
        """
        entries = record.entries.get((_MESSAGE, ""), [])
        if not entries:
            raise DamagedRecordError(f"{record.where} holds no {_MESSAGE!r}")
        return [entry.method or self._read(record, entry).method for entry in entries]

    def _own(self, record: Record, method: str) -> dict[tuple[str, str], list[Entry]]:
        """Return the entries of one method by sort and layer.

        In a record of one method, totals may be without its name.
        """
        is_named = any(entry.method for entry in record.entries[_MESSAGE, ""])
        allowed = {method} if is_named else {method, ""}
        return {
            place: [entry for entry in entries if entry.method in allowed]
            for place, entries in record.entries.items()
        }

    def _message(self, record: Record, method: str) -> FlowMessage:
        places = self._names(record)
        entry = record.entries[_MESSAGE, ""][places.index(method)]
        message = self._read(record, entry)
        _check(record, message)
        return message

    def _read(self, record: Record, entry: Entry) -> FlowMessage:
        read = lambda blob: self._source.read([Place(record.stored, blob)])[0]  # noqa: E731
        return Value(record.header, read, record.where).message(FlowMessage, entry)

    def _links(self, part: _Part) -> Iterator[Link]:
        layers, record = part.layers, part.record
        places = {layer.name: place for place, layer in enumerate(layers)}
        wanted = [
            entry
            for (what, _), entries in part.entries.items()
            if what == LINKS
            for entry in entries
            if entry.layer in places and entry.to_layer in places
        ]
        widths = {layer.name: len(layer.shown) + 1 for layer in layers}
        _check_links(record, wanted, widths, part.groups)
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            arrays = self._reader.arrays([(record, entry) for entry in batch])
            for entry, codes in zip(batch, arrays, strict=True):
                if codes is None:
                    raise _unreadable(record, entry)
                values = _decoded(record, entry, codes[part.group], part.group)
                shape = (widths[entry.layer], widths[entry.to_layer])
                yield Link(places[entry.layer], places[entry.to_layer], values.reshape(shape))

    def _totals(self, part: _Part, what: str) -> list[Float32[np.ndarray, " _unit"]]:
        found = []
        for layer in part.layers:
            shape = (part.groups, len(layer.shown) + 1)
            entries = part.entries.get((what, layer.name), [])[:1]
            wanted = [(part.record, entry) for entry in entries if tuple(entry.shape) == shape]
            (array,) = self._reader.arrays(wanted) if wanted else [None]
            if array is None:
                found.append(np.full(shape[1], np.nan, np.float32))
            else:
                found.append(array[part.group].astype(np.float32))
        return found


def _group(message: FlowGroup) -> Group:
    if message.kind == FlowGroup.ALL:
        return Group("all", message.examples)
    kind = "class" if message.kind == FlowGroup.CLASS else "example"
    return Group(f"{kind} {message.number}", message.examples)


def _description(record: Record, method: str) -> str:
    """Return what defines a link by a method, where the record says it."""
    columns = (column for column in record.header.columns if column.method == method)
    return next((column.description for column in columns if column.description), "")


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
