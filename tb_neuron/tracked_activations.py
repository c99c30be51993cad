"""Activations of tracked examples as they were recorded: every unit at every position."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int64

from tb_neuron.columns import MAX_ARRAY_BYTES
from tb_neuron.errors import DamagedRecordError, NotFoundError, not_found
from tb_neuron.schema.neuron_pb2 import Layer, TrackedLayer
from tb_neuron.schema.neuron_pb2 import Tracked as TrackedMessage
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.stored_messages import MessageReader, decoded_rows
from tb_neuron.timeline import Record

TRACKED = "tracked"


@dataclass(frozen=True)
class TrackedActivations:
    """A layer's activations on the tracked examples at one record.

    Attributes:
        step: of the record.
        units: the first axis: all of the layer's, or the pinned ones.
        examples: the second axis, of the probe set.
        shape: of the layer's positions; the third axis is all of them.
        values: NaN where an activation was not finite.
    """

    step: int
    units: Int64[np.ndarray, " unit"]
    examples: list[int]
    shape: tuple[int, ...]
    values: Float32[np.ndarray, "unit example position"]


class TrackedReader:
    """Reads the records of kind "tracked".

    Args:
        reader: fetches their arrays.
        records: in step order.
        layers: the measured layers.
    """

    def __init__(
        self, reader: ColumnReader, records: Sequence[Record], layers: Sequence[Layer]
    ) -> None:
        self._reader = reader
        self._units = {layer.name: layer.units for layer in layers}
        self._messages = MessageReader(reader, records, TrackedMessage)

    @property
    def steps(self) -> list[int]:
        """Steps at which activations of tracked examples were recorded."""
        return self._messages.steps

    @property
    def examples(self) -> list[int]:
        """The tracked examples of the last record that can be read.

        Raises:
            DamagedRecordError: no record can be read.
        """
        return list(self._messages.last().examples)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of positions of each layer at its last record, in execution order."""
        found: dict[str, tuple[int, ...]] = {}
        for _, message in self._messages.readable():
            found |= {each.layer: tuple(each.shape) for each in message.layers}
        return {name: found[name] for name in self.layers() if name in found}

    def records(self, layer_name: str) -> list[Record]:
        """Return the records that hold a layer's, in step order."""
        return [
            record
            for record, message in self._messages.readable()
            if any(each.layer == layer_name for each in message.layers)
        ]

    def layers(self) -> list[str]:
        """Return the layers of which there are any, in execution order."""
        found = {
            name for r in self._messages.records for what, name in r.entries if what == TRACKED
        }
        return [name for name in self._units if name in found]

    def tracked(self, layer_name: str, step: int) -> TrackedActivations:
        """Return a layer's at the last record at or before a step, or the first one.

        Raises:
            NotFoundError: none were recorded of this layer.
            DamagedRecordError: what is stored are none.
        """
        damage: DamagedRecordError | None = None
        for record, message in self._messages.until(step):
            described = [each for each in message.layers if each.layer == layer_name]
            if not described or layer_name not in self._units:
                continue
            try:
                return self._read(record, list(message.examples), described[0])
            except DamagedRecordError as error:
                self._reader.report(record, error)
                damage = damage or error
        if damage is not None:
            raise damage
        if not self.layers():
            raise NotFoundError(
                "no activations of tracked examples were recorded; record them with "
                "Recording(tracked=True)"
            )
        raise not_found("layer with tracked activations", layer_name, self.layers())

    def _read(
        self, record: Record, examples: list[int], described: TrackedLayer
    ) -> TrackedActivations:
        name, shape = described.layer, tuple(described.shape)
        units = np.array(described.units or range(self._units[name]), np.int64)
        whole = (len(units), len(examples), math.prod(shape))
        entries = record.entries.get((TRACKED, name), ())
        stored = (whole[0], whole[1] * whole[2])
        wanted = [(record, entry) for entry in entries if tuple(entry.shape) == stored]
        is_small = math.prod(whole) * 4 <= MAX_ARRAY_BYTES
        is_known = not len(units) or units.max() < self._units[name]
        (codes,) = self._reader.arrays(wanted[:1]) if wanted and is_small and is_known else [None]
        if codes is None:
            raise DamagedRecordError(
                f"{record.where}: activations of {name!r} on tracked examples can't be read as "
                f"{list(whole)}; show another step"
            )
        values = decoded_rows(self._reader, record, wanted[0][1], codes)
        return TrackedActivations(record.step, units, examples, shape, values.reshape(whole))
