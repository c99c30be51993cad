"""PCA: the plane of the first two principal components (Pearson, 1901)."""

import numpy as np
from jaxtyping import Float

from tb_neuron.analysis.projection import Plane, principal_plane


def settings(points: int) -> str:
    """Return how a number of points are laid out."""
    return f"PCA of {points} points, each record by its own two first components"


def lay_out(
    points: Float[np.ndarray, "point dimension"], start: Float[np.ndarray, "point 2"] | None
) -> Plane:
    """Return points on the plane of their first two principal components.

    Args:
        points: all finite.
        start: has no influence.
    """
    del start
    return principal_plane(points)
