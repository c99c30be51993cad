"""UMAP by umap-learn: neighbours, islands, records that follow one another, threads."""

import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.manifold import trustworthiness
from sklearn.metrics import silhouette_score

from tb_neuron.analysis.projection import aligned
from tb_neuron.projections import PROJECTIONS, lay_out

# It compiles itself when it is first used: once is enough.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("umap")]


@pytest.fixture
def islands(rng: np.random.Generator) -> np.ndarray:
    """Three groups of points, far apart in twenty dimensions."""
    middles = 8 * rng.normal(size=(3, 20))
    return (middles[:, None] + rng.normal(size=(3, 30, 20))).reshape(-1, 20)


def umap(points: np.ndarray, start: np.ndarray | None = None) -> np.ndarray:
    return lay_out(PROJECTIONS["umap"], points, start).places


def test_umap_keeps_neighbours(islands: np.ndarray) -> None:
    assert trustworthiness(islands, umap(islands), n_neighbors=5) > 0.8


def test_umap_keeps_separate_what_is(islands: np.ndarray) -> None:
    assert silhouette_score(umap(islands), np.arange(90) // 30) > 0.6


def test_umap_moves_less_from_the_neighbour_s_places_than_from_random_ones(
    islands: np.ndarray, rng: np.random.Generator
) -> None:
    before = umap(islands)
    later = islands + rng.normal(size=islands.shape) / 4
    follows, strays = umap(later, before), umap(later, rng.uniform(0, 10, before.shape))
    moved = [np.linalg.norm(aligned(each, before) - before) for each in (follows, strays)]
    assert moved[0] < moved[1] / 2


def test_umap_is_the_same_each_time(islands: np.ndarray) -> None:
    np.testing.assert_array_equal(umap(islands), umap(islands))


def test_umap_of_points_on_a_line_has_places() -> None:
    assert np.isfinite(umap(np.arange(30.0)[:, None])).all()


def test_two_threads_that_ask_for_umap_at_once_are_both_served() -> None:
    # Numba's own pool of threads is not safe, and ends the process; so in one of its own.
    script = """
import threading, numpy as np
from tb_neuron.projections import PROJECTIONS, lay_out
points = np.random.default_rng(0).normal(size=(300, 8))
found = []
def work(): found.append(lay_out(PROJECTIONS["umap"], points, None))
threads = [threading.Thread(target=work) for _ in range(3)]
for each in threads: each.start()
for each in threads: each.join()
print(len(found))
"""
    how = {**os.environ, "NUMBA_THREADING_LAYER": "workqueue"}
    found = subprocess.run(
        [sys.executable, "-c", script], check=False, env=how, capture_output=True, text=True
    )
    assert (found.returncode, found.stdout) == (0, "3\n"), found.stderr
