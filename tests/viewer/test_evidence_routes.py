"""The routes of evidence, asked over HTTP, with records of evidence in real files."""

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
from written_run import WrittenRun, on_grid

from tb_neuron import wire
from tb_neuron.container import unpack
from tb_neuron.plugin import NeuronPlugin
from tb_neuron.schema.neuron_pb2 import GRID_SIGNED_LOG, GRID_UNSIGNED_LOG, Evidence, Pins
from tb_neuron.summary import COUNTEREVIDENCE, EVIDENCE, ColumnKind, ValueWriter

STEPS, EXAMPLES, CLASSES = [10, 20, 30], [1, 4, 7], [0, 2]
LAYER = 'mine "<b>%20/&'
UNITS, PIN = 6, 5
METHOD = "gradient_x_activation"


def evidence_value(run: WrittenRun, step: int, net: np.ndarray) -> list[bytes]:
    """Return a value of kind "evidence" as blobs."""
    writer = ValueWriter(run.header("evidence", step))
    pins = [Pins(layer=LAYER, units=[PIN])]
    writer.add_message(Evidence(method=METHOD, classes=CLASSES, examples=EXAMPLES, pins=pins))
    rows = net.reshape(-1, UNITS)
    writer.add_matrix(LAYER, rows, ColumnKind(EVIDENCE, GRID_SIGNED_LOG, "", METHOD, "class"))
    kind = ColumnKind(COUNTEREVIDENCE, GRID_UNSIGNED_LOG, "", METHOD, "class")
    writer.add_matrix(LAYER, np.maximum(0, -rows), kind)
    for what in (EVIDENCE, COUNTEREVIDENCE):
        writer.add_array(f"pinned_{what}", np.full((2, 1), step, np.float32), LAYER)
    return writer.blobs()


def client_of(logdir: Path) -> Client:
    """Return a client of a tab over a log directory."""
    return Client(TensorBoardWSGI([NeuronPlugin(TBContext(logdir=str(logdir)))]))


@pytest.fixture(scope="module")
def nets() -> np.ndarray:
    """float64[record, example, class, unit], as written."""
    return np.random.default_rng(3).normal(size=(3, 3, 2, UNITS))


@pytest.fixture(scope="module")
def evident(tmp_path_factory: pytest.TempPathFactory, nets: np.ndarray) -> Served:
    """A tab over a run with three records of evidence."""
    logdir = tmp_path_factory.mktemp("evidence")
    run = WrittenRun(logdir / RUN, units={LAYER: UNITS, "fc2": 5})
    for step, net in zip(STEPS, nets, strict=True):
        run.record(step)
        run.write(step, {run.tag("evidence"): evidence_value(run, step, net)})
    run.close()
    return Served(client_of(logdir), run)


def test_the_list_of_evidence_is_of_its_type(evident: Served) -> None:
    assert conforms(evident.json("evidence"), wire.EvidenceSteps)


def test_the_list_tells_steps_layers_examples_and_pins(evident: Served) -> None:
    listed = evident.json("evidence")
    assert (listed["steps"], listed["layers"]) == (["10", "20", "30"], [LAYER])
    assert listed["examples"] == [{"example": e, "label": e % 3} for e in EXAMPLES]
    assert listed["pins"] == [{"layer": LAYER, "units": [PIN]}]


def test_a_run_without_evidence_lists_none(served: Served) -> None:
    listed = served.json("evidence")
    assert conforms(listed, wire.EvidenceSteps)
    assert (listed["steps"], listed["layers"], listed["method"]) == ([], [], "")


@pytest.mark.parametrize(
    ("route", "query", "type"),
    [
        ("layer_evidence", {"step": 20}, wire.LayerEvidence),
        ("unit_evidence", {"unit": 2}, wire.UnitEvidence),
    ],
)
def test_a_header_is_of_its_type(
    evident: Served, route: str, query: dict[str, int], type: object
) -> None:
    assert conforms(evident.bulk(route, layer=LAYER, **query).header, type)


def test_a_layer_is_what_was_written_within_the_grid(evident: Served, nets: np.ndarray) -> None:
    found = evident.bulk("layer_evidence", layer=LAYER, step=25)
    assert found.header["step"] == "20"
    rows = nets[1].reshape(-1, UNITS)
    net = on_grid(rows, GRID_SIGNED_LOG).reshape(nets[1].shape)
    np.testing.assert_array_equal(found.arrays["net"], net)
    against = on_grid(np.maximum(0, -rows), GRID_UNSIGNED_LOG).reshape(net.shape)
    np.testing.assert_array_equal(found.arrays["against"], against)


def test_a_layer_comes_with_what_the_model_answered(evident: Served) -> None:
    found = evident.bulk("layer_evidence", layer=LAYER, step=20).arrays
    np.testing.assert_array_equal(found["correct"], evident.written.made[1].correct[EXAMPLES])


def test_a_unit_is_told_over_all_records(evident: Served, nets: np.ndarray) -> None:
    found = evident.bulk("unit_evidence", layer=LAYER, unit=2)
    assert (found.header["steps"], found.header["classes"]) == (["10", "20", "30"], CLASSES)
    rows = on_grid(nets.reshape(-1, UNITS), GRID_SIGNED_LOG)
    np.testing.assert_array_equal(found.arrays["net"], rows[:, 2].reshape(3, 3, 2))


@pytest.mark.parametrize(("unit", "is_pinned"), [(2, False), (PIN, True)])
def test_a_pin_has_means_over_the_probe_set(evident: Served, unit: int, is_pinned: bool) -> None:
    found = evident.bulk("unit_evidence", layer=LAYER, unit=unit)
    assert found.header["is_pinned"] == is_pinned
    wanted = np.repeat(np.array(STEPS)[:, None], 2, 1) if is_pinned else np.full((3, 2), np.nan)
    np.testing.assert_array_equal(found.arrays["mean"], wanted)


@pytest.mark.parametrize("route", ["layer_evidence", "unit_evidence"])
def test_evidence_travels_compressed_to_who_takes_it(evident: Served, route: str) -> None:
    query = urlencode({"run": RUN, "layer": LAYER, "step": 20, "unit": 2})
    headers = {"Accept-Encoding": "gzip"}
    answer = evident.client.get(f"{PREFIX}{route}?{query}", headers=headers)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert unpack(gzip.decompress(answer.data)).header["layer"] == LAYER


@pytest.mark.parametrize(
    ("route", "query", "status", "words"),
    [
        ("layer_evidence", {"layer": LAYER}, 400, "the parameter 'step' is missing"),
        ("layer_evidence", {"layer": "fc2", "step": 1}, 404, "no evidence of layer 'fc2'"),
        ("unit_evidence", {"layer": LAYER}, 400, "the parameter 'unit' is missing"),
        ("unit_evidence", {"layer": LAYER, "unit": 6}, 404, "its units are 0 to 5"),
        ("unit_evidence", {"layer": LAYER, "unit": "x"}, 400, "must be a number from 0 on"),
    ],
)
def test_a_bad_request_is_answered_with_the_way_out(
    evident: Served, route: str, query: dict[str, object], status: int, words: str
) -> None:
    answer = evident.get(route, **query)
    assert (answer.status_code, words in json.loads(answer.data)["error"]) == (status, True)


def test_asking_a_run_without_evidence_says_how_to_record_it(served: Served) -> None:
    answer = served.get("layer_evidence", layer="conv1", step=0)
    assert answer.status_code == 404
    assert "Recording(evidence=10)" in answer.text
