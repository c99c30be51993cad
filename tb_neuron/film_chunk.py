"""A chunk of the film: up to 16 records of one statistic, all measured layers side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32, UInt8

from tb_neuron import columns
from tb_neuron.analysis import film
from tb_neuron.columns import CodedColumn
from tb_neuron.schema.neuron_pb2 import GRID_EXACT
from tb_neuron.stored_columns import LayerStates, StoredColumn

#: Records in one chunk.
CHUNK_FRAMES = 16

_ALL_CODES = np.arange(256, dtype=np.uint8)


@dataclass(frozen=True)
class FilmChunk:
    """Some records of one statistic.

    Attributes:
        changes: the first frame's codes, and every other frame minus the one before, modulo 256;
            a layer or statistic that is missing from a record has the code `NOT_FINITE`.
        offsets: the grid offset of each layer, the same for all frames.
        first_record: position of the first frame in the record list.
        frames: how many.
        grid: a `Grid` of the schema.
    """

    changes: UInt8[np.ndarray, "frame unit"]
    offsets: Int32[np.ndarray, " layer"]
    first_record: int
    frames: int
    grid: int


def make_chunk(
    layers: Sequence[Sequence[StoredColumn | None]],
    widths: Sequence[int],
    grid: int,
    first_record: int,
) -> FilmChunk:
    """Return the chunk of some columns.

    Args:
        layers: of each layer, its column at each record, or None where it is missing.
        widths: units of each layer.
        grid: the statistic's.
        first_record: position of the first record.
    """
    frames = [
        _layer_frames(found, width, grid) for found, width in zip(layers, widths, strict=True)
    ]
    codes = np.concatenate([layer_codes for layer_codes, _ in frames], axis=1)
    offsets = np.array([offset for _, offset in frames], np.int32)
    return FilmChunk(film.delta(codes), offsets, first_record, len(codes), grid)


def make_states_chunk(found: LayerStates, widths: Sequence[int], first_record: int) -> FilmChunk:
    """Return the chunk of some records' unit states.

    Args:
        found: the states of all layers, side by side.
        widths: units of each layer.
        first_record: position of the first record.
    """
    ends = np.cumsum([0, *widths])
    layers = [
        [
            StoredColumn(row[ends[number] : ends[number + 1]], GRID_EXACT, 0)
            if is_known[number]
            else None
            for row, is_known in zip(found.states, found.is_known, strict=True)
        ]
        for number in range(len(widths))
    ]
    return make_chunk(layers, widths, GRID_EXACT, first_record)


def _layer_frames(
    found: Sequence[StoredColumn | None], width: int, grid: int
) -> tuple[UInt8[np.ndarray, "frame unit"], int]:
    missing = CodedColumn(np.full(width, columns.NOT_FINITE, np.uint8), 0)
    coded = [missing if column is None else column.coded(grid) for column in found]
    codes = np.stack([column.codes for column in coded])
    is_on_grid = ((codes != 0) & (codes != columns.NOT_FINITE)).any(axis=1)
    offset = film.common_offset(np.array([column.offset for column in coded]), is_on_grid)
    tables = {
        number: columns.rebase(CodedColumn(_ALL_CODES, column.offset), grid, offset).codes
        for number, column in enumerate(coded)
        if column.offset != offset
    }
    return film.translate(codes, tables), offset
