"""Logs of every earlier schema version stay readable for ever, with the figures of their time.

A folder `logs/v<n>` holds a small recorded log, the script that recorded it, and `expected.json`:
what NumPy said of the raw activations when it was recorded. A new version adds a folder; none is
changed.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tb_neuron
from tb_neuron.metadata import SCHEMA_VERSION
from tb_neuron.run import Run

LOGS = Path(__file__).parent / "logs"
SIGNED = ("mean", "min", "max")
STATISTICS = (*SIGNED, "std", "mean_abs", "frequency", "zeros")


@pytest.fixture(scope="module", params=sorted(folder.name for folder in LOGS.glob("v*")))
def folder(request: pytest.FixtureRequest) -> Path:
    return LOGS / request.param


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return tb_neuron.open(folder).runs["run"]


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "expected.json").read_text())


def record_of(run: Run, step: int) -> int:
    return run.steps.tolist().index(step)


def test_every_schema_version_has_a_log() -> None:
    assert {f"v{number}" for number in range(1, SCHEMA_VERSION + 1)} == {
        folder.name for folder in LOGS.iterdir()
    }


def test_a_log_is_small(folder: Path) -> None:
    assert sum(file.stat().st_size for file in folder.rglob("*tfevents*")) < 100_000


def test_it_has_no_problem(run: Run) -> None:
    assert run.problems == []


def test_its_steps_are_those_of_both_trainings_without_the_repeated(
    run: Run, expected: dict[str, Any]
) -> None:
    assert run.steps.tolist() == [int(step) for step in expected["records"]]


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("layer_name", ["1", "4", "6", "7"])
def test_its_statistics_are_numpy_s(
    run: Run, expected: dict[str, Any], layer_name: str, statistic: str
) -> None:
    records = expected["records"].values()
    raw = np.array([record["layers"][layer_name][statistic] for record in records])
    # What lies below a grid's span takes its lowest level: 4 or 8 decades below the largest.
    decades = 1e-4 if statistic in SIGNED else 1e-8
    floor = np.abs(raw).max(axis=1, keepdims=True) * decades * 1.04
    found = run.activations(layer_name, statistic)
    assert (np.abs(found - raw) <= 0.0374 * np.abs(raw) + floor + 1e-7).all()


def test_its_planted_dead_unit_is_dead_from_its_step_on(run: Run, expected: dict[str, Any]) -> None:
    planted = expected["dead"]
    dead = run.dead(planted["layer"])[:, planted["unit"]]
    assert dead.tolist() == [step >= planted["from_step"] for step in run.steps.tolist()]


def test_its_planted_saturated_unit_is_saturated_from_its_step_on(
    run: Run, expected: dict[str, Any]
) -> None:
    planted = expected["saturated"]
    states = run.states(planted["layer"])[:, planted["unit"]]
    begun = [step >= planted["from_step"] for step in run.steps.tolist()]
    assert (states & 4 > 0)[begun].all()


def test_its_loss_is_numpy_s(run: Run, expected: dict[str, Any]) -> None:
    losses = [record["loss"] for record in expected["records"].values()]
    np.testing.assert_allclose(run.recording().loss(), losses, rtol=1e-4)


def test_its_predictions_are_numpy_s(run: Run, expected: dict[str, Any]) -> None:
    for step, record in expected["records"].items():
        prediction = run.outputs(int(step)).prediction
        assert prediction is not None
        np.testing.assert_array_equal(prediction, record["prediction"])


def test_its_class_means_are_numpy_s(run: Run, expected: dict[str, Any]) -> None:
    series = run.recording().unit_series("4", 0)
    records = [expected["records"][str(step)] for step in series.class_steps.tolist()]
    raw = np.array([[row[0] for row in record["class_mean_of_4"]] for record in records]).T
    np.testing.assert_allclose(series.class_means, raw, rtol=0.0374, atol=2e-4)


def test_its_labels_are_the_digits(run: Run, expected: dict[str, Any]) -> None:
    assert run.recording().labels().tolist() == expected["labels"]


def test_its_thumbnails_are_pictures(run: Run) -> None:
    recording = run.recording()
    assert recording.thumbnails == recording.probe_set.examples
    assert recording.thumbnail(3).startswith(b"\x89PNG")


def test_its_film_can_be_made(run: Run) -> None:
    recording = run.recording()
    frames = [
        recording.film.chunk("frequency", chunk).frames for chunk in range(recording.film.chunks)
    ]
    assert sum(frames) == len(run.steps)


def test_its_layers_keep_what_is_said_of_them(run: Run) -> None:
    kinds = {name: (layer.units, layer.can_be_dead) for name, layer in run.layers.items()}
    assert kinds == {"1": (4, True), "4": (8, True), "6": (6, True), "7": (10, False)}
