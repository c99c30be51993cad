"""A run of a hand-made convolution that finds a bright patch: where it is, and for which class."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

LAYER, UNITS, SIDE = "1", 3, 8
#: Fires where all of its 3 × 3 patch is bright, and nowhere else.
DETECTOR = 0
NAMES = ("plain", "patch")
#: Middle of the patch of each example, row and column; None without one.
PLACES = ((2, 3), None, (5, 1), None, (4, 6), None)
LABELS = [int(place is not None) for place in PLACES]
STEPS = (0, 10, 20)


def inputs() -> Tensor:
    """Return dark images [example, 1, y, x], some with a bright patch."""
    shape = (len(PLACES), 1, SIDE, SIDE)
    images = 0.1 * torch.rand(shape, generator=torch.Generator().manual_seed(0))
    for image, place in zip(images, PLACES, strict=True):
        if place is not None:
            row, column = place
            image[0, row - 1 : row + 2, column - 1 : column + 2] += 0.9
    return images


def network(step: int) -> nn.Sequential:
    """Return the network as it is at a step: what the detector says grows."""
    model = nn.Sequential(
        nn.Conv2d(1, UNITS, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(UNITS, 2),
    )  # fmt: skip
    weights, biases = model.get_parameter("0.weight"), model.get_parameter("0.bias")
    gain = 1 + step / 10
    with torch.no_grad():
        weights.zero_()
        weights[DETECTOR], biases[DETECTOR] = gain / 9, -0.7 * gain
        weights[1, 0, 1, 1], biases[1] = 0.02, 0.0
        weights[2, 0, 0, 0], biases[2] = 0.02, 0.0
        model.get_parameter("4.weight").copy_(torch.tensor([[-2.0, 1, 0], [2.0, 0, 1]]))
        model.get_parameter("4.bias").zero_()
    return model.eval()


def activations(step: int) -> np.ndarray:
    """Return the layer's activations, float32[unit, example, position]."""
    with torch.no_grad():
        found = network(step)[:2](inputs())
    return found.flatten(2).transpose(0, 1).numpy()


def place_of(example: int) -> int:
    """Return the flat position of an example's patch."""
    place = PLACES[example]
    assert place is not None
    return place[0] * SIDE + place[1]


def record(folder: Path, **how: object) -> None:
    """Record all steps.

    Args:
        folder: of the run.
        how: choices of `Recording`.
    """
    probe = ProbeSet.from_tensors(inputs(), LABELS, class_names=NAMES, tracked=len(PLACES))
    schedules = {kind: every(1) for kind in ("tracked", "evidence", "maps")}
    choices = {"tracked": True, "evidence": 2, "schedules": schedules, "trust": False, **how}
    recording = Recording(**choices)  # pyright: ignore[reportArgumentType]
    model = network(STEPS[0])
    with NeuronRecorder(model, probe, folder, schedule=every(1), recording=recording) as recorder:
        for step in STEPS:
            model.load_state_dict(network(step).state_dict())
            recorder.step(step)
