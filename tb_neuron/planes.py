"""Where a layer's units, or the examples, lie in two dimensions at every record of responses.

Units are points whose coordinates are their responses to all examples; examples are points whose
coordinates are the responses of all units to them. Each record is projected as the anchor record
is, or started from its neighbour, and then aligned to the anchor: what moves is the training.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, get_args

import numpy as np
from jaxtyping import Float32, Float64, Int64

from tb_neuron.analysis.projection import aligned
from tb_neuron.errors import DamagedRecordError, InvalidArgumentError, not_found, shown
from tb_neuron.projections import find_projection, lay_out
from tb_neuron.recording import Recording
from tb_neuron.wire import PointKind

POINT_KINDS: tuple[PointKind, ...] = get_args(PointKind)


class PlaneChoice(NamedTuple):
    """Which points are laid out, and how.

    Attributes:
        layer_name: whose responses they are.
        of: "units" or "examples".
        projection: "pca", "umap" or "tsne".
        method: of attribution; empty for activations.
    """

    layer_name: str
    of: PointKind = "units"
    projection: str = "pca"
    method: str = ""


class PlaneTask(NamedTuple):
    """A record to be laid out.

    Attributes:
        step: of the record.
        identity: the same for the same responses after the same records.
    """

    step: int
    identity: bytes


class Placed(NamedTuple):
    """A record that is laid out, not yet aligned.

    Attributes:
        points: numbers of units or examples, rising.
        places: NaN for points that are not finite.
        explained: share of the variance along each axis; NaN unless by PCA.
        reduction: over positions; empty where the record can't be read.
        dimensions: numbers of examples or units, rising.
        axes: that the points were projected onto; None where none were.
    """

    points: Int64[np.ndarray, " point"]
    places: Float32[np.ndarray, "point 2"]
    explained: Float32[np.ndarray, "2"]
    reduction: str
    dimensions: Int64[np.ndarray, " dimension"]
    axes: Float32[np.ndarray, "dimension 2"] | None


@dataclass(frozen=True)
class Planes:
    """All records of one layer in one plane.

    Attributes:
        steps: of the records.
        anchor: step of the record that the others are aligned to.
        points: units or examples, as the anchor record has them.
        places: NaN where a point has none, or its record is not laid out yet.
        explained: share of a record's variance along the anchor's first two components; NaN
            unless by PCA.
        settings: how they are laid out, in words; empty before any record is.
        reduction: of responses over positions.
        done: how many records are laid out.
    """

    steps: list[int]
    anchor: int
    points: Int64[np.ndarray, " point"]
    places: Float32[np.ndarray, "record point 2"]
    explained: Float32[np.ndarray, "record 2"]
    settings: str
    reduction: str
    done: int


def parse_point_kind(text: str) -> PointKind:
    """Return what points stand for.

    Raises:
        InvalidArgumentError: it is neither.
    """
    for kind in POINT_KINDS:
        if kind == text:
            return kind
    raise InvalidArgumentError(f"points are units or examples, not {shown(text)}; pass one of them")


def plane_tasks(recording: Recording, choice: PlaneChoice) -> list[PlaneTask]:
    """Return the records to be laid out, in step order.

    Raises:
        NotFoundError: no responses were recorded of this layer, or the projection's package is
            missing.
    """
    find_projection(choice.projection)
    recording.layer(choice.layer_name)
    records = recording.responses.records_of(choice.layer_name, choice.method)
    if not records:
        # Says what there is, and how to record it.
        recording.responses.responses(choice.layer_name, 0, choice.method)
        raise not_found("layer with responses", choice.layer_name, recording.responses.layers())
    tasks: list[PlaneTask] = []
    chain = hashlib.blake2b(digest_size=16)
    for record in records:
        chain.update(record.digest)
        tasks.append(PlaneTask(record.step, chain.digest()))
    return tasks


def place(
    recording: Recording, choice: PlaneChoice, task: PlaneTask, before: Placed | None
) -> Placed:
    """Return a record laid out; without any place if it can't be read.

    Args:
        recording: whose responses.
        choice: of which points, and how.
        task: the record.
        before: the record that it starts from or is projected as, of `outward`.

    Raises:
        InvalidArgumentError: there are too few points for the projection.
    """
    nothing = np.full(2, np.nan, np.float32)
    try:
        found = recording.responses.responses(choice.layer_name, task.step, choice.method)
    except DamagedRecordError:
        found = None
    if found is None or found.step != task.step:
        none = np.zeros(0, np.int64)
        return Placed(none, np.zeros((0, 2), np.float32), nothing, "", none, None)
    both, matrix = (found.units, found.examples), found.values
    points, dimensions = both if choice.of == "units" else both[::-1]
    projection = find_projection(choice.projection)
    start = _handed_on(before, points, dimensions, projection.follows)
    plane = lay_out(projection, matrix if choice.of == "units" else matrix.T, start)
    return Placed(
        points,
        plane.places.astype(np.float32),
        plane.explained.astype(np.float32),
        found.reduction,
        dimensions,
        None if plane.axes is None else plane.axes.astype(np.float32),
    )


def _handed_on(
    before: Placed | None,
    points: Int64[np.ndarray, " point"],
    dimensions: Int64[np.ndarray, " dimension"],
    is_followed: bool,
) -> Float64[np.ndarray, "_ 2"] | None:
    """Return what one record hands on to another; None if it has nothing."""
    if before is None or not len(before.points):
        return None
    if is_followed:
        return _brought(before.places, before.points, points).astype(np.float64)
    if before.axes is None:
        return None
    return np.nan_to_num(_brought(before.axes, before.dimensions, dimensions).astype(np.float64))


def outward(count: int, origin: int, is_followed: bool = True) -> list[tuple[int, int | None]]:
    """Return records from one on in both directions, each with the one that hands on to it.

    So what is looked at first is there first.

    Args:
        count: of records.
        origin: the first one, to which none hands on.
        is_followed: whether that is the neighbour; if not, it is the first.
    """
    order = sorted(range(count), key=lambda number: abs(number - origin))

    def neighbour(number: int) -> int:
        return number - 1 if number > origin else number + 1

    return [(n, None if n == origin else neighbour(n) if is_followed else origin) for n in order]


def record_at(tasks: Sequence[PlaneTask], step: int) -> int:
    """Return the position of the last record at or before a step; 0 if all are later."""
    steps = [task.step for task in tasks]
    return max(0, int(np.searchsorted(steps, step, side="right")) - 1)


def align(
    tasks: Sequence[PlaneTask],
    placed: Sequence[Placed | None],
    choice: PlaneChoice,
    anchor_step: int,
    origin_step: int,
) -> Planes:
    """Return all records aligned to the one at or before a step, or the first one.

    While the anchor's record is not laid out, the nearest one that is stands in for it.

    Args:
        tasks: the records.
        placed: what was made of each; None where it is still to come.
        choice: how they were laid out.
        anchor_step: of training.
        origin_step: of the record that was laid out first.
    """
    wanted = record_at(tasks, anchor_step)
    ready = [n for n, each in enumerate(placed) if each is not None and len(each.points)]
    number = min(ready, key=lambda each: abs(each - wanted), default=wanted)
    anchor = placed[number]
    points = np.zeros(0, np.int64) if anchor is None else anchor.points
    places = np.full((len(tasks), len(points), 2), np.nan, np.float32)
    explained = np.full((len(tasks), 2), np.nan, np.float32)
    for row, each in enumerate(placed):
        if anchor is None or each is None or not len(each.points):
            continue
        places[row] = (
            anchor.places
            if row == number
            else aligned(_brought(each.places, each.points, points), anchor.places)
        )
        explained[row] = each.explained
    return Planes(
        steps=[task.step for task in tasks],
        anchor=tasks[number].step,
        points=points,
        places=places,
        explained=explained,
        settings=_settings(choice, len(points), origin_step) if len(points) else "",
        reduction="" if anchor is None else anchor.reduction,
        done=sum(each is not None for each in placed),
    )


def planes(recording: Recording, choice: PlaneChoice, anchor_step: int | None = None) -> Planes:
    """Return all records of a layer in one plane; waits until all are laid out.

    Args:
        recording: whose responses.
        choice: of which points, and how.
        anchor_step: the record to align to, at or before the step; by default the last one.

    Raises:
        NotFoundError: no responses were recorded of this layer, or a package is missing.
        InvalidArgumentError: there are too few points for the projection.
    """
    tasks = plane_tasks(recording, choice)
    anchor = tasks[-1].step if anchor_step is None else anchor_step
    origin = record_at(tasks, anchor)
    made: list[Placed | None] = [None] * len(tasks)
    is_followed = find_projection(choice.projection).follows
    for number, first in outward(len(tasks), origin, is_followed):
        before = None if first is None else made[first]
        made[number] = place(recording, choice, tasks[number], before)
    return align(tasks, made, choice, anchor, tasks[origin].step)


def _settings(choice: PlaneChoice, points: int, origin_step: int) -> str:
    projection = find_projection(choice.projection)
    settings = projection.settings(points)
    if not projection.follows:
        return f"{settings} on the first two components of step {origin_step}"
    return f"{settings}, each record started from its neighbour, from step {origin_step} outward"


def _brought(
    rows: Float32[np.ndarray, "known 2"],
    known: Int64[np.ndarray, " known"],
    wanted: Int64[np.ndarray, " wanted"],
) -> Float32[np.ndarray, "wanted 2"]:
    """Return the rows of some numbers; NaN for those that are not known."""
    if np.array_equal(known, wanted):
        return rows
    at = np.searchsorted(known, wanted).clip(0, max(0, len(known) - 1))
    is_there = known[at] == wanted
    return np.where(is_there[:, None], rows[at], np.nan).astype(np.float32)
