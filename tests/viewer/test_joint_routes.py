"""The route `joint`, asked over HTTP, against bins that are counted here from the outputs."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recorded_responses import EXAMPLES, HALF_STEP, LOGITS, NAMES, RELU, SILENT, TANH, Recorded
from recorded_responses import record as record_run
from served_routes import PREFIX, conforms
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

from tb_neuron import wire
from tb_neuron.container import Container, unpack
from tb_neuron.joint_plane import SHAPE
from tb_neuron.plugin import NeuronPlugin

PAIR = {"x_layer": RELU, "x_unit": 0, "y_layer": TANH, "y_unit": 2}


class Asked:
    """A tab over three runs, and what was recorded in them."""

    def __init__(self, logdir: Path) -> None:
        self.runs = {
            "one": record_run(logdir / "one", second=True),
            "two": record_run(logdir / "two", seed=5),
            "other": record_run(logdir / "other", probe_seed=9),
        }
        self._client = Client(TensorBoardWSGI([NeuronPlugin(TBContext(logdir=str(logdir)))]))

    @property
    def one(self) -> Recorded:
        return self.runs["one"]

    def get(self, route: str, /, **query: Any) -> Any:
        query = {"run": "one", "probe": "probe", "step": 2, **query}
        return self._client.get(f"{PREFIX}{route}", query_string=query)

    def json(self, route: str, /, **query: Any) -> Any:
        return json.loads(self.get(route, **query).data)

    def bulk(self, route: str, /, **query: Any) -> Container:
        answer = self.get(route, **query)
        assert answer.status_code == 200, answer.text
        return unpack(answer.data)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return Asked(tmp_path_factory.mktemp("joint"))


def distances_to_hexagons(found: Container) -> tuple[np.ndarray, np.ndarray]:
    """Return how far each example is from its own hexagon, and from the nearest there is."""
    axes = [found.header[name] for name in ("first", "second")]
    rows = np.arange(-2, 60)
    lattice = np.array([(c + (r % 2) / 2, r) for r in rows for c in range(-2, 60)])
    lattice = lattice * found.header["size"] + [axis["lower"] for axis in axes]
    points = np.stack([found.arrays["first"][0], found.arrays["second"][0]], 1)
    at = found.arrays["bin_of"][0]
    own = np.stack([found.arrays["x"][at], found.arrays["y"][at]], 1)
    # A plane on which they are regular is wider than high.
    scale = np.array([axis["upper"] - axis["lower"] for axis in axes]) * [1, SHAPE]
    everywhere = (((points[:, None] - lattice) / scale) ** 2).sum(2)
    return (((points - own) / scale) ** 2).sum(1), everywhere.min(1)


def test_joint_answers_the_type_that_the_wire_promises(tab: Asked) -> None:
    assert conforms(tab.bulk("joint", **PAIR).header, wire.Joint)


def test_responses_are_those_of_the_two_units(tab: Asked) -> None:
    arrays = tab.bulk("joint", **PAIR).arrays
    np.testing.assert_allclose(arrays["first"][0], tab.one.on(RELU, 2, 0), HALF_STEP, 1e-4)
    np.testing.assert_allclose(arrays["second"][0], tab.one.on(TANH, 2, 2), HALF_STEP, 1e-4)


def test_every_example_is_in_the_nearest_hexagon(tab: Asked) -> None:
    own, nearest = distances_to_hexagons(tab.bulk("joint", **PAIR, columns=9))
    np.testing.assert_allclose(own, nearest, atol=1e-6)


def test_counts_are_the_examples_of_each_hexagon(tab: Asked) -> None:
    arrays = tab.bulk("joint", **PAIR).arrays
    wanted = [np.sum(arrays["bin_of"][0] == place) for place in range(len(arrays["x"]))]
    assert arrays["counts"][0, 0].tolist() == wanted


def test_counts_are_told_apart_by_class(tab: Asked) -> None:
    found = tab.bulk("joint", **PAIR, by="class")
    assert found.header["groups"] == list(NAMES)
    per_class = np.bincount(tab.one.labels)
    np.testing.assert_array_equal(found.arrays["counts"][0].sum(1), per_class)


def test_scales_hold_all_records(tab: Asked) -> None:
    first = tab.bulk("joint", **PAIR).header["first"]
    everything = np.stack([tab.one.on(RELU, step, 0) for step in range(4)])
    np.testing.assert_allclose(first["upper"], everything.max(), HALF_STEP)
    assert first["lower"] == 0


def test_scales_and_the_largest_count_are_the_same_at_all_steps(tab: Asked) -> None:
    fixed = ("first", "second", "size", "top", "top_share", "marginal_top")
    headers = [tab.bulk("joint", **{**PAIR, "step": step}).header for step in range(4)]
    assert all(h[name] == headers[0][name] for h in headers for name in fixed)


def test_the_largest_count_is_reached_at_some_step(tab: Asked) -> None:
    answers = [tab.bulk("joint", **{**PAIR, "step": step}) for step in range(4)]
    assert answers[0].header["top"] == max(int(a.arrays["counts"].max()) for a in answers)


def test_correlation_is_numpys(tab: Asked) -> None:
    found = tab.bulk("joint", **PAIR)
    wanted = np.corrcoef(found.arrays["first"][0], found.arrays["second"][0])[0, 1]
    assert found.header["sides"][0]["correlation"] == pytest.approx(wanted, abs=1e-9)


def test_correlation_with_a_constant_unit_is_undefined(tab: Asked) -> None:
    header = tab.bulk("joint", **{**PAIR, "x_unit": SILENT}).header
    assert header["sides"][0]["correlation"] is None


def test_shares_at_the_floor_are_those_of_zeros(tab: Asked) -> None:
    query = {"x_layer": RELU, "x_unit": 0, "y_layer": RELU, "y_unit": 1}
    side = tab.bulk("joint", **query).header["sides"][0]
    first, second = (tab.one.on(RELU, 2, unit) <= 0 for unit in (0, 1))
    wanted = {"first": first.mean(), "second": second.mean(), "both": (first & second).mean()}
    assert side["lower"] == pytest.approx(wanted)
    assert side["upper"] == {"first": None, "second": None, "both": None}


def test_a_bounded_unit_has_two_ends(tab: Asked) -> None:
    query = {"x_layer": TANH, "x_unit": 0, "y_layer": LOGITS, "y_unit": 1}
    side = tab.bulk("joint", **query).header["sides"][0]
    values = tab.one.on(TANH, 2, 0)
    # Within 1 % of the range from an end, as far as a byte tells.
    for end, sign in (("lower", -1), ("upper", 1)):
        surely, perhaps = (np.mean(sign * values >= at) for at in (0.985, 0.98 - 0.08))
        assert surely <= side[end]["first"] <= perhaps
        assert side[end]["second"] is side[end]["both"] is None


def test_marginals_count_the_examples_of_each_axis(tab: Asked) -> None:
    found = tab.bulk("joint", **PAIR)
    axis = found.header["first"]
    values = found.arrays["first"][0]
    parts = found.arrays["marginals_x"].shape[1]
    wanted = np.histogram(values, parts, (axis["lower"], axis["upper"]))[0]
    assert found.arrays["marginals_x"][0].tolist() == wanted.tolist()


def test_a_filter_leaves_other_examples_out(tab: Asked) -> None:
    found = tab.bulk("joint", **PAIR, filter="label == 1 and not correct")
    wanted = np.flatnonzero((tab.one.labels == 1) & ~tab.one.correct(2))
    assert found.arrays["examples"].tolist() == wanted.tolist()
    assert found.header["sides"][0]["examples"] == len(wanted)


def test_a_filter_that_is_none_is_a_400_that_says_why(tab: Asked) -> None:
    answer = tab.get("joint", **PAIR, filter="labl == 1")
    assert answer.status_code == 400
    assert "names labl" in answer.text


def test_examples_come_with_label_and_prediction(tab: Asked) -> None:
    arrays = tab.bulk("joint", **PAIR).arrays
    assert arrays["labels"].tolist() == tab.one.labels.tolist()
    assert arrays["predictions"][0].tolist() == tab.one.outputs[LOGITS][2].argmax(0).tolist()


def test_a_followed_example_has_its_way_over_all_records(tab: Asked) -> None:
    found = tab.bulk("joint", **PAIR, example=7)
    assert found.header["trail_steps"] == ["0", "1", "2", "3"]
    wanted = [tab.one.on(TANH, step, 2)[7] for step in range(4)]
    np.testing.assert_allclose(found.arrays["trail"][1], wanted, HALF_STEP, 1e-4)


def test_two_sides_lie_on_one_plane(tab: Asked) -> None:
    found = tab.bulk("joint", **PAIR, other_run="two", other_step=0)
    own = [tab.runs[name].on(RELU, step, 0) for name in ("one", "two") for step in range(4)]
    np.testing.assert_allclose(found.header["first"]["upper"], np.max(own), HALF_STEP)
    assert found.arrays["counts"].sum((1, 2)).tolist() == [EXAMPLES, EXAMPLES]
    theirs = tab.runs["two"].on(RELU, 0, 0)
    np.testing.assert_allclose(found.arrays["first"][1], theirs, HALF_STEP, 1e-4)


def test_two_steps_of_one_run_are_two_sides(tab: Asked) -> None:
    sides = tab.bulk("joint", **PAIR, other_run="one", other_probe="probe", other_step=0).header
    assert [side["step"] for side in sides["sides"]] == ["2", "0"]


def test_runs_on_other_examples_are_refused_with_the_reason(tab: Asked) -> None:
    answer = tab.get("joint", **PAIR, other_run="other", other_step=0)
    assert answer.status_code == 400
    assert "choose runs that were recorded on one probe set" in answer.text


def test_a_principal_component_is_that_of_the_anchor(tab: Asked) -> None:
    query = {"x_layer": TANH, "y_layer": LOGITS, "anchor": 3}
    found = tab.bulk("joint", **query)
    at_anchor, here = (tab.one.outputs[TANH][step].T for step in (3, 2))
    centre = at_anchor.mean(0)
    direction = np.linalg.svd(at_anchor - centre)[2][0]
    direction *= np.sign(direction[np.abs(direction).argmax()])
    wanted = (here - centre) @ direction
    np.testing.assert_allclose(found.arrays["first"][0], wanted, atol=0.08 * np.abs(wanted).max())
    explained = wanted.var() / here.var(0).sum()
    assert found.header["sides"][0]["explained"][0] == pytest.approx(explained, rel=0.1)


def test_a_component_has_no_unit_and_no_floor(tab: Asked) -> None:
    header = tab.bulk("joint", x_layer=RELU, y_layer=RELU, y_unit=1).header
    assert header["first"]["unit"] is None
    assert header["sides"][0]["lower"]["first"] is None


def test_an_unknown_unit_is_a_404_that_names_those_there_are(tab: Asked) -> None:
    answer = tab.get("joint", **{**PAIR, "x_unit": 99})
    assert answer.status_code == 404
    assert "'99'" in answer.text


@pytest.mark.parametrize("columns", [0, 1, 101])
def test_a_plane_of_too_many_columns_is_a_400(tab: Asked, columns: int) -> None:
    assert tab.get("joint", **PAIR, columns=columns).status_code == 400
