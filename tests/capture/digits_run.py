"""A small network on scikit-learn's digits, trained by hand: what the tests of capture record."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

Step = Callable[[int], object]


def digits(examples: int = 256) -> tuple[Tensor, Tensor]:
    """Return images float32[example, 1, 8, 8] of 0 to 16, and their digits."""
    images, labels = load_digits(return_X_y=True)
    shaped = torch.tensor(images[:examples], dtype=torch.float32).view(-1, 1, 8, 8)
    return shaped, torch.tensor(labels[:examples])


def network() -> nn.Sequential:
    """Return a network with dropout and batch norm, its weights drawn from torch's generator."""
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(inplace=True),
        nn.Flatten(),
        nn.Linear(256, 16),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(16, 10),
    )


def small_network() -> nn.Sequential:
    """Return a network for flat digits."""
    return nn.Sequential(nn.Linear(64, 12), nn.ReLU(), nn.Linear(12, 10))


@dataclass
class Ending:
    """Everything that must not depend on whether the training was recorded.

    Attributes:
        weights: of the model, buffers included.
        optimiser: tensors of the optimiser's state.
        order: the labels as the user's loader gave them.
        random: the next numbers of torch, NumPy and Python.
        modes: each submodule's `training`.
        hooks: forward hooks left on the model.
    """

    weights: list[Tensor]
    optimiser: list[Tensor]
    order: list[int]
    random: tuple[float, float, float]
    modes: list[bool]
    hooks: int


def train(record: Callable[[nn.Module, Any], Step] | None = None, steps: int = 12) -> Ending:
    """Train with fixed seeds and return the ending.

    Args:
        record: given the model and the loader, returns what is called at step 0 and after each.
        steps: optimiser steps.
    """
    torch.manual_seed(3)
    np.random.seed(3)
    random.seed(3)
    images, labels = digits()
    loader = DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=True)
    model = network()
    model[3].train(False)
    optimiser = torch.optim.Adam(model.parameters(), 1e-2)
    on_step = record(model, loader) if record else (lambda _: None)
    order: list[int] = []
    step = 0
    on_step(step)
    while step < steps:
        for batch, target in loader:
            order.extend(target.tolist())
            optimiser.zero_grad()
            nn.functional.cross_entropy(
                model(batch + np.random.rand() * random.random()), target
            ).backward()
            optimiser.step()
            step += 1
            on_step(step)
    return Ending(
        weights=[value.clone() for value in model.state_dict().values()],
        optimiser=[
            value.clone()
            for state in optimiser.state.values()
            for value in state.values()
            if isinstance(value, Tensor)
        ],
        order=order,
        random=(float(torch.rand(1)), np.random.rand(), random.random()),
        modes=[module.training for module in model.modules()],
        hooks=sum(map(count_hooks, model.modules())),
    )


def count_hooks(module: nn.Module) -> int:
    """Return how many hooks a module has, without those of what is inside it."""
    return len(module._forward_hooks) + len(module._forward_pre_hooks)


def same(first: list[Tensor], second: list[Tensor]) -> bool:
    """Return whether two lists of tensors are bit-identical."""
    return len(first) == len(second) and all(map(torch.equal, first, second))
