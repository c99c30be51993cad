"""t-SNE by scikit-learn (van der Maaten and Hinton, 2008), each record from its neighbour."""

import numpy as np
from jaxtyping import Float

from tb_neuron.analysis.projection import Plane
from tb_neuron.projections.starts import MAX_DIMENSIONS, reduced, scaled_start

#: Standard deviation of the first axis at the start, as scikit-learn takes it from PCA.
_START = 1e-4


def settings(points: int) -> str:
    """Return how a number of points are laid out."""
    return (
        f"t-SNE of {points} points, perplexity {_perplexity(points):g}, on at most "
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
    from sklearn.manifold import TSNE  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 (scikit-learn needs it)

    begun = scaled_start(points, start)
    model = TSNE(
        perplexity=_perplexity(len(points)),
        init=(begun / max(begun[:, 0].std(), 1e-12) * _START).astype(np.float32),
        random_state=0,
        n_jobs=1,
    )
    # A thousand short loops: threads that wait for each other would cost more than they bring, and
    # all requests their share of the machine.
    with threadpool_limits(1):
        found = model.fit_transform(reduced(points))
    return Plane(found.astype(np.float64), np.full(2, np.nan))


def _perplexity(points: int) -> float:
    return float(max(1.0, min(30, (points - 1) / 3)))
