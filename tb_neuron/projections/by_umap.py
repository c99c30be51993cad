"""UMAP by umap-learn (McInnes, Healy and Melville, 2018), each record from its neighbour."""

import numpy as np
from jaxtyping import Float

from tb_neuron.analysis.projection import Plane
from tb_neuron.projections.starts import MAX_DIMENSIONS, reduced, scaled_start

_MIN_DISTANCE = 0.1
#: Epochs of the first record, and of those that start from good places.
_EPOCHS, _EPOCHS_AFTER = 300, 100
#: The side of the square that umap-learn begins in.
_SIDE = 10.0


def settings(points: int) -> str:
    """Return how a number of points are laid out."""
    return (
        f"UMAP of {points} points, {_neighbours(points)} neighbours, least distance "
        f"{_MIN_DISTANCE:g}, {_EPOCHS} epochs, then {_EPOCHS_AFTER} a record, on at most "
        f"{MAX_DIMENSIONS} principal components, seed 0"
    )


def lay_out(
    points: Float[np.ndarray, "point dimension"], start: Float[np.ndarray, "point 2"] | None
) -> Plane:
    """Return points laid out so that near ones stay near.

    Args:
        points: all finite.
        start: places at a neighbouring record.
    """
    # An extra; the table tells where it is missing.
    from umap import UMAP  # pyright: ignore[reportMissingImports] # noqa: PLC0415

    begun = scaled_start(points, start)
    begun = (begun - begun.min(0)) / np.maximum(np.ptp(begun, axis=0), 1e-12) * _SIDE
    model = UMAP(
        n_neighbors=_neighbours(len(points)),
        min_dist=_MIN_DISTANCE,
        n_epochs=_EPOCHS if start is None else _EPOCHS_AFTER,
        init=begun.astype(np.float32),
        random_state=0,
        n_jobs=1,
    )
    found = np.asarray(model.fit_transform(reduced(points)), np.float64)
    return Plane(found, np.full(2, np.nan))


def _neighbours(points: int) -> int:
    return min(15, points - 1)
