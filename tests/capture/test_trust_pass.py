"""Trust in units from the recorder to the reader and the route: when, of what, and what fails."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import tb_neuron
from tb_neuron import answers, attribution_answers
from tb_neuron.errors import NotFoundError
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every
from tb_neuron_callbacks.attributions import UNIT_METHODS, UnitMethod

EXAMPLES = 20
TRACKED = [2, 9, 17]


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3)).eval()


def probe(**choices: Any) -> ProbeSet:
    images = torch.rand(EXAMPLES, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    labels = torch.arange(EXAMPLES) % 3
    return ProbeSet.from_tensors(images, labels, batch_size=8, **{"tracked": TRACKED, **choices})


def recorded(folder: Path, records: int = 1, tracked: Any = TRACKED, **choices: Any) -> Run:
    recording = Recording(**choices)
    with NeuronRecorder(
        network(), probe(tracked=tracked), folder, schedule=every(1), recording=recording
    ) as recorder:
        for step in range(records):
            assert recorder.step(step)
    (run,) = tb_neuron.open(folder).runs.values()
    return run


def test_units_are_checked_without_being_asked_for(tmp_path: Path) -> None:
    (verdict,) = recorded(tmp_path).trust("1")
    assert (verdict.step, verdict.mark) == (0, "good")


def test_a_verdict_tells_its_figures_as_they_were_measured(tmp_path: Path) -> None:
    (verdict,) = recorded(tmp_path, attributions=("conductance",)).trust("1", "conductance")
    figures = {each.name: each for each in verdict.figures}
    assert 0 <= figures["completeness"].value < 0.2
    assert figures["completeness"].sentence.endswith("good up to 0.05, failing above 0.2.")


def test_units_are_checked_in_every_sixteenth_record(tmp_path: Path) -> None:
    assert recorded(tmp_path, 17).recording().trust.steps == [0, 16]


def test_units_are_checked_on_a_schedule_of_their_own(tmp_path: Path) -> None:
    schedules = {"trust": every(2), "maps": every(3), "attributions": every(4)}
    run = recorded(tmp_path, 5, schedules=schedules, maps=("saliency",))
    assert [verdict.step for verdict in run.trust("1")] == [0, 2, 4]
    assert run.recording().maps.steps == [0, 3]


def test_the_target_and_the_examples_are_told(tmp_path: Path) -> None:
    reader = recorded(tmp_path).recording().trust
    assert (reader.target, reader.examples) == ("label", TRACKED)


@pytest.mark.parametrize("choices", [{"trust": False}, {"attributions": ()}, {"tracked": 0}])
def test_without_trust_or_what_it_needs_nothing_is_checked(
    tmp_path: Path, choices: dict[str, Any]
) -> None:
    run = recorded(tmp_path, **choices)
    assert run.recording().trust.steps == []
    with pytest.raises(NotFoundError, match="no attributions to units were checked"):
        run.trust("1")


def test_a_layer_or_method_that_was_not_checked_is_refused(tmp_path: Path) -> None:
    run = recorded(tmp_path)
    with pytest.raises(NotFoundError, match="checked method 'gradient'"):
        run.trust("1", "gradient")
    with pytest.raises(NotFoundError, match="checked layer '7'"):
        run.trust("7")


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Callable[[UnitMethod], None]:
    """Return what adds a method to the table for this test."""
    return lambda method: monkeypatch.setitem(UNIT_METHODS, method.name, method)


def raising_after(points: int, error: type[BaseException]) -> UnitMethod:
    """Return a method that raises after so many layers."""
    seen = 0

    def rule(point: Any) -> torch.Tensor:
        nonlocal seen
        seen += 1
        if seen > points:
            raise error("planted")
        return point.activations

    return UnitMethod("planted", "", "", at_point=rule)


@pytest.mark.parametrize("error", [MemoryError, RuntimeError, torch.cuda.OutOfMemoryError])
def test_a_method_that_fails_is_absent_with_a_warning_and_the_rest_goes_on(
    tmp_path: Path, plant: Callable[[UnitMethod], None], error: type[BaseException]
) -> None:
    # Two layers: of the trial, of the record's three batches, and then of the check.
    plant(raising_after(2 * (1 + 3), error))
    with pytest.warns(RuntimeWarning, match="trust in planted at step 0 and where else it fails"):
        run = recorded(tmp_path, attributions=("planted", "gradient"))
    planted, gradient = run.recording().trust.methods()
    assert planted.absence.endswith("planted")
    assert list(gradient.layers) == ["1", "3"]
    assert run.attributions("1", "planted").shape == (1, 4)


def test_where_nothing_can_be_checked_the_record_is_written_without(
    tmp_path: Path, plant: Callable[[UnitMethod], None]
) -> None:
    plant(raising_after(2 * (1 + 3), RuntimeError))
    with pytest.warns(RuntimeWarning, match="trust at step 0 and where else it fails is left out"):
        run = recorded(tmp_path, attributions=("planted",))
    assert run.recording().trust.steps == []
    assert run.steps.tolist() == [0]


def test_the_weights_are_afterwards_as_before(tmp_path: Path) -> None:
    model = network().train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    recording = Recording(attributions=("gradient_x_activation", "conductance"))
    state = torch.get_rng_state()
    with NeuronRecorder(model, probe(), tmp_path, recording=recording) as recorder:
        recorder.step(0)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
    assert all(module.training for module in model.modules())


def test_the_route_tells_every_verdict(tmp_path: Path) -> None:
    recorded(tmp_path, 3, schedules={"trust": every(2)})
    experiment = tb_neuron.open(tmp_path)
    (name,) = experiment.runs
    told = attribution_answers.unit_trust(experiment, answers.RecordingKey(name, None, None))
    assert told["steps"] == ["0", "2"]
    (method,) = told["methods"]
    assert [(each["layer"], len(each["verdicts"])) for each in method["layers"]] == [
        ("1", 2),
        ("3", 2),
    ]


def test_a_method_of_captums_that_promises_a_sum_is_held_to_it(tmp_path: Path) -> None:
    run = recorded(tmp_path, attributions=("captum:LayerDeepLift",))
    (verdict,) = run.trust("1", "captum:LayerDeepLift")
    figures = {each.name: each for each in verdict.figures}
    assert figures["completeness"].value < 0.01
    assert figures["randomisation"].mark != "none"
