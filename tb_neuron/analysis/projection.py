"""Points in two dimensions, and how they move over records: PCA on an anchor, Procrustes.

Units (their responses to all examples) or examples (the responses of all units) are points of many
dimensions. The plane is that of the anchor record's first two principal components; another record
is projected onto the same two directions, then turned, mirrored, scaled and moved onto the
anchor's, so that what moves is the training and not the layout.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float64, Int64
from scipy.linalg import eigh


class Plane(NamedTuple):
    """Where points lie.

    Attributes:
        places: of each point; NaN where it has no finite coordinate.
        explained: share of the variance along each of the two axes; NaN where there is none.
        axes: directions of length 1 that the points were projected onto; None where none were.
    """

    places: Float64[np.ndarray, "point 2"]
    explained: Float64[np.ndarray, "2"]
    axes: Float64[np.ndarray, "dimension 2"] | None = None


def principal_plane(points: Float[np.ndarray, "point dimension"]) -> Plane:
    """Return points on the plane of their first two principal components.

    Products are summed in the points' own precision, float32 or float64. An axis points where its
    largest coordinate is positive. Points that are not finite have no place.

    Args:
        points: coordinates.
    """
    known = np.isfinite(points).all(1)
    axes = np.zeros((points.shape[1], 2))
    if not known.any() or points.shape[1] == 0:
        return Plane(np.full((len(points), 2), np.nan), np.full(2, np.nan), axes)
    centred = _centred(points[known])
    # The smaller of the two Gram matrices has the same spectrum; two of its vectors are wanted.
    is_tall = len(centred) > centred.shape[1]
    gram = (centred.T @ centred if is_tall else centred @ centred.T).astype(np.float64)
    first = max(0, len(gram) - 2)
    values, vectors = eigh(gram, subset_by_index=[first, len(gram) - 1])
    values, vectors = np.clip(values[::-1], 0, None), vectors[:, ::-1]
    # What is left of rounding is no direction.
    is_direction = values > len(gram) * np.finfo(centred.dtype).eps * values[0]
    found = vectors if is_tall else centred.T @ vectors
    lengths = np.linalg.norm(found, axis=0)
    found = found / np.where(is_direction & (lengths > 0), lengths, np.inf)
    axes[:, : found.shape[1]] = found
    plane = projected_plane(points, axes)
    sign = np.where(plane.places[_farthest(plane.places), [0, 1]] < 0, -1.0, 1.0)
    return Plane(plane.places * sign, plane.explained, axes * sign)


def projected_plane(
    points: Float[np.ndarray, "point dimension"], axes: Float[np.ndarray, "dimension 2"]
) -> Plane:
    """Return points, moved to their centre, on two given directions.

    Args:
        points: coordinates; those that are not finite have no place.
        axes: of length 1, at right angles.
    """
    known = np.isfinite(points).all(1)
    places = np.full((len(points), 2), np.nan)
    explained = np.full(2, np.nan)
    if known.any():
        centred = _centred(points[known])
        found = (centred @ axes.astype(centred.dtype)).astype(np.float64)
        whole = float(np.einsum("pd,pd->", centred, centred, dtype=np.float64))
        places[known] = found
        if whole > 0:
            explained = (found**2).sum(0) / whole
    return Plane(places, explained, np.asarray(axes, np.float64))


def _centred(points: Float[np.ndarray, "point dimension"]) -> Float[np.ndarray, "point dimension"]:
    used = np.asarray(points, np.result_type(points, np.float32))
    return used - used.mean(0, dtype=np.float64).astype(used.dtype)


def _farthest(places: Float[np.ndarray, "point 2"]) -> Int64[np.ndarray, "2"]:
    """Return the point that lies farthest from 0 along each axis."""
    return np.nan_to_num(np.abs(places)).argmax(0)


def principal_direction(
    points: Float[np.ndarray, "point dimension"],
) -> tuple[Float64[np.ndarray, " dimension"], Float64[np.ndarray, " dimension"]]:
    """Return the direction of the first principal component, and the points' centre.

    It has length 1, and its largest coordinate is positive; 0 where there is no variance.
    Dimensions that are not finite for some point have no part in it.

    Args:
        points: coordinates.
    """
    known = np.isfinite(points).all(0)
    centre, direction = np.zeros(points.shape[1]), np.zeros(points.shape[1])
    if not known.any() or len(points) < 2:
        return direction, centre
    used = points[:, known].astype(np.float64)
    centre[known] = used.mean(0)
    centred = used - used.mean(0)
    is_tall = len(centred) > centred.shape[1]
    values, vectors = np.linalg.eigh(centred.T @ centred if is_tall else centred @ centred.T)
    found = vectors[:, -1] if is_tall else centred.T @ vectors[:, -1]
    length = float(np.linalg.norm(found))
    if values[-1] <= 0 or length == 0:
        return direction, centre
    found = found / length
    direction[known] = found * (-1 if found[np.abs(found).argmax()] < 0 else 1)
    return direction, centre


def aligned(
    places: Float[np.ndarray, "point 2"], anchor: Float[np.ndarray, "point 2"]
) -> Float64[np.ndarray, "point 2"]:
    """Return places turned, mirrored, scaled and moved as near to the anchor's as they get.

    The sum of squared distances over the points that both have is the least there is (Gower 1975).
    To an anchor whose points lie at one place nothing can be turned: places stay as they are.

    Args:
        places: of a record.
        anchor: of the same points at the anchor record.
    """
    known = np.isfinite(places).all(1) & np.isfinite(anchor).all(1)
    if known.sum() < 2:
        return places.astype(np.float64)
    mine, theirs = places[known].astype(np.float64), anchor[known].astype(np.float64)
    centre, to = mine.mean(0), theirs.mean(0)
    left, strength, right = np.linalg.svd((mine - centre).T @ (theirs - to))
    if not strength.any() and (theirs == to).all():
        return places.astype(np.float64)
    spread = float(((mine - centre) ** 2).sum())
    scale = float(strength.sum()) / spread if spread > 0 else 1.0
    return (places - centre) @ (left @ right) * scale + to


class Cells(NamedTuple):
    """The plane cut into equal squares.

    Attributes:
        columns: of squares.
        rows: of squares.
        counts: points in each square, row by row from the lower left.
        nearest: the point nearest to each square's middle; -1 in an empty one.
    """

    columns: int
    rows: int
    counts: Int64[np.ndarray, " cell"]
    nearest: Int64[np.ndarray, " cell"]


def cells(
    places: Float[np.ndarray, "point 2"],
    bounds: tuple[float, float, float, float],
    columns: int,
    rows: int,
) -> Cells:
    """Return how many points lie in each square of the plane, and which is nearest to its middle.

    Args:
        places: NaN for points without one.
        bounds: left, bottom, right and top of the plane; points beyond are in no square.
        columns: of squares.
        rows: of squares.
    """
    left, bottom, right, top = bounds
    size = np.array([right - left, top - bottom])
    scaled = (places - [left, bottom]) / np.where(size > 0, size, 1) * [columns, rows]
    inside = np.isfinite(scaled).all(1) & (scaled >= 0).all(1) & (scaled <= [columns, rows]).all(1)
    points = np.flatnonzero(inside)
    column, row = np.minimum(scaled[points].astype(np.int64), [columns - 1, rows - 1]).T
    cell = row * columns + column
    distance = ((scaled[points] - np.stack([column, row], 1) - 0.5) ** 2).sum(1)
    nearest = np.full(columns * rows, -1, np.int64)
    # Written from the farthest to the nearest: the last one stays.
    order = np.argsort(-distance, kind="stable")
    nearest[cell[order]] = points[order]
    return Cells(columns, rows, np.bincount(cell, minlength=columns * rows), nearest)
