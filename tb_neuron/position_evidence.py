"""What positions contribute to classes as it was recorded: summed over units, and unit by unit."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from tb_neuron.columns import MAX_ARRAY_BYTES
from tb_neuron.errors import DamagedRecordError, NotFoundError, not_found
from tb_neuron.evidence import EvidenceReader
from tb_neuron.schema.neuron_pb2 import Evidence as EvidenceMessage
from tb_neuron.schema.neuron_pb2 import EvidencePositions
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.stored_messages import decoded_rows
from tb_neuron.summary import POSITION_EVIDENCE, UNIT_EVIDENCE
from tb_neuron.timeline import Record

#: What an error says to do where nothing was recorded.
WAY_OUT = "record it with Recording(evidence=10, tracked=True)"


@dataclass(frozen=True)
class PositionEvidence:
    """What the positions of a layer contribute to classes, in the tracked examples at one record.

    Attributes:
        step: of the record.
        method: of attribution.
        classes: whose logits are explained, rising.
        examples: the tracked examples.
        shape: of the layer's positions; the third axis is all of them.
        net: attributions summed over units; NaN where they are not known or not finite.
    """

    step: int
    method: str
    classes: list[int]
    examples: list[int]
    shape: tuple[int, ...]
    net: Float32[np.ndarray, "example class position"]


@dataclass(frozen=True)
class UnitsAtPosition:
    """What the units of a layer contribute to classes at one position of a tracked example.

    Attributes:
        step: of the record.
        method: of attribution.
        classes: whose logits are explained, rising.
        kept: those of them toward which units' attributions were recorded in this example.
        net: attributions; NaN toward the other classes.
    """

    step: int
    method: str
    classes: list[int]
    kept: list[int]
    net: Float32[np.ndarray, "class unit"]


class PositionEvidenceReader:
    """Reads what records of kind "evidence" hold of positions.

    Args:
        reader: fetches their arrays.
        evidence: reads the records.
        units: of each measured layer.
    """

    def __init__(
        self, reader: ColumnReader, evidence: EvidenceReader, units: dict[str, int]
    ) -> None:
        self._reader, self._evidence, self._units = reader, evidence, units

    def layers(self) -> list[str]:
        """Return the layers of which any record has some, in execution order."""
        found = {
            each.layer
            for _, message in self._evidence.messages.readable()
            for each in message.positions
        }
        return [name for name in self._units if name in found]

    def records(self, layer_name: str) -> list[Record]:
        """Return the records that have some of a layer, in step order."""
        return [
            record
            for record, message in self._evidence.messages.readable()
            if any(each.layer == layer_name for each in message.positions)
        ]

    def positions(self, layer_name: str, step: int) -> PositionEvidence:
        """Return a layer's at the last record at or before a step, or the first one.

        Raises:
            NotFoundError: there is none of this layer.
            DamagedRecordError: what is stored is none.
        """
        record, message, described = self._at(layer_name, step)
        classes, examples = list(message.classes), list(message.examples)
        shape = tuple(described.shape)
        whole = (len(examples), len(classes), math.prod(shape))
        if whole[2] == 1:
            net = self._evidence.evidence(layer_name, record.step).net
            values = net.sum(2, keepdims=True, dtype=np.float64).astype(np.float32)
        else:
            stored = (whole[0] * whole[1], whole[2])
            values = self._rows(record, POSITION_EVIDENCE, layer_name, stored).reshape(whole)
        return PositionEvidence(record.step, message.method, classes, examples, shape, values)

    def units(self, layer_name: str, example: int, position: int, step: int) -> UnitsAtPosition:
        """Return what units contribute at a position, at the record of `positions`.

        Args:
            layer_name: the layer.
            example: a tracked one, by its number in the probe set.
            position: flat, among the layer's.
            step: the last record at or before it is meant.

        Raises:
            NotFoundError: there is none of this layer, example or position.
            DamagedRecordError: what is stored is none.
        """
        record, message, described = self._at(layer_name, step)
        classes, examples = list(message.classes), list(message.examples)
        positions, units = math.prod(described.shape), self._units[layer_name]
        if example not in examples:
            raise not_found("tracked example", str(example), map(str, examples))
        if not 0 <= position < positions:
            raise NotFoundError(
                f"layer {layer_name!r} has no position {position}; they are 0 to {positions - 1}"
            )
        at = examples.index(example)
        if positions == 1:
            net = self._evidence.evidence(layer_name, record.step).net[at]
            return UnitsAtPosition(record.step, message.method, classes, classes, net)
        own = self._own(record, message, described)[at]
        net = np.full((len(classes), units), np.nan, np.float32)
        each = len(own)
        stored = (units, len(examples) * each * positions)
        columns = (at * each + np.arange(each)) * positions + position
        entries = record.entries.get((UNIT_EVIDENCE, layer_name), ())
        kept = own if any(tuple(entry.shape) == stored for entry in entries) else []
        if kept:
            found = self._rows(record, UNIT_EVIDENCE, layer_name, stored, columns)
            net[[classes.index(number) for number in kept]] = found.T
        return UnitsAtPosition(record.step, message.method, classes, kept, net)

    def _own(
        self, record: Record, message: EvidenceMessage, described: EvidencePositions
    ) -> list[list[int]]:
        """Return the classes toward which units' attributions are stored, by example."""
        classes, count = list(message.classes), len(message.examples)
        if not described.classes:
            return [classes] * count
        own = list(described.classes)
        each = len(own) // max(1, count)
        if each * count != len(own) or not set(own) <= set(classes):
            raise DamagedRecordError(
                f"{record.where}: the classes of {described.layer!r} at positions are not those of "
                "its evidence; show another step"
            )
        return [own[start : start + each] for start in range(0, len(own), each)]

    def _at(self, layer_name: str, step: int) -> tuple[Record, EvidenceMessage, EvidencePositions]:
        for record, message in self._evidence.messages.until(step):
            for described in message.positions:
                if described.layer == layer_name and layer_name in self._units:
                    return record, message, described
        known = self.layers()
        if not known:
            raise NotFoundError(f"what positions contribute was not recorded; {WAY_OUT}")
        raise not_found("layer with attributions at positions", layer_name, known)

    def _rows(
        self,
        record: Record,
        what: str,
        layer_name: str,
        shape: tuple[int, int],
        columns: np.ndarray | None = None,
    ) -> Float32[np.ndarray, "row column"]:
        """Return a stored matrix, or some of its columns."""
        entries = record.entries.get((what, layer_name), ())
        wanted = [(record, entry) for entry in entries if tuple(entry.shape) == shape]
        is_small = shape[0] * shape[1] * 4 <= MAX_ARRAY_BYTES
        (codes,) = self._reader.arrays(wanted[:1]) if wanted and is_small else [None]
        if codes is None:
            raise DamagedRecordError(
                f"{record.where}: attributions of {layer_name!r} at positions can't be read as "
                f"{list(shape)}; show another step"
            )
        chosen = codes if columns is None else codes[:, columns]
        return decoded_rows(self._reader, record, wanted[0][1], chosen)
