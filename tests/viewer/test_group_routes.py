"""The route `groups`, asked over HTTP, against a factorisation of the decoded responses."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recorded_detector import (
    CLASS,
    CLASSES,
    DETECTOR,
    EXAMPLES,
    LAYER,
    STEPS,
    TRACKED,
    UNITS,
    activations,
    record,
)
from served_routes import PREFIX, conforms
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

import tb_neuron
from tb_neuron import wire
from tb_neuron.analysis.groups import factorise, match
from tb_neuron.container import Container, unpack
from tb_neuron.plugin import NeuronPlugin

ANCHOR = 1


class Asked:
    """A tab over a run of the detector, one without tracked activations and one of one example."""

    def __init__(self, logdir: Path) -> None:
        record(logdir / "whole")
        record(logdir / "untracked", tracked=False)
        record(logdir / "single", examples=1)
        record(logdir / "silent", silent_at=2)
        self.run = tb_neuron.open(logdir).runs["whole"]
        self._client = Client(TensorBoardWSGI([NeuronPlugin(TBContext(logdir=str(logdir)))]))

    def get(self, **query: Any) -> Any:
        query = {"run": "whole", "layer": LAYER, "step": 2, "anchor": ANCHOR, "count": 4, **query}
        return self._client.get(f"{PREFIX}groups", query_string=query)

    def bulk(self, **query: Any) -> Container:
        answer = self.get(**query)
        assert answer.status_code == 200, answer.text
        return unpack(answer.data)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return Asked(tmp_path_factory.mktemp("groups"))


def test_the_header_is_of_its_type(tab: Asked) -> None:
    assert conforms(tab.bulk().header, wire.Groups)


def test_the_anchor_s_groups_are_those_of_its_responses_the_strongest_first(tab: Asked) -> None:
    wanted = factorise(tab.run.responses(LAYER, ANCHOR), 4)
    order = np.argsort(-(wanted.units.sum(0) * wanted.examples.sum(1)), kind="stable")
    found = tab.bulk(step=ANCHOR).arrays
    np.testing.assert_allclose(found["weights"], wanted.units.T[order], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(found["activity"], wanted.examples[order], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("step", [0, 2])
def test_a_neighbour_starts_from_the_anchor_and_keeps_its_places(tab: Asked, step: int) -> None:
    before = tab.bulk(step=ANCHOR).arrays["weights"].T.astype(np.float64)
    wanted = factorise(tab.run.responses(LAYER, step), 4, before)
    places, _ = match(before, wanted.units)
    found = tab.bulk(step=step).arrays["weights"].T
    np.testing.assert_allclose(found, wanted.units[:, places], rtol=1e-3, atol=1e-4)


def test_likeness_is_the_cosine_with_the_record_before(tab: Asked) -> None:
    before, now = (tab.bulk(step=step).arrays["weights"] for step in (2, 3))
    wanted = (before * now).sum(1) / np.linalg.norm(before, axis=1) / np.linalg.norm(now, axis=1)
    np.testing.assert_allclose(tab.bulk(step=3).arrays["alike"], wanted, rtol=1e-5)


def test_the_first_record_is_like_nothing(tab: Asked) -> None:
    assert np.isnan(tab.bulk(step=0).arrays["alike"]).all()


def test_a_silent_record_has_no_strength(tab: Asked) -> None:
    found = tab.bulk(run="silent", step=2)
    assert not found.arrays["strength"].any()
    assert np.isnan(found.arrays["alike"]).all()


def test_groups_are_back_at_their_places_after_a_silent_record(tab: Asked) -> None:
    before, after = (tab.bulk(run="silent", step=step).arrays["weights"].T for step in (1, 3))
    places, _ = match(before.astype(np.float64), after.astype(np.float64))
    assert places.tolist() == [0, 1, 2, 3]


def test_strengths_are_shares_of_the_responses(tab: Asked) -> None:
    found = tab.bulk()
    made = np.einsum("gu,ge->g", found.arrays["weights"], found.arrays["activity"])
    wanted = made / np.clip(tab.run.responses(LAYER, 2), 0, None).sum()
    np.testing.assert_allclose(found.arrays["strength"], wanted, rtol=1e-5)


def test_as_many_groups_as_units_leave_nothing_over(tab: Asked) -> None:
    assert tab.bulk(count=UNITS).header["error"] < 0.02


def test_the_detector_has_a_group_whose_profile_is_its_class(tab: Asked) -> None:
    found = tab.bulk(count=8, step=ANCHOR)
    at = found.arrays["units"].tolist().index(DETECTOR)
    group = found.arrays["weights"][:, at].argmax()
    numbers = [each["number"] for each in found.header["classes"]]
    assert numbers[found.arrays["profile"][group].argmax()] == CLASS


def test_maps_are_activations_above_0_by_the_weights_of_their_units(tab: Asked) -> None:
    found = tab.bulk()
    weights = found.arrays["weights"]
    share = weights / weights.sum(1, keepdims=True)
    above = activations(2)[list(TRACKED)].reshape(len(TRACKED), UNITS, 9)
    wanted = np.einsum("gu,eup->gep", share, above)
    assert found.header["map_shape"] == [3, 3]
    np.testing.assert_allclose(found.arrays["maps"], wanted, rtol=0.04, atol=1e-4)


def test_without_tracked_activations_there_are_no_maps(tab: Asked) -> None:
    found = tab.bulk(run="untracked")
    assert found.header["map_step"] == ""
    assert found.arrays["maps"].shape == (4, 0, 0)


def test_one_example_has_one_group(tab: Asked) -> None:
    assert tab.bulk(run="single").header["count"] == 1


def test_a_far_record_is_the_same_whatever_was_asked_for_before(tab: Asked) -> None:
    far = tab.bulk(step=3, count=5, anchor=0).arrays["weights"]
    for step in STEPS:
        tab.bulk(step=step, count=5, anchor=0)
    np.testing.assert_array_equal(tab.bulk(step=3, count=5, anchor=0).arrays["weights"], far)


@pytest.mark.parametrize("count", [0, 17])
def test_other_numbers_of_groups_are_refused(tab: Asked, count: int) -> None:
    assert tab.get(count=count).status_code == 400


def test_classes_are_told_with_their_examples(tab: Asked) -> None:
    classes = tab.bulk().header["classes"]
    assert len(classes) == CLASSES
    assert sum(each["examples"] for each in classes) == EXAMPLES
