"""Recorders in a plain loop, for the tests of what they write and of what goes wrong."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from digits_run import digits
from recorded import values
from torch import nn

from tb_neuron.schema import neuron_pb2
from tb_neuron_callbacks import (
    NeuronRecorder,
    ProbeSet,
    every,
)

HERE = Path(__file__).parent


def flat_probe(examples: int = 64, **choices: Any) -> ProbeSet:
    images, labels = digits(examples)
    return ProbeSet.from_tensors(images.flatten(1), labels, batch_size=24, **choices)


def record_once(folder: Path, model: nn.Module, probe: ProbeSet, **choices: Any) -> None:
    with NeuronRecorder(model, probe, folder, schedule=every(1), **choices) as recorder:
        recorder.step(0)


def written_steps(recorder: NeuronRecorder, steps: Iterable[int]) -> list[int]:
    """Offer steps to a recorder and return those that it wrote."""
    return [step for step in steps if recorder.step(step)]


def failing_after(calls: int) -> Callable[[nn.Module, Any], Any]:
    made = [0]

    def forward(model: nn.Module, batch: Any) -> Any:
        made[0] += 1
        output = model(batch)
        if made[0] >= calls:
            raise ZeroDivisionError("planted")
        return output

    return forward


def hidden(model: nn.Sequential, probe: ProbeSet) -> np.ndarray:
    """Return the activations of the hidden layer, computed by NumPy."""
    weight, bias = (p.detach().double().numpy() for p in model[0].parameters())
    inputs = torch.cat(list(probe.batches)).double().numpy()
    return np.maximum(inputs @ weight.T + bias, 0)


def header(folder: Path, kind: str = "activations", step: int = 0) -> neuron_pb2.Header:
    return values(folder, kind)[step].header
