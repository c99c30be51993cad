"""The routes, asked over HTTP as TensorBoard would dispatch them, with records in real files."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict
from urllib.parse import urlencode

import numpy as np
import pytest
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client, TestResponse
from written_run import MEAN, WrittenRun, on_grid, png, stacked

from tb_neuron import wire
from tb_neuron.assets import Assets
from tb_neuron.container import Container, unpack
from tb_neuron.live import LiveExperiment
from tb_neuron.plugin import NeuronPlugin
from tb_neuron.routes import Routes

PREFIX = "/data/plugin/tb_neuron/"
RUN = "q'\"<b> pct%20&a=b#x ü☃"
LAYER = 'encoder "0" <b>%20/relu'
#: The last one is beyond what a JSON number carries exactly.
STEPS = [*range(-20, 180, 10), 2**53 + 1]
PLANTED, DEAD_FROM = 2, 5


@dataclass
class Served:
    """A tab that serves two runs, and what was written into the first."""

    client: Client
    written: WrittenRun

    def get(self, route: str, **query: Any) -> TestResponse:
        """The answer of a route about the first run unless the query names another."""
        return self.ask("GET", route, **query)

    def ask(self, method: str, route: str, **query: Any) -> TestResponse:
        """The answer to any method."""
        parameters = urlencode({"run": RUN, **query})
        return self.client.open(f"{PREFIX}{route}?{parameters}", method=method)

    def json(self, route: str, **query: Any) -> Any:
        """The JSON that a route answers, of whatever status."""
        return json.loads(self.get(route, **query).data)

    def bulk(self, route: str, **query: object) -> Container:
        """The container that a route answers."""
        answer = self.get(route, **query)
        assert answer.status_code == 200, answer.text
        return unpack(answer.data)

    def film(self, statistic: str, chunk: int, encoding: str = "gzip") -> TestResponse:
        """A film's chunk."""
        content_hash = self.bulk("records").header["chunk_hashes"][chunk]
        query = {"run": RUN, "statistic": statistic, "chunk": chunk, "hash": content_hash}
        headers = {"Accept-Encoding": encoding}
        return self.client.get(f"{PREFIX}film?{urlencode(query)}", headers=headers)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    logdir = tmp_path_factory.mktemp("logs")
    written = WrittenRun(logdir / RUN, units={"conv1": 7, LAYER: 12, "fc2": 5})
    for record, step in enumerate(STEPS):
        written.record(step, {LAYER: [PLANTED]} if record >= DEAD_FROM else {})
    written.close()
    for model, probe in (("generator", "probe"), ("critic/ä", "other probe")):
        other = WrittenRun(logdir / "two", model=model, probe=probe, suffix=f".{len(model)}")
        other.record(1)
        other.close()
    plugin = NeuronPlugin(TBContext(logdir=str(logdir)))
    return Served(Client(TensorBoardWSGI([plugin])), written)


def conforms(value: Any, hint: Any) -> bool:
    """Whether a JSON value is of a type of `wire.py`, all the way down."""
    if is_typeddict(hint):
        hints = get_type_hints(hint)
        same = isinstance(value, dict) and set(value) == set(hints)
        return same and all(conforms(value[name], each) for name, each in hints.items())
    if get_origin(hint) is list:
        return isinstance(value, list) and all(conforms(item, get_args(hint)[0]) for item in value)
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) is UnionType:
        return any(conforms(value, choice) for choice in get_args(hint))
    return type(value) is hint


# -- runs ---------------------------------------------------------------------------------------


def test_runs_answers_the_type_that_the_wire_promises(served: Served) -> None:
    assert conforms(served.json("runs"), wire.Runs)


def test_runs_lists_every_run_by_the_name_of_its_folder(served: Served) -> None:
    assert [run["name"] for run in served.json("runs")["runs"]] == [RUN, "two"]


def test_runs_lists_every_model_and_probe_set_of_a_run(served: Served) -> None:
    recordings = served.json("runs")["runs"][1]["recordings"]
    assert [(each["model"], each["probe"]) for each in recordings] == [
        ("critic/ä", "other probe"),
        ("generator", "probe"),
    ]


def test_a_step_beyond_2_to_the_53_travels_exactly(served: Served) -> None:
    recording = served.json("runs")["runs"][0]["recordings"][0]
    assert (recording["first_step"], recording["last_step"]) == ("-20", "9007199254740993")


# -- records ------------------------------------------------------------------------------------


