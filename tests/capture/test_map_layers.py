"""Maps of methods that read at a layer, at several: against Captum, checked apart, refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from captum import attr
from networks import ResidualNetwork, settled
from torch import Tensor, nn
from torch.nn import functional

import tb_neuron
from tb_neuron import attribution_answers
from tb_neuron.answers import RecordingKey
from tb_neuron.experiment import Experiment
from tb_neuron.run import Run
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every
from tb_neuron_callbacks.errors import AttributionError

EXAMPLES = 12
TRACKED = [1, 4, 7]
LAYERS = ("layer1.relu1", "layer2.relu2")
METHODS = ("grad_cam", "guided_grad_cam")


def network() -> nn.Module:
    torch.manual_seed(0)
    return settled(ResidualNetwork())


def data() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(EXAMPLES, 3, 10, 10, generator=generator), torch.arange(EXAMPLES) % 5


def recorded(folder: Path, records: int = 1, **choices: Any) -> Experiment:
    probe = ProbeSet.from_tensors(*data(), tracked=TRACKED)
    how = Recording(schedules={"maps": every(1), "trust": every(1)}, **choices)
    with NeuronRecorder(network(), probe, folder, schedule=every(1), recording=how) as recorder:
        for step in range(records):
            assert recorder.step(step)
    return tb_neuron.open(folder)


def run_of(experiment: Experiment) -> Run:
    (run,) = experiment.runs.values()
    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Two records of maps at two layers, which were checked."""
    folder = tmp_path_factory.mktemp("layers")
    maps = (*METHODS, "saliency", "cam")
    return run_of(recorded(folder, 2, maps=maps, map_layers=LAYERS))


def of_captum(layer_name: str) -> np.ndarray:
    """Return Captum's Grad-CAM of the tracked examples at the input's size, [example, position]."""
    (inputs, labels), model = data(), network()
    method = attr.LayerGradCam(model, model.get_submodule(layer_name))
    found = method.attribute(inputs[TRACKED], target=labels[TRACKED], relu_attributions=True)
    assert isinstance(found, Tensor)
    larger = functional.interpolate(found, (10, 10), mode="bilinear", align_corners=False)
    return larger.detach().flatten(1).numpy()


@pytest.mark.parametrize("layer_name", LAYERS)
def test_each_layer_has_the_maps_of_captum(run: Run, layer_name: str) -> None:
    expected = of_captum(layer_name)
    found = run.maps("grad_cam", layer_name)[0]
    np.testing.assert_allclose(found, expected, rtol=0.038, atol=1e-4 * expected.max())


def test_methods_are_listed_once_a_layer_and_others_once(run: Run) -> None:
    listed = [(each.name, each.layer) for each in run.recording().maps.methods()]
    last = "layer2.relu2"
    at_layers = [(name, layer_name) for name in METHODS for layer_name in LAYERS]
    assert listed == [*at_layers, ("saliency", ""), ("cam", last)]


def test_without_a_layer_the_first_is_meant(run: Run) -> None:
    np.testing.assert_array_equal(run.maps("grad_cam"), run.maps("grad_cam", LAYERS[0]))


def test_each_layer_has_a_verdict_of_its_own(run: Run) -> None:
    found = {each.layer: each for each in run.recording().maps.methods() if each.name == METHODS[0]}
    figures = [
        {each.name: each.value for each in found[layer_name].verdicts[-1].figures}
        for layer_name in LAYERS
    ]
    assert [verdict.step for verdict in found[LAYERS[0]].verdicts] == [0, 1]
    # Each is compared with its own maps at the record before: nothing was learned.
    assert [each["previous"] for each in figures] == [1, 1]
    assert figures[0]["randomisation"] != figures[1]["randomisation"]


def test_the_route_answers_a_layers_maps(run: Run, tmp_path: Path) -> None:
    experiment = recorded(tmp_path, maps=("grad_cam",), map_layers=LAYERS, trust=False)
    (name,) = experiment.runs
    key = RecordingKey(name)
    first, second = (
        attribution_answers.method_maps(experiment, key, "grad_cam", each).arrays["values"]
        for each in LAYERS
    )
    np.testing.assert_array_equal(second, run.maps("grad_cam", LAYERS[1])[:1])
    assert not np.array_equal(first, second)


def test_a_pattern_means_the_layers_with_positions(tmp_path: Path) -> None:
    run = run_of(recorded(tmp_path, maps=("grad_cam",), map_layers=("layer*.relu1",), trust=False))
    layers = [each.layer for each in run.recording().maps.methods()]
    assert layers == ["layer1.relu1", "layer2.relu1"]


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (("layer9.*",), 'names no watched layer; they are "stem.2", '),
        (("fc",), "'fc' has no positions over an image"),
    ],
)
def test_layers_that_cannot_be_read_at_are_refused(
    tmp_path: Path, layers: tuple[str, ...], words: str
) -> None:
    with pytest.raises(AttributionError, match=words):
        recorded(tmp_path, maps=("grad_cam",), map_layers=layers)
