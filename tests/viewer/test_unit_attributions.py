"""A unit's attribution class by class: against the weights, and beside its class means."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import tb_neuron
from tb_neuron import answers, wire
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

LABELS = torch.arange(24) % 3
UNIT = 4


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 3))


def inputs() -> torch.Tensor:
    return torch.randn(24, 5, generator=torch.Generator().manual_seed(1))


def record(folder: Path, **choices: object) -> answers.Bulk:
    """Record six steps, classes at every other one; what the route `unit` answers."""
    model, probe = network(), ProbeSet.from_tensors(inputs(), LABELS)
    schedules = {"classes": every(2), "attributions": every(2)}
    recording = Recording(schedules=schedules, **choices)  # pyright: ignore[reportArgumentType]
    with NeuronRecorder(model, probe, folder, schedule=every(1), recording=recording) as recorder:
        for step in range(6):
            recorder.step(step)
            with torch.no_grad():
                model.get_parameter("2.weight").mul_(-1.5)
    experiment = tb_neuron.open(folder)
    (run,) = experiment.runs
    return answers.unit(experiment, answers.RecordingKey(run), "1", UNIT)


def by_hand(step: int, number: int) -> float:
    """Mean of gradient times activation toward the label, over a class's examples."""
    model = network()
    with torch.no_grad():
        model.get_parameter("2.weight").mul_((-1.5) ** step)
    hidden = torch.relu(model[0](inputs())).detach()
    weights = model.get_parameter("2.weight")[LABELS, UNIT]
    return float((hidden[:, UNIT] * weights.detach())[number == LABELS].mean())


@pytest.fixture
def answer(tmp_path: Path) -> answers.Bulk:
    return record(tmp_path)


def test_each_class_has_the_mean_attribution_of_its_examples(answer: answers.Bulk) -> None:
    steps = [int(step) for step in answer.header["class_steps"]]
    expected = [[by_hand(step, number) for step in steps] for number in range(3)]
    (found,) = answer.arrays["class_attributions"]
    np.testing.assert_allclose(found, expected, rtol=0.038, atol=1e-3)


def test_attributions_stand_at_the_steps_of_the_class_means(answer: answers.Bulk) -> None:
    (found,) = answer.arrays["class_attributions"]
    assert found.shape == answer.arrays["class_means"].shape


def test_the_method_is_named(answer: answers.Bulk) -> None:
    named = {"method": "gradient_x_activation", "target": "label"}
    assert answer.header["class_methods"] == [named]


def test_every_method_has_its_own_means(tmp_path: Path, answer: answers.Bulk) -> None:
    methods = ("gradient", "gradient_x_activation")
    found = record(tmp_path / "both", attributions=methods)
    assert tuple(each["method"] for each in found.header["class_methods"]) == methods
    (alone,) = answer.arrays["class_attributions"]
    gradient, both = found.arrays["class_attributions"]
    np.testing.assert_array_equal(both, alone)
    assert not np.array_equal(gradient, both)


def test_without_attributions_there_is_no_number(tmp_path: Path) -> None:
    found = record(tmp_path, attributions=())
    assert found.arrays["class_attributions"].size == 0
    assert found.header["class_methods"] == []


def test_the_wire_says_what_is_answered(answer: answers.Bulk) -> None:
    assert set(answer.header) == set(wire.UnitSeries.__annotations__)
