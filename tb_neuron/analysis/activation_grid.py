"""A layer seen position by position: how large its activation vector is, and which way it points.

At every position of an example the activations of a layer's units are one vector (Olah et al. 2018,
"The Building Blocks of Interpretability"). A cell's size is the vector's norm, its colour where the
vector lies along the first three principal components of the vectors at one record, the *basis*:
component by component red, green and blue. Vectors of other records are seen in the same basis on
the same scale, so that a colour keeps its meaning.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Float64, UInt8
from scipy.linalg import eigh

#: Components that make a colour.
COMPONENTS = 3
#: Share of the basis's vectors that lie within the scale of a component.
_WITHIN = 0.99
#: How far a colour goes from grey, as a share of all: neither black nor white hides a cell.
_REACH = 0.42


class Basis(NamedTuple):
    """What vectors are seen in.

    Attributes:
        centre: mean of the vectors.
        axes: principal components, each of length 1, its largest weight positive; 0 where the
            vectors have none left.
        scales: the magnitude along each at which a colour is full.
        explained: share of the vectors' variance along each.
    """

    centre: Float64[np.ndarray, " unit"]
    axes: Float64[np.ndarray, "3 unit"]
    scales: Float64[np.ndarray, "3"]
    explained: Float64[np.ndarray, "3"]


def norms(
    activations: Float[np.ndarray, "unit example position"],
) -> Float64[np.ndarray, "example position"]:
    """Return the Euclidean norm of the vector at each position; NaN where it is not finite."""
    known = np.isfinite(activations).all(0)
    squares = np.einsum("uep,uep->ep", activations, activations, dtype=np.float64)
    return np.sqrt(np.where(known, squares, np.nan))


def fit_basis(activations: Float[np.ndarray, "unit example position"]) -> Basis:
    """Return the basis of the vectors at all positions; those that are not finite have no part."""
    units = len(activations)
    vectors = activations.reshape(units, -1).T
    vectors = vectors[np.isfinite(vectors).all(1)].astype(np.float64)
    axes, explained = np.zeros((COMPONENTS, units)), np.zeros(COMPONENTS)
    if not vectors.size:
        return Basis(np.zeros(units), axes, np.ones(COMPONENTS), explained)
    centre = vectors.mean(0)
    centred = vectors - centre
    # The smaller of the two Gram matrices has the same spectrum.
    is_tall = len(centred) > units
    gram = centred.T @ centred if is_tall else centred @ centred.T
    whole = float(np.trace(gram))
    values, found = eigh(gram, subset_by_index=[max(0, len(gram) - COMPONENTS), len(gram) - 1])
    for place, (value, vector) in enumerate(zip(values[::-1], found.T[::-1], strict=True)):
        if value <= whole * np.finfo(np.float64).eps * max(centred.shape):
            break
        axis = vector if is_tall else centred.T @ vector / np.sqrt(value)
        axes[place] = axis * np.sign(axis[np.abs(axis).argmax()])
        explained[place] = value / whole
    scales = np.quantile(np.abs(centred @ axes.T), _WITHIN, axis=0)
    return Basis(centre, axes, np.where(scales > 0, scales, 1.0), explained)


def colours(
    activations: Float[np.ndarray, "unit example position"], basis: Basis
) -> UInt8[np.ndarray, "example position rgb=3"]:
    """Return the colour of the vector at each position; grey at the basis's centre."""
    known = np.where(np.isfinite(activations), activations, basis.centre[:, None, None])
    along = np.einsum("cu,uep->epc", basis.axes, known - basis.centre[:, None, None])
    shares = np.clip(along / basis.scales, -1, 1)
    return np.round(255 * (0.5 + _REACH * shares)).astype(np.uint8)
