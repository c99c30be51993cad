"""The routes `maps` and `map`, asked over HTTP, with records of maps in real files."""

import gzip
import json
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from served_routes import PREFIX, RUN, Served, conforms
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client
from written_run import Made, WrittenRun

from tb_neuron import wire
from tb_neuron.container import unpack
from tb_neuron.plugin import NeuronPlugin
from tb_neuron.schema.neuron_pb2 import (
    GRID_SIGNED_LOG,
    TRUST_DOUBTFUL,
    TRUST_GOOD,
    TRUST_NONE,
    MapMethod,
    Maps,
    Trust,
    TrustFigure,
)
from tb_neuron.summary import MAP, ColumnKind, ValueWriter

STEPS = [10, 20, 30]
EXAMPLES = [1, 4, 7]
SHAPE = (3, 5)
METHOD = 'mine "<b>%20/&'
ABSENCE = "cam must have one linear layer"
#: Half of a grid's step, as a share.
GRID_ERROR = 0.0375


def maps_message(step: int) -> Maps:
    """Return what a record of maps says of its arrays; every second one was checked."""
    method = MapMethod(name=METHOD, form="image", shape=SHAPE, is_signed=True, layer="conv1")
    if step % 20 == 0:
        figures = [
            TrustFigure(name="seeds", value=float("nan"), mark=TRUST_NONE, sentence="no noise"),
            TrustFigure(name="methods", value=0.25, mark=TRUST_DOUBTFUL, sentence="low"),
            TrustFigure(name="nonfinite", value=0.0, mark=TRUST_GOOD, sentence="none"),
        ]
        method.trust.CopyFrom(Trust(mark=TRUST_DOUBTFUL, figures=figures))
    absent = MapMethod(name="cam", absence=ABSENCE)
    return Maps(target="label", examples=EXAMPLES, methods=[method, absent])


def maps_value(run: WrittenRun, step: int, values: np.ndarray) -> ValueWriter:
    """Return a value of kind "maps"."""
    writer = ValueWriter(run.header("maps", step))
    writer.add_message(maps_message(step))
    writer.add_matrix("", values, ColumnKind(MAP, GRID_SIGNED_LOG, "", METHOD, "label"))
    return writer


def write_maps(run: WrittenRun, step: int, blobs: list[bytes]) -> Made:
    """Write a record that has maps beside everything else."""
    made = run.record(step)
    run.write(step, {run.tag("maps"): blobs})
    return made


def client_of(logdir: Path) -> Client:
    """Return a client of a tab over a log directory."""
    return Client(TensorBoardWSGI([NeuronPlugin(TBContext(logdir=str(logdir)))]))


@pytest.fixture(scope="module")
def maps() -> np.ndarray:
    """float64[record, example, position], as written."""
    return np.random.default_rng(3).normal(size=(len(STEPS), len(EXAMPLES), 15))


@pytest.fixture(scope="module")
def mapped(tmp_path_factory: pytest.TempPathFactory, maps: np.ndarray) -> Served:
    """A tab over a run with three records of maps."""
    logdir = tmp_path_factory.mktemp("maps")
    run = WrittenRun(logdir / RUN)
    for step, values in zip(STEPS, maps, strict=True):
        write_maps(run, step, maps_value(run, step, values).blobs())
    run.close()
    return Served(client_of(logdir), run)


def test_the_list_of_maps_is_of_its_type(mapped: Served) -> None:
    assert conforms(mapped.json("maps"), wire.MapSteps)


def test_the_list_of_maps_is_json_that_every_browser_reads(mapped: Served) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(f"{text} is no JSON")

    json.loads(mapped.get("maps").data, parse_constant=refuse)


def test_the_list_tells_steps_and_examples(mapped: Served) -> None:
    listed = mapped.json("maps")
    assert listed["steps"] == ["10", "20", "30"]
    assert [each["example"] for each in listed["examples"]] == EXAMPLES


def test_an_absent_method_is_listed_with_the_reason(mapped: Served) -> None:
    absent = {each["name"]: each["absence"] for each in mapped.json("maps")["methods"]}
    assert absent == {METHOD: "", "cam": ABSENCE}


def test_a_verdict_is_listed_with_its_step_and_its_figures(mapped: Served) -> None:
    (verdict,) = mapped.json("maps")["methods"][0]["verdicts"]
    assert (verdict["step"], verdict["mark"]) == ("20", "doubtful")
    assert [(each["name"], each["value"]) for each in verdict["figures"]] == [
        ("seeds", None),
        ("methods", 0.25),
        ("nonfinite", 0.0),
    ]


def test_a_run_without_maps_lists_none(served: Served) -> None:
    listed = served.json("maps")
    assert conforms(listed, wire.MapSteps)
    assert listed["steps"] == listed["methods"] == []


