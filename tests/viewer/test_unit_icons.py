"""What icons show of rows and signals, against plain formulas."""

import tracemalloc

import numpy as np

from tb_neuron.unit_icons import NOWHERE, POINTS, column_deviations, stretches


def test_deviations_are_means_of_z_scores(rng: np.random.Generator) -> None:
    inputs = rng.normal(5, 3, (40, 3)).astype(np.float32)
    scores = (inputs - inputs.mean(0)) / inputs.std(0)
    found = column_deviations(inputs, np.array([[4, 7, NOWHERE]], np.int32))
    wanted = scores[[4, 7]].mean(0)
    np.testing.assert_allclose(found.deviations[0], wanted[found.columns[0]], rtol=1e-4)


def test_a_column_of_one_value_is_unlike_nothing(rng: np.random.Generator) -> None:
    inputs = np.full((1000, 2), 0.1, np.float32)
    inputs[:, 0] = rng.normal(size=1000)
    found = column_deviations(inputs, np.array([[0, 1]], np.int32))
    assert found.columns.tolist() == [[0, NOWHERE]]


def test_values_that_are_not_finite_are_passed_over(rng: np.random.Generator) -> None:
    inputs = rng.normal(size=(40, 2)).astype(np.float32)
    clean = column_deviations(inputs[1:, 1:], np.array([[3, 4]], np.int32))
    inputs[0, 1] = np.nan
    found = column_deviations(inputs, np.array([[4, 5, 0]], np.int32))
    own = found.deviations[0][found.columns[0] == 1]
    np.testing.assert_allclose(own, clean.deviations[0], rtol=1e-4)


def test_a_column_of_nothing_finite_is_unlike_nothing() -> None:
    inputs = np.full((6, 1), np.nan, np.float32)
    found = column_deviations(inputs, np.array([[0, 1]], np.int32))
    assert found.columns.tolist() == [[NOWHERE]]


def test_a_stretch_is_the_signal_between_its_ends() -> None:
    inputs = np.arange(2 * 3 * 100, dtype=np.float32).reshape(2, 3, 100)
    seen = np.array([[[0, 0.25, 1, 0.75]]], np.float32)
    found = stretches(inputs, np.array([[1]], np.int32), seen)[0, 0]
    wanted = np.linspace(25, 74, POINTS) + np.array([300, 400, 500])[:, None]
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_stretches_take_no_memory_for_what_they_do_not_show() -> None:
    inputs = np.zeros((8, 1, 100_000), np.float32)
    examples = np.zeros((64, 4), np.int32)
    seen = np.broadcast_to(np.array([0, 0, 1, 1], np.float32), (64, 4, 4))
    tracemalloc.start()
    stretches(inputs, examples, seen)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < inputs.nbytes
