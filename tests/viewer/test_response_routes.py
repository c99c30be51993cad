"""The routes `responses`, `correlated`, `filter`, `drift` and `distribution`, asked over HTTP."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recorded_responses import EXAMPLES, HALF_STEP, MORE, NAMES, RELU, SILENT, TANH, record
from scipy.stats import ks_2samp
from served_routes import conforms
from test_joint_routes import Asked

import tb_neuron
from tb_neuron import wire


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return Asked(tmp_path_factory.mktemp("responses"))


def gap(first: np.ndarray, second: np.ndarray) -> float:
    """Return SciPy's figure for two sets of responses."""
    found: Any = ks_2samp(first, second)
    return float(found.statistic)


def test_responses_tells_steps_layers_and_other_probe_sets(tab: Asked) -> None:
    found = tab.json("responses")
    assert conforms(found, wire.ResponseSteps)
    assert found["steps"] == ["0", "1", "2", "3"]
    assert [each["name"] for each in found["layers"]] == ["1", "3", "4"]
    assert found["others"] == [{"probe": "training", "methods": [""]}]


def test_responses_of_a_run_without_a_second_probe_set_names_none(tab: Asked) -> None:
    assert tab.json("responses", run="two")["others"] == []


def test_units_are_listed_by_their_correlation(tab: Asked) -> None:
    found = tab.json("correlated", layer=TANH, unit=2)
    assert conforms(found, wire.Correlated)
    figures = np.corrcoef(tab.one.outputs[TANH][2])[2]
    order = [int(unit) for unit in np.argsort(-figures) if unit != 2]
    assert [each["unit"] for each in found["highest"]] == order
    assert [each["unit"] for each in found["lowest"]] == order[::-1]


def test_correlations_are_numpys(tab: Asked) -> None:
    found = tab.json("correlated", layer=TANH, unit=2)["highest"]
    figures = np.corrcoef(tab.one.outputs[TANH][2])[2]
    wanted = [figures[each["unit"]] for each in found]
    np.testing.assert_allclose([each["correlation"] for each in found], wanted, atol=0.02)


def test_a_constant_unit_correlates_with_none_and_it_is_said(tab: Asked) -> None:
    found = tab.json("correlated", layer=RELU, unit=SILENT)
    assert found["is_constant"]
    assert (found["highest"], found["lowest"]) == ([], [])


def test_a_constant_unit_is_in_no_list_and_is_counted(tab: Asked) -> None:
    found = tab.json("correlated", layer=RELU, unit=0)
    assert SILENT not in [each["unit"] for each in found["highest"]]
    assert found["undefined"] >= 1


def test_filter_answers_the_examples_and_the_names_that_are_known(tab: Asked) -> None:
    found = tab.json("filter", filter="label == 'dog' and correct")
    assert conforms(found, wire.FilteredExamples)
    wanted = np.flatnonzero((tab.one.labels == 1) & tab.one.correct(2))
    assert found["examples"] == wanted.tolist()
    kinds = {each["name"]: each["kind"] for each in found["facts"]}
    assert kinds["label"] == "number"
    assert kinds["correct"] == "claim"


def test_a_filter_that_is_none_is_a_400(tab: Asked) -> None:
    answer = tab.get("filter", filter="label ==")
    assert answer.status_code == 400
    assert "can't be read" in answer.text


def test_the_reader_takes_the_same_expression(tmp_path: Path) -> None:
    wanted = record(tmp_path / "run")
    run = tb_neuron.open(tmp_path).runs["run"]
    found = run.select("label == 2 and not correct", 1)
    assert found.tolist() == ((wanted.labels == 2) & ~wanted.correct(1)).tolist()


def test_drift_is_the_distance_of_kolmogorov_and_smirnov(tab: Asked) -> None:
    found = tab.bulk("drift", layer=TANH)
    assert conforms(found.header, wire.Drift)
    assert (found.header["examples"], found.header["other_examples"]) == (EXAMPLES, MORE)
    wanted = [gap(tab.one.on(TANH, 2, u), tab.one.training[TANH][2][u]) for u in range(6)]
    # A byte's rounding may put a response on the other side of another.
    np.testing.assert_allclose(found.arrays["distances"], wanted, atol=0.08)


def test_drift_without_a_second_probe_set_says_how_to_record_one(tab: Asked) -> None:
    answer = tab.get("drift", run="two", layer=TANH)
    assert answer.status_code == 404
    assert 'name="training"' in tab.json("drift", run="two", layer=TANH)["error"]


def test_drift_from_a_probe_set_that_is_not_there_names_those_there_are(tab: Asked) -> None:
    assert "'training'" in tab.get("drift", layer=TANH, other="test").text


def test_a_distribution_counts_every_example_at_every_record(tab: Asked) -> None:
    found = tab.bulk("distribution", layer=RELU, unit=0)
    assert conforms(found.header, wire.ResponseDistribution)
    np.testing.assert_allclose(found.arrays["counts"].sum(1), [EXAMPLES] * 4, 1e-6)
    np.testing.assert_allclose(found.arrays["other_counts"].sum(1), [MORE] * 4, 1e-6)


def test_a_distribution_is_a_histogram_on_one_scale(tab: Asked) -> None:
    found = tab.bulk("distribution", layer=TANH, unit=1)
    axis = (found.header["lower"], found.header["upper"])
    every = np.stack([tab.one.on(TANH, step, 1) for step in range(4)])
    both = np.concatenate([every.ravel(), *(tab.one.training[TANH][s][1] for s in range(4))])
    np.testing.assert_allclose(axis, (both.min(), both.max()), HALF_STEP)
    # A byte's rounding may move a response into the next part: cumulated, by few examples.
    parts = found.arrays["counts"].shape[1]
    wanted = np.stack([np.histogram(row, parts, axis)[0] for row in every])
    gaps = np.abs(np.cumsum(found.arrays["counts"] - wanted, 1))
    assert gaps.max() <= 0.15 * EXAMPLES


def test_a_distribution_without_a_second_probe_set_stands_alone(tab: Asked) -> None:
    found = tab.bulk("distribution", run="two", layer=TANH, unit=1)
    assert found.header["other"] == ""
    assert found.arrays["distances"].shape == (0,)


def test_names_of_classes_are_known_to_filters(tab: Asked) -> None:
    counts = [len(tab.json("filter", filter=f"label == {name!r}")["examples"]) for name in NAMES]
    assert sum(counts) == EXAMPLES
