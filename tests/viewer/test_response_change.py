"""How responses differ: overlap of top examples, and SciPy's two-sample statistic."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from tb_neuron.analysis.response_change import distribution_distance, meaning_drift


def test_drift_is_one_less_the_jaccard_index_of_the_sets() -> None:
    before = np.array([[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, -1, -1]])
    after = np.array([[4, 3, 2, 1], [1, 9, 8, 2], [7, -1, -1, 2]])
    pairs = zip(before.tolist(), after.tolist(), strict=True)
    sets = [({*a} - {-1}, {*b} - {-1}) for a, b in pairs]
    wanted = [1 - len(a & b) / len(a | b) for a, b in sets]
    np.testing.assert_allclose(meaning_drift(before, after), wanted)


def test_a_unit_that_wakes_has_changed_its_meaning_altogether() -> None:
    assert meaning_drift(np.array([[-1, -1]]), np.array([[3, -1]])).tolist() == [1.0]


def test_a_unit_that_responds_to_nothing_has_no_drift() -> None:
    assert np.isnan(meaning_drift(np.array([[-1, -1]]), np.array([[-1, -1]])))[0]


@pytest.mark.parametrize("moved", [0.0, 0.7, 9.0])
def test_the_distance_is_scipys(rng: np.random.Generator, moved: float) -> None:
    first, second = rng.normal(size=(3, 40)), rng.normal(moved, 1.3, size=(3, 55))
    pairs = zip(first, second, strict=True)
    wanted = np.array([float(np.asarray(ks_2samp(a, b))[0]) for a, b in pairs])
    np.testing.assert_allclose(distribution_distance(first, second), wanted)


def test_the_distance_passes_over_what_is_not_finite(rng: np.random.Generator) -> None:
    first, second = rng.normal(size=(1, 40)), rng.normal(size=(1, 40))
    spoiled = np.concatenate([first, [[np.nan, np.inf]]], 1)
    assert distribution_distance(spoiled, second) == distribution_distance(first, second)


def test_a_unit_without_responses_has_no_distance() -> None:
    assert np.isnan(distribution_distance(np.full((1, 3), np.nan), np.ones((1, 3))))[0]
