"""Maps as they were recorded: what in the inputs of tracked examples a method holds responsible."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from tb_neuron.columns import MAX_ARRAY_BYTES
from tb_neuron.errors import DamagedRecordError, NotFoundError, not_found
from tb_neuron.schema.neuron_pb2 import MapMethod
from tb_neuron.schema.neuron_pb2 import Maps as MapsMessage
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.stored_messages import MessageReader, decoded_rows
from tb_neuron.summary import MAP
from tb_neuron.timeline import Record
from tb_neuron.verdicts import Verdict, read_verdict

#: More than this in one record is no maps but damage.
MAX_METHODS = 256
#: Figures of the overlap of maps with masks (Boggust et al. 2022).
OVERLAPS = ("iou", "ground_truth_coverage", "saliency_coverage")


@dataclass(frozen=True)
class Method:
    """One method whose maps were recorded.

    Attributes:
        name: of the method.
        form: "image", "tokens", "signal" or "features"; empty where it has no maps.
        shape: of one map.
        settings: the choices that were used, in words.
        layer: where it reads, for methods that read at a layer.
        is_signed: whether a negative value speaks against the target.
        description: one sentence.
        source: where it was published.
        absence: why it has no maps; empty if it has.
        verdicts: those of all records in which it was checked, in step order.
    """

    name: str
    form: str
    shape: tuple[int, ...]
    settings: str
    layer: str
    is_signed: bool
    description: str
    source: str
    absence: str
    verdicts: list[Verdict]


@dataclass(frozen=True)
class Explained:
    """A target, and when maps of it were recorded.

    Attributes:
        target: what was explained, such as "label"; empty if no record says it.
        steps: rising; those of records that can't be read are in all.
    """

    target: str
    steps: list[int]


class MapReader:
    """Reads the records of kind "maps"; one that can't be read has no maps, and is a problem.

    What is asked without a target is of that which the last record explained.

    Args:
        reader: fetches their arrays.
        records: in step order.
    """

    def __init__(self, reader: ColumnReader, records: Sequence[Record]) -> None:
        self._reader = reader
        self._messages = MessageReader(reader, records, MapsMessage, _check)
        self._records = self._messages.records

    @property
    def steps(self) -> list[int]:
        """Steps at which maps were recorded, of the last target."""
        return self.steps_of(self._last().target)

    @property
    def examples(self) -> list[int]:
        """The tracked examples of the last record that can be read, in the order of the maps.

        Raises:
            DamagedRecordError: no record holds maps.
        """
        return self.examples_of(None)

    @property
    def target(self) -> str:
        """What the last record explained.

        Raises:
            DamagedRecordError: no record holds maps.
        """
        return self._last().target

    def targets(self) -> list[Explained]:
        """Return what was explained, the last first, and when; empty without records.

        Raises:
            DamagedRecordError: no record holds maps.
        """
        if not self._records:
            return []
        last = self._last().target
        told = [message.target for _, message in self._messages.each() if message is not None]
        return [Explained(each, self.steps_of(each)) for each in dict.fromkeys((last, *told))]

    def steps_of(self, target: str | None) -> list[int]:
        """Return the steps at which maps of a target were recorded."""
        return [record.step for record, _ in self._of(target)]

    def examples_of(self, target: str | None) -> list[int]:
        """Return the tracked examples of the last record of a target, in the order of the maps."""
        return list(self._last(target).examples)

    def methods(self, target: str | None = None) -> list[Method]:
        """Return the methods of the last record that can be read, with the verdicts of all.

        Raises:
            DamagedRecordError: no record holds maps.
            NotFoundError: no record has this target.
        """
        last = self._last(target)
        verdicts: dict[tuple[str, str], list[Verdict]] = {}
        for record, message in self._of(target):
            for each in message.methods if message else ():
                if each.HasField("trust"):
                    found = verdicts.setdefault((each.name, each.layer), [])
                    found.append(read_verdict(record.step, each.trust))
        return [_method(each, verdicts.get((each.name, each.layer), [])) for each in last.methods]

    def maps(
        self, method: str, layer_name: str | None = None, target: str | None = None
    ) -> Float32[np.ndarray, "record example position"]:
        """Return a method's maps of the tracked examples at all records of a target.

        NaN where there is none.

        Args:
            method: its name.
            layer_name: where it reads; None for the first layer at which it does.
            target: what is explained; None for what the last record explained.

        Raises:
            NotFoundError: the method was not recorded, not at this layer, or not of this target.
            DamagedRecordError: no record holds maps, or they are more than can be read.
        """
        chosen = self._chosen(method, layer_name, target)
        places = {example: place for place, example in enumerate(self.examples_of(target))}
        records = list(self._of(target))
        shape = (len(records), len(places), math.prod(chosen.shape))
        _check_size(self._records[-1], shape)
        found = np.full(shape, np.nan, np.float32)
        for row, (record, message) in enumerate(records):
            if message is None:
                continue
            stored = self._stored(record, chosen, (len(message.examples), shape[2]))
            if stored is None:
                continue
            # Another session may have tracked other examples.
            for example, values in zip(message.examples, stored, strict=True):
                if example in places:
                    found[row, places[example]] = values
        return found

    def overlaps(
        self, method: str, layer_name: str | None = None, target: str | None = None
    ) -> dict[str, Float32[np.ndarray, "record example"]]:
        """Return how a method's maps overlap with their examples' masks at all records of a target.

        NaN where there is no mask, or it was not recorded.

        Args:
            method: its name.
            layer_name: where it reads; None for the first layer at which it does.
            target: what is explained; None for what the last record explained.

        Returns:
            By name: "iou", "ground_truth_coverage" and "saliency_coverage".

        Raises:
            NotFoundError: the method was not recorded, not at this layer, or not of this target.
            DamagedRecordError: no record holds maps.
        """
        chosen = self._chosen(method, layer_name, target)
        places = {example: place for place, example in enumerate(self.examples_of(target))}
        records = list(self._of(target))
        shape = (len(records), len(places))
        found = {name: np.full(shape, np.nan, np.float32) for name in OVERLAPS}
        for row, (_, message) in enumerate(records):
            examples = message.examples if message else ()
            for each in message.methods if message else ():
                if (each.name, each.layer) != (chosen.name, chosen.layer):
                    continue
                for name, values in found.items():
                    stored = getattr(each.shared_interest, name)
                    # Fewer than there are examples: none was recorded.
                    for example, value in zip(examples, stored, strict=False):
                        if example in places:
                            values[row, places[example]] = value
        return found

    def _chosen(self, method: str, layer_name: str | None, target: str | None) -> Method:
        known = self.methods(target)
        if not known:
            raise NotFoundError(
                'no maps were recorded; record them with Recording(maps=("saliency",))'
            )
        named = [each for each in known if each.name == method]
        if not named:
            raise not_found("method of maps", method, dict.fromkeys(each.name for each in known))
        if layer_name is None:
            return named[0]
        for each in named:
            if each.layer == layer_name:
                return each
        raise not_found(f"layer of {method}", layer_name, [each.layer for each in named])

    def _stored(
        self, record: Record, method: Method, shape: tuple[int, int]
    ) -> Float32[np.ndarray, "example position"] | None:
        """Return a record's maps, if they have this shape; it is looked at before they are read."""
        entries = record.entries
        # Earlier recorders named no layer, and recorded each method once.
        found = (*entries.get((MAP, method.layer), ()), *entries.get((MAP, ""), ()))
        for entry in found:
            if entry.method == method.name and tuple(entry.shape) == shape:
                (codes,) = self._reader.arrays([(record, entry)])
                return None if codes is None else decoded_rows(self._reader, record, entry, codes)
        return None

    def _of(self, target: str | None) -> Iterator[tuple[Record, MapsMessage | None]]:
        """Yield the records of a target, and those that can't be read."""
        wanted = self._last().target if target is None else target
        for record, message in self._messages.each():
            if message is None or message.target == wanted:
                yield record, message

    def _last(self, target: str | None = None) -> MapsMessage:
        """Return the message of the last record that can be read; an empty one without records."""
        damage: DamagedRecordError | None = None
        others: list[str] = []
        for record in reversed(self._records):
            try:
                message = self._messages.message(record)
            except DamagedRecordError as error:
                self._reader.report(record, error)
                damage = damage or error
                continue
            if target is None or message.target == target:
                return message
            others.append(message.target)
        if others and target is not None:
            raise not_found("target of maps", target, dict.fromkeys(others))
        if damage is not None:
            raise damage
        return MapsMessage()


