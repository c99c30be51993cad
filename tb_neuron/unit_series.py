"""One unit over all records: its statistics, its place in its layer, its life, its classes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from tb_neuron.columns import levels
from tb_neuron.directory import Value
from tb_neuron.errors import DamagedRecordError, NotFoundError
from tb_neuron.film_chunk import CHUNK_FRAMES
from tb_neuron.stored_columns import StoredColumn
from tb_neuron.timeline import Record

if TYPE_CHECKING:
    from tb_neuron.recording import Recording

CLASS_MEAN = "class_mean"


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
        class_steps: the steps at which class means were recorded.
    """

    statistics: list[str]
    values: Float32[np.ndarray, "statistic record"]
    states: UInt8[np.ndarray, " record"]
    quantiles: Float32[np.ndarray, "statistic 5 record"]
    rank: Float32[np.ndarray, "statistic record"]
    dead_since: int
    events: list[LifeEvent]
    class_means: Float32[np.ndarray, "class class_record"]
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
    class_means, class_steps = class_means_of(recording, layer_name, unit)
    return UnitSeries(
        statistics=names,
        values=values,
        states=states[:, unit],
        quantiles=standing,
        rank=ranks,
        dead_since=dead_since,
        events=events,
        class_means=class_means,
        class_steps=class_steps,
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


def class_means_of(
    recording: "Recording", layer_name: str, unit: int
) -> tuple[Float32[np.ndarray, "class class_record"], Int64[np.ndarray, " class_record"]]:
    """Return a unit's mean activation over each class's examples, and at which steps."""
    key = (CLASS_MEAN, layer_name)
    records = [record for record in recording.classes if key in record.entries]
    arrays = recording.reader.arrays([(record, record.entries[key][0]) for record in records])
    found: list[tuple[int, Float32[np.ndarray, " class"]]] = []
    for record, array in zip(records, arrays, strict=True):
        if array is not None and array.ndim == 2 and unit < array.shape[1]:
            found.append((record.step, _column_of_unit(record, key, array, unit)))
    classes = max((len(column) for _, column in found), default=0)
    means = np.full((classes, len(found)), np.nan, np.float32)
    for number, (_, column) in enumerate(found):
        means[: len(column), number] = column
    return means, np.array([step for step, _ in found], np.int64)


def _column_of_unit(
    record: Record, key: tuple[str, str], array: Shaped[np.ndarray, "class unit"], unit: int
) -> Float32[np.ndarray, " class"]:
    """Return one unit's value in each row of a matrix of which every row has its own grid."""
    entry = record.entries[key][0]
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
