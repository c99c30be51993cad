"""PCA: the plane of the anchor record's first two principal components (Pearson, 1901)."""

import numpy as np
from jaxtyping import Float

from tb_neuron.analysis.projection import Plane, principal_plane, projected_plane


def settings(points: int) -> str:
    """Return how a number of points are laid out."""
    return f"PCA of {points} points"


def lay_out(
    points: Float[np.ndarray, "point dimension"], axes: Float[np.ndarray, "dimension 2"] | None
) -> Plane:
    """Return points on the plane of an anchor record's first two principal components.

    Args:
        points: all finite.
        axes: the anchor's components; None for the anchor itself, which gives its own.
    """
    return principal_plane(points) if axes is None else projected_plane(points, axes)
