"""Maps as they were recorded: what in the inputs of tracked examples a method holds responsible."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32

from tb_neuron.columns import CodedColumn, decode
from tb_neuron.directory import Value
from tb_neuron.errors import DamagedRecordError, NotFoundError, not_found
from tb_neuron.schema.neuron_pb2 import (
    TRUST_DOUBTFUL,
    TRUST_FAILING,
    TRUST_GOOD,
    Entry,
    MapMethod,
    Trust,
)
from tb_neuron.schema.neuron_pb2 import Maps as MapsMessage
from tb_neuron.source import Place
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.summary import MAP
from tb_neuron.timeline import Record

Mark = Literal["none", "good", "doubtful", "failing"]

_MARKS: dict[int, Mark] = {
    TRUST_GOOD: "good",
    TRUST_DOUBTFUL: "doubtful",
    TRUST_FAILING: "failing",
}


@dataclass(frozen=True)
class TrustFigure:
    """One figure of a verdict.

    Attributes:
        name: such as "completeness" or "randomisation".
        value: NaN where there is none.
        mark: "none" where there is no value.
        sentence: value, thresholds and meaning; or why there is no value.
    """

    name: str
    value: float
    mark: Mark
    sentence: str


@dataclass(frozen=True)
class Verdict:
    """Whether to believe a method's maps.

    Attributes:
        step: of the record at which they were checked.
        mark: the worst of the figures'.
        figures: in the order in which they are told.
    """

    step: int
    mark: Mark
    figures: list[TrustFigure]


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


class MapReader:
    """Reads the records of kind "maps".

    Args:
        reader: fetches their arrays.
        records: in step order.
    """

    def __init__(self, reader: ColumnReader, records: Sequence[Record]) -> None:
        self._reader, self._records = reader, list(records)
        self._messages: dict[bytes, MapsMessage] = {}

    @property
    def steps(self) -> list[int]:
        """Steps at which maps were recorded."""
        return [record.step for record in self._records]

    @property
    def examples(self) -> list[int]:
        """The tracked examples, in the order of the maps.

        Raises:
            DamagedRecordError: what is stored is no maps.
        """
        return list(self._message(self._records[-1]).examples) if self._records else []

    @property
    def target(self) -> str:
        """What is explained."""
        return self._message(self._records[-1]).target if self._records else ""

    def methods(self) -> list[Method]:
        """Return the methods of the last record, with the verdicts of all.

        Raises:
            DamagedRecordError: what is stored is no maps.
        """
        if not self._records:
            return []
        verdicts: dict[str, list[Verdict]] = {}
        for record in self._records:
            for each in self._message(record).methods:
                if each.HasField("trust"):
                    verdicts.setdefault(each.name, []).append(_verdict(record.step, each.trust))
        last = self._message(self._records[-1])
        return [_method(each, verdicts.get(each.name, [])) for each in last.methods]

    def maps(self, method: str) -> Float32[np.ndarray, "record example position"]:
        """Return a method's maps at all records; NaN where there is none.

        Raises:
            NotFoundError: the method was not recorded.
            DamagedRecordError: what is stored is no maps.
        """
        known = {each.name: each for each in self.methods()}
        if method not in known:
            if not known:
                raise NotFoundError(
                    'no maps were recorded; record them with Recording(maps=("saliency",))'
                )
            raise not_found("method of maps", method, known)
        width = int(np.prod(known[method].shape, dtype=np.int64))
        shape = (len(self._records), len(self.examples), width)
        found = np.full(shape, np.nan, np.float32)
        for row, matrix in enumerate(self._reader.matrices(self._records, MAP, "", method)):
            if matrix is not None and matrix[2].shape == shape[1:]:
                found[row] = _decoded(*matrix)
        return found

    def _message(self, record: Record) -> MapsMessage:
        if record.digest not in self._messages:
            value = Value(
                record.header,
                lambda blob: self._reader.source.read([Place(record.stored, blob)])[0],
                record.where,
            )
            self._messages[record.digest] = value.message(MapsMessage)
        return self._messages[record.digest]


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


def _verdict(step: int, trust: Trust) -> Verdict:
    figures = [
        TrustFigure(each.name, each.value, _MARKS.get(each.mark, "none"), each.sentence)
        for each in trust.figures
    ]
    return Verdict(step, _MARKS.get(trust.mark, "none"), figures)


def _decoded(
    record: Record, entry: Entry, codes: np.ndarray
) -> Float32[np.ndarray, "example position"]:
    value = Value(record.header, lambda _: b"", record.where)
    rows = np.full(codes.shape, np.nan, np.float32)
    try:
        for row, each in enumerate(codes):
            grid, offset = value.coded(entry, row)
            rows[row] = decode(CodedColumn(each, offset), grid)
    except DamagedRecordError:
        return np.full(codes.shape, np.nan, np.float32)
    return rows
