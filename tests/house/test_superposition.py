"""The Map against a known geometry: five features in two dimensions become a pentagon."""

import numpy as np
import pytest
import superposition

import tb_neuron
from tb_neuron.planes import Planes

#: Degrees; neighbours of a pentagon are 72 apart.
TOLERANCE = 4.0


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> Planes:
    folder = tmp_path_factory.mktemp("superposition")
    superposition.train(folder)
    (run,) = tb_neuron.open(folder).runs.values()
    return run.planes("hidden", "examples")


def angles_between_neighbours(places: np.ndarray) -> np.ndarray:
    """Degrees from each point to the next around the points' middle."""
    x, y = (places - places.mean(0)).T
    angles = np.sort(np.degrees(np.arctan2(y, x)) % 360)
    return np.diff(angles, append=angles[0] + 360)


def test_the_features_form_a_pentagon_at_the_last_record(features: Planes) -> None:
    assert np.abs(angles_between_neighbours(features.places[-1]) - 72).max() < TOLERANCE


def test_they_are_equally_far_from_the_middle(features: Planes) -> None:
    last = features.places[-1]
    reach = np.linalg.norm(last - last.mean(0), axis=1)
    assert reach.max() / reach.min() < 1.05


def test_they_form_none_at_the_first_record(features: Planes) -> None:
    assert np.abs(angles_between_neighbours(features.places[0]) - 72).max() > 5 * TOLERANCE


def test_the_map_is_the_weights_turned(features: Planes) -> None:
    # The whole variance of two dimensions is on two axes.
    np.testing.assert_allclose(features.explained.sum(1), 1, atol=1e-5)