def test_the_header_of_maps_is_of_its_type(mapped: Served) -> None:
    assert conforms(mapped.bulk("map", method=METHOD).header, wire.MethodMaps)


def test_maps_are_what_was_written_within_the_grids_error(mapped: Served, maps: np.ndarray) -> None:
    found = mapped.bulk("map", method=METHOD).arrays["values"]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, maps, rtol=GRID_ERROR, atol=1e-4)


def test_a_layer_and_a_target_may_be_named(mapped: Served) -> None:
    named = mapped.bulk("map", method=METHOD, layer="conv1", target="label").arrays["values"]
    np.testing.assert_array_equal(named, mapped.bulk("map", method=METHOD).arrays["values"])


def test_the_list_tells_what_was_explained(mapped: Served) -> None:
    assert mapped.json("maps")["targets"] == [{"target": "label", "steps": ["10", "20", "30"]}]


def test_maps_come_with_what_the_model_answered(mapped: Served) -> None:
    arrays = mapped.bulk("map", method=METHOD).arrays
    written = [made.correct[EXAMPLES] for made in mapped.written.made]
    np.testing.assert_array_equal(arrays["correct"], written)


@pytest.mark.parametrize(
    ("array", "dtype"),
    [("prediction", np.int32), ("probability", np.float32), ("correct", np.uint8)],
)
def test_answers_have_a_row_a_record_and_a_column_an_example(
    mapped: Served, array: str, dtype: type
) -> None:
    found = mapped.bulk("map", method=METHOD).arrays[array]
    assert (found.shape, found.dtype) == ((len(STEPS), len(EXAMPLES)), np.dtype(dtype))


def test_maps_travel_compressed_to_who_takes_it(mapped: Served) -> None:
    path = f"{PREFIX}map?{urlencode({'run': RUN, 'method': METHOD})}"
    answer = mapped.client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert unpack(gzip.decompress(answer.data)).header["method"] == METHOD


def test_maps_of_a_growing_run_are_not_kept_by_the_browser(mapped: Served) -> None:
    assert "immutable" not in mapped.get("map", method=METHOD).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"method": "nope"}, 404, "no method of maps 'nope'; there is "),
        ({}, 400, "the parameter 'method' is missing"),
        ({"method": METHOD, "run": "nope"}, 404, "no run 'nope'"),
        ({"method": METHOD, "layer": "nope"}, 404, "no layer of "),
        ({"method": METHOD, "target": "loss"}, 404, "no target of maps 'loss'; there is 'label'"),
    ],
)
def test_a_bad_request_is_answered_with_the_way_out(
    mapped: Served, query: dict[str, str], status: int, message: str
) -> None:
    answer = mapped.get("map", **query)
    assert (answer.status_code, message in json.loads(answer.data)["error"]) == (status, True)


def test_asking_a_run_without_maps_for_some_says_how_to_record_them(served: Served) -> None:
    answer = served.get("map", method="saliency")
    assert answer.status_code == 404
    assert 'Recording(maps=("saliency",))' in answer.text.replace("\\", "")


def test_a_method_without_maps_has_none_at_every_record(mapped: Served) -> None:
    values = mapped.bulk("map", method="cam").arrays["values"]
    assert np.isnan(values).all()


@pytest.fixture
def damaged(tmp_path: Path, maps: np.ndarray) -> Client:
    """A tab over a run the last record of which holds maps that cannot be decoded."""
    run = WrittenRun(tmp_path / RUN)
    for step, values in zip(STEPS, maps, strict=True):
        blobs = maps_value(run, step, values).blobs()
        write_maps(run, step, [*blobs[:-1], b"damaged"] if step == STEPS[-1] else blobs)
    run.close()
    return client_of(tmp_path)


def test_maps_that_cannot_be_decoded_are_none_and_the_others_stay(
    damaged: Client, maps: np.ndarray
) -> None:
    answer = damaged.get(f"{PREFIX}map?{urlencode({'run': RUN, 'method': METHOD})}")
    values = unpack(answer.data).arrays["values"]
    assert np.isnan(values[-1]).all()
    np.testing.assert_allclose(values[:-1], maps[:-1], rtol=GRID_ERROR, atol=1e-4)


@pytest.mark.parametrize("route", ["maps", "map"])
def test_a_record_that_does_not_tell_its_maps_is_refused(tmp_path: Path, route: str) -> None:
    run = WrittenRun(tmp_path / RUN)
    blobs = maps_value(run, 10, np.ones((3, 15))).blobs()
    write_maps(run, 10, [blobs[0], b"\xff\xff damaged", *blobs[2:]])
    run.close()
    path = f"{PREFIX}{route}?{urlencode({'run': RUN, 'method': METHOD})}"
    answer = client_of(tmp_path).get(path)
    assert (answer.status_code, conforms(json.loads(answer.data), wire.ErrorAnswer)) == (404, True)
