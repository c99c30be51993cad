"""Changes of sign and of main class: against a loop over units, and over a real recording."""

from pathlib import Path

import numpy as np
import pytest
import torch
from served_routes import Served, conforms
from torch import nn

import tb_neuron
from tb_neuron import answers, attribution_answers, wire
from tb_neuron.analysis.changes import Change, main_class_changes, sign_flips
from tb_neuron.errors import NotFoundError
from tb_neuron.experiment import Experiment
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

LABELS = torch.arange(24) % 3
RECORDS = 8


def flips_by_hand(means: np.ndarray, scales: np.ndarray, share: float) -> list[Change]:
    found = []
    for unit in range(means.shape[1]):
        last = 0
        for record, scale in enumerate(scales):
            value = means[record, unit]
            if not abs(value) > share * scale:
                continue
            now = 1 if value > 0 else -1
            if last and now != last:
                found.append(Change(unit, record, last, now))
            last = now
    return sorted(found, key=lambda change: (change.record, change.unit))


def classes_by_hand(class_means: np.ndarray, scales: np.ndarray, margin: float) -> list[Change]:
    found = []
    for unit in range(class_means.shape[2]):
        main = None
        for record, scale in enumerate(scales):
            values = class_means[record, :, unit]
            known = [number for number in range(len(values)) if np.isfinite(values[number])]
            if not known or (main is not None and main not in known):
                continue
            best = max(known, key=lambda number: values[number])
            rivals = [values[n] for n in known if (n != best if main is None else n == main)]
            if rivals and values[best] - max(rivals) <= margin * scale:
                continue
            if main is not None and best != main:
                found.append(Change(unit, record, main, best))
            main = best
    return sorted(found, key=lambda change: (change.record, change.unit))


@pytest.mark.parametrize("share", [0.0, 0.25, 0.8])
def test_sign_flips_are_those_of_a_loop_over_units(rng: np.random.Generator, share: float) -> None:
    means = rng.normal(size=(30, 40))
    means[rng.random(means.shape) < 0.1] = np.nan
    scales = rng.random(30) + 0.5
    assert sign_flips(means, scales, share) == flips_by_hand(means, scales, share)


@pytest.mark.parametrize("margin", [0.0, 0.5, 1.5])
def test_changes_of_class_are_those_of_a_loop_over_units(
    rng: np.random.Generator, margin: float
) -> None:
    values = rng.normal(size=(20, 5, 30))
    values[rng.random(values.shape) < 0.1] = np.nan
    values[4] = np.nan
    scales = rng.random(20) + 0.5
    expected = classes_by_hand(values, scales, margin)
    assert main_class_changes(values, scales.tolist(), margin) == expected


def test_a_mean_that_trembles_about_zero_changes_nothing() -> None:
    means = np.array([[1.0], [-0.2], [0.2], [-0.2], [1.0]])
    assert sign_flips(means, np.ones(5), 0.25) == []


def test_a_flip_is_dated_by_the_first_record_at_which_it_is_clear() -> None:
    means = np.array([[1.0], [0.1], [-0.1], [-0.3]])
    assert sign_flips(means, np.ones(4), 0.25) == [Change(0, 3, 1, -1)]


def test_a_class_that_leads_by_too_little_does_not_become_the_main_one() -> None:
    values = np.array([[[2.0], [0.0]], [[2.0], [2.4]], [[2.0], [2.6]]])
    assert main_class_changes(values, [1.0, 1.0, 1.0], 0.5) == [Change(0, 2, 0, 1)]


def test_without_a_scale_nothing_is_clear() -> None:
    values = np.array([[1.0], [-1.0]])
    assert sign_flips(values, np.array([np.nan, np.nan])) == []


# -- over a real recording ------------------------------------------------------------------------


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    """Eight records; halfway the logits' weights turn their sign, and so all attributions do."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 3))
    inputs = torch.randn(24, 5, generator=torch.Generator().manual_seed(1))
    choices = Recording(schedules={"classes": every(1), "attributions": every(1)})
    probe = ProbeSet.from_tensors(inputs, LABELS, class_names=["red", "green"])
    with NeuronRecorder(model, probe, tmp_path, schedule=every(1), recording=choices) as recorder:
        for step in range(RECORDS):
            if step == RECORDS // 2:
                with torch.no_grad():
                    model.get_parameter("2.weight").neg_()
            recorder.step(10 * step)
    return tb_neuron.open(tmp_path)


def changes_of(experiment: Experiment, layer: str = "1", **choice: str) -> wire.Changes:
    (run,) = experiment.runs
    return attribution_answers.changes(experiment, answers.RecordingKey(run), layer, **choice)


def test_weights_that_turn_flip_every_unit_that_had_a_clear_sign(experiment: Experiment) -> None:
    (run,) = experiment.runs.values()
    recording = run.recording()
    name = "gradient_x_activation:label:"
    means = recording.activations("1", f"{name}mean")
    scales = recording.activations("1", f"{name}mean_abs").mean(axis=1)
    expected = {change.unit for change in flips_by_hand(means, scales, 0.25)}
    found = [each for each in changes_of(experiment)["changes"] if each["kind"] == "sign"]
    assert expected
    assert {each["unit"] for each in found} == expected


def test_a_change_is_dated_by_the_step_of_its_record(experiment: Experiment) -> None:
    found = changes_of(experiment)["changes"]
    assert {(each["record"], each["step"]) for each in found} == {(4, "40")}


def test_main_classes_are_those_of_a_loop_over_recorded_means(experiment: Experiment) -> None:
    (run,) = experiment.runs.values()
    recording = run.recording()
    name = "gradient_x_activation:label:"
    classes = [recording.activations("1", f"{name}mean@{number}") for number in range(3)]
    scales = recording.activations("1", f"{name}mean_abs").mean(axis=1)
    expected = classes_by_hand(np.stack(classes, axis=1), scales, 0.5)
    names = ["red", "green", "2"]
    found = [each for each in changes_of(experiment)["changes"] if each["kind"] == "class"]
    assert expected
    assert [(each["unit"], each["before"], each["after"]) for each in found] == [
        (change.unit, names[change.before], names[change.after]) for change in expected
    ]


def test_changes_are_asked_for_by_method_and_target(experiment: Experiment) -> None:
    asked = changes_of(experiment, method="gradient_x_activation", target="label")
    assert asked == changes_of(experiment)


def test_a_method_that_was_not_recorded_is_told(experiment: Experiment) -> None:
    with pytest.raises(NotFoundError, match="gradient_x_activation toward label"):
        changes_of(experiment, method="conductance")


def test_the_route_answers_the_type_that_the_wire_promises(
    experiment: Experiment, served: Served
) -> None:
    assert conforms(changes_of(experiment), wire.Changes)
    assert conforms(served.json("changes", layer="conv1"), wire.Changes)


def test_a_run_without_attributions_has_no_changes(served: Served) -> None:
    found = served.json("changes", layer="conv1")
    assert (found["method"], found["changes"], found["has_classes"]) == ("", [], False)


def test_a_layer_that_is_not_there_is_a_404(served: Served) -> None:
    assert served.get("changes", layer="conv9").status_code == 404
