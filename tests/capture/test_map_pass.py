"""Maps from the recorder to the reader and the route: against Captum, checked, refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum.attr import Saliency
from torch import nn

import tb_neuron
from tb_neuron import answers, attribution_answers
from tb_neuron.experiment import Experiment
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every
from tb_neuron_callbacks.errors import AttributionError

EXAMPLES = 20
TRACKED = [2, 9, 17]


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 3)).eval()


def images() -> torch.Tensor:
    return torch.rand(EXAMPLES, 1, 8, 8, generator=torch.Generator().manual_seed(1))


def of_captum() -> np.ndarray:
    """Return Captum's saliency of the tracked examples, [example, y, x]."""
    inputs = images()[TRACKED].requires_grad_()
    found = Saliency(network()).attribute(inputs, target=torch.tensor(TRACKED) % 3)
    return found.detach()[:, 0].numpy()


def probe(**choices: Any) -> ProbeSet:
    labels = torch.arange(EXAMPLES) % 3
    return ProbeSet.from_tensors(images(), labels, batch_size=8, **{"tracked": TRACKED, **choices})


def recorded(folder: Path, records: int = 1, **choices: Any) -> Experiment:
    recording = Recording(schedules={"maps": every(1), "trust": every(2)}, **choices)
    with NeuronRecorder(
        network(), probe(), folder, schedule=every(1), recording=recording
    ) as recorder:
        for step in range(records):
            assert recorder.step(step)
    return tb_neuron.open(folder)


def run_of(experiment: Experiment) -> Run:
    (run,) = experiment.runs.values()
    return run


def test_saliency_is_captums_within_the_grids_error(tmp_path: Path) -> None:
    found = run_of(recorded(tmp_path, maps=("saliency",), trust=False)).maps("saliency")[0]
    assert found.reshape(3, 8, 8) == pytest.approx(of_captum(), rel=0.038, abs=1e-6)


def test_maps_are_of_the_tracked_examples(tmp_path: Path) -> None:
    reader = run_of(recorded(tmp_path, maps=("saliency",), trust=False)).recording().maps
    assert reader.examples == TRACKED
    assert [(each.form, each.shape) for each in reader.methods()] == [("image", (8, 8))]


def test_a_method_without_meaning_is_absent_with_the_reason(tmp_path: Path) -> None:
    maps = run_of(recorded(tmp_path, maps=("saliency", "cam"), trust=False)).recording().maps
    reasons = {each.name: each.absence for each in maps.methods()}
    assert reasons["saliency"] == ""
    assert "global average" in reasons["cam"]


def test_a_verdict_is_recorded_on_its_own_schedule(tmp_path: Path) -> None:
    experiment = recorded(tmp_path, 3, maps=("saliency", "gradient_x_input"))
    methods = {each.name: each for each in run_of(experiment).recording().maps.methods()}
    assert [verdict.step for verdict in methods["saliency"].verdicts] == [0, 2]
    figures = {each.name: each for each in methods["gradient_x_input"].verdicts[-1].figures}
    assert -1 <= figures["randomisation"].value <= 1
    assert "good" in figures["randomisation"].sentence


def test_checks_leave_the_weights_as_they_were(tmp_path: Path) -> None:
    model = network().train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    recording = Recording(maps=("saliency",), schedules={"trust": every(1)})
    state = torch.get_rng_state()
    with NeuronRecorder(model, probe(), tmp_path, recording=recording) as recorder:
        recorder.step(0)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
    assert all(module.training for module in model.modules())


def test_the_route_tells_what_the_model_answered(tmp_path: Path) -> None:
    experiment = recorded(tmp_path, maps=("saliency",), trust=False)
    (name,) = experiment.runs
    key = answers.RecordingKey(name, "model", "probe")
    found = attribution_answers.method_maps(experiment, key, "saliency").arrays
    with torch.no_grad():
        probabilities = network()(images()[TRACKED]).softmax(1)
    of_labels = probabilities[torch.arange(3), torch.tensor(TRACKED) % 3].numpy()
    assert found["probability"][0] == pytest.approx(of_labels, rel=1e-5)
    assert (found["prediction"][0] == probabilities.argmax(1).numpy()).all()


def test_the_route_lists_examples_with_their_labels(tmp_path: Path) -> None:
    experiment = recorded(tmp_path, maps=("saliency",), trust=False)
    (name,) = experiment.runs
    listed = attribution_answers.maps(experiment, answers.RecordingKey(name, "model", "probe"))
    assert [each["label"] for each in listed["examples"]] == [number % 3 for number in TRACKED]


def test_large_maps_are_averaged_down(tmp_path: Path) -> None:
    experiment = recorded(tmp_path, maps=("saliency",), trust=False, thumbnail=4)
    found = run_of(experiment).maps("saliency")[0].reshape(3, 4, 4)
    expected = of_captum().reshape(3, 4, 2, 4, 2).mean((2, 4))
    assert found == pytest.approx(expected, rel=0.038, abs=1e-6)


@pytest.mark.parametrize(
    ("choices", "tracked", "words"),
    [
        ({"maps": ("salience",)}, 3, "must be one of saliency"),
        ({"maps": ("saliency",)}, 0, "needs tracked examples"),
        ({"maps": ("saliency",), "attributions": ()}, 3, "a target that can be explained"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(
    tmp_path: Path, choices: dict[str, Any], tracked: int, words: str
) -> None:
    with pytest.raises(AttributionError, match=words):
        NeuronRecorder(network(), probe(tracked=tracked), tmp_path, recording=Recording(**choices))


def test_values_that_are_no_numbers_fail_the_map(tmp_path: Path) -> None:
    class Root(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tanh = nn.Tanh()
            self.head = nn.Linear(64, 3)

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            # An infinite gradient times 0.
            return self.head(self.tanh(inputs * (inputs > 0.5)).sqrt().flatten(1))

    recording = Recording(maps=("gradient_x_input",), attributions=("gradient_x_activation",))
    with NeuronRecorder(Root(), probe(), tmp_path, recording=recording) as recorder:
        assert recorder.step(0)
    (method,) = run_of(tb_neuron.open(tmp_path)).recording().maps.methods()
    assert method.verdicts[0].mark == "failing"
    assert np.isnan(run_of(tb_neuron.open(tmp_path)).maps("gradient_x_input")).any()
