"""Which examples units respond to, as it was recorded: top examples, a spread, where they look."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from tb_neuron.errors import DamagedRecordError, NotFoundError, not_found
from tb_neuron.responses import pinned_units
from tb_neuron.schema.neuron_pb2 import Examples as ExamplesMessage
from tb_neuron.schema.neuron_pb2 import Layer
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.stored_messages import MessageReader
from tb_neuron.timeline import Record

#: More than this a unit is damage.
MAX_CHOSEN = 4096


@dataclass(frozen=True)
class ReceptiveField:
    """Which part of an image a layer's positions see, in pixels.

    Attributes:
        rows: by row of positions, the first row of the image that it sees and the one after the
            last.
        columns: the same of columns.
    """

    rows: Int64[np.ndarray, "_y 2"]
    columns: Int64[np.ndarray, "_x 2"]

    def box(self, position: int) -> tuple[int, int, int, int]:
        """Return top, left, bottom and right of what a flat position sees."""
        y, x = divmod(position, len(self.columns))
        (top, bottom), (left, right) = self.rows[y].tolist(), self.columns[x].tolist()
        return top, left, bottom, right


@dataclass(frozen=True)
class TopExamples:
    """Which examples a layer's units respond to at one record.

    Attributes:
        layer_name: whose units.
        step: of the record.
        units: the first axis: all of the layer's, or the pinned ones.
        top: how many of the second axis have the largest responses, falling; the others are at even
            ranks, from the lowest response to the highest.
        reduction: over positions.
        examples: of the probe set.
        values: the responses; NaN where there was none.
        positions: flat position at which a response is taken; -1 in a layer without positions.
        field: what the positions see; None where it isn't known.
    """

    layer_name: str
    step: int
    units: Int64[np.ndarray, " unit"]
    top: int
    reduction: str
    examples: Int32[np.ndarray, "unit chosen"]
    values: Float32[np.ndarray, "unit chosen"]
    positions: Int32[np.ndarray, "unit chosen"]
    field: ReceptiveField | None

    def of_unit(self, unit: int) -> "TopExamples":
        """Return the part of one unit.

        Raises:
            NotFoundError: nothing was recorded of it.
        """
        is_it = self.units == unit
        if not is_it.any():
            raise not_found(f"examples of unit of {self.layer_name}", str(unit), [])
        parts = {name: getattr(self, name)[is_it] for name in ("units", *_ARRAYS)}
        return replace(self, **parts)

    def is_lowest(self) -> Bool[np.ndarray, "unit chosen"]:
        """Return where a response says nothing of a unit: there is none, or it is the lowest.

        Of a unit that is silent on most examples, the top ends in examples that merely come first.
        Without a spread the lowest is not known, and zeros are taken for it.
        """
        is_spread = self.examples.shape[1] > self.top
        lowest = self.values.min(1, keepdims=True, initial=np.inf) if is_spread else np.float32(0)
        return ~np.isfinite(self.values) | (self.values == lowest)


class TopExampleReader:
    """Reads the records of kind "examples".

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
        self._messages = MessageReader(reader, records, ExamplesMessage)

    @property
    def top(self) -> int:
        """How many examples with the largest responses are known of a unit, at the most."""
        return max((message.top for _, message in self._messages.readable()), default=0)

    @property
    def steps(self) -> list[int]:
        """Steps at which examples were recorded."""
        return self._messages.steps

    def layers(self) -> list[str]:
        """Return the layers whose units' examples were recorded, in execution order."""
        found = {name for r in self._messages.records for what, name in r.entries if name}
        return [name for name in self._units if name in found]

    def steps_of(self, layer_name: str) -> list[int]:
        """Return the steps at which examples of a layer's units were recorded."""
        named = ("example", layer_name)
        return [record.step for record in self._messages.records if named in record.entries]

    def top_examples(self, layer_name: str, step: int) -> TopExamples:
        """Return a layer's at the last record at or before a step, or the first one.

        Raises:
            NotFoundError: none were recorded of this layer.
            DamagedRecordError: what is stored are none.
        """
        damage: DamagedRecordError | None = None
        for record, message in self._messages.until(step):
            if ("example", layer_name) not in record.entries or layer_name not in self._units:
                continue
            try:
                return self._read(record, message, layer_name)
            except DamagedRecordError as error:
                self._reader.report(record, error)
                damage = damage or error
        if damage is not None:
            raise damage
        if not self.layers():
            raise NotFoundError(
                "no examples of units were recorded; record them with Recording(examples=9)"
            )
        raise not_found("layer with examples of its units", layer_name, self.layers())

    def size_of_images(self) -> tuple[int, int] | None:
        """Return rows and columns of the images, as far as any layer sees; None if none does."""
        fields = [f for _, message in self._messages.readable() for f in message.fields]
        size = tuple(
            max((end for f in fields for end in getattr(f, axis)), default=0)
            for axis in ("rows", "columns")
        )
        return (size[0], size[1]) if min(size) > 0 else None

    def image(self, example: int) -> bytes:
        """Return an example's PNG at the input's own resolution.

        Raises:
            NotFoundError: it has none; then its thumbnail is as large, or it didn't fit.
        """
        for record in self._messages.records:
            for entry in record.entries.get(("image", ""), ()):
                if entry.HasField("example") and entry.example == example:
                    (data,) = self._reader.arrays([(record, entry)])
                    if data is not None:
                        return data.tobytes()
        raise not_found("image of example", str(example), [])

    def _read(self, record: Record, message: ExamplesMessage, layer_name: str) -> TopExamples:
        units = pinned_units(message.pins, layer_name, self._units[layer_name])
        chosen = message.top + message.spread
        shape = (len(units), chosen)
        arrays = [self._array(record, what, layer_name, shape) for what in _PARTS]
        examples = arrays[0].astype(np.int32)
        if examples.size and not 0 <= examples.min() <= examples.max() < self._examples:
            raise DamagedRecordError(
                f"{record.where}: examples of {layer_name!r} are 0 to {self._examples - 1}, and "
                f"these go from {examples.min()} to {examples.max()}"
            )
        return TopExamples(
            layer_name,
            record.step,
            units,
            message.top,
            message.reduction,
            examples,
            arrays[1].astype(np.float32),
            arrays[2].astype(np.int32),
            _field(message, layer_name, int(arrays[2].max(initial=-1))),
        )

    def _array(
        self, record: Record, what: str, layer_name: str, shape: tuple[int, int]
    ) -> np.ndarray:
        entries = record.entries.get((what, layer_name), ())
        wanted = [(record, entry) for entry in entries if tuple(entry.shape) == shape]
        (found,) = self._reader.arrays(wanted[:1]) if wanted and shape[1] <= MAX_CHOSEN else [None]
        if found is None:
            raise DamagedRecordError(
                f"{record.where}: {what} of {layer_name!r} can't be read as {list(shape)}; show "
                "another step"
            )
        return found


_PARTS = ("example", "value", "position")
_ARRAYS = ("examples", "values", "positions")


def _field(message: ExamplesMessage, layer_name: str, largest: int) -> ReceptiveField | None:
    """Return a layer's receptive field, if it has one for every position."""
    for each in message.fields:
        is_even = len(each.rows) % 2 == 0 and len(each.columns) % 2 == 0
        if each.layer == layer_name and is_even:
            rows = np.array(each.rows, np.int64).reshape(-1, 2)
            columns = np.array(each.columns, np.int64).reshape(-1, 2)
            return ReceptiveField(rows, columns) if largest < len(rows) * len(columns) else None
    return None
