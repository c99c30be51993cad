"""A run whose responses are attributions, too, beside what autograd says of them."""

from pathlib import Path

import numpy as np
import torch
from recorded_responses import EXAMPLES, LOGITS, NAMES, RELU, TANH, inputs, network
from torch import nn
from torch.nn import functional

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

METHOD = "gradient_x_activation"
LAYERS = (RELU, TANH, LOGITS)
STEPS = (0, 1, 2)

#: Attributions by layer and step, [unit, example].
Attributions = dict[str, dict[int, np.ndarray]]


def record(folder: Path, responses: tuple[str, ...] = ("activation", METHOD)) -> Attributions:
    """Train and record; return gradient times activation, toward the label's logit."""
    model, found = network(), {name: {} for name in LAYERS}
    labels = torch.arange(EXAMPLES) % len(NAMES)
    probe = ProbeSet.from_tensors(inputs(EXAMPLES, 1), labels.numpy(), class_names=NAMES)
    # More links than units: those that are left over are for the tests of flow itself.
    recording = Recording(
        attributions=(METHOD,),
        flow=6,
        responses=responses,
        schedules={"responses": every(1), "flow": every(1)},
    )
    optimiser = torch.optim.SGD(model.parameters(), 0.3)
    with NeuronRecorder(
        model, probe, folder, layers=list(LAYERS), schedule=every(1), recording=recording
    ) as recorder:
        for step in STEPS:
            recorder.step(step)
            for name, values in attributions(model, labels).items():
                found[name][step] = values
            optimiser.zero_grad()
            functional.cross_entropy(model(inputs(EXAMPLES, 1)), labels).backward()
            optimiser.step()
    return found


def attributions(model: nn.Sequential, labels: torch.Tensor) -> dict[str, np.ndarray]:
    """Return each unit's activation times the gradient of the label's logit by it."""
    kept, x = {}, inputs(EXAMPLES, 1)
    for name, layer in model.named_children():
        x = layer(x)
        x.retain_grad()
        kept[name] = x
    x[torch.arange(EXAMPLES), labels].sum().backward()
    found = {}
    for name in LAYERS:
        gradient = kept[name].grad
        assert gradient is not None
        found[name] = (kept[name] * gradient).detach().numpy().T.copy()
    model.zero_grad()
    return found
