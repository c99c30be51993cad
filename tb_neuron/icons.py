"""Icons: images that units respond to most, made from checkpoints after the training."""

from collections.abc import Sequence
from dataclasses import dataclass

from tb_neuron.errors import not_found
from tb_neuron.schema.neuron_pb2 import Icons as IconsMessage
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.stored_messages import MessageReader
from tb_neuron.timeline import Record

ICON = "icon"


@dataclass(frozen=True)
class Icon:
    """One image that a unit responds to.

    Attributes:
        step: of the checkpoint.
        layer: the unit's.
        unit: its number.
        place: among the images of its unit, from 0.
        response: the unit's mean activation over positions.
        checkpoint: path of the weights.
        settings: how it was found, in words.
    """

    step: int
    layer: str
    unit: int
    place: int
    response: float
    checkpoint: str
    settings: str


class IconReader:
    """Reads the records of kind "icons".

    Args:
        reader: fetches their files.
        records: in write order.
    """

    def __init__(self, reader: ColumnReader, records: Sequence[Record]) -> None:
        self._reader = reader
        self._messages = MessageReader(reader, records, IconsMessage)

    def icons(self) -> list[Icon]:
        """Return all icons; of one step and unit, those that were written last."""
        found: dict[tuple[int, str, int], list[Icon]] = {}
        for record, message in self._messages.readable():
            own: dict[tuple[int, str, int], list[Icon]] = {}
            for each in message.icons:
                known = own.setdefault((record.step, each.layer, each.unit), [])
                known.append(
                    Icon(
                        record.step,
                        each.layer,
                        each.unit,
                        len(known),
                        each.response,
                        message.checkpoint,
                        message.settings,
                    )
                )
            found |= own
        return [icon for icons in found.values() for icon in icons]

    def image(self, step: int, layer_name: str, unit: int, place: int = 0) -> bytes:
        """Return the PNG of an icon.

        Raises:
            NotFoundError: there is no such icon.
        """
        for record, message in reversed(list(self._messages.readable())):
            numbers = [
                number
                for number, each in enumerate(message.icons)
                if (each.layer, each.unit) == (layer_name, unit)
            ]
            if record.step == step and place < len(numbers):
                png = self._file(record, layer_name, message, numbers[place])
                if png is not None:
                    return png
        known = [f"{i.layer} unit {i.unit} at step {i.step}" for i in self.icons() if not i.place]
        raise not_found("icon", f"{layer_name} unit {unit} at step {step}", known)

    def _file(
        self, record: Record, layer_name: str, message: IconsMessage, number: int
    ) -> bytes | None:
        # Files of a layer lie in the order of its icons.
        before = sum(each.layer == layer_name for each in list(message.icons)[:number])
        entries = record.entries.get((ICON, layer_name), [])
        if before >= len(entries):
            return None
        (data,) = self._reader.arrays([(record, entries[before])])
        return None if data is None else data.tobytes()
