"""Two responses together: hexagons against an exhaustive search, correlation against SciPy."""

import numpy as np
import pytest
from scipy.stats import pearsonr

from tb_neuron.analysis.joint import (
    Axis,
    axis_of,
    correlation,
    floor_shares,
    hexbin,
    marginal,
    spread,
)

COLUMNS = 7
AXES = (Axis(-2.0, 2.0), Axis(-1.0, 3.0))


@pytest.fixture
def pair(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    first = rng.normal(size=400)
    return first, 0.6 * first + rng.normal(size=400)


def centres() -> np.ndarray:
    """Return the centres of all hexagons around the plane, in hexagons' widths."""
    rows = np.arange(-30, 60)
    return np.array(
        [(c + (row % 2) / 2, row * np.sqrt(3) / 2) for row in rows for c in range(-30, 60)]
    )


def test_every_example_falls_in_the_nearest_hexagon(pair: tuple[np.ndarray, np.ndarray]) -> None:
    found = hexbin(*pair, AXES, COLUMNS, np.zeros(400, np.int64))
    points = np.stack([(v - a.lower) / 4 * COLUMNS for v, a in zip(pair, AXES, strict=True)], 1)
    everywhere = centres()
    nearest = everywhere[((points[:, None] - everywhere) ** 2).sum(2).argmin(1)]
    own = np.stack([found.x[found.bin_of] + 2, found.y[found.bin_of] + 1], 1) / 4 * COLUMNS
    np.testing.assert_allclose(own, nearest, atol=1e-5)


def test_counts_of_hexagons_sum_to_the_examples(pair: tuple[np.ndarray, np.ndarray]) -> None:
    assert hexbin(*pair, AXES, COLUMNS, np.zeros(400, np.int64)).counts.sum() == 400


def test_counts_are_told_apart_by_group(pair: tuple[np.ndarray, np.ndarray]) -> None:
    groups = np.arange(400) % 3
    found = hexbin(*pair, AXES, COLUMNS, groups)
    wanted = np.array(
        [
            [np.sum((found.bin_of == place) & (groups == group)) for place in range(len(found.x))]
            for group in range(3)
        ]
    )
    np.testing.assert_array_equal(found.counts, wanted)


def test_an_example_without_a_response_is_in_no_hexagon() -> None:
    first = np.array([0.0, np.nan, 1.0])
    found = hexbin(first, np.zeros(3), AXES, COLUMNS, np.zeros(3, np.int64))
    assert (found.bin_of < 0).tolist() == [False, True, False]


def test_a_marginal_counts_the_finite_responses() -> None:
    found = marginal(np.array([0.0, 0.1, 0.9, 1.0, np.nan, 7.0]), Axis(0, 1), 4)
    assert found.tolist() == [2, 0, 0, 3]


def test_a_spread_response_fills_the_parts_that_it_may_lie_in() -> None:
    # Stored as 4 on a grid of ratio 2: anything from 2.83 to 5.66.
    found = spread(np.array([4.0, np.nan]), Axis(0, 8), 8, 2.0)
    drawn = np.random.default_rng(0).uniform(4 / 2**0.5, 4 * 2**0.5, 200_000)
    wanted = np.histogram(drawn, 8, (0, 8))[0] / 200_000
    np.testing.assert_allclose(found, wanted, atol=0.005)


def test_a_response_of_0_is_in_the_part_of_0_alone() -> None:
    found = spread(np.array([0.0, 0.0, -1.0]), Axis(-2, 2), 4, 1.0)
    assert found.tolist() == [0, 1, 2, 0]


def test_correlation_is_scipys(pair: tuple[np.ndarray, np.ndarray]) -> None:
    assert correlation(*pair) == pytest.approx(pearsonr(*pair)[0], abs=1e-12)


def test_correlation_leaves_out_what_is_not_finite(pair: tuple[np.ndarray, np.ndarray]) -> None:
    spoiled = pair[0].copy()
    spoiled[::7] = np.nan
    known = np.isfinite(spoiled)
    wanted = pearsonr(pair[0][known], pair[1][known])[0]
    assert correlation(spoiled, pair[1]) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]),
        ([0.1, 0.1, 0.1], [1.0, 2.0, 3.0]),
        ([1.0], [2.0]),
        ([np.nan, np.nan, 1.0], [1.0, 2.0, 3.0]),
        ([], []),
    ],
)
def test_correlation_is_undefined_not_0(first: list[float], second: list[float]) -> None:
    assert correlation(np.array(first), np.array(second)) is None


def test_floor_shares_count_each_and_both() -> None:
    first, second = np.array([0.0, 0, 1, 2]), np.array([0.0, 3, 0, 1])
    assert floor_shares(first, second, (0.0, 0.0)) == (0.5, 0.5, 0.25)


def test_floor_shares_are_unknown_without_a_response() -> None:
    assert np.isnan(floor_shares(np.array([np.nan]), np.array([1.0]), (0.0, 0.0))).all()


def test_a_constant_response_has_a_scale_around_it() -> None:
    assert axis_of(np.array([2.0, 2.0])) == (2.0, 3.0)