def test_records_answers_the_type_that_the_wire_promises(served: Served) -> None:
    assert conforms(served.bulk("records").header, wire.Records)


def test_records_lists_every_step(served: Served) -> None:
    assert served.bulk("records").header["steps"] == [str(step) for step in STEPS]


def test_records_says_since_which_record_the_planted_unit_is_dead(served: Served) -> None:
    expected = np.full(7 + 12 + 5, -1)
    expected[7 + PLANTED] = DEAD_FROM
    np.testing.assert_array_equal(served.bulk("records").arrays["dead_since"], expected)


def test_records_counts_the_planted_unit_as_silent_and_dead_from_its_record_on(
    served: Served,
) -> None:
    counts = served.bulk("records").arrays["counts"]
    expected = np.zeros((5, 3, len(STEPS)), np.uint32)
    expected[:2, 1, DEAD_FROM:] = 1
    np.testing.assert_array_equal(counts, expected)


def test_records_gives_the_mean_loss_of_each_record(served: Served) -> None:
    expected = [made.loss.mean() for made in served.written.made]
    np.testing.assert_allclose(served.bulk("records").arrays["loss"], expected, rtol=1e-6)


def test_records_gives_the_accuracy_of_each_record(served: Served) -> None:
    expected = [made.correct.mean() for made in served.written.made]
    np.testing.assert_allclose(served.bulk("records").arrays["accuracy"], expected, rtol=1e-6)


def test_records_gives_each_layers_mean_of_each_statistic(served: Served) -> None:
    container = served.bulk("records")
    expected = [
        [
            stacked(served.written.made, layer, kind["name"]).mean(1)
            for layer in served.written.units
        ]
        for kind in container.header["statistics"]
    ]
    np.testing.assert_allclose(container.arrays["means"], expected, rtol=1e-5)


def test_a_recording_is_found_by_model_and_probe_set(served: Served) -> None:
    header = served.bulk("records", run="two", model="critic/ä", probe="other probe").header
    assert (header["model"], header["probe"], header["steps"]) == ("critic/ä", "other probe", ["1"])


@pytest.mark.parametrize(
    ("query", "model"),
    [({}, "critic/ä"), ({"model": "generator"}, "generator"), ({"probe": "probe"}, "generator")],
)
def test_a_name_that_is_left_out_stands_for_the_first_that_fits(
    served: Served, query: dict[str, str], model: str
) -> None:
    header = served.bulk("records", run="two", **query).header
    assert (header["model"], header["probe"]) == (
        model,
        "probe" if model == "generator" else "other probe",
    )


# -- film ---------------------------------------------------------------------------------------


