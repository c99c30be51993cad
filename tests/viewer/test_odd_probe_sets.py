"""Probe sets of every kind, recorded for real: each route answers each of them sensibly."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
import torch
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.plugins.base_plugin import TBContext
from torch import Tensor, nn
from werkzeug.test import Client, TestResponse

from tb_neuron.container import unpack
from tb_neuron.plugin import NeuronPlugin
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

PREFIX = "/data/plugin/tb_neuron/"
COUNT, CLASSES = 24, 3
#: More than the least number that is drawn of them.
MANY = 90


def convolutional(channels: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, 6, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(),
        nn.Linear(24, CLASSES),
    )  # fmt: skip


def of_rows() -> nn.Module:
    return nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, CLASSES))


def of_signals() -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(2, 6, 3), nn.ReLU(), nn.AdaptiveAvgPool1d(2), nn.Flatten(), nn.Linear(12, CLASSES)
    )


def of_tokens() -> nn.Module:
    return nn.Sequential(
        nn.Embedding(11, 6), nn.Linear(6, 6), nn.ReLU(), nn.Flatten(), nn.Linear(42, CLASSES)
    )


def constant() -> nn.Module:
    """Return a network whose hidden units answer the same to all examples."""
    model = of_rows()
    with torch.no_grad():
        model.get_parameter("0.weight").zero_()
        model.get_parameter("0.bias").fill_(1.0)
    return model


def images(channels: int) -> Callable[[], Tensor]:
    return lambda: torch.rand(COUNT, channels, 9, 9)


def rows() -> Tensor:
    return torch.randn(COUNT, 5)


def in_turn() -> Tensor:
    return torch.arange(COUNT) % CLASSES


@dataclass(frozen=True)
class Kind:
    """A probe set, and the network that it is put to."""

    network: Callable[[], nn.Module]
    inputs: Callable[[], Tensor]
    labels: Callable[[], Tensor | None] = in_turn
    choices: Mapping[str, Any] = field(default_factory=dict)


KINDS: Mapping[str, Kind] = {
    "no labels": Kind(of_rows, rows, lambda: None),
    "one class": Kind(of_rows, rows, lambda: torch.zeros(COUNT, dtype=torch.long)),
    "one example": Kind(
        of_rows, lambda: torch.randn(1, 5), lambda: torch.zeros(1, dtype=torch.long)
    ),
    "constant units": Kind(constant, rows),
    "more than the budget": Kind(
        of_rows,
        lambda: torch.randn(MANY, 5),
        lambda: torch.arange(MANY) % CLASSES,
        {"max_response_bytes": 11 * 70},
    ),
    "images of 1 channel": Kind(lambda: convolutional(1), images(1)),
    "images of 3 channels": Kind(lambda: convolutional(3), images(3)),
    "images of 4 channels": Kind(lambda: convolutional(4), images(4)),
    "images of 12 channels": Kind(lambda: convolutional(12), images(12)),
    "signals": Kind(of_signals, lambda: torch.randn(COUNT, 2, 17)),
    "ids without a tokenizer": Kind(of_tokens, lambda: torch.randint(0, 11, (COUNT, 7))),
    "rows": Kind(of_rows, rows),
}
#: A run whose probe set is another than that of "rows".
CHANGED = "rows, changed"
KINDS = {**KINDS, CHANGED: Kind(of_rows, lambda: torch.randn(COUNT, 5) + 1)}


def record(folder: Path, kind: Kind) -> None:
    """Record everything twice."""
    torch.manual_seed(len(folder.name))
    model = kind.network()
    probe = ProbeSet.from_tensors(kind.inputs(), kind.labels(), tracked=2)
    kinds = ("responses", "examples", "tracked", "maps", "evidence", "flow")
    recording = Recording(
        responses=("activation",),
        examples=2,
        tracked=True,
        maps=("saliency",),
        evidence=3,
        flow=4,
        trust=False,
        schedules={name: every(1) for name in kinds},
        **kind.choices,
    )
    with NeuronRecorder(model, probe, folder, schedule=every(1), recording=recording) as recorder:
        for step in range(2):
            recorder.step(step)
            with torch.no_grad():
                list(model.parameters())[-1].add_(0.1)


@dataclass
class Tab:
    """A tab over the runs of all kinds."""

    client: Client

    def get(self, route: str, run: str, **query: Any) -> TestResponse:
        return self.client.get(f"{PREFIX}{route}", query_string={"run": run, **query})

    def json(self, route: str, run: str, **query: Any) -> Any:
        return json.loads(self.get(route, run, **query).data, parse_constant=no_number)

    def bulk(self, route: str, run: str, **query: Any) -> Any:
        answer = self.get(route, run, **query)
        assert answer.status_code == 200, answer.text
        return unpack(answer.data)


def no_number(text: str) -> NoReturn:
    """Refuse what Python writes and no browser reads."""
    raise AssertionError(f"{text} is no JSON")


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> NeuronPlugin:
    logdir = tmp_path_factory.mktemp("odd")
    for name, kind in KINDS.items():
        record(logdir / name, kind)
    return NeuronPlugin(TBContext(logdir=str(logdir)))


@pytest.fixture(scope="module")
def tab(plugin: NeuronPlugin) -> Tab:
    return Tab(Client(TensorBoardWSGI([plugin])))


def hidden(tab: Tab, run: str) -> str:
    """Return the layer before the last that has responses."""
    layers = tab.json("responses", run)["layers"]
    return layers[-2]["name"]


def questions(tab: Tab, run: str) -> dict[str, dict[str, Any]]:
    """Return what each route is asked."""
    layer = hidden(tab, run)
    of_layer, at = {"layer": layer, "step": 1}, {"step": 1}
    statistic = tab.bulk("records", run).header["statistics"][0]["name"]
    chunk = tab.bulk("records", run).header["chunk_hashes"][0]
    return {
        "runs": {}, "records": {}, "film": {"statistic": statistic, "chunk": 0, "hash": chunk},
        "layer": of_layer, "unit": {"layer": layer, "unit": 0}, "thumbnail": {"example": 0},
        "image": {"example": 0}, "tokens": {"example": 0}, "changes": {"layer": layer},
        "flows": {}, "flow": at, "maps": {}, "map": {"method": "saliency"}, "evidence": {},
        "layer_evidence": of_layer, "unit_evidence": {"layer": layer, "unit": 0}, "trust": {},
        "responses": {}, "correlated": {**of_layer, "unit": 0}, "filter": {**at, "filter": ""},
        "joint": {**at, "x_layer": layer, "x_unit": 0, "y_layer": layer, "y_unit": 1},
        "drift": of_layer, "distribution": {"layer": layer, "unit": 0}, "patterns": of_layer,
        "groups": of_layer, "planes": {}, "plane": {**of_layer, "of": "units"},
        "crops": of_layer, "projector": {**of_layer, "of": "examples"}, "dictionary": {},
        "unit_icons": of_layer, "meaning_drift": {"layer": layer}, "pictures": {},
        "visualisation": {**of_layer, "unit": 0}, "grids": {}, "grid": of_layer,
        "position": {**of_layer, "example": 0, "position": 0},
    }  # fmt: skip


def test_every_route_is_asked(tab: Tab, plugin: NeuronPlugin) -> None:
    known = {path.strip("/") for path in plugin.get_plugin_apps() if "." not in path}
    assert known - {"assets/*"} <= set(questions(tab, "rows"))


@pytest.mark.parametrize("run", KINDS)
def test_every_route_answers_or_says_why_not(tab: Tab, run: str) -> None:
    for route, query in questions(tab, run).items():
        answer = tab.get(route, run, **query)
        kind = answer.headers["Content-Type"]
        assert answer.status_code in (200, 400, 404), (route, answer.text)
        if "json" in kind:
            said = json.loads(answer.data, parse_constant=no_number)
            assert answer.status_code == 200 or len(said["error"]) > 20, (route, said)
        elif "tb-neuron" in kind:
            header = json.dumps(unpack(answer.data).header, allow_nan=False)
            assert header.startswith("{"), route


@pytest.mark.parametrize("run", KINDS)
@pytest.mark.parametrize("route", ["records", "patterns", "groups", "plane", "joint", "unit_icons"])
def test_what_responses_are_shown_in_is_there(tab: Tab, run: str, route: str) -> None:
    answer = tab.get(route, run, **questions(tab, run)[route])
    assert answer.status_code == 200, answer.text


def test_without_labels_a_filter_by_label_says_what_is_known(tab: Tab) -> None:
    answer = tab.get("filter", "no labels", step=1, filter="label == 1")
    assert answer.status_code == 400
    assert "names label, and examples have example, prediction" in answer.get_json()["error"]


def test_one_class_has_no_selectivity(tab: Tab) -> None:
    found = tab.bulk("patterns", "one class", **questions(tab, "one class")["patterns"])
    assert np.isnan(found.arrays["selectivity"]).all()


@pytest.mark.parametrize("run", ["one example", "constant units"])
def test_a_correlation_that_is_undefined_is_not_0(tab: Tab, run: str) -> None:
    found = tab.bulk("joint", run, **questions(tab, run)["joint"])
    assert [side["correlation"] for side in found.header["sides"]] == [None]


def test_constant_units_are_like_no_other(tab: Tab) -> None:
    query = questions(tab, "constant units")["correlated"]
    found = tab.json("correlated", "constant units", **query)
    assert (found["highest"], found["lowest"]) == ([], [])


@pytest.mark.parametrize("projection", ["pca", "tsne"])
def test_constant_units_lie_at_one_place(tab: Tab, projection: str) -> None:
    query = {**questions(tab, "constant units")["plane"], "projection": projection}
    found = tab.bulk("plane", "constant units", **query)
    places = found.arrays["places"][-1]
    assert np.ptp(places, axis=0).tolist() == [0, 0]
    assert np.isnan(found.arrays["explained"]).all()


@pytest.mark.parametrize("route", ["patterns", "groups"])
def test_a_draw_of_examples_is_told_as_n_of_n(tab: Tab, route: str) -> None:
    run = "more than the budget"
    header = tab.bulk(route, run, **questions(tab, run)[route]).header
    assert (header["drawn"] < MANY, header["of"]) == (True, MANY)


def test_a_draw_of_examples_is_told_with_its_seed(tab: Tab) -> None:
    found = tab.json("responses", "more than the budget")
    drawn = sorted(np.random.default_rng(found["seed"]).choice(MANY, found["examples"], False))
    run = "more than the budget"
    shown = tab.bulk("patterns", run, **questions(tab, run)["patterns"]).arrays["examples"]
    assert sorted(shown.tolist()) == drawn


def test_the_map_places_the_drawn_examples_alone(tab: Tab) -> None:
    run = "more than the budget"
    query = {**questions(tab, run)["plane"], "of": "examples"}
    found = tab.bulk("plane", run, **query)
    assert (len(found.arrays["points"]) < MANY, found.header["total"]) == (True, MANY)


def test_two_runs_on_other_examples_are_not_laid_together(tab: Tab) -> None:
    query = {**questions(tab, "rows")["joint"], "other_run": CHANGED, "other_step": 1}
    answer = tab.get("joint", "rows", **query)
    assert answer.status_code == 400
    assert "probe set" in answer.get_json()["error"] or "examples" in answer.get_json()["error"]


@pytest.mark.parametrize("channels", [1, 3, 4, 12])
def test_images_of_any_channels_have_a_picture(tab: Tab, channels: int) -> None:
    run = f"images of {channels} channel{'s' * (channels > 1)}"
    answer = tab.get("thumbnail", run, example=0)
    assert answer.data[:4] == b"\x89PNG", answer.text
