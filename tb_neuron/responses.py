"""Responses as they were recorded: what each unit answers to each example of the probe set."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float32, Int64

from tb_neuron.errors import DamagedRecordError, NotFoundError, not_found
from tb_neuron.schema.neuron_pb2 import Entry, Layer, Pins
from tb_neuron.schema.neuron_pb2 import Responses as ResponsesMessage
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.stored_messages import MessageReader, decoded_rows
from tb_neuron.timeline import Record

RESPONSE = "response"
#: How attributions are reduced over positions.
ATTRIBUTION_REDUCTION = "sum"


@dataclass(frozen=True)
class ResponseChoice:
    """Which responses: those of a layer's units, as activations or as attributions by a method.

    Attributes:
        layer_name: the layer.
        method: of attribution; empty for activations.
    """

    layer_name: str
    method: str = ""


@dataclass(frozen=True)
class Responses:
    """The responses of a layer's units at one record.

    Attributes:
        step: of the record.
        units: the first axis: all of the layer's, or the pinned ones.
        examples: the second axis: of the probe set, rising.
        of: size of the probe set.
        seed: of the draw, where `examples` are fewer.
        reduction: over positions: "mean", "max" or "extreme", the value of largest magnitude; of
            attributions "sum".
        method: of attributions; empty for activations.
        target: what attributions explain.
        values: NaN where no position was finite.
    """

    step: int
    units: Int64[np.ndarray, " unit"]
    examples: Int64[np.ndarray, " example"]
    of: int
    seed: int
    reduction: str
    method: str
    target: str
    values: Float32[np.ndarray, "unit example"]


@dataclass(frozen=True)
class StoredResponses:
    """Where the responses of a layer stand at one record.

    Attributes:
        record: that holds them.
        entry: of its directory.
        units: the first axis.
        examples: the second axis.
    """

    record: Record
    entry: Entry
    units: Int64[np.ndarray, " unit"]
    examples: Int64[np.ndarray, " example"]


class ResponseReader:
    """Reads the records of kind "responses".

    Args:
        reader: fetches their arrays.
        records: in step order.
        layers: the measured layers.
        examples: size of the probe set.
    """

    def __init__(
        self,
        reader: ColumnReader,
        records: Sequence[Record],
        layers: Sequence[Layer],
        examples: int,
    ) -> None:
        self._reader, self._examples = reader, examples
        self._units = {layer.name: layer.units for layer in layers}
        self._messages = MessageReader(reader, records, ResponsesMessage, self._check)

    @property
    def steps(self) -> list[int]:
        """Steps at which responses were recorded."""
        return self._messages.steps

    def steps_of(self, layer_name: str, method: str = "") -> list[int]:
        """Return the steps at which a layer's responses were recorded."""
        return [record.step for record in self.records_of(layer_name, method)]

    def records_of(self, layer_name: str, method: str = "") -> list[Record]:
        """Return the records that hold a layer's responses, in step order."""
        return [r for r in self._messages.records if _entry(r, layer_name, method)]

    def layers(self) -> dict[str, list[str]]:
        """Return the layers with responses, each with its methods; "" for activations."""
        found: dict[str, list[str]] = {}
        for record in self._messages.records:
            for (what, layer), entries in record.entries.items():
                if what == RESPONSE and layer in self._units:
                    known = found.setdefault(layer, [])
                    known.extend(e.method for e in entries if e.method not in known)
        return {name: found[name] for name in self._units if name in found}

    @property
    def reader(self) -> ColumnReader:
        """What fetches the arrays."""
        return self._reader

    def stored(self, layer_name: str, method: str = "") -> list[StoredResponses]:
        """Return where a layer's responses stand, at every record that has some, in step order.

        Raises:
            NotFoundError: none were recorded of this layer by this method.
        """
        found = []
        for record, message in self._messages.readable():
            entry = _entry(record, layer_name, method)
            if entry is None:
                continue
            try:
                found.append(self._stored(record, message, entry, layer_name))
            except DamagedRecordError as error:
                self._reader.report(record, error)
        if not found:
            raise self._missing(layer_name, method)
        return found

    def targets(self, layer_name: str) -> dict[str, str]:
        """Return the methods of a layer's responses, each with the target that it last explained.

        Activations are the method "", and explain nothing.
        """
        return {
            entry.method: entry.target
            for record in self._messages.records
            for entry in record.entries.get((RESPONSE, layer_name), ())
        }

    def reduction(self, method: str = "") -> str:
        """Return how positions were reduced, as the last record says; empty without records.

        Those of attributions are always summed, so that they still add up to the target.
        """
        if method:
            return ATTRIBUTION_REDUCTION
        messages = [message for _, message in self._messages.readable()]
        return messages[-1].reduction if messages else ""

    def drawn(self) -> int:
        """Return how many examples the last record has responses to; 0 without records."""
        messages = [message for _, message in self._messages.readable()]
        return len(messages[-1].examples) or self._examples if messages else 0

    def seed(self) -> int:
        """Return the seed with which the last record's examples were drawn; 0 without records."""
        messages = [message for _, message in self._messages.readable()]
        return messages[-1].seed if messages else 0

    def bytes_a_value(self) -> float:
        """Return the last record's stored bytes a unit and example, header included; 0 without."""
        if not self._messages.records:
            return 0.0
        last = self._messages.records[-1]
        values = sum(
            math.prod(entry.shape)
            for (what, _), entries in last.entries.items()
            for entry in entries
            if what == RESPONSE
        )
        return self._reader.stored_bytes(last) / values if values else 0.0

    def pins(self, layer_name: str, method: str = "") -> list[int]:
        """Return the units that alone have responses at the last record; none if it is all."""
        units = self.stored(layer_name, method)[-1].units.tolist()
        return units if len(units) < self._units[layer_name] else []

    def responses(self, layer_name: str, step: int, method: str = "") -> Responses:
        """Return a layer's responses at the last record at or before a step, or the first one.

        Raises:
            NotFoundError: none were recorded of this layer by this method.
            DamagedRecordError: what is stored are no responses.
        """
        damage: DamagedRecordError | None = None
        for record, message in self._messages.until(step):
            entry = _entry(record, layer_name, method)
            if entry is None:
                continue
            try:
                return self._read(record, message, layer_name, method)
            except DamagedRecordError as error:
                self._reader.report(record, error)
                damage = damage or error
        if damage is not None:
            raise damage
        raise self._missing(layer_name, method)

    def _missing(self, layer_name: str, method: str) -> NotFoundError:
        known = self.layers()
        if not known:
            return NotFoundError(
                'no responses were recorded; record them with Recording(responses=("activation",))'
            )
        if layer_name not in known:
            return not_found("layer with responses", layer_name, known)
        if not method:
            there = " and ".join(map(repr, known[layer_name]))
            return NotFoundError(
                f"layer {layer_name!r} has responses by {there} and no activations; record them "
                'with Recording(responses=("activation",)), or pass method='
            )
        there = ", ".join(repr(each or "activation") for each in known[layer_name])
        return NotFoundError(
            f"layer {layer_name!r} has no responses by {method!r}, but by {there}; record them "
            f'with Recording(responses=("activation", "{method}"))'
        )

    def _read(
        self, record: Record, message: ResponsesMessage, layer_name: str, method: str
    ) -> Responses:
        entry = _entry(record, layer_name, method)
        assert entry is not None
        stored = self._stored(record, message, entry, layer_name)
        (codes,) = self._reader.arrays([(record, entry)])
        if codes is None:
            raise DamagedRecordError(f"{record.where}: responses of {layer_name!r} can't be read")
        values = decoded_rows(self._reader, record, entry, codes)
        return Responses(
            record.step,
            stored.units,
            stored.examples,
            self._examples,
            message.seed,
            ATTRIBUTION_REDUCTION if method else message.reduction,
            method,
            entry.target,
            values,
        )

    def _stored(
        self, record: Record, message: ResponsesMessage, entry: Entry, layer_name: str
    ) -> StoredResponses:
        units = pinned_units(message.pins, layer_name, self._units[layer_name])
        examples = np.array(message.examples or range(self._examples), np.int64)
        if tuple(entry.shape) != (len(units), len(examples)):
            raise DamagedRecordError(
                f"{record.where}: responses of {layer_name!r} are of {len(units)} units and "
                f"{len(examples)} examples, not {list(entry.shape)}; show another step"
            )
        return StoredResponses(record, entry, units, examples)

    def _check(self, record: Record, message: ResponsesMessage) -> None:
        examples = list(message.examples)
        is_rising = all(a < b for a, b in pairwise(examples))
        if not is_rising or (examples and examples[-1] >= self._examples):
            raise DamagedRecordError(
                f"{record.where}: examples of responses rise, below {self._examples}; these don't"
            )


def pinned_units(pins: Sequence[Pins], layer_name: str, units: int) -> Int64[np.ndarray, " unit"]:
    """Return the units that an array of a layer is of.

    Raises:
        DamagedRecordError: a pin is no unit of the layer.
    """
    for each in pins:
        if each.layer == layer_name:
            found = np.array(each.units, np.int64)
            if len(found) and found.max() >= units:
                raise DamagedRecordError(
                    f"layer {layer_name!r} has {units} units, and a record pins unit {found.max()}"
                )
            return found
    return np.arange(units)


def _entry(record: Record, layer_name: str, method: str) -> Entry | None:
    entries = record.entries.get((RESPONSE, layer_name), ())
    return next((entry for entry in entries if entry.method == method), None)
