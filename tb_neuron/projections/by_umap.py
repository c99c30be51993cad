"""UMAP by umap-learn (McInnes, Healy and Melville, 2018), each record from its neighbour."""

import threading
import warnings
from typing import Any

import numpy as np
from jaxtyping import Float, Float32

from tb_neuron.analysis.projection import Plane
from tb_neuron.errors import NotFoundError
from tb_neuron.projections.starts import MAX_DIMENSIONS, reduced, scaled_start

PREPARATION = "UMAP compiles itself when it is first used, which takes some ten seconds"
_MIN_DISTANCE = 0.1
#: Epochs of the first record, and of those that start from good places.
_EPOCHS, _EPOCHS_AFTER = 300, 100
#: How far a point may be moved at once, at first; from good places small moves will do.
_RATE, _RATE_AFTER = 1.0, 0.25
#: The side of the square that umap-learn begins in.
_SIDE = 10.0
#: An axis without extent gets this share of the side: from a line no layout leaves.
_JITTER = 1e-3
#: Numba's own thread pool ends the process when two threads enter it at once.
_one_at_a_time = threading.Lock()


def settings(points: int) -> str:
    """Return how a number of points are laid out."""
    return (
        f"UMAP of {points} points, {_neighbours(points)} neighbours, least distance "
        f"{_MIN_DISTANCE:g}, {_EPOCHS} epochs, then {_EPOCHS_AFTER} a record at a rate of "
        f"{_RATE_AFTER:g}, on at most {MAX_DIMENSIONS} principal components, seed 0"
    )


def lay_out(
    points: Float[np.ndarray, "point dimension"], start: Float[np.ndarray, "point 2"] | None
) -> Plane:
    """Return points laid out so that near ones stay near.

    Args:
        points: all finite, not all equal.
        start: places at a neighbouring record.

    Raises:
        NotFoundError: the package is there and can't be imported.
    """
    with _one_at_a_time:
        model = _umap().UMAP(
            n_neighbors=_neighbours(len(points)),
            min_dist=_MIN_DISTANCE,
            n_epochs=_EPOCHS if start is None else _EPOCHS_AFTER,
            learning_rate=_RATE if start is None else _RATE_AFTER,
            init=_begun(scaled_start(points, start)),
            random_state=0,
            n_jobs=1,
        )
        found = np.asarray(model.fit_transform(reduced(points)), np.float64)
    return Plane(found, np.full(2, np.nan))


def _begun(places: Float[np.ndarray, "point 2"]) -> Float32[np.ndarray, "point 2"]:
    extent = np.ptp(places, axis=0)
    begun = (places - places.min(0)) / np.maximum(extent, 1e-12) * _SIDE
    noise = np.random.default_rng(0).uniform(0, _JITTER * _SIDE, begun.shape)
    return np.where(extent > 1e-12, begun, noise).astype(np.float32)


def _umap() -> Any:
    # An extra; the table tells where it is missing.
    try:
        with warnings.catch_warnings():
            # It warns where TensorFlow is missing, which only its parametric sort needs.
            warnings.simplefilter("ignore", ImportWarning)
            import umap  # noqa: PLC0415
    except (ImportError, RuntimeError) as error:
        raise NotFoundError(
            f"UMAP is installed and can't be imported ({error}); mend it with "
            "pip install --upgrade 'tb-neuron[projection]', or take PCA"
        ) from error
    return umap


def _neighbours(points: int) -> int:
    return min(15, points - 1)
