"""Layouts of small models, and modules to find them in."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from tb_neuron_callbacks.layers import Layer, Layout, discover

IMAGES = torch.zeros(2, 3, 12, 12)
NUMBERS = torch.zeros(2, 6, dtype=torch.int64)


def find(model: nn.Module, *inputs: Tensor, layers: Any = "auto", **options: Any) -> Layout:
    with torch.no_grad():
        return discover(model.eval(), lambda: model(*inputs), layers, **options)


def names(layout: Layout) -> list[str]:
    return [layer.name for layer in layout.watched]


def by_name(layout: Layout) -> dict[str, Layer]:
    return {layer.name: layer for layer in layout.layers}


class Calls(nn.Module):
    """Calls one module several times, or one function on it."""

    def __init__(self, times: int, forward: Callable[[nn.Module, Tensor], Tensor]) -> None:
        super().__init__()
        self.cell = nn.Linear(4, 4)
        self.times = times
        self.step = forward

    def forward(self, inputs: Tensor) -> Tensor:
        for _ in range(self.times):
            inputs = self.step(self.cell, inputs)
        return inputs


class Returning(nn.Module):
    """Returns what a function makes of its input."""

    def __init__(self, function: Callable[[Tensor], Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, inputs: Tensor) -> Any:
        return self.function(inputs)
