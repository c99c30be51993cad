"""The route `patterns`, asked over HTTP, on a recording in which one unit detects one class."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from recorded_detector import (
    CLASS,
    CLASSES,
    DETECTOR,
    EXAMPLES,
    LAYER,
    NAMES,
    SILENT,
    STEPS,
    UNITS,
    activations,
    inputs,
    labels,
    network,
    record,
)
from served_routes import PREFIX, conforms
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

from tb_neuron import wire
from tb_neuron.analysis.patterns import confusion_order
from tb_neuron.columns import RATIO, levels
from tb_neuron.container import Container, unpack
from tb_neuron.plugin import NeuronPlugin
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG, GRID_UNSIGNED_LOG

#: Half a step of the grid, and float32's rounding.
HALF_STEP = RATIO**0.5 - 1 + 1e-6
GRIDS = {"unsigned_log": GRID_UNSIGNED_LOG, "signed_log": GRID_SIGNED_LOG}


class Asked:
    """A tab over runs of the detector."""

    def __init__(self, logdir: Path) -> None:
        record(logdir / "whole")
        record(logdir / "unlabelled", labelled=False)
        record(logdir / "single", examples=1)
        record(logdir / "silent", silent_at=2)
        record(logdir / "pinned", detail=[f"{LAYER}:3,5"], max_response_bytes=2 * EXAMPLES)
        record(logdir / "drawn", max_response_bytes=UNITS * 70)
        record(logdir / "without", responses=())
        self._client = Client(TensorBoardWSGI([NeuronPlugin(TBContext(logdir=str(logdir)))]))

    def get(self, route: str, **query: Any) -> Any:
        query = {"run": "whole", "layer": LAYER, "step": 2, **query}
        return self._client.get(f"{PREFIX}{route}", query_string=query)

    def bulk(self, **query: Any) -> Container:
        answer = self.get("patterns", **query)
        assert answer.status_code == 200, answer.text
        return unpack(answer.data)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return Asked(tmp_path_factory.mktemp("patterns"))


def values_of(found: Container) -> np.ndarray:
    """Return the matrix [example, unit] from its codes."""
    grid, codes = GRIDS[found.header["grid"]], found.arrays["codes"]
    columns = zip(codes.T, found.arrays["offsets"], strict=True)
    return np.stack([levels(grid, int(offset))[column] for column, offset in columns], 1)


def column(found: Container, unit: int) -> np.ndarray:
    return values_of(found)[:, found.arrays["units"].tolist().index(unit)]


def predictions(step: int) -> np.ndarray:
    with torch.no_grad():
        return network(step)(inputs()).argmax(1).numpy()


def test_the_header_is_of_its_type(tab: Asked) -> None:
    assert conforms(tab.bulk().header, wire.Patterns)


def test_the_matrix_holds_the_responses_within_half_a_grid_step(tab: Asked) -> None:
    found = tab.bulk()
    wanted = activations(2).max((2, 3))[found.arrays["examples"]][:, found.arrays["units"]]
    np.testing.assert_allclose(values_of(found), wanted, rtol=HALF_STEP)


def test_the_detector_answers_to_its_class_alone(tab: Asked) -> None:
    found = tab.bulk()
    is_class = found.arrays["labels"] == CLASS
    np.testing.assert_array_equal(column(found, DETECTOR) > 0, is_class)


def test_the_detector_is_wholly_selective_of_its_class(tab: Asked) -> None:
    found = tab.bulk()
    at = found.arrays["units"].tolist().index(DETECTOR)
    assert (found.arrays["selectivity"][at], found.arrays["preferred"][at]) == (1.0, CLASS)


def test_a_silent_unit_has_no_selectivity(tab: Asked) -> None:
    found = tab.bulk()
    at = found.arrays["units"].tolist().index(SILENT)
    assert np.isnan(found.arrays["selectivity"][at])
    assert found.arrays["preferred"][at] == -1


def test_means_by_class_are_those_of_the_responses(tab: Asked) -> None:
    found = tab.bulk()
    values, own = values_of(found), found.arrays["labels"]
    numbers = [each["number"] for each in found.header["classes"]]
    wanted = np.stack([values[own == number].mean(0) for number in numbers])
    np.testing.assert_allclose(found.arrays["class_means"], wanted, rtol=1e-5)


def test_examples_stand_class_by_class_in_the_confusion_s_order(tab: Asked) -> None:
    found = tab.bulk(anchor=3)
    wanted = confusion_order(labels(), predictions(3), CLASSES)
    own = found.arrays["labels"]
    assert own[np.flatnonzero(np.diff(own, prepend=-1))].tolist() == wanted.tolist()
    assert [each["name"] for each in found.header["classes"]] == [NAMES[c] for c in wanted]


@pytest.mark.parametrize("axis", ["units", "examples"])
def test_an_order_is_kept_over_all_steps(tab: Asked, axis: str) -> None:
    orders = [tab.bulk(step=step, anchor=1).arrays[axis].tolist() for step in STEPS]
    assert orders == [orders[0]] * len(STEPS)


def test_another_anchor_is_another_order(tab: Asked) -> None:
    orders = [tab.bulk(anchor=step).arrays["examples"].tolist() for step in STEPS]
    assert len({str(order) for order in orders}) > 1


def test_the_scale_holds_all_records(tab: Asked) -> None:
    top = max(values_of(tab.bulk(step=step)).max() for step in STEPS)
    assert tab.bulk(step=0).header["upper"] == pytest.approx(top)


def test_a_filter_narrows_the_examples_and_keeps_their_order(tab: Asked) -> None:
    all_of = tab.bulk().arrays["examples"]
    found = tab.bulk(filter="label in [2, 7]").arrays["examples"]
    assert found.tolist() == all_of[np.isin(labels()[all_of], [2, 7])].tolist()


def test_a_silent_layer_has_no_selectivity_at_all(tab: Asked) -> None:
    found = tab.bulk(run="silent")
    assert not values_of(found).any()
    assert np.isnan(found.arrays["selectivity"]).all()


def test_one_class_alone_has_no_selectivity(tab: Asked) -> None:
    assert np.isnan(tab.bulk(filter="label == 7").arrays["selectivity"]).all()


def test_a_filter_that_nothing_passes_leaves_no_examples(tab: Asked) -> None:
    assert tab.bulk(filter="label == 99").arrays["codes"].shape == (0, UNITS)


def test_what_is_no_filter_is_refused(tab: Asked) -> None:
    assert tab.get("patterns", filter="import os").status_code == 400


def test_without_labels_examples_count_to_what_is_predicted(tab: Asked) -> None:
    found = tab.bulk(run="unlabelled", step=3)
    assert found.header["by"] == "prediction"
    assert (found.arrays["labels"] == -1).all()
    own = found.arrays["predictions"]
    assert (np.diff(own) != 0).sum() == len(set(own.tolist())) - 1


def test_a_single_example_is_a_matrix_of_one_row(tab: Asked) -> None:
    found = tab.bulk(run="single")
    assert found.arrays["codes"].shape == (1, UNITS)
    assert np.isnan(found.arrays["selectivity"]).all()


def test_examples_that_were_drawn_are_counted(tab: Asked) -> None:
    found = tab.bulk(run="drawn")
    assert (found.header["drawn"], found.header["of"]) == (70, EXAMPLES)


def test_responses_of_pinned_units_are_those_alone(tab: Asked) -> None:
    found = tab.bulk(run="pinned")
    assert sorted(found.arrays["units"].tolist()) == [3, 5]
    assert found.header["units"] == UNITS


def test_a_run_without_responses_says_how_to_record_them(tab: Asked) -> None:
    answer = tab.get("patterns", run="without")
    assert answer.status_code == 404
    assert 'responses=("activation",)' in json.loads(answer.data)["error"]


def means_by_hand(found: Container, passes: np.ndarray) -> np.ndarray:
    return values_of(found)[passes[found.arrays["examples"]]].mean(0)


def test_a_subset_s_row_is_the_mean_over_its_examples(tab: Asked) -> None:
    found = tab.bulk(subsets=f"some:label in [1, {CLASS}];all:example >= 0")
    wanted = [
        means_by_hand(found, np.isin(labels(), [1, CLASS])),
        means_by_hand(found, np.ones(EXAMPLES, bool)),
    ]
    np.testing.assert_allclose(found.arrays["subset_means"], wanted, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("step", STEPS)
def test_a_subset_is_of_the_step_s_own_answers(tab: Asked, step: int) -> None:
    with torch.no_grad():
        is_wrong = network(step)(inputs()).argmax(1).numpy() != labels()
    found = tab.bulk(subsets="wrong:not correct", step=step)
    assert found.header["subsets"][0]["examples"] == is_wrong.sum()


def test_an_empty_subset_has_no_mean_rather_than_zero(tab: Asked) -> None:
    found = tab.bulk(subsets="nobody:example < 0")
    assert found.header["subsets"][0]["examples"] == 0
    assert np.isnan(found.arrays["subset_means"]).all()


def test_a_subset_counts_those_alone_that_pass_the_filter(tab: Asked) -> None:
    found = tab.bulk(subsets="all:example >= 0", filter="example < 7")
    assert found.header["subsets"][0]["examples"] == 7


def test_a_subset_by_what_is_not_known_says_so_and_leaves_the_others(tab: Asked) -> None:
    found = tab.bulk(run="unlabelled", subsets="ones:label == 1;all:example >= 0")
    first, second = found.header["subsets"]
    assert "names label" in first["problem"]
    assert (second["problem"], second["examples"]) == ("", EXAMPLES)


def test_subsets_keep_their_order_at_every_step(tab: Asked) -> None:
    asked = "b:label == 1;a:label == 0"
    found = [tab.bulk(subsets=asked, step=step).header["subsets"] for step in STEPS]
    assert {tuple(each["name"] for each in listed) for listed in found} == {("b", "a")}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nameless", "a subset is a name and a filter"),
        (":label == 1", "a subset is a name and a filter"),
        (";".join(f"n{each}:correct" for each in range(25)), "at most 24 subsets"),
        ("long:" + "x" * 16_000, "at most 16000 characters"),
    ],
    ids=["no filter", "no name", "too many", "too long"],
)
def test_other_texts_are_refused_with_the_reason(tab: Asked, text: str, reason: str) -> None:
    answer = tab.get("patterns", subsets=text)
    assert answer.status_code == 400
    assert reason in json.loads(answer.data)["error"]


def test_a_subset_s_filter_is_never_evaluated(tab: Asked) -> None:
    found = tab.bulk(subsets="bad:__import__('os').getcwd() == 1")
    assert "which filters don't have" in found.header["subsets"][0]["problem"]


def test_names_may_hold_what_separates(tab: Asked) -> None:
    found = tab.bulk(subsets="a%3Bb%3A 100%25:label == 1")
    assert found.header["subsets"][0]["name"] == "a;b: 100%"
