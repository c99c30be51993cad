"""The pattern matrix's orders, and class selectivity written down from its definition."""

import numpy as np
import pytest

from tb_neuron.analysis.patterns import (
    class_means,
    class_selectivity,
    confusion_order,
    example_order,
    similarity_order,
    subset_means,
)


def test_rows_of_like_shape_are_neighbours(rng: np.random.Generator) -> None:
    shapes = rng.random((3, 20))
    kinds = rng.permutation(np.repeat(np.arange(3), 7))
    rows = shapes[kinds] * rng.uniform(1, 9, (21, 1)) + rng.normal(0, 0.01, (21, 20))
    found = kinds[similarity_order(rows)]
    assert (np.diff(found) != 0).sum() == 2


def test_rows_of_nothing_come_last(rng: np.random.Generator) -> None:
    rows = rng.random((8, 5))
    rows[[1, 4]] = 0
    assert similarity_order(rows)[-2:].tolist() == [1, 4]


def test_an_order_has_every_row_once(rng: np.random.Generator) -> None:
    assert sorted(similarity_order(rng.random((2100, 3)))) == list(range(2100))


def test_examples_stand_class_by_class(rng: np.random.Generator) -> None:
    groups = rng.integers(0, 3, 30)
    order = example_order(rng.random((6, 30)), groups, np.array([2, 0, 1]))
    assert groups[order].tolist() == sorted(groups.tolist(), key=[1, 2, 0].__getitem__)


def test_classes_that_are_confused_are_neighbours() -> None:
    labels = np.repeat(np.arange(4), 10)
    predictions = labels.copy()
    predictions[[0, 1, 2]], predictions[[30, 31]] = 3, 0
    order = confusion_order(labels, predictions, 4).tolist()
    assert abs(order.index(0) - order.index(3)) == 1


def test_without_confusion_classes_keep_their_order() -> None:
    labels = np.arange(5)
    assert confusion_order(labels, labels, 5).tolist() == [0, 1, 2, 3, 4]


def test_a_detector_of_one_class_is_wholly_selective() -> None:
    means = np.zeros((10, 2))
    means[7, 0], means[:, 1] = 3.0, 2.0
    selectivity, best = class_selectivity(means)
    assert (selectivity[0], best[0]) == (1.0, 7)


def test_a_unit_that_responds_to_all_alike_has_no_selectivity() -> None:
    selectivity, best = class_selectivity(np.full((4, 1), 2.0))
    assert np.isnan(selectivity[0])
    assert best[0] == -1


def test_selectivity_is_that_of_its_definition(rng: np.random.Generator) -> None:
    means = rng.gamma(2.0, size=(5, 8))
    found, _ = class_selectivity(means)
    for unit in range(8):
        rising = np.sort(means[:, unit])
        largest, rest = rising[-1], rising[:-1].mean()
        assert found[unit] == pytest.approx((largest - rest) / (largest + rest))


def test_one_class_has_no_selectivity() -> None:
    assert np.isnan(class_selectivity(np.array([[1.0, 2.0]]))[0]).all()


def test_class_means_are_numpys(rng: np.random.Generator) -> None:
    responses, groups = rng.normal(size=(4, 30)), rng.integers(0, 3, 30)
    wanted = [responses[:, groups == group].mean(1) for group in range(3)]
    np.testing.assert_allclose(class_means(responses, groups, 3), wanted)


def test_a_class_without_examples_has_no_mean(rng: np.random.Generator) -> None:
    found = class_means(rng.normal(size=(2, 4)), np.zeros(4, np.int64), 2)
    assert np.isnan(found[1]).all()


def test_subset_means_are_numpys_of_what_is_finite(rng: np.random.Generator) -> None:
    responses = rng.normal(size=(5, 12))
    responses[2, 3] = np.nan
    members = rng.random((3, 12)) < 0.5
    wanted = [np.nanmean(responses[:, chosen], axis=1) for chosen in members]
    np.testing.assert_allclose(subset_means(responses, members), wanted)


def test_a_subset_of_nobody_has_no_mean(rng: np.random.Generator) -> None:
    found = subset_means(rng.normal(size=(5, 4)), np.zeros((1, 4), bool))
    assert np.isnan(found).all()
