"""Evidence as it was recorded: what the units of a layer contribute to each class, and against it.

*Evidence* is a unit's attribution to a class's logit, summed over positions; *counterevidence* is
the magnitude of the sum of the negative attributions alone. Evidence plus counterevidence is what
speaks for the class.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from tb_neuron.columns import MAX_ARRAY_BYTES
from tb_neuron.errors import DamagedRecordError, NotFoundError, not_found
from tb_neuron.schema.neuron_pb2 import Entry
from tb_neuron.schema.neuron_pb2 import Evidence as EvidenceMessage
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.stored_messages import MessageReader, decoded_rows
from tb_neuron.summary import COUNTEREVIDENCE, EVIDENCE
from tb_neuron.timeline import Record

#: Classes, examples or layers with pins: more in one record are no evidence but damage.
MAX_LISTED = 1 << 16
#: What an error says to do where nothing was recorded.
WAY_OUT = "record it with Recording(evidence=10)"


@dataclass(frozen=True)
class Evidence:
    """What the units of a layer contribute to classes, in the tracked examples at one record.

    Attributes:
        step: of the record.
        method: of attribution.
        classes: whose logits are explained, rising.
        examples: the tracked examples.
        net: attributions; NaN where they are not known or not finite.
        against: magnitude of the negative ones alone, over positions.
    """

    step: int
    method: str
    classes: list[int]
    examples: list[int]
    net: Float32[np.ndarray, "example class unit"]
    against: Float32[np.ndarray, "example class unit"]


@dataclass(frozen=True)
class UnitEvidence:
    """What one unit contributes to classes at all records of evidence; NaN where it is not known.

    Attributes:
        steps: of the records.
        classes: all that were ever explained, rising.
        examples: the tracked examples of the last record.
        net: attributions in tracked examples.
        against: magnitude of the negative ones alone, over positions.
        mean: of attributions over the probe set, if the unit is pinned.
        mean_against: of the negative parts.
        is_pinned: whether any record has means.
    """

    steps: list[int]
    classes: list[int]
    examples: list[int]
    net: Float32[np.ndarray, "record example class"]
    against: Float32[np.ndarray, "record example class"]
    mean: Float32[np.ndarray, "record class"]
    mean_against: Float32[np.ndarray, "record class"]
    is_pinned: bool


class EvidenceReader:
    """Reads the records of kind "evidence"; one that can't be read has none, and is a problem.

    Args:
        reader: fetches their arrays.
        records: in step order.
        units: of each measured layer.
    """

    def __init__(
        self, reader: ColumnReader, records: Sequence[Record], units: Mapping[str, int]
    ) -> None:
        self._reader, self._units = reader, dict(units)
        self._messages = MessageReader(reader, records, EvidenceMessage, _check)
        self._records = self._messages.records

    @property
    def messages(self) -> MessageReader[EvidenceMessage]:
        """What each record says it holds."""
        return self._messages

    @property
    def steps(self) -> list[int]:
        """Steps at which evidence was recorded."""
        return self._messages.steps

    @property
    def examples(self) -> list[int]:
        """The tracked examples of the last record that can be read.

        Raises:
            DamagedRecordError: no record holds evidence.
        """
        return list(self._messages.last().examples)

    @property
    def method(self) -> str:
        """The method of attribution.

        Raises:
            DamagedRecordError: no record holds evidence.
        """
        return self._messages.last().method

    @property
    def layers(self) -> list[str]:
        """The layers of which any record has evidence, in execution order."""
        known = {
            name for record in self._records for what, name in record.entries if what == EVIDENCE
        }
        return [name for name in self._units if name in known]

    def pins(self) -> dict[str, list[int]]:
        """Return the pinned units by layer, rising, of all records."""
        found: dict[str, set[int]] = {}
        for _, message in self._messages.each():
            for pins in message.pins if message else ():
                if pins.layer in self._units:
                    found.setdefault(pins.layer, set()).update(pins.units)
        return {name: sorted(units) for name, units in found.items()}

    def evidence(self, layer_name: str, step: int) -> Evidence:
        """Return the evidence of a layer at the last record at or before a step, or the first one.

        Raises:
            NotFoundError: no evidence was recorded, or not of this layer.
            DamagedRecordError: what is stored is no evidence.
        """
        units = self._units_of(layer_name)
        earlier = [record for record in self._records if record.step <= step]
        record = earlier[-1] if earlier else self._records[0]
        message = self._messages.message(record)
        rows = len(message.examples) * len(message.classes)
        _check_size(record, (1, rows, units))
        shape = (len(message.examples), len(message.classes), units)
        net, against = (
            _or_none(self._stored(record, what, layer_name, (rows, units)), (rows, units))
            for what in (EVIDENCE, COUNTEREVIDENCE)
        )
        return Evidence(
            record.step,
            message.method,
            list(message.classes),
            list(message.examples),
            net.reshape(shape),
            against.reshape(shape),
        )

    def unit(self, layer_name: str, unit: int) -> UnitEvidence:
        """Return what a unit contributes to classes at all records of evidence.

        Raises:
            NotFoundError: no evidence was recorded, or there is no such layer or unit.
            DamagedRecordError: no record holds evidence, or they are more than can be read.
        """
        units = self._units_of(layer_name, with_pins=True)
        if not 0 <= unit < units:
            raise NotFoundError(
                f"layer {layer_name!r} has no unit {unit}; its units are 0 to {units - 1}"
            )
        messages = list(self._messages.each())
        examples = self.examples
        classes = sorted({number for _, m in messages if m for number in m.classes})
        shape = (len(messages), len(examples), len(classes))
        _check_size(self._records[-1], shape)
        found = UnitEvidence(
            self.steps,
            classes,
            examples,
            *(np.full(shape, np.nan, np.float32) for _ in range(2)),
            *(np.full(shape[::2], np.nan, np.float32) for _ in range(2)),
            is_pinned=unit in self.pins().get(layer_name, ()),
        )
        columns = {number: place for place, number in enumerate(classes)}
        for row, (record, message) in enumerate(messages):
            if message is not None:
                places = [columns[number] for number in message.classes]
                self._fill(found, row, (record, message, places), (layer_name, unit))
        return found

    def _fill(
        self,
        found: UnitEvidence,
        row: int,
        at: tuple[Record, EvidenceMessage, list[int]],
        of: tuple[str, int],
    ) -> None:
        """Put what one record knows of a unit in its row."""
        (record, message, places), (layer_name, unit) = at, of
        count, units = len(message.examples), self._units[layer_name]
        rows = {example: place for place, example in enumerate(found.examples)}
        for what, values in ((EVIDENCE, found.net), (COUNTEREVIDENCE, found.against)):
            stored = self._stored(record, what, layer_name, (count * len(places), units), unit)
            if stored is None:
                continue
            # Another session may have tracked other examples.
            table = stored.reshape(count, len(places))
            for example, of_example in zip(message.examples, table, strict=True):
                if example in rows:
                    values[row, rows[example], places] = of_example
        pinned = next((list(p.units) for p in message.pins if p.layer == layer_name), [])
        if unit not in pinned:
            return
        for what, values in ((EVIDENCE, found.mean), (COUNTEREVIDENCE, found.mean_against)):
            shape = (len(places), len(pinned))
            stored = self._array(record, f"pinned_{what}", layer_name, shape)
            if stored is not None and stored[1].dtype.kind == "f":
                values[row, places] = stored[1][:, pinned.index(unit)]

    def _stored(
        self,
        record: Record,
        what: str,
        layer_name: str,
        shape: tuple[int, int],
        unit: int | None = None,
    ) -> Float32[np.ndarray, "..."] | None:
        """Return a stored matrix, or one unit's column of it; None if it is not of this shape."""
        found = self._array(record, what, layer_name, shape)
        if found is None:
            return None
        entry, codes = found
        rows = decoded_rows(
            self._reader, record, entry, codes if unit is None else codes[:, unit : unit + 1]
        )
        return rows if unit is None else rows[:, 0]

    def _array(
        self, record: Record, what: str, layer_name: str, shape: tuple[int, int]
    ) -> tuple[Entry, np.ndarray] | None:
        """Return an array of a shape, which is looked at before it is read."""
        for entry in record.entries.get((what, layer_name), ()):
            if tuple(entry.shape) == shape:
                (array,) = self._reader.arrays([(record, entry)])
                return None if array is None else (entry, array)
        return None

    def _units_of(self, layer_name: str, with_pins: bool = False) -> int:
        if not self._records:
            raise NotFoundError(f"no evidence was recorded; {WAY_OUT}")
        known = {*self.layers, *(self.pins() if with_pins else ())}
        if layer_name not in known:
            raise not_found("evidence of layer", layer_name, sorted(known))
        return self._units[layer_name]


def _check(record: Record, message: EvidenceMessage) -> None:
    """Refuse what no recorder writes; no number is trusted to be small."""
    layers = [pins.layer for pins in message.pins]
    lists = [list(message.classes), list(message.examples), layers]
    lists += [list(pins.units) for pins in message.pins]
    if any(len(each) > MAX_LISTED or len({*each}) != len(each) for each in lists):
        raise DamagedRecordError(
            f"{record.where}: this is no evidence; classes, examples and pins are listed once, and "
            f"at most {MAX_LISTED} of them"
        )


def _check_size(record: Record, shape: tuple[int, int, int]) -> None:
    # Whole numbers of Python's do not overflow.
    size = shape[0] * shape[1] * shape[2] * 4
    if size > MAX_ARRAY_BYTES:
        raise DamagedRecordError(
            f"{record.where}: evidence of shape {shape} takes {size} bytes; at most "
            f"{MAX_ARRAY_BYTES} are read"
        )


def _or_none(
    stored: Float32[np.ndarray, "row unit"] | None, shape: tuple[int, int]
) -> Float32[np.ndarray, "row unit"]:
    return np.full(shape, np.nan, np.float32) if stored is None else stored
