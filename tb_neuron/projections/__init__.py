"""How points of many dimensions are laid out in two: one file a projection, by name.

PCA comes with the package. The others need packages that few have installed: they are imported
when they are asked for, and where they are missing the message says what to type.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from tb_neuron.analysis.projection import Plane
from tb_neuron.errors import InvalidArgumentError, NotFoundError, not_found
from tb_neuron.projections import by_pca, by_tsne, by_umap

Points = Float[np.ndarray, "point dimension"]
#: What an earlier one hands on: to a projection that follows, where the points lie at the
#: neighbouring record; to others, the directions of the record that was laid out first. None to it.
Start = Float[np.ndarray, "point 2"] | Float[np.ndarray, "dimension 2"] | None
#: Fewer points have no neighbourhoods that a projection could keep.
MIN_POINTS = 5


@dataclass(frozen=True)
class Projection:
    """A way to lay out points.

    Attributes:
        name: in the address.
        title: for people.
        package: that must be installed; empty for none.
        follows: whether each record starts from the places of its neighbour; if not, all are
            projected onto the directions of the first.
        settings: tells for a number of points how they are laid out.
        lay_out: returns the plane of points, all of them finite, not all equal.
        preparation: what takes long when it is first used; empty for nothing.
    """

    name: str
    title: str
    package: str
    follows: bool
    settings: Callable[[int], str]
    lay_out: Callable[[Points, Start], Plane]
    preparation: str = ""

    @property
    def absence(self) -> str:
        """Why it can't be used here, with what to type; empty if it can."""
        if not self.package or find_spec(self.package):
            return ""
        return f"{self.title} needs another package: pip install 'tb-neuron[projection]'"


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        each.name: each
        for each in (
            Projection("pca", "PCA", "", False, by_pca.settings, by_pca.lay_out),
            Projection(
                "umap",
                "UMAP",
                "umap",
                True,
                by_umap.settings,
                by_umap.lay_out,
                by_umap.PREPARATION,
            ),
            Projection("tsne", "t-SNE", "sklearn", True, by_tsne.settings, by_tsne.lay_out),
        )
    }
)


def find_projection(name: str) -> Projection:
    """Return a projection by its name.

    Raises:
        NotFoundError: there is none of that name, or its package is missing.
    """
    if name not in PROJECTIONS:
        raise not_found("projection", name, PROJECTIONS)
    found = PROJECTIONS[name]
    if found.absence:
        raise NotFoundError(found.absence)
    return found


def lay_out(projection: Projection, points: Points, start: Start) -> Plane:
    """Return points in two dimensions; NaN for those that are not finite.

    Dimensions that are known of less than half of the points are left out first. Points that are
    all equal lie at one place.

    Raises:
        InvalidArgumentError: too few points are left for a projection that keeps neighbourhoods.
    """
    is_finite = np.isfinite(points)
    used = is_finite.mean(0) >= 0.5 if len(points) else np.ones(points.shape[1], bool)
    if not is_finite.all():
        points = points[:, used]
    known = np.isfinite(points).all(1)
    if projection.follows and known.sum() < MIN_POINTS:
        raise InvalidArgumentError(
            f"{projection.title} needs {MIN_POINTS} points, and there are {known.sum()}; take PCA"
        )
    places = np.full((len(points), 2), np.nan)
    if not known.any():
        return Plane(places, np.full(2, np.nan))
    if (points[known.argmax()] == points)[known].all():
        places[known] = 0
        return Plane(places, np.full(2, np.nan))
    handed = None if start is None else start[known if projection.follows else used]
    # Most are all known, and a copy would take longer than the rest.
    found = projection.lay_out(points if known.all() else points[known], handed)
    places[known] = found.places
    if found.axes is None:
        return Plane(places, found.explained)
    axes = np.zeros((len(used), 2))
    axes[used] = found.axes
    return Plane(places, found.explained, axes)
