"""Points in two dimensions: against scikit-learn's PCA, and planted turns that are undone."""

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes
from sklearn.decomposition import PCA

from tb_neuron.analysis.projection import aligned, cells, principal_direction, principal_plane


@pytest.fixture
def points(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(80, 6)) * [5, 3, 1, 1, 0.5, 0.1]


@pytest.mark.parametrize("is_tall", [True, False])
def test_places_are_scikit_learns_up_to_sign(points: np.ndarray, is_tall: bool) -> None:
    shown = points if is_tall else points[:5]
    wanted = PCA(2).fit_transform(shown)
    found = principal_plane(shown).places
    np.testing.assert_allclose(np.abs(found), np.abs(wanted), atol=1e-8)


def test_shares_of_variance_are_scikit_learns(points: np.ndarray) -> None:
    wanted = PCA(2).fit(points).explained_variance_ratio_
    np.testing.assert_allclose(principal_plane(points).explained, wanted, atol=1e-10)


def test_an_axis_points_where_its_largest_coordinate_is_positive(points: np.ndarray) -> None:
    places = principal_plane(points).places
    assert (places[np.abs(places).argmax(0), [0, 1]] > 0).all()


def test_a_point_that_is_not_finite_has_no_place(points: np.ndarray) -> None:
    points[3, 2] = np.nan
    assert np.isnan(principal_plane(points).places).any(1).nonzero()[0].tolist() == [3]


@pytest.mark.parametrize("mirror", [1, -1])
def test_alignment_undoes_a_planted_turn(rng: np.random.Generator, mirror: int) -> None:
    anchor = rng.normal(size=(40, 2))
    turn = np.array([[np.cos(1.1), -np.sin(1.1)], [np.sin(1.1), np.cos(1.1)]])
    moved = (anchor * [1, mirror]) @ turn * 2.5 + [3, -7]
    np.testing.assert_allclose(aligned(moved, anchor), anchor, atol=1e-10)


def test_the_turn_is_scipys(rng: np.random.Generator) -> None:
    anchor, places = rng.normal(size=(2, 40, 2))
    mine, theirs = places - places.mean(0), anchor - anchor.mean(0)
    turn, strength = orthogonal_procrustes(mine, theirs)
    wanted = mine @ turn * strength / (mine**2).sum() + anchor.mean(0)
    np.testing.assert_allclose(aligned(places, anchor), wanted, atol=1e-12)


def test_points_without_a_place_do_not_spoil_the_alignment(rng: np.random.Generator) -> None:
    anchor = rng.normal(size=(10, 2))
    places = anchor + 4
    places[2] = np.nan
    found = aligned(places, anchor)
    np.testing.assert_allclose(np.delete(found, 2, 0), np.delete(anchor, 2, 0), atol=1e-10)


def test_squares_count_every_point_within_the_plane(rng: np.random.Generator) -> None:
    places = rng.uniform(0, 1, (200, 2))
    found = cells(places, (0.0, 0.0, 1.0, 1.0), 4, 5)
    wanted, _, _ = np.histogram2d(places[:, 1], places[:, 0], [5, 4], [[0, 1], [0, 1]])
    np.testing.assert_array_equal(found.counts, wanted.ravel())


def test_a_square_shows_the_point_nearest_to_its_middle(rng: np.random.Generator) -> None:
    places = rng.uniform(0, 1, (200, 2))
    found = cells(places, (0.0, 0.0, 1.0, 1.0), 4, 5)
    for cell in range(20):
        middle = [(cell % 4 + 0.5) / 4, (cell // 4 + 0.5) / 5]
        inside = np.flatnonzero(
            (np.minimum(places[:, 0] * 4, 3.999).astype(int) == cell % 4)
            & (np.minimum(places[:, 1] * 5, 4.999).astype(int) == cell // 4)
        )
        scaled = (places[inside] - middle) * [4, 5]
        wanted = inside[(scaled**2).sum(1).argmin()] if len(inside) else -1
        assert found.nearest[cell] == wanted


def test_the_first_direction_is_that_of_a_singular_value_decomposition(
    rng: np.random.Generator,
) -> None:
    points = rng.normal(size=(9, 20)) * np.linspace(3, 1, 20)
    direction, centre = principal_direction(points)
    wanted = np.linalg.svd(points - points.mean(0))[2][0]
    assert abs(float(direction @ wanted)) == pytest.approx(1)
    assert direction[np.abs(direction).argmax()] > 0
    np.testing.assert_allclose(centre, points.mean(0))


def test_a_dimension_that_is_not_finite_has_no_part_in_the_direction(
    rng: np.random.Generator,
) -> None:
    points = rng.normal(size=(30, 4))
    points[3, 2] = np.nan
    direction, _ = principal_direction(points)
    assert direction[2] == 0
    np.testing.assert_allclose(direction[[0, 1, 3]], principal_direction(points[:, [0, 1, 3]])[0])


def test_points_that_are_all_equal_have_no_direction() -> None:
    assert (principal_direction(np.ones((5, 3)))[0] == 0).all()


def test_to_an_anchor_at_one_place_nothing_is_turned(rng: np.random.Generator) -> None:
    places = rng.normal(size=(10, 2))
    np.testing.assert_array_equal(aligned(places, np.zeros((10, 2))), places)


def test_points_that_are_all_equal_show_no_share_of_a_variance() -> None:
    assert np.isnan(principal_plane(np.ones((5, 3))).explained).all()
