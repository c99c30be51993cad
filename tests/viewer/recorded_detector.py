"""A run of a hand-wired network, one unit of which answers to one class alone."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

LAYER, UNITS = "1", 9
#: Fires on this class and on no other; the next one never does.
DETECTOR, CLASS = 3, 7
SILENT = 4
CLASSES, EXAMPLES, STEPS = 10, 80, (0, 1, 2, 3)
TRACKED = (0, 7, 17)
NAMES = tuple(f"kind {number}" for number in range(CLASSES))


def labels() -> np.ndarray:
    """Return the classes of the examples, in turn."""
    return np.arange(EXAMPLES) % CLASSES


def inputs() -> Tensor:
    """Return examples [example, channel, y, x]: the channel of an example's class is above 0.5."""
    noise = 0.1 * torch.rand(EXAMPLES, CLASSES, 3, 3, generator=torch.Generator().manual_seed(0))
    one_hot = nn.functional.one_hot(torch.from_numpy(labels()), CLASSES)
    return noise + one_hot[:, :, None, None]


def network(step: int) -> nn.Sequential:
    """Return the network as it is at a step: all but the detector and the silent unit move."""
    generator = torch.Generator().manual_seed(1)
    model = nn.Sequential(
        nn.Conv2d(CLASSES, UNITS, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(UNITS, CLASSES),
    )  # fmt: skip
    weights, biases = model.get_parameter("0.weight"), model.get_parameter("0.bias")
    with torch.no_grad():
        for each in model.parameters():
            each.copy_(torch.randn(each.shape, generator=generator))
        weights += 0.2 * step * torch.randn(weights.shape, generator=generator)
        weights[DETECTOR], biases[DETECTOR] = 0.0, -1.0
        weights[DETECTOR, CLASS] = 2.0
        weights[SILENT], biases[SILENT] = 0.0, -1.0
    return model.eval()


def activations(step: int) -> np.ndarray:
    """Return the layer's activations, [example, unit, y, x]."""
    with torch.no_grad():
        return network(step)[:2](inputs()).numpy()


def record(
    folder: Path,
    *,
    labelled: bool = True,
    examples: int = EXAMPLES,
    silent_at: int | None = None,
    examples_of_units: int = 0,
    **how: object,
) -> None:
    """Record all steps.

    Args:
        folder: of the run.
        labelled: whether the probe set has labels.
        examples: how many of them the probe set holds.
        silent_at: a step at which the whole layer is silent.
        examples_of_units: how many of the examples that a unit responds to most are recorded.
        how: choices of `Recording`.
    """
    model = network(STEPS[0])
    probe = ProbeSet.from_tensors(
        inputs()[:examples],
        labels()[:examples] if labelled else None,
        class_names=NAMES,
        tracked=TRACKED if examples == EXAMPLES else 1,
    )
    schedules = {"responses": every(1), "examples": every(1), "tracked": every(1)}
    own = {"responses": ("activation",), "examples": examples_of_units, "tracked": True}
    choices = {**own, "schedules": schedules, **how}
    recording = Recording(attributions=(), **choices)  # pyright: ignore[reportArgumentType]
    with NeuronRecorder(
        model, probe, folder, layers=[LAYER], schedule=every(1), recording=recording
    ) as recorder:
        for step in STEPS:
            model.load_state_dict(network(step).state_dict())
            if step == silent_at:
                torch.nn.init.constant_(model.get_parameter("0.bias"), -1e3)
            recorder.step(step)
