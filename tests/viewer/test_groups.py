"""Groups of units: against scikit-learn's factorisation, and planted ones."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import NMF

from tb_neuron.analysis.groups import factorise, match


def digits() -> np.ndarray:
    return load_digits(return_X_y=True)[0].T


@pytest.mark.parametrize("count", [2, 5, 10])
def test_the_error_is_within_2_percent_of_scikit_learns(count: int) -> None:
    whole = digits()
    solver = NMF(count, init="nndsvda", max_iter=2000, tol=1e-5)  # pyright: ignore[reportArgumentType]
    theirs = solver.fit(whole)
    wanted = theirs.reconstruction_err_ / np.linalg.norm(whole)
    assert factorise(whole, count).error <= 1.02 * wanted


def test_the_error_is_that_of_the_product() -> None:
    whole = digits()
    found = factorise(whole, 5)
    rest = whole - found.units @ found.examples
    assert found.error == pytest.approx(np.linalg.norm(rest) / np.linalg.norm(whole), rel=1e-3)


def test_planted_groups_are_found(rng: np.random.Generator) -> None:
    units = np.kron(np.eye(3), np.ones((4, 1)))
    found = factorise(units @ rng.gamma(1.0, size=(3, 60)), 3)
    _, alike = match(units, found.units)
    np.testing.assert_allclose(alike, 1, atol=1e-2)


def test_groups_keep_their_place_from_record_to_record(rng: np.random.Generator) -> None:
    activity = rng.gamma(1.0, size=(3, 60))
    units = np.kron(np.eye(3), np.ones((4, 1)))
    before = factorise(units @ activity, 3)
    noise = rng.uniform(0, 0.05, (12, 60))
    after = factorise(units @ activity + noise, 3, start=before.units)
    places, _ = match(before.units, after.units)
    assert places.tolist() == [0, 1, 2]


def test_matching_undoes_a_permutation(rng: np.random.Generator) -> None:
    units = rng.random((20, 4))
    places, _ = match(units, units[:, [2, 0, 3, 1]])
    assert places.tolist() == [1, 3, 0, 2]


def test_a_silent_layer_has_groups_of_nothing() -> None:
    found = factorise(np.zeros((4, 6)), 2)
    assert (found.error, found.units.any(), found.examples.any()) == (0.0, False, False)


def test_negative_and_missing_responses_count_as_0() -> None:
    whole = np.array([[1.0, -5.0, np.nan], [2.0, 0.0, np.inf]])
    assert factorise(whole, 1).error == pytest.approx(0, abs=1e-6)


def test_there_are_no_more_groups_than_units() -> None:
    assert factorise(digits()[:3], 10).units.shape == (3, 3)
