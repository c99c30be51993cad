"""Cases for the tests of input attributions: small networks, their batches and labels."""

from collections.abc import Callable
from typing import Any

import torch
from networks import Functional, Recurrent, ResidualNetwork, TokenClassifier, settled
from torch import Tensor, nn

from tb_neuron_callbacks.attributions import Case, Choices, Network, prepare
from tb_neuron_callbacks.attributions.target import Target
from tb_neuron_callbacks.layers import discover

EXAMPLES = 6


def perceptron() -> nn.Module:
    """Return a network for [example, 7]."""
    return nn.Sequential(nn.Linear(7, 9), nn.ReLU(), nn.Linear(9, 3))


#: By name: how a network is made, and a batch for it.
NETWORKS: dict[str, tuple[Callable[[], nn.Module], Callable[[], Tensor]]] = {
    "cnn": (Functional, lambda: torch.randn(EXAMPLES, 3, 12, 12)),
    "residual": (ResidualNetwork, lambda: torch.randn(EXAMPLES, 3, 10, 10)),
    "transformer": (TokenClassifier, lambda: torch.randint(0, 11, (EXAMPLES, 6))),
    "lstm": (Recurrent, lambda: torch.randn(EXAMPLES, 5, 4)),
    "mlp": (perceptron, lambda: torch.randn(EXAMPLES, 7)),
}


def made(name: str, dtype: torch.dtype = torch.float32) -> tuple[nn.Module, Tensor, Tensor]:
    """Return a network in eval mode, a batch and its labels."""
    torch.manual_seed(0)
    make, inputs = NETWORKS[name]
    model, batch = settled(make()).to(dtype), inputs()
    batch = batch.to(dtype) if batch.is_floating_point() else batch
    return model, batch, torch.arange(EXAMPLES) % 3


def case_of(
    model: nn.Module,
    inputs: Any,
    labels: Tensor | None = None,
    target: Target = "label",
    layers: Any = "auto",
    **choices: Any,
) -> Case:
    """Return the case of a model that is called with the batch itself."""
    with torch.no_grad():
        layout = discover(model, lambda: model(inputs[:3]), layers=layers)
    return prepare(Network(model, layout, model), inputs, target, labels, Choices(**choices))


def off_by(ours: Tensor, theirs: Any) -> float:
    """Return the largest difference as a share of the largest value."""
    theirs = torch.as_tensor(theirs)
    return float(((ours - theirs).abs().max() / theirs.abs().max()).detach())
