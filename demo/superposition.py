"""Trains the toy model of superposition: five features share two dimensions as a pentagon.

Five features that are seldom present are stored in two hidden units and read out of them again
(Elhage et al., "Toy Models of Superposition", 2022). The examples are the features, one at a time:
on the tab's Map (key 7), as "examples" of layer "hidden", they part and come to stand at equal
angles.

    python demo/superposition.py [--epochs 60] [--port 6006] [--no-browser] [--only-train]
"""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

from tab import demo_arguments, empty_run, open_tab

FEATURES, DIMENSIONS = 5, 2
#: Probability that a feature is present.
PRESENT = 0.05
#: An epoch is a record.
EPOCHS, STEPS_BETWEEN_RECORDS = 60, 25
BATCH_SIZE, LEARNING_RATE = 512, 0.01


class Superposition(nn.Module):
    """Stores features in fewer dimensions and reads them out by the same weights."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(FEATURES, DIMENSIONS, bias=False)
        self.bias = nn.Parameter(torch.zeros(FEATURES))

    def forward(self, features: Float[Tensor, "example feature"]) -> Tensor:
        """Return the features as they are read out."""
        return (self.hidden(features) @ self.hidden.weight + self.bias).relu()


def train(folder: Path, epochs: int = EPOCHS, seed: int = 0) -> None:
    """Train and record the hidden layer's responses to each feature.

    Args:
        folder: of the run.
        epochs: of 25 steps, a record each.
        seed: of the weights and the data.
    """
    torch.manual_seed(seed)
    model = Superposition()
    optimiser = torch.optim.Adam(model.parameters(), LEARNING_RATE)
    names = [f"feature {number}" for number in range(FEATURES)]
    probe = ProbeSet.from_tensors(torch.eye(FEATURES), torch.arange(FEATURES), class_names=names)
    schedule = every(STEPS_BETWEEN_RECORDS)
    recording = Recording(
        attributions=(), responses=("activation",), schedules={"responses": schedule}
    )
    with NeuronRecorder(
        model, probe, folder, layers="hidden", schedule=schedule, recording=recording
    ) as recorder:
        recorder.step(0)
        for step in range(1, epochs * STEPS_BETWEEN_RECORDS + 1):
            shape = (BATCH_SIZE, FEATURES)
            features = torch.rand(shape) * (torch.rand(shape) < PRESENT)
            loss = (model(features) - features).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            recorder.step(step)


def main() -> None:
    arguments = demo_arguments("five features in two dimensions, on the Neurons tab", EPOCHS)
    torch.set_num_threads(1)
    train(empty_run("superposition"), arguments.epochs)
    open_tab(arguments)


if __name__ == "__main__":
    main()
