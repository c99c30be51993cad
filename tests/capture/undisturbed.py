"""Trains the same network with and without a recorder, and prints what of the two endings is equal.

A process of its own, because the type checker of the tests draws random numbers too.
"""

import json
import random
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from digits_run import Ending, Step, same, train
from torch import nn
from torch.utils.tensorboard import SummaryWriter

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

#: Methods that hook modules, change their backward, and draw random numbers.
CAPTUM = ("captum:LayerDeepLift", "captum:LayerGradientShap")


class Restless(nn.Module):
    """Draws random numbers and keeps count in each forward, also in eval mode."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("count", torch.zeros(()))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        self.count += random.random() + np.random.rand()
        return nn.functional.dropout(self.model(inputs), 0.2, training=True)


def recorded(
    folder: str, wrap: Callable[[nn.Module], nn.Module] = lambda model: model, **choices: Any
) -> Any:
    """Return how a training is recorded at each second step into a writer."""

    def record(model: nn.Module, loader: Any) -> Step:
        probe, how = ProbeSet.from_loader(loader, 64), Recording(**choices)
        recorder = NeuronRecorder(
            wrap(model), probe, SummaryWriter(folder), schedule=every(2), recording=how
        )
        return recorder.step

    return record


def failing(folder: str) -> Any:
    """Return a recording whose model raises in each pass but the first."""

    def record(model: nn.Module, loader: Any) -> Step:
        def forward(model: nn.Module, batch: Any) -> Any:
            model(batch[0])
            if len(batch[0]) > 3:
                raise ZeroDivisionError("planted")

        probe = ProbeSet.from_loader(loader, 64)
        recorder = NeuronRecorder(model, probe, folder, schedule=every(2), forward=forward)
        return recorder.step

    return record


def compare(first: Ending, second: Ending) -> dict[str, bool]:
    return {
        "weights": same(first.weights, second.weights),
        "optimiser": same(first.optimiser, second.optimiser),
        "order of the loader": first.order == second.order,
        "random numbers": first.random == second.random,
        "modes": first.modes == second.modes,
        "hooks": first.hooks == second.hooks == 0,
    }


def main() -> None:
    torch.set_num_threads(1)
    folder = sys.argv[1]
    plain = train()
    answers = {
        "recorded": compare(plain, train(recorded(f"{folder}/a"))),
        "restless": compare(plain, train(recorded(f"{folder}/b", Restless))),
        "failing": compare(plain, train(failing(f"{folder}/c"))),
        "by Captum": compare(plain, train(recorded(f"{folder}/d", attributions=CAPTUM))),
    }
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
