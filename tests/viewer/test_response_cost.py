"""What responses cost: told as the event file holds it, and within what is promised."""

from pathlib import Path

import pytest
import torch
from served_routes import PREFIX
from sklearn.datasets import load_digits
from tensorboard.backend.application import TensorBoardWSGI
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.plugins.base_plugin import TBContext
from torch import Tensor, nn
from werkzeug.test import Client

from tb_neuron.plugin import NeuronPlugin
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

EXAMPLES = 256
#: Of the layers below: what is recorded of them is one response a unit and example.
UNITS = 16 + 32 + 64 + 10
#: Bytes a unit and example that the README promises.
PROMISED = 0.6


def digits() -> tuple[Tensor, Tensor]:
    images, labels = load_digits(return_X_y=True)
    return torch.tensor(images, dtype=torch.float32).view(-1, 1, 8, 8) / 16, torch.tensor(labels)


def network() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10),
    )  # fmt: skip


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training on digits, its responses recorded before and after."""
    torch.manual_seed(0)
    root, (images, labels), model = tmp_path_factory.mktemp("cost"), digits(), network()
    probe = ProbeSet.from_tensors(images[:EXAMPLES], labels[:EXAMPLES])
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    how = Recording(attributions=(), responses=("activation",), schedules={"responses": every(60)})
    with NeuronRecorder(model, probe, root / "run", schedule=every(60), recording=how) as recorder:
        for step in range(61):
            recorder.step(step)
            chosen = torch.randint(EXAMPLES, len(images), (64,))
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(images[chosen]), labels[chosen]).backward()
            optimiser.step()
    return root


def told(logdir: Path) -> float:
    client = Client(TensorBoardWSGI([NeuronPlugin(TBContext(logdir=str(logdir)))]))
    return client.get(f"{PREFIX}responses?run=run").get_json()["bytes_a_value"]


def stored(logdir: Path) -> list[int]:
    """Return the bytes of each value of responses, as TensorBoard's own reader finds them."""
    (file,) = logdir.rglob("*tfevents*")
    return [
        sum(map(len, value.tensor.string_val))
        for event in EventFileLoader(str(file)).Load()
        for value in event.summary.value
        if "responses" in value.tag
    ]


def test_the_cost_is_that_of_the_last_record_in_the_file(logdir: Path) -> None:
    assert told(logdir) == pytest.approx(stored(logdir)[-1] / (UNITS * EXAMPLES), rel=1e-3)


def test_the_cost_is_within_what_is_promised(logdir: Path) -> None:
    assert told(logdir) <= PROMISED
