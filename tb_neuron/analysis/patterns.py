"""The pattern matrix: examples by units, ordered so that what responds alike stands together.

Examples are ordered within their class, classes by how often they are confused, units by how alike
they respond (ActiVis: Kahng et al., 2018).
"""

import numpy as np
from jaxtyping import Bool, Float, Float64, Int64
from scipy.cluster.hierarchy import leaves_list, linkage

#: More rows than this are ordered along their first principal component instead: the number of
#: pairs would grow with their square.
_MOST_CLUSTERED = 2000


def similarity_order(rows: Float[np.ndarray, "row place"]) -> Int64[np.ndarray, " row"]:
    """Return an order in which rows of like shape are neighbours.

    Rows are compared by their direction (cosine), average linkage. Rows of nothing come last.

    Args:
        rows: what is not finite counts as 0.
    """
    known = np.nan_to_num(rows.astype(np.float64), nan=0, posinf=0, neginf=0)
    size = np.linalg.norm(known, axis=1)
    some, none = np.flatnonzero(size > 0), np.flatnonzero(size == 0)
    if len(some) < 3:
        return np.concatenate([some, none])
    directions = known[some] / size[some, None]
    if len(some) > _MOST_CLUSTERED:
        _, vectors = np.linalg.eigh(directions.T @ directions)
        order = np.argsort(directions @ vectors[:, -1], kind="stable")
    else:
        order = leaves_list(linkage(directions, "average", optimal_ordering=len(some) <= 300))
    return np.concatenate([some[order], none])


def example_order(
    responses: Float[np.ndarray, "unit example"],
    groups: Int64[np.ndarray, " example"],
    group_order: Int64[np.ndarray, " group"],
) -> Int64[np.ndarray, " example"]:
    """Return the examples group by group, within each by how alike they are responded to.

    Args:
        responses: of a layer.
        groups: of each example, such as its class.
        group_order: the groups, as they are to stand.
    """
    parts = []
    for group in group_order:
        inside = np.flatnonzero(groups == group)
        parts.append(inside[similarity_order(responses[:, inside].T)] if len(inside) else inside)
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def confusion_order(
    labels: Int64[np.ndarray, " example"], predictions: Int64[np.ndarray, " example"], classes: int
) -> Int64[np.ndarray, " class"]:
    """Return the classes so that those that are taken for each other are neighbours.

    Args:
        labels: of the examples; those outside 0 to classes - 1 are passed over.
        predictions: of the model, likewise.
        classes: how many there are.
    """
    inside = (labels >= 0) & (labels < classes) & (predictions >= 0) & (predictions < classes)
    counts = np.zeros((classes, classes))
    np.add.at(counts, (labels[inside], predictions[inside]), 1)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    alike = shares + shares.T
    np.fill_diagonal(alike, 0)
    if classes < 3 or not alike.any():
        return np.arange(classes)
    distance = (alike.max() - alike)[np.triu_indices(classes, 1)]
    return leaves_list(linkage(distance, "average", optimal_ordering=True)).astype(np.int64)


def class_selectivity(
    means: Float[np.ndarray, "class unit"],
) -> tuple[Float64[np.ndarray, " unit"], Int64[np.ndarray, " unit"]]:
    """Return how much more a unit responds to one class than to the others, and to which.

    (largest - mean of the others) / (largest + mean of the others): 1 for a unit that responds to
    one class alone, 0 for one that responds to all alike (Morcos et al., 2018). Below 0 responses
    are moved up to 0 first, unit by unit. NaN and -1 where it is undefined: a constant unit, or
    fewer than two classes.

    Args:
        means: mean response to each class, NaN for one without examples.
    """
    raised = means.astype(np.float64)
    raised = raised - np.minimum(np.nanmin(raised, 0, initial=0), 0)
    known = np.isfinite(raised)
    best = np.where(known, raised, -np.inf).argmax(0)
    largest = np.take_along_axis(raised, best[None], 0)[0]
    others = known.sum(0) - 1
    rest = (np.where(known, raised, 0).sum(0) - largest) / np.maximum(others, 1)
    is_defined = (
        (others > 0) & (largest + rest > 0) & (largest > np.nanmin(raised, 0, initial=np.inf))
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(is_defined, (largest - rest) / (largest + rest), np.nan)
    return found, np.where(is_defined, best, -1)


def subset_means(
    responses: Float[np.ndarray, "unit example"], members: Bool[np.ndarray, "subset example"]
) -> Float64[np.ndarray, "subset unit"]:
    """Return the mean response of each unit to each subset of examples; NaN for an empty one.

    Args:
        responses: those that are not finite are passed over.
        members: which examples belong to each subset; one may belong to several.
    """
    known = np.isfinite(responses)
    chosen = members.astype(np.float64)
    sums = chosen @ np.where(known, responses, 0).astype(np.float64).T
    counts = chosen @ known.astype(np.float64).T
    with np.errstate(invalid="ignore"):
        return sums / counts


def class_means(
    responses: Float[np.ndarray, "unit example"], groups: Int64[np.ndarray, " example"], count: int
) -> Float64[np.ndarray, "class unit"]:
    """Return the mean response of each unit to each group of examples; NaN for an empty one."""
    known = np.isfinite(responses)
    one_hot = (groups[:, None] == np.arange(count)).astype(np.float64)
    sums = np.where(known, responses, 0).astype(np.float64) @ one_hot
    counts = known.astype(np.float64) @ one_hot
    with np.errstate(invalid="ignore"):
        return (sums / counts).T
