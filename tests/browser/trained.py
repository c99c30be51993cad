"""Real trainings of a small network on digits, recorded for the browser tests to look at."""

import struct
from collections import OrderedDict
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

#: A run name that a careless page would read as markup, a careless server as an address.
HOSTILE_RUN = "q'\"<b>b</b> %20&a=b#x?y ü"
#: A module's name likewise; its activation is called `HOSTILE_LAYER`.
HOSTILE_MODULE = 'it\'s "<b>bold</b>" %20&a=b#c?d/e ü☃'
HOSTILE_LAYER = f"{HOSTILE_MODULE}.1"
#: Units of the hostile layer: more rows than a screen has room for.
WIDE = 400
STEPS, STEPS_BETWEEN_RECORDS = 60, 4
#: The only unit of the run "first" that dies, because the training kills it by hand.
PLANTED_LAYER, PLANTED_UNIT, PLANTED_STEP = "hidden.1", 5, 28
#: Units of the logits that are made NaN and infinite, and the step from which on.
NOT_FINITE_UNITS, NOT_FINITE_STEP = (2, 7), 2


def digits() -> tuple[Tensor, Tensor]:
    """Return scikit-learn's 1,797 digits as images and labels."""
    pixels, labels = load_digits(return_X_y=True)
    images = torch.tensor(pixels / 16, dtype=torch.float32).reshape(-1, 1, 8, 8)
    return images, torch.tensor(labels)


def make_network() -> nn.Sequential:
    """Return a network none of whose units is silent at its first step."""
    torch.manual_seed(0)
    hidden, wide = nn.Linear(8 * 6 * 6, 24), nn.Linear(24, WIDE)
    nn.init.constant_(hidden.bias, 0.5)
    nn.init.constant_(wide.bias, 0.8)
    parts: list[tuple[str, nn.Module]] = [
        ("features", nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU())),
        ("flat", nn.Flatten()),
        ("hidden", nn.Sequential(hidden, nn.ReLU())),
        (HOSTILE_MODULE, nn.Sequential(wide, nn.ReLU())),
        ("logits", nn.Linear(WIDE, 10)),
    ]
    return nn.Sequential(OrderedDict(parts))


def make_probe(examples: int = 128) -> ProbeSet:
    """Return the first digits as a probe set."""
    images, labels = digits()
    names = [f"digit {digit}" for digit in range(10)]
    return ProbeSet.from_tensors(images[:examples], labels[:examples], class_names=names, tracked=2)


def train(
    folder: Path,
    learning_rate: float,
    examples: int = 128,
    steps: int = STEPS,
    recording: Recording | None = None,
) -> None:
    """Train and record; one unit of the hidden layer is killed by hand on the way."""
    images, labels = digits()
    model = make_network()
    optimiser = torch.optim.SGD(model.parameters(), lr=learning_rate)
    schedule = every(STEPS_BETWEEN_RECORDS)
    probe = make_probe(examples)
    how = recording or Recording()
    with NeuronRecorder(model, probe, str(folder), schedule=schedule, recording=how) as recorder:
        for step in range(steps + 1):
            if step == PLANTED_STEP:
                with torch.no_grad():
                    model.get_parameter("hidden.0.bias")[PLANTED_UNIT] = -1e3
            recorder.step(step)
            optimiser.zero_grad()
            chosen = torch.randint(0, len(images), (64,))
            functional.cross_entropy(model(images[chosen]), labels[chosen]).backward()
            optimiser.step()


def record_not_finite(folder: Path) -> None:
    """Record a network two logits of which become NaN and infinite."""
    model = make_network()
    with NeuronRecorder(model, make_probe(), str(folder), schedule=every(1)) as recorder:
        for step in range(4):
            if step == NOT_FINITE_STEP:
                with torch.no_grad():
                    values = torch.tensor([torch.nan, torch.inf])
                    model.get_parameter("logits.bias")[list(NOT_FINITE_UNITS)] = values
            recorder.step(step)


def damage(folder: Path, event: int) -> None:
    """Change one byte of an event in a run's file; its checksum no longer fits."""
    (path,) = folder.glob("*tfevents*")
    content = bytearray(path.read_bytes())
    start = 0
    for _ in range(event):
        start += 16 + _length_at(content, start)
    content[start + 12 + _length_at(content, start) // 2] ^= 0xFF
    path.write_bytes(bytes(content))


def _length_at(content: bytearray, start: int) -> int:
    """Return the size of the event whose frame starts here: 8 bytes, 4 of checksum, data, 4."""
    return struct.unpack_from("<Q", content, start)[0]