def _check(record: Record, message: MapsMessage) -> None:
    """Refuse what no recorder writes; no number is trusted to be small."""
    names = [(method.name, method.layer) for method in message.methods]
    examples = list(message.examples)
    if len(names) > MAX_METHODS or len({*names}) != len(names) or len({*examples}) != len(examples):
        raise DamagedRecordError(
            f"{record.where}: these are no maps; methods at a layer and examples are listed once, "
            f"and at most {MAX_METHODS} methods"
        )
    for method in message.methods:
        _check_size(record, (1, len(examples), math.prod(method.shape)))


def _check_size(record: Record, shape: tuple[int, int, int]) -> None:
    # Whole numbers of Python's do not overflow.
    size = math.prod(shape) * 4
    if size > MAX_ARRAY_BYTES:
        raise DamagedRecordError(
            f"{record.where}: maps of {shape[2]} positions of {shape[1]} examples at {shape[0]} "
            f"records take {size} bytes; at most {MAX_ARRAY_BYTES} are read"
        )


def _method(message: MapMethod, verdicts: list[Verdict]) -> Method:
    return Method(
        message.name,
        message.form,
        tuple(message.shape),
        message.settings,
        message.layer,
        message.is_signed,
        message.description,
        message.source,
        message.absence,
        verdicts,
    )
