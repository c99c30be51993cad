"""Runs with responses, recorded by the callback of a small network whose outputs are kept here."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from tb_neuron.columns import RATIO
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

EXAMPLES, MORE = 60, 90
STEPS = (0, 1, 2, 3)
NAMES = ("cat", "dog", "owl")
#: The unit of the ReLU that is silent on all examples.
SILENT = 3
RELU, TANH, LOGITS = "1", "3", "4"
#: Half a step of the grid, and float32's rounding.
HALF_STEP = RATIO**0.5 - 1 + 1e-6


@dataclass
class Recorded:
    """What a run holds.

    Attributes:
        outputs: of the layers by name and step, [unit, example].
        training: the same on the second probe set.
        labels: of the examples.
    """

    outputs: dict[str, dict[int, np.ndarray]] = field(default_factory=dict)
    training: dict[str, dict[int, np.ndarray]] = field(default_factory=dict)
    labels: np.ndarray = field(default_factory=lambda: np.arange(EXAMPLES) % 3)

    def on(self, layer_name: str, step: int, unit: int) -> np.ndarray:
        """Return a unit's responses to all examples."""
        return self.outputs[layer_name][step][unit]

    def correct(self, step: int) -> np.ndarray:
        """Return which examples the model labels right."""
        return self.outputs[LOGITS][step].argmax(0) == self.labels


def inputs(examples: int, seed: int) -> torch.Tensor:
    """Return made-up examples."""
    return torch.randn(examples, 5, generator=torch.Generator().manual_seed(seed))


def network(seed: int = 0) -> nn.Sequential:
    """Return a network with a ReLU, one unit of which is never above 0, a tanh and logits."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 3))
    with torch.no_grad():
        model.get_parameter("0.bias")[SILENT] = -1e3
        model.get_parameter("2.weight").mul_(4)
    return model


def record(folder: Path, *, seed: int = 0, probe_seed: int = 1, second: bool = False) -> Recorded:
    """Train and record; return what the layers put out.

    Args:
        folder: of the run.
        seed: of the network.
        probe_seed: of the examples.
        second: whether a second recorder measures on more examples, named "training".
    """
    model, found = network(seed), Recorded()
    probe = ProbeSet.from_tensors(inputs(EXAMPLES, probe_seed), found.labels, class_names=NAMES)
    beside = ProbeSet.from_tensors(inputs(MORE, 7), np.arange(MORE) % 3, name="training")
    how: dict[str, Any] = {
        "layers": [RELU, TANH, LOGITS],
        "schedule": every(1),
        "recording": Recording(
            attributions=(), responses=("activation",), schedules={"responses": every(1)}
        ),
    }
    optimiser = torch.optim.SGD(model.parameters(), 0.3)
    recorders = [NeuronRecorder(model, probe, folder, **how)]
    if second:
        recorders.append(NeuronRecorder(model, beside, folder, **how))
    for step in STEPS:
        for recorder in recorders:
            recorder.step(step)
        _keep(found.outputs, model, inputs(EXAMPLES, probe_seed), step)
        _keep(found.training, model, inputs(MORE, 7), step)
        optimiser.zero_grad()
        labels = torch.arange(MORE) % 3
        functional.cross_entropy(model(inputs(MORE, 7)), labels).backward()
        optimiser.step()
    for recorder in recorders:
        recorder.close()
    return found


def _keep(
    outputs: dict[str, dict[int, np.ndarray]], model: nn.Sequential, x: torch.Tensor, step: int
) -> None:
    with torch.no_grad():
        for name, layer in model.named_children():
            x = layer(x)
            outputs.setdefault(name, {})[step] = x.numpy().T.copy()
