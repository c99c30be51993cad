"""One unit over all records: its statistics, its place in its layer, its life, its classes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from jaxtyping import Float32, Int64, Shaped, UInt8

from tb_neuron.analysis.life import LifeEvent, life_events
from tb_neuron.analysis.standing import (
    PROBABILITIES,
    Distribution,
    distribution,
    distribution_of_codes,
    quantiles,
    rank,
)
from tb_neuron.class_statistics import CLASS_ATTRIBUTION, CLASS_MEAN
from tb_neuron.columns import levels
from tb_neuron.directory import Value
from tb_neuron.errors import DamagedRecordError, NotFoundError
from tb_neuron.film_chunk import CHUNK_FRAMES
from tb_neuron.schema.neuron_pb2 import Entry
from tb_neuron.stored_columns import MatrixKind, StoredColumn
from tb_neuron.timeline import Record

if TYPE_CHECKING:
    from tb_neuron.recording import Recording


class MethodTarget(NamedTuple):
    """A method of attribution, and what it explains."""

    method: str
    target: str


@dataclass(frozen=True)
class UnitSeries:
    """One unit over all records.

    Attributes:
        statistics: names, in the order of the arrays' first axis.
        values: NaN where a statistic is missing or not finite.
        states: bits of `analysis.states`; 0 where the layer is missing.
        quantiles: of the layer's units at 0, 0.25, 0.5, 0.75 and 1.
        rank: share of the layer's units with a lower value.
        dead_since: position of the record since which it is dead, -1 if it is not.
        events: what happened to it.
        class_means: mean activation over each class's examples.
        class_attributions: mean attribution over them.
        class_methods: by which methods and toward what, in the order of that array's first axis.
        class_steps: the steps at which either was recorded.
    """

    statistics: list[str]
    values: Float32[np.ndarray, "statistic record"]
    states: UInt8[np.ndarray, " record"]
    quantiles: Float32[np.ndarray, "statistic 5 record"]
    rank: Float32[np.ndarray, "statistic record"]
    dead_since: int
    events: list[LifeEvent]
    class_means: Float32[np.ndarray, "class class_record"]
    class_attributions: Float32[np.ndarray, "method class class_record"]
    class_methods: list[MethodTarget]
    class_steps: Int64[np.ndarray, " class_record"]


def unit_series(recording: "Recording", layer_name: str, unit: int) -> UnitSeries:
    """Return one unit over all records of a recording.

    Raises:
        NotFoundError: there is no such layer or unit.
    """
    check_unit(recording, layer_name, unit)
    names = [kind.name for kind in recording.statistics]
    records = len(recording.records)
    values = np.full((len(names), records), np.nan, np.float32)
    standing = np.full((len(names), len(PROBABILITIES), records), np.nan, np.float32)
    ranks = np.full((len(names), records), np.nan, np.float32)
    for start in range(0, records, CHUNK_FRAMES):
        batch = recording.records[start : start + CHUNK_FRAMES]
        for record, found in enumerate(recording.columns(layer_name, batch), start):
            for row, name in enumerate(names):
                if name in found:
                    of, values[row, record] = _distribution(found[name], unit)
                    standing[row, :, record] = quantiles(of)
                    ranks[row, record] = rank(of, float(values[row, record]))
    states, is_known = recording.layer_states(layer_name)
    dead_since = int(recording.layer_dead_since(layer_name)[unit])
    events = life_events(states[:, unit], is_known, recording.steps, dead_since)
    classes = _class_series(recording, layer_name, unit)
    return UnitSeries(
        statistics=names,
        values=values,
        states=states[:, unit],
        quantiles=standing,
        rank=ranks,
        dead_since=dead_since,
        events=events,
        class_means=classes.means,
        class_attributions=classes.attributions,
        class_methods=classes.methods,
        class_steps=classes.steps,
    )


def check_unit(recording: "Recording", layer_name: str, unit: int) -> None:
    """Refuse a unit that a layer does not have.

    Raises:
        NotFoundError: there is no such layer or unit.
    """
    units = recording.layer(layer_name).units
    if not 0 <= unit < units:
        raise NotFoundError(
            f"layer {layer_name!r} has no unit {unit}; its units are 0 to {units - 1}"
        )


@dataclass(frozen=True)
class _ClassSeries:
    """A unit class by class, as `UnitSeries` has it."""

    means: Float32[np.ndarray, "class class_record"]
    attributions: Float32[np.ndarray, "method class class_record"]
    methods: list[MethodTarget]
    steps: Int64[np.ndarray, " class_record"]


def _class_series(recording: "Recording", layer_name: str, unit: int) -> _ClassSeries:
    known = recording.class_statistics.values()
    methods = [MethodTarget(each.method, each.target) for each in known if each.method]
    means = _class_columns(recording, MatrixKind(CLASS_MEAN), layer_name, unit)
    attributions = [
        _class_columns(recording, MatrixKind(CLASS_ATTRIBUTION, *each), layer_name, unit)
        for each in methods
    ]
    tables = (means, *attributions)
    steps = sorted(set().union(*tables))
    classes = max((len(column) for table in tables for column in table.values()), default=0)
    found = np.full((len(methods), classes, len(steps)), np.nan, np.float32)
    for number, table in enumerate(attributions):
        found[number] = _table(table, steps, classes)
    of_means = _table(means, steps, classes)
    return _ClassSeries(of_means, found, methods, np.array(steps, np.int64))


def _class_columns(
    recording: "Recording", kind: MatrixKind, layer_name: str, unit: int
) -> dict[int, Float32[np.ndarray, " class"]]:
    """Return the unit's value for each class, by the steps that have one."""
    found = recording.reader.matrices(recording.classes, kind, layer_name)
    return {
        sheet.step: _column_of_unit(sheet, entry, array, unit)
        for sheet, entry, array in (each for each in found if each is not None)
        if unit < array.shape[1]
    }


def _table(
    columns: dict[int, Float32[np.ndarray, " class"]], steps: list[int], classes: int
) -> Float32[np.ndarray, "class class_record"]:
    table = np.full((classes, len(steps)), np.nan, np.float32)
    for number, step in enumerate(steps):
        if step in columns:
            table[: len(columns[step]), number] = columns[step]
    return table


def _column_of_unit(
    record: Record, entry: Entry, array: Shaped[np.ndarray, "class unit"], unit: int
) -> Float32[np.ndarray, " class"]:
    """Return one unit's value in each row of a matrix of which every row has its own grid."""
    value = Value(record.header, lambda _: b"", record.where)
    try:
        grids = [value.coded(entry, row) for row in range(len(array))]
    except DamagedRecordError:
        return np.full(len(array), np.nan, np.float32)
    picked = [
        levels(grid, offset)[codes[unit]]
        for (grid, offset), codes in zip(grids, array, strict=True)
    ]
    return np.array(picked, np.float32)


def _distribution(column: StoredColumn, unit: int) -> tuple[Distribution, float]:
    if not column.is_coded:
        values = column.values()
        return distribution(values), float(values[unit])
    table = column.table()
    return distribution_of_codes(column.stored, table), float(table[column.stored[unit]])