def decoded_film(served: Served, statistic: str) -> tuple[np.ndarray, str]:
    """float64[record, unit] of a whole film and its grid, undone by the text of the contract."""
    frames: list[np.ndarray] = []
    grid = ""
    for chunk in range(-(-len(STEPS) // 16)):
        container = unpack(gzip.decompress(served.film(statistic, chunk).data))
        header, codes = container.header, container.arrays["codes"].astype(int)
        grid, offsets = header["grid"], np.repeat(header["offsets"], [7, 12, 5])
        for frame in range(header["frames"]):
            undone = codes[: frame + 1].sum(0) % 256
            frames.append(values_of(grid, undone.astype(float), offsets))
    return np.array(frames), grid


def values_of(grid: str, codes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """The values of codes by the table of `http_api.md`."""
    if grid == "exact":
        return codes
    if grid == "fraction":
        inner = 1 / (1 + 1.076 ** (127 - codes))
        return np.select([codes == 0, codes == 254], [0.0, 1.0], inner)
    if grid == "signed_log":
        positive = codes <= 127
        magnitude = 1.076 ** (np.where(positive, codes, codes - 127) + offsets)
        return np.where(codes == 0, 0.0, np.where(positive, magnitude, -magnitude))
    return np.where(codes == 0, 0.0, 1.076 ** (codes + offsets))


def written_columns(served: Served, statistic: str) -> np.ndarray:
    """float64[record, unit of all layers] as it was written."""
    made = served.written.made
    return np.hstack([stacked(made, layer, statistic) for layer in served.written.units])


@pytest.mark.parametrize("statistic", ["mean", "std"])
def test_a_film_decodes_to_what_was_written_within_the_grids_error(
    served: Served, statistic: str
) -> None:
    values, _ = decoded_film(served, statistic)
    np.testing.assert_allclose(values, written_columns(served, statistic), rtol=0.0375)


def test_a_film_of_fractions_keeps_odds_within_the_grids_error(served: Served) -> None:
    values, _ = decoded_film(served, "frequency")
    written = written_columns(served, "frequency")
    live = written > 0
    odds = written[live] / (1 - written[live])
    np.testing.assert_allclose(values[live] / (1 - values[live]), odds, rtol=0.0375)


def test_a_film_never_shows_a_live_unit_as_silent(served: Served) -> None:
    values, _ = decoded_film(served, "frequency")
    np.testing.assert_array_equal(values == 0, written_columns(served, "frequency") == 0)


def test_the_film_of_the_states_holds_their_bits(served: Served) -> None:
    values, grid = decoded_film(served, "states")
    assert grid == "exact"
    np.testing.assert_array_equal(values, written_columns(served, "states"))


def test_a_films_header_has_the_type_that_the_wire_promises(served: Served) -> None:
    container = unpack(gzip.decompress(served.film("mean", 1).data))
    assert conforms(container.header, wire.FilmChunk)


def test_the_last_chunk_of_a_film_has_the_frames_that_are_left(served: Served) -> None:
    header = unpack(gzip.decompress(served.film("mean", 1).data)).header
    assert (header["first_record"], header["frames"]) == (16, len(STEPS) - 16)


def test_a_film_is_kept_by_the_browser_for_ever(served: Served) -> None:
    assert served.film("mean", 0).headers["Cache-Control"].endswith("immutable")


def test_a_film_travels_compressed(served: Served) -> None:
    answer = served.film("mean", 0)
    assert answer.headers["Content-Encoding"] == "gzip"


def test_a_client_that_cannot_decompress_gets_a_film_as_it_is(served: Served) -> None:
    answer = served.film("mean", 0, encoding="identity")
    assert unpack(answer.data).header["frames"] == 16


# -- layer, unit, thumbnail ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "record"),
    [(-20, 0), (-25, 0), (35, 5), (40, 6), (2**53, 19), (2**53 + 1, 20), (2**63 - 1, 20)],
)
def test_a_step_stands_for_the_record_at_or_before_it(
    served: Served, step: int, record: int
) -> None:
    header = served.bulk("layer", layer=LAYER, step=step).header
    assert (header["record"], header["step"]) == (record, str(STEPS[record]))


def test_a_layers_header_has_the_type_that_the_wire_promises(served: Served) -> None:
    assert conforms(served.bulk("layer", layer=LAYER, step=0).header, wire.LayerValues)


def test_a_layer_has_the_values_of_its_units_at_that_record(served: Served) -> None:
    values = served.bulk("layer", layer=LAYER, step=40).arrays["values"]
    expected = on_grid(stacked(served.written.made, LAYER, "mean"), MEAN.grid)
    np.testing.assert_array_equal(values[0], expected[6])


def test_a_layer_has_the_states_of_its_units_at_that_record(served: Served) -> None:
    states = served.bulk("layer", layer=LAYER, step=40).arrays["states"]
    np.testing.assert_array_equal(states, np.arange(12) == PLANTED)


@pytest.mark.parametrize("array", ["dead_since", "silent_since"])
def test_a_layer_says_since_when_its_units_are_dead_and_silent(served: Served, array: str) -> None:
    since = served.bulk("layer", layer=LAYER, step=40).arrays[array]
    np.testing.assert_array_equal(since, np.where(np.arange(12) == PLANTED, DEAD_FROM, -1))


def test_a_units_header_has_the_type_that_the_wire_promises(served: Served) -> None:
    assert conforms(served.bulk("unit", layer=LAYER, unit=PLANTED).header, wire.UnitSeries)


def test_a_unit_has_its_values_over_all_records(served: Served) -> None:
    values = served.bulk("unit", layer=LAYER, unit=4).arrays["values"]
    expected = on_grid(stacked(served.written.made, LAYER, "mean"), MEAN.grid)
    np.testing.assert_array_equal(values[0], expected[:, 4])


def test_a_unit_has_its_layers_quantiles_over_all_records(served: Served) -> None:
    quantiles = served.bulk("unit", layer=LAYER, unit=4).arrays["quantiles"]
    layer = on_grid(stacked(served.written.made, LAYER, "mean"), MEAN.grid)
    expected = np.quantile(layer.astype(float), [0, 0.25, 0.5, 0.75, 1], axis=1)
    np.testing.assert_allclose(quantiles[0], expected, rtol=1e-5, atol=1e-7)


def test_a_dead_units_life_has_the_step_at_which_it_died(served: Served) -> None:
    events = served.bulk("unit", layer=LAYER, unit=PLANTED).header["events"]
    assert [(e["kind"], e["record"], e["step"]) for e in events] == [("dead", DEAD_FROM, "30")]


def test_a_unit_has_a_name_for_each_class_it_has_means_of(served: Served) -> None:
    container = served.bulk("unit", layer=LAYER, unit=0)
    assert len(container.header["class_names"]) == len(container.arrays["class_means"])


def test_a_thumbnail_is_the_picture_that_was_written(served: Served) -> None:
    assert served.get("thumbnail", example=1).data == png(255)


def test_a_thumbnail_is_never_guessed_to_be_something_else(served: Served) -> None:
    headers = served.get("thumbnail", example=1).headers
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("image/png", "nosniff")


def test_tokens_are_the_texts_that_were_written(served: Served) -> None:
    content = served.json("tokens", example=0)
    assert conforms(content, wire.Tokens)
    assert content["texts"] == ["tick", " tock <b>", "tick"]


def test_records_says_how_many_examples_have_tokens(served: Served) -> None:
    assert served.bulk("records").header["probe_set"]["tokens"] == 2


# -- errors -------------------------------------------------------------------------------------

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


# -- files --------------------------------------------------------------------------------------

TRAVERSALS = [
    "assets/../index.js",
    "assets/../../plugin.py",
    "assets/..%2f..%2fplugin.py",
    "assets/%2e%2e/%2e%2e/plugin.py",
    "assets/%2e%2e%2f%2e%2e%2fplugin.py",
    "assets/..%5c..%5cplugin.py",
    "assets/....//plugin.py",
    "assets/%252e%252e/plugin.py",
    "assets//etc/hostname",
    "assets/%2fetc%2fhostname",
    "assets/C:%5cWindows%5cwin.ini",
    "assets/file:%2f%2f%2fetc%2fhostname",
    "assets/a.js%00.png",
    "assets/a.js/",
    "assets/./a.js",
    "assets/A.JS",
    "assets/",
    "assets/link.js",
    "assets/notes.txt",
    "assets/.hidden",
    "../plugin.py",
    "index.js/../plugin.py",
    "static/index.js",
]


@pytest.fixture
def built(tmp_path: Path) -> Client:
    """A tab whose dashboard has one asset, beside files that must not be served."""
    (tmp_path / "plugin.py").write_text("secret")
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.js").write_text("export function render() {}")
    (static / "assets" / "a.js").write_text("built")
    (static / "assets" / "notes.txt").write_text("secret")
    (static / "assets" / ".hidden").write_text("secret")
    (static / "assets" / "link.js").symlink_to(tmp_path / "plugin.py")
    plugin = NeuronPlugin(TBContext(logdir=str(tmp_path)))
    routes = Routes(LiveExperiment(lambda: json.loads("{")), Assets(static))
    plugin.get_plugin_apps = routes.apps
    return Client(TensorBoardWSGI([plugin]))


@pytest.mark.parametrize("path", TRAVERSALS)
def test_a_path_that_leaves_the_table_of_files_is_not_found(built: Client, path: str) -> None:
    assert built.get(f"{PREFIX}{path}").status_code == 404


def test_a_built_file_is_served_with_its_type(built: Client) -> None:
    answer = built.get(f"{PREFIX}assets/a.js")
    assert (answer.text, answer.mimetype) == ("built", "text/javascript")


def test_a_file_with_a_hash_in_its_name_is_kept_for_ever(built: Client) -> None:
    assert built.get(f"{PREFIX}assets/a.js").headers["Cache-Control"].endswith("immutable")


def test_the_entry_module_is_asked_for_every_time(built: Client) -> None:
    assert "no-cache" in built.get(f"{PREFIX}index.js").headers["Cache-Control"]


def test_a_rebuilt_dashboard_is_served_without_a_restart(built: Client, tmp_path: Path) -> None:
    (tmp_path / "static" / "assets" / "b.js").write_text("rebuilt")
    built.get(f"{PREFIX}index.js")
    assert built.get(f"{PREFIX}assets/b.js").text == "rebuilt"


def test_without_a_build_the_entry_module_says_how_to_make_one(tmp_path: Path) -> None:
    asset = Assets(tmp_path / "nothing").entry()
    assert b"npm --prefix frontend run build" in asset.content
