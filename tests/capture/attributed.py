"""Networks and their attributions, for the tests of sweeps and targets."""

from collections.abc import Callable
from typing import Any

import torch
from networks import (
    Branches,
    Functional,
    Recurrent,
    ResidualNetwork,
    TokenClassifier,
    settled,
)
from torch import Tensor, nn

from tb_neuron_callbacks.attributions import UNIT_METHODS
from tb_neuron_callbacks.attributions.method import Quadrature
from tb_neuron_callbacks.attributions.path import PathAttributions, PathSweep
from tb_neuron_callbacks.attributions.target import Target
from tb_neuron_callbacks.layers import Layout, discover

EXAMPLES = 6


NETWORKS: dict[str, tuple[Callable[[], nn.Module], Callable[[], Tensor]]] = {
    "cnn": (Functional, lambda: torch.randn(EXAMPLES, 3, 12, 12)),
    "residual": (ResidualNetwork, lambda: torch.randn(EXAMPLES, 3, 10, 10)),
    "transformer": (TokenClassifier, lambda: torch.randint(0, 11, (EXAMPLES, 6))),
    "lstm": (Recurrent, lambda: torch.randn(EXAMPLES, 5, 4)),
    "branches": (Branches, lambda: torch.randn(EXAMPLES, 4)),
}


def made(name: str) -> tuple[nn.Module, Tensor, Tensor]:
    """Return a network in eval mode, a batch and its labels."""
    torch.manual_seed(0)
    make, inputs = NETWORKS[name]
    return settled(make()), inputs(), torch.arange(EXAMPLES) % 3


def found(model: nn.Module, inputs: Tensor, layers: Any = "auto") -> Layout:
    with torch.no_grad():
        return discover(model, lambda: model(inputs[:3]), layers=layers)


def conductance(
    model: nn.Module,
    layout: Layout,
    inputs: Tensor,
    labels: Tensor | None = None,
    target: Target = "label",
    quadrature: Quadrature = "trapezoid",
    **choices: Any,
) -> PathAttributions:
    rules = UNIT_METHODS["conductance"].along_path
    assert rules is not None
    baselines = choices.pop("baselines", ("zero",))
    sweep = PathSweep(model, layout, model, rules[quadrature], quadrature=quadrature, **choices)
    return sweep.attribute(inputs, target, labels, baselines)


def off_by(ours: Tensor, theirs: Any) -> float:
    """Return the largest difference as a share of the layer's largest attribution."""
    theirs = theirs[0] if isinstance(theirs, tuple) else theirs
    return float(((ours - theirs).abs().max() / theirs.abs().max()).detach())
