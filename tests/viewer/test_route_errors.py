"""What routes answer to a request that they refuse, and to one that fails."""

import json

import pytest
from served_routes import PREFIX, Served, conforms
from werkzeug.test import Client

from tb_neuron import wire
from tb_neuron.assets import Assets
from tb_neuron.live import LiveExperiment
from tb_neuron.routes import Routes

FILM = {"statistic": "mean", "chunk": 0, "hash": "0"}
BAD_REQUESTS: list[tuple[str, dict[str, object], int, str]] = [
    ("records", {"run": "nope"}, 404, "no run 'nope'; there is "),
    ("records", {"model": "nope"}, 404, "no recording 'nope on probe'"),
    ("records", {"probe": "nope"}, 404, "no recording 'model on nope'"),
    ("layer", {"layer": "nope", "step": 0}, 404, "no layer 'nope'; there is 'conv1'"),
    ("layer", {"layer": "<b>", "step": 0}, 404, "no layer '<b>'"),
    ("layer", {"step": 0}, 400, "the parameter 'layer' is missing"),
    ("layer", {"layer": "fc2"}, 400, "the parameter 'step' is missing"),
    ("layer", {"layer": "fc2", "step": "last"}, 400, "must be a decimal int64, not 'last'"),
    ("layer", {"layer": "fc2", "step": "1e3"}, 400, "must be a decimal int64"),
    ("layer", {"layer": "fc2", "step": "٣"}, 400, "must be a decimal int64"),
    ("layer", {"layer": "fc2", "step": 2**63}, 400, "must be a decimal int64"),
    ("layer", {"layer": "fc2", "step": "9" * 5000}, 400, "must be a decimal int64"),
    ("unit", {"layer": "fc2", "unit": 5}, 404, "no unit 5; its units are 0 to 4"),
    ("unit", {"layer": "fc2", "unit": -1}, 400, "must be a number from 0 on, not '-1'"),
    ("unit", {"layer": "fc2", "unit": "1.5"}, 400, "must be a number from 0 on"),
    ("unit", {"layer": "fc2", "unit": "9" * 400}, 400, "must be a number from 0 on"),
    ("film", {**FILM, "statistic": "nope"}, 404, "statistic"),
    ("film", {**FILM, "chunk": 7}, 404, "chunks 0 to 1, not 7"),
    ("film", {**FILM, "chunk": "x"}, 400, "'chunk' must be a number"),
    ("film", FILM, 404, "load `records` again"),
    ("film", {"statistic": "mean", "chunk": 0}, 400, "'hash' is missing"),
    ("thumbnail", {"example": 2}, 404, "no thumbnail of example '2'"),
    ("thumbnail", {"example": "a"}, 400, "'example' must be a number"),
    ("tokens", {"example": 2}, 404, "no tokens of example '2'; there is '0 to 1'"),
    ("tokens", {"example": -1}, 400, "'example' must be a number"),
    ("tokens", {}, 400, "'example' is missing"),
]


@pytest.mark.parametrize(("route", "query", "status", "message"), BAD_REQUESTS)
def test_a_bad_request_is_answered_with_its_status_and_the_way_out(
    served: Served, route: str, query: dict[str, object], status: int, message: str
) -> None:
    if query.get("statistic") == "nope":
        query = {**query, "hash": served.bulk("records").header["chunk_hashes"][0]}
    answer = served.get(route, **query)
    assert answer.status_code == status
    content = json.loads(answer.data)
    assert conforms(content, wire.ErrorAnswer)
    assert message in content["error"]


@pytest.mark.parametrize("name", ["run", "model", "layer", "unit", "step", "statistic", "hash"])
def test_an_error_does_not_repeat_a_long_request(served: Served, name: str) -> None:
    route = {"unit": "unit", "step": "layer", "statistic": "film", "hash": "film"}.get(
        name, "layer"
    )
    query = {"layer": "fc2", "step": 0, "unit": 0, **FILM, name: "a" * 60_000}
    answer = served.get(route, **query)
    assert (answer.status_code in (400, 404), len(answer.data) < 2000) == (True, True)


def test_a_request_without_a_run_says_which_parameter_is_missing(served: Served) -> None:
    answer = served.client.get(f"{PREFIX}records")
    assert answer.status_code == 400
    assert "the parameter 'run' is missing" in answer.text


def test_a_query_that_is_not_unicode_is_a_run_that_does_not_exist(served: Served) -> None:
    assert served.client.get(f"{PREFIX}records?run=%ff%fe").status_code == 404


ROUTES = [
    "index.js",
    "assets/x.js",
    "runs",
    "records",
    "film",
    "layer",
    "unit",
    "thumbnail",
    "tokens",
]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_any_other_method_is_refused(served: Served, route: str, method: str) -> None:
    answer = served.ask(method, route)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("route", ["index.js", "runs", "records"])
def test_head_answers_the_headers_of_get_without_its_body(served: Served, route: str) -> None:
    got, headed = served.get(route), served.ask("HEAD", route)
    assert headed.data == b""
    assert headed.headers["Content-Length"] == str(len(got.data))


def test_a_mistake_of_ours_is_a_500_that_names_the_log(caplog: pytest.LogCaptureFixture) -> None:
    broken = LiveExperiment(lambda: json.loads("{"))
    client = Client(Routes(broken, Assets()).apps()["/runs"])
    answer = client.get("/runs")
    assert (answer.status_code, conforms(answer.json, wire.ErrorAnswer)) == (500, True)
    assert "JSONDecodeError" in caplog.text
