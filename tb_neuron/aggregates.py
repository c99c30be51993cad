"""What the headers of records say of whole layers: counts of states, means, largest values.

Enough to draw the ribbon and to fix a scale for every statistic without reading a column.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, UInt32

from tb_neuron import columns
from tb_neuron.errors import DamagedRecordError, shown
from tb_neuron.schema.neuron_pb2 import (
    DTYPE_UINT8,
    GRID_EXACT,
    GRID_FRACTION,
    GRID_SIGNED_LOG,
    Column,
    Entry,
    Header,
)
from tb_neuron.source import Problem
from tb_neuron.statistic_names import statistic_name
from tb_neuron.summary import COLUMNS, STATES
from tb_neuron.timeline import Record

#: More than this in one record is no layout but damage.
MAX_STATISTICS = 256
MAX_CELLS = 1 << 27

_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class StatisticKind:
    """A per-unit statistic.

    Attributes:
        name: unique within a recording (`statistic_names`).
        grid: a `Grid` of the schema.
        description: one sentence that defines it.
        method: of attributions; empty for activations.
        target: what attributions explain.
        figure: what it is of the activations or attributions, such as "mean".
    """

    name: str
    grid: int
    description: str
    method: str = ""
    target: str = ""
    figure: str = ""


class Aggregates(NamedTuple):
    """One record's figures for whole layers.

    Attributes:
        counts: units that are silent, dormant, saturated, nonfinite; 0 for a missing layer.
        means: over the units with a finite value; NaN for a missing layer or statistic.
        tops: largest magnitude of each statistic over all layers, 0 if it has none.
    """

    counts: UInt32[np.ndarray, "4 layer"]
    means: Float32[np.ndarray, "statistic layer"]
    tops: Float32[np.ndarray, " statistic"]


def statistics_of(records: Sequence[Record]) -> list[StatisticKind]:
    """Return the statistics in the order of their first appearance, as last defined.

    A sentence that a record leaves out is that of the record before. A column on an unknown grid
    is none.

    Raises:
        DamagedRecordError: there are more than `MAX_STATISTICS`.
    """
    found: dict[str, StatisticKind] = {}
    for sheet in (sheet for record in records for sheet in record.sheets):
        for number in _column_numbers(sheet):
            column = sheet.header.columns[number]
            if column.name != STATES and column.grid in columns.GRIDS:
                kind = _kind(column)
                before = found.get(kind.name)
                sentence = kind.description or (before.description if before else "")
                found[kind.name] = replace(kind, description=sentence)
        if len(found) > MAX_STATISTICS:
            raise DamagedRecordError(
                f"{sheet.where}: more than {MAX_STATISTICS} statistics are not read"
            )
    return list(found.values())


def unknown_grids(records: Sequence[Record]) -> list[Problem]:
    """Return a problem for each statistic that a record has on a grid that does not exist."""
    found: dict[tuple[str, int], Record] = {}
    for sheet in (sheet for record in records for sheet in record.sheets):
        for number in _column_numbers(sheet):
            column = sheet.header.columns[number]
            if column.grid not in columns.GRIDS:
                found.setdefault((statistic_name(column), column.grid), sheet)
    return [
        Problem(
            record.where,
            f"the statistic {shown(name)} is on grid {grid}, which this version does not know; "
            "such columns are not shown",
        )
        for (name, grid), record in found.items()
    ]


def aggregates_of(record: Record, layers: dict[str, int], statistics: dict[str, int]) -> Aggregates:
    """Return one record's aggregates.

    Args:
        record: the record.
        layers: index of each layer's name.
        statistics: index of each statistic's name.
    """
    counts = np.zeros((4, len(layers)), np.uint32)
    for aggregate in record.header.aggregates:
        layer = layers.get(aggregate.layer)
        if layer is not None:
            counts[:, layer] = (
                aggregate.silent,
                aggregate.dormant,
                aggregate.saturated,
                aggregate.nonfinite,
            )
    means = np.full((len(statistics), len(layers)), np.nan, np.float32)
    tops = np.zeros(len(statistics), np.float32)
    for sheet in record.sheets:
        _take_means(means, sheet, layers, statistics)
        np.maximum(tops, _tops(sheet, layers, statistics, means), out=tops)
    return Aggregates(counts, means, tops)


def has_values(record: Record) -> bool:
    """Whether any of a record's columns is stored as values, not as codes of a grid."""
    return any(
        entry.dtype != DTYPE_UINT8
        for sheet in record.sheets
        for (what, _), entries in sheet.entries.items()
        if what == COLUMNS
        for entry in entries
    )


def _kind(column: Column) -> StatisticKind:
    name = statistic_name(column)
    return StatisticKind(
        name, column.grid, column.description, column.method, column.target, column.name
    )


def _take_means(
    means: Float32[np.ndarray, "statistic layer"],
    sheet: Record,
    layers: dict[str, int],
    statistics: dict[str, int],
) -> None:
    names = [statistic_name(column) for column in sheet.header.columns]
    sources = [number for number, name in enumerate(names) if name in statistics]
    targets = [statistics[names[number]] for number in sources]
    for aggregate in sheet.header.aggregates:
        layer = layers.get(aggregate.layer)
        if layer is not None and len(aggregate.means) == len(names):
            means[targets, layer] = np.asarray(aggregate.means, np.float32)[sources]


def _column_numbers(record: Record) -> list[int]:
    """Return the columns that a record's layers use, in order."""
    used = {
        number
        for (what, _), entries in record.entries.items()
        if what == COLUMNS
        for entry in entries
        for number in entry.columns
    }
    return sorted(number for number in used if number < len(record.header.columns))


def _tops(
    record: Record,
    layers: dict[str, int],
    statistics: dict[str, int],
    means: Float32[np.ndarray, "statistic layer"],
) -> Float32[np.ndarray, " statistic"]:
    tops = np.zeros(len(statistics), np.float32)
    for (what, layer_name), entries in record.entries.items():
        layer = layers.get(layer_name)
        if what != COLUMNS or layer is None:
            continue
        for entry in entries:
            _raise_tops(tops, record.header, entry, statistics, means[:, layer])
    return tops


def _raise_tops(
    tops: Float32[np.ndarray, " statistic"],
    header: Header,
    entry: Entry,
    statistics: dict[str, int],
    means: Float32[np.ndarray, " statistic"],
) -> None:
    if entry.dtype != DTYPE_UINT8:
        return
    for number, offset in zip(entry.columns, entry.offsets, strict=False):
        column = header.columns[number] if number < len(header.columns) else None
        statistic = None if column is None else statistics.get(statistic_name(column))
        # A column of zeros has offset 0 too: its mean tells it from one at that level.
        if column is None or statistic is None or (offset == 0 and not means[statistic]):
            continue
        if column.grid not in columns.GRIDS:
            continue
        top = top_of_grid(column.grid, offset)
        tops[statistic] = max(tops[statistic], top)


# A pure function of two integers, so one memory for the process cannot be stale: at most
# 4096 numbers.
@lru_cache(maxsize=4096)
def top_of_grid(grid: int, offset: int) -> float:
    """Return the largest magnitude on a grid: that of the column that it was made for."""
    if grid == GRID_FRACTION:
        return 1.0
    if grid == GRID_EXACT:
        return 255.0
    highest = columns.SIGNED_LEVELS if grid == GRID_SIGNED_LOG else columns.UNSIGNED_LEVELS
    level = min(max(highest + offset, -2000), 2000)
    return min(columns.RATIO**level, _LARGEST)
