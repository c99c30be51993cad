"""Two responses on one plane over all records: the hexagons, and where each example falls.

The scales hold all responses of all records, of both sides of a comparison, and so the lattice of
hexagons is one, too: what moves from record to record is the examples.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from tb_neuron.analysis.joint import Axis, axis_of, hexbin, marginal
from tb_neuron.errors import NotFoundError
from tb_neuron.response_series import ResponseSeries
from tb_neuron.stored_columns import ColumnReader

#: Width of the plane over its height at which hexagons are regular: that of a screen.
SHAPE = 1.6
#: Parts of an axis that its marginal is counted in.
PARTS = 28


@dataclass(frozen=True)
class Pair:
    """Two responses to the same examples at the same records.

    Attributes:
        steps: of the records that have both.
        examples: of the probe set that both know.
        first: on the horizontal axis; NaN where there is none.
        second: on the vertical axis.
        explained: of each axis, by record; NaN for units.
        name: tells it from any other.
    """

    steps: list[int]
    examples: Int64[np.ndarray, " example"]
    first: Float32[np.ndarray, "record example"]
    second: Float32[np.ndarray, "record example"]
    explained: list[list[float]]
    name: bytes


def pair_of(first: ResponseSeries, second: ResponseSeries) -> Pair:
    """Return two series where both are known.

    Raises:
        NotFoundError: no record has both.
    """
    steps = sorted({*first.steps} & {*second.steps})
    examples = np.intersect1d(first.examples, second.examples)
    if not steps:
        raise NotFoundError(
            "no record has the responses of both; choose two units whose layers were recorded at "
            "the same steps"
        )
    rows = [np.searchsorted(each.steps, steps) for each in (first, second)]
    columns = [np.searchsorted(each.examples, examples) for each in (first, second)]
    return Pair(
        steps,
        examples,
        first.values[rows[0]][:, columns[0]],
        second.values[rows[1]][:, columns[1]],
        [each.explained[at].tolist() for each, at in zip((first, second), rows, strict=True)],
        _named(first.name, second.name),
    )


class Plane(NamedTuple):
    """A lattice of hexagons on scales that hold for all records.

    Attributes:
        axes: the scales, horizontal and vertical.
        x: centres of the hexagons that any record has examples in.
        y: the same.
        bin_of: by pair, the hexagon of each example; -1 where a response is not finite.
        size: width of a hexagon and height of a row, on the scales.
    """

    axes: tuple[Axis, Axis]
    x: Float32[np.ndarray, " bin"]
    y: Float32[np.ndarray, " bin"]
    bin_of: list[Int32[np.ndarray, "record example"]]
    size: tuple[float, float]


def plane_of(pairs: Sequence[Pair], columns: int, reader: ColumnReader) -> Plane:
    """Return the plane that pairs share.

    Args:
        pairs: one a side of a comparison.
        columns: hexagons from one side of the plane to the other.
        reader: keeps what was worked out.
    """
    # Kept as one array: scales, the number of centres, centres, and the examples' hexagons.
    name = _named(*(pair.name for pair in pairs), f"plane {columns}".encode())
    kept = reader.kept(name, lambda: _work_out(pairs, columns))
    axes = (Axis(*kept[:2].tolist()), Axis(*kept[2:4].tolist()))
    count, start = int(kept[4]), 5
    x, y = (kept[start + count * n : start + count * (n + 1)].astype(np.float32) for n in (0, 1))
    start += 2 * count
    bin_of = []
    for pair in pairs:
        end = start + pair.first.size
        bin_of.append(kept[start:end].astype(np.int32).reshape(pair.first.shape))
        start = end
    width, height = (axis.upper - axis.lower for axis in axes)
    row = height * SHAPE / columns * float(np.sqrt(3)) / 2
    return Plane(axes, x, y, bin_of, (width / columns, row))


class Tops(NamedTuple):
    """The largest figures over all records, for scales that hold.

    Attributes:
        examples: of a group in a hexagon.
        share: the same as a share of a side's examples.
        marginal: share of a side's examples in a part of an axis.
    """

    examples: int
    share: float
    marginal: float


def tops_of(
    pair: Pair,
    plane: Plane,
    bin_of: Int32[np.ndarray, "record example"],
    groups: Int64[np.ndarray, " example"],
    selected: Callable[[int], Bool[np.ndarray, " example"]],
) -> Tops:
    """Return the largest figures of a pair over all records.

    Args:
        pair: of a side.
        plane: that it lies on.
        bin_of: the pair's, of the plane.
        groups: of each example, from 0.
        selected: given a record, the examples that are counted.
    """
    count, share, part = 0, 0.0, 0.0
    bins = len(plane.x)
    for record, places in enumerate(bin_of):
        counted = selected(record) & (places >= 0)
        examples = int(counted.sum())
        if not examples:
            continue
        codes = groups[counted] * bins + places[counted]
        most = int(np.unique(codes, return_counts=True)[1].max())
        count, share = max(count, most), max(share, most / examples)
        for values, axis in zip((pair.first, pair.second), plane.axes, strict=True):
            most = int(marginal(values[record][counted], axis, PARTS).max())
            part = max(part, most / examples)
    return Tops(count, share, part)


def _work_out(pairs: Sequence[Pair], columns: int) -> np.ndarray:
    flat = [np.concatenate([getattr(p, n).ravel() for p in pairs]) for n in ("first", "second")]
    axes = (axis_of(flat[0]), axis_of(flat[1]))
    # On a taller scale there are fewer rows, as a plane that is wider than high has room for.
    tall = Axis(axes[1].lower, axes[1].lower + SHAPE * (axes[1].upper - axes[1].lower))
    groups = np.zeros(len(flat[0]), np.int64)
    found = hexbin(flat[0], flat[1], (axes[0], tall), columns, groups)
    head = [*axes[0], *axes[1], len(found.x)]
    return np.concatenate([np.array(head, np.float64), found.x, found.y, found.bin_of])


def _named(*parts: bytes) -> bytes:
    return hashlib.blake2b(b"".join(parts), digest_size=16, person=b"joint").digest()
