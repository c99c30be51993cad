"""How exact a path is for its passes: the gap of conductance by both rules, on trained networks."""

from collections.abc import Iterator

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional

from tb_neuron_callbacks.attributions import UNIT_METHODS, Quadrature
from tb_neuron_callbacks.attributions.path import PathSweep
from tb_neuron_callbacks.layers import discover

from network import DigitsNetwork

STEPS = (5, 10, 20, 50)
RULES: tuple[Quadrature, ...] = ("trapezoid", "captum")
_EXAMPLES = 64


def curves() -> Iterator[tuple[str, Quadrature, list[float]]]:
    """Yield network, rule and the gap at each of `STEPS`.

    The gap is |sum of a layer's conductance - change of the target|, as a share of |change|: the
    mean over examples, and over the layers that cut the network.
    """
    pixels, classes = load_digits(return_X_y=True)
    images = torch.tensor(pixels, dtype=torch.float32).reshape(-1, 1, 8, 8) / 16
    labels = torch.tensor(classes)
    for name, model in _networks():
        _train(model, images, labels)
        for rule in RULES:
            yield (
                name,
                rule,
                [
                    _gap(model, images[:_EXAMPLES], labels[:_EXAMPLES], steps, rule)
                    for steps in STEPS
                ],
            )


def _networks() -> list[tuple[str, nn.Module]]:
    torch.manual_seed(0)
    perceptron = nn.Sequential(
        nn.Flatten(),
        nn.Linear(64, 128),
        nn.ReLU(),
        nn.Linear(128, 64),
        nn.Tanh(),
        nn.Linear(64, 10),
    )
    return [("digits CNN", DigitsNetwork()), ("digits perceptron", perceptron)]


def _train(model: nn.Module, images: Tensor, labels: Tensor) -> None:
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    for _ in range(200):
        chosen = torch.randint(0, len(images), (128,))
        loss = functional.cross_entropy(model(images[chosen]), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()


def _gap(
    model: nn.Module, inputs: Tensor, classes: Tensor, steps: int, quadrature: Quadrature
) -> float:
    rules = UNIT_METHODS["conductance"].along_path
    assert rules is not None
    with torch.no_grad():
        layout = discover(model, lambda: model(inputs[:3]))
        change = (model(inputs) - model(torch.zeros_like(inputs))).gather(1, classes[:, None])[:, 0]
    sweep = PathSweep(model, layout, model, rules[quadrature], steps, quadrature)
    units = sweep.attribute(inputs, "label", classes).units
    gaps = [(values.flatten(1).sum(1) - change).abs() / change.abs() for values in units.values()]
    return float(torch.stack(gaps).mean())
