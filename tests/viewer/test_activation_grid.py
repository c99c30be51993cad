"""Norms and colours of activation vectors: against NumPy and scikit-learn's PCA."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from tb_neuron.analysis.activation_grid import Basis, colours, fit_basis, norms

UNITS, EXAMPLES, POSITIONS = 7, 5, 12


@pytest.fixture
def activations() -> np.ndarray:
    """float64[unit, example, position] of correlated units."""
    generator = np.random.default_rng(0)
    mixed = generator.normal(size=(UNITS, UNITS)) @ np.diag([5.0, 3, 2, 1, 0.5, 0.2, 0.1])
    vectors = mixed @ generator.normal(size=(UNITS, EXAMPLES * POSITIONS))
    return vectors.reshape(UNITS, EXAMPLES, POSITIONS) + 3


def of_scikit(activations: np.ndarray, count: int = 3) -> PCA:
    return PCA(count, svd_solver="full").fit(activations.reshape(len(activations), -1).T)


def test_a_norm_is_numpys(activations: np.ndarray) -> None:
    np.testing.assert_allclose(norms(activations), np.linalg.norm(activations, axis=0))


def test_a_vector_that_is_not_finite_has_no_norm(activations: np.ndarray) -> None:
    activations[3, 2, 5] = np.inf
    found = norms(activations)
    assert np.argwhere(np.isnan(found)).tolist() == [[2, 5]]


@pytest.mark.parametrize("positions", [POSITIONS, 1])
def test_the_axes_are_scikit_learns_up_to_sign(activations: np.ndarray, positions: int) -> None:
    vectors = activations[:, :, :positions]
    expected, found = of_scikit(vectors), fit_basis(vectors)
    np.testing.assert_allclose(
        np.abs((expected.components_ * found.axes).sum(1)), np.ones(3), atol=1e-9
    )
    np.testing.assert_allclose(found.explained, expected.explained_variance_ratio_)


def test_an_axis_points_where_its_largest_weight_is_positive(activations: np.ndarray) -> None:
    axes = fit_basis(activations).axes
    largest = axes[np.arange(3), np.abs(axes).argmax(1)]
    assert (largest > 0).all()


def test_components_that_are_not_there_have_no_axis() -> None:
    line = np.outer([1.0, 2, 2], np.arange(6.0)).reshape(3, 1, 6)
    found = fit_basis(line)
    np.testing.assert_allclose(found.explained, [1, 0, 0], atol=1e-12)
    np.testing.assert_allclose(found.axes[1:], 0)


def test_a_layer_that_does_not_vary_is_grey() -> None:
    constant = np.full((4, 2, 3), 2.0)
    found = colours(constant, fit_basis(constant))
    assert set(found.ravel().tolist()) == {128}


def test_a_colour_is_the_place_along_the_components(activations: np.ndarray) -> None:
    basis = fit_basis(activations)
    signs = np.sign((of_scikit(activations).components_ * basis.axes).sum(1))
    along = of_scikit(activations).transform(activations.reshape(UNITS, -1).T) * signs
    expected = 255 * (0.5 + 0.42 * np.clip(along / basis.scales, -1, 1))
    found = colours(activations, basis).reshape(-1, 3)
    np.testing.assert_allclose(found, expected, atol=0.5 + 1e-6)


def test_the_same_vector_has_the_same_colour_at_another_record(activations: np.ndarray) -> None:
    basis = fit_basis(activations)
    later = np.concatenate([activations[:, :2], 4 * activations[:, 2:]], 1)
    found = colours(later, basis)
    np.testing.assert_array_equal(found[:2], colours(activations, basis)[:2])


def test_vectors_that_are_not_finite_have_no_part_in_the_basis(activations: np.ndarray) -> None:
    known = fit_basis(activations[:, 1:])
    activations[0, 0] = np.nan
    found = fit_basis(activations)
    np.testing.assert_allclose(found.axes, known.axes)


def test_nothing_makes_a_basis_of_nothing() -> None:
    found = fit_basis(np.zeros((3, 0, 4)))
    assert isinstance(found, Basis)
    assert found.explained.tolist() == [0, 0, 0]
