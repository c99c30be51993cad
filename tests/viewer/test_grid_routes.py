"""The routes of activation grids, asked over HTTP, of a recorded network that finds a patch."""

import json
from pathlib import Path

import numpy as np
import pytest
from recorded_patch import DETECTOR, LAYER, PLACES, SIDE, STEPS, place_of, record
from served_routes import PREFIX, Served, conforms
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

import tb_neuron
from tb_neuron import wire
from tb_neuron.container import Container, unpack
from tb_neuron.plugin import NeuronPlugin

EXAMPLE = 2


class Grids:
    """A tab over one run, asked by its name."""

    def __init__(self, folder: Path) -> None:
        self.run = folder.name
        plugin = NeuronPlugin(TBContext(logdir=str(folder.parent)))
        self.client = Client(TensorBoardWSGI([plugin]))

    def bulk(self, route: str, **query: object) -> Container:
        answer = self.client.get(PREFIX + route, query_string={"run": self.run, **query})
        assert answer.status_code == 200, answer.text
        return unpack(answer.data)

    def json(self, route: str, **query: object) -> dict:
        answer = self.client.get(PREFIX + route, query_string={"run": self.run, **query})
        return json.loads(answer.data)


@pytest.fixture(scope="module")
def grids(tmp_path_factory: pytest.TempPathFactory) -> Grids:
    folder = tmp_path_factory.mktemp("logs") / "patch"
    record(folder)
    return Grids(folder)


def test_the_list_is_of_its_type(grids: Grids) -> None:
    listed = grids.json("grids")
    assert conforms(listed, wire.GridSteps)
    assert listed["steps"] == [str(step) for step in STEPS]


def test_the_list_tells_layers_with_their_positions(grids: Grids) -> None:
    known = {layer["layer"]: layer for layer in grids.json("grids")["layers"]}
    assert known[LAYER]["shape"] == [SIDE, SIDE]
    assert known[LAYER]["has_evidence"]
    assert known["4"]["shape"] == []


def test_a_run_without_tracked_activations_lists_none(served: Served) -> None:
    listed = served.json("grids")
    assert conforms(listed, wire.GridSteps)
    assert (listed["steps"], listed["layers"]) == ([], [])


@pytest.mark.parametrize(
    ("route", "query", "type"),
    [
        ("grid", {}, wire.ActivationGrid),
        ("grid", {"example": EXAMPLE, "anchor": 0}, wire.ActivationGrid),
        ("position", {"example": EXAMPLE, "position": 3}, wire.PositionUnits),
    ],
)
def test_a_header_is_of_its_type(
    grids: Grids, route: str, query: dict[str, int], type: object
) -> None:
    assert conforms(grids.bulk(route, layer=LAYER, step=10, **query).header, type)


def test_a_grid_is_what_the_reader_says(grids: Grids, tmp_path: Path) -> None:
    record(tmp_path)
    (run,) = tb_neuron.open(tmp_path).runs.values()
    expected, found = run.activation_grid(LAYER, 10), grids.bulk("grid", layer=LAYER, step=15)
    assert found.header["step"] == "10"
    np.testing.assert_array_equal(found.arrays["norms"], expected.norms.astype(np.float32))
    np.testing.assert_array_equal(found.arrays["colours"], expected.colours)
    np.testing.assert_array_equal(found.arrays["net"], run.position_evidence(LAYER, 10).net)


def test_one_example_alone_is_its_row(grids: Grids) -> None:
    whole = grids.bulk("grid", layer=LAYER, step=20)
    one = grids.bulk("grid", layer=LAYER, step=20, example=EXAMPLE)
    assert [each["example"] for each in one.header["examples"]] == [EXAMPLE]
    for name in ("norms", "colours", "net", "prediction"):
        np.testing.assert_array_equal(one.arrays[name][0], whole.arrays[name][EXAMPLE])


def test_attributions_have_one_scale_over_the_steps(grids: Grids) -> None:
    found = [grids.bulk("grid", layer=LAYER, step=step) for step in STEPS]
    tops = {each.header["attribution_top"] for each in found}
    assert tops == {max(float(np.abs(each.arrays["net"]).max()) for each in found)}


def test_a_position_lists_its_units_with_activation_and_attributions(grids: Grids) -> None:
    place = place_of(EXAMPLE)
    found = grids.bulk("position", layer=LAYER, step=20, example=EXAMPLE, position=place)
    arrays = found.arrays
    assert int(arrays["units"][arrays["activations"].argmax()]) == DETECTOR
    assert int(arrays["units"][arrays["net"][1].argmax()]) == DETECTOR
    whole = grids.bulk("grid", layer=LAYER, step=20, example=EXAMPLE)
    np.testing.assert_array_equal(arrays["totals"], whole.arrays["net"][0, :, place])


def test_units_attributions_sum_to_the_positions(grids: Grids) -> None:
    place = place_of(EXAMPLE)
    arrays = grids.bulk("position", layer=LAYER, step=20, example=EXAMPLE, position=place).arrays
    np.testing.assert_allclose(arrays["net"].sum(1), arrays["totals"], 0.08)


def test_without_evidence_a_grid_still_has_its_cells(tmp_path: Path) -> None:
    record(tmp_path / "bare", evidence=0)
    bare = Grids(tmp_path / "bare")
    found = bare.bulk("grid", layer=LAYER, step=20)
    assert (found.header["evidence_step"], found.header["classes"]) == ("", [])
    assert found.arrays["net"].shape == (len(PLACES), 0, SIDE * SIDE)
    units = bare.bulk("position", layer=LAYER, step=20, example=0, position=0)
    assert conforms(units.header, wire.PositionUnits)
    assert units.arrays["net"].shape == (0, 3)


@pytest.mark.parametrize(
    ("route", "query", "status", "words"),
    [
        ("grid", {"layer": LAYER}, 400, "the parameter 'step' is missing"),
        ("grid", {"layer": "nope", "step": 0}, 404, "nope"),
        ("grid", {"layer": LAYER, "step": 0, "example": 77}, 404, "77"),
        ("position", {"layer": LAYER, "step": 0, "example": 1}, 400, "'position' is missing"),
        ("position", {"layer": LAYER, "step": 0, "example": 1, "position": 64}, 404, "0 to 63"),
        ("position", {"layer": LAYER, "step": 0, "example": 9, "position": 0}, 404, "9"),
    ],
)
def test_a_bad_request_is_answered_with_the_way_out(
    grids: Grids, route: str, query: dict[str, object], status: int, words: str
) -> None:
    answer = grids.client.get(PREFIX + route, query_string={"run": grids.run, **query})
    assert (answer.status_code, words in json.loads(answer.data)["error"]) == (status, True)
