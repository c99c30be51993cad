"""Where a projection that keeps neighbourhoods begins, and on which dimensions it works."""

import numpy as np
from jaxtyping import Float, Float32, Float64

from tb_neuron.analysis.projection import principal_plane

#: More dimensions tell distances no better, and take longer.
MAX_DIMENSIONS = 50


def scaled_start(
    points: Float[np.ndarray, "point dimension"], start: Float[np.ndarray, "point 2"] | None
) -> Float64[np.ndarray, "point 2"]:
    """Return places to begin with: a neighbouring record's, and those of PCA where there are none.

    Args:
        points: all finite.
        start: places at the neighbouring record, NaN where a point had none.
    """
    plane = principal_plane(points).places
    if start is None:
        return plane
    known = np.isfinite(start).all(1)
    if known.sum() < 2:
        return plane
    ratio = start[known].std() / max(plane.std(), 1e-12)
    begun = plane * ratio + start[known].mean(0)
    begun[known] = start[known]
    return begun


def reduced(points: Float[np.ndarray, "point dimension"]) -> Float32[np.ndarray, "point axis"]:
    """Return points on their first principal components, at most `MAX_DIMENSIONS`."""
    centred = points.astype(np.float64) - points.mean(0, dtype=np.float64)
    if centred.shape[1] > MAX_DIMENSIONS:
        left, strength, _ = np.linalg.svd(centred, full_matrices=False)
        centred = left[:, :MAX_DIMENSIONS] * strength[:MAX_DIMENSIONS]
    return centred.astype(np.float32)
