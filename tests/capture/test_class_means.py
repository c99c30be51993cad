"""Mean activations of each class against NumPy, in any split of the examples."""

import numpy as np
import pytest
import torch
from measured import layer_of

from tb_neuron_callbacks.statistics import ClassMeans

LABELS = torch.tensor([0, 2, 2, 1, 0, 2, 7, -1])


def class_means(activations: np.ndarray, classes: int) -> np.ndarray:
    rows = np.moveaxis(activations.astype(np.float64), 1, -1).reshape(len(LABELS), -1, 4)
    rows = np.where(np.isfinite(rows), rows, np.nan)
    found = np.full((classes, 4), np.nan)
    for number in range(classes):
        mine = rows[LABELS.numpy() == number].reshape(-1, 4)
        if len(mine):
            found[number] = np.nanmean(mine, 0)
    return found


@pytest.mark.parametrize("splits", [[8], [3, 5], [1] * 8])
@pytest.mark.parametrize("value", [0.0, torch.nan])
def test_class_means_are_over_the_examples_of_the_class(splits, value):
    torch.manual_seed(5)
    activations = torch.randn(8, 4, 3, 3)
    activations[1, 2, 0] = value
    means = ClassMeans(layer_of(4), 4)
    for batch, labels in zip(activations.split(splits), LABELS.split(splits), strict=True):
        means.update(batch, labels)
    np.testing.assert_allclose(
        means.finish().numpy(), class_means(activations.numpy(), 4), rtol=1e-4, atol=1e-6
    )


def test_class_means_merge():
    torch.manual_seed(5)
    activations = torch.randn(8, 4)
    first, second = ClassMeans(layer_of(4), 4), ClassMeans(layer_of(4), 4)
    first.update(activations[:3], LABELS[:3])
    second.update(activations[3:], LABELS[3:])
    first.merge(second)
    np.testing.assert_allclose(
        first.finish().numpy(), class_means(activations.numpy(), 4), rtol=1e-4, atol=1e-6
    )


def test_class_means_find_the_examples_on_another_axis():
    activations = torch.randn(3, 8, 4)
    means = ClassMeans(layer_of(4, 2, example_axis=1), 4)
    means.update(activations, LABELS)
    wanted = class_means(activations.numpy().transpose(1, 2, 0), 4)
    np.testing.assert_allclose(means.finish().numpy(), wanted, rtol=1e-4)


def test_an_output_without_examples_has_no_class_means():
    means = ClassMeans(layer_of(4, example_axis=None), 4)
    means.update(torch.randn(3, 4), LABELS)
    assert means.finish().isnan().all()


def test_class_means_beyond_float32_are_its_largest_number():
    activations = torch.tensor([[1e200], [-1e200], [2.0], [4.0]], dtype=torch.float64)
    means = ClassMeans(layer_of(1), 3)
    means.update(activations, torch.tensor([0, 1, 2, 2]))
    largest = float(np.finfo(np.float32).max)
    assert means.finish()[:, 0].tolist() == [largest, -largest, 3.0]
