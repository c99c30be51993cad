"""Real trainings on inputs of every kind: text, ids without texts, rows, signals, many channels."""

import inspect
import random
import re
import subprocess
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.datasets import load_breast_cancer, load_sample_images
from torch import Tensor, nn
from torch.nn import functional

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

STEPS, BETWEEN, RATE = 40, 20, 0.005
EXAMPLES, TOKENS, WORDS, WIDTH = 96, 20, 500, 24
#: The modules of Python whose documentation is told apart.
MODULES = (random, subprocess, threading)
WEIGHTS = "weights.pt"
KINDS = ("responses", "examples")


def recording() -> Recording:
    """Return what is recorded of all of them."""
    return Recording(
        responses=("activation",),
        examples=6,
        attributions=(),
        schedules={kind: every(BETWEEN) for kind in KINDS},
    )


def train(folder: Path, model: nn.Module, probe: ProbeSet, inputs: Tensor, labels: Tensor) -> None:
    """Train on all examples together, and record."""
    optimiser = torch.optim.Adam(model.parameters(), RATE)
    with NeuronRecorder(
        model, probe, folder, schedule=every(BETWEEN), recording=recording()
    ) as recorder:
        for step in range(STEPS + 1):
            recorder.step(step)
            model.train()
            optimiser.zero_grad()
            functional.cross_entropy(model(inputs), labels).backward()
            optimiser.step()


def words() -> tuple[Tensor, Tensor, list[str]]:
    """Return ids [example, position], which module's documentation it is, and texts of ids."""
    parts = [re.findall(r"\s?\w+|[^\w\s]", _documentation(module)) for module in MODULES]
    common = Counter(word for part in parts for word in part).most_common(WORDS - 1)
    texts = ["<rare>", *(word for word, _ in common)]
    numbers = {word: number for number, word in enumerate(texts)}
    each = EXAMPLES // len(MODULES)
    ids = [
        [numbers.get(word, 0) for word in part[at * TOKENS : (at + 1) * TOKENS]]
        for part in parts
        for at in range(each)
    ]
    return torch.tensor(ids), torch.arange(len(MODULES)).repeat_interleave(each), texts


def _documentation(module: object) -> str:
    members = [each for _, each in inspect.getmembers(module) if callable(each)]
    classes = [each for each in members if inspect.isclass(each)]
    parts = [*members, *(part for each in classes for part in vars(each).values())]
    return " ".join(" ".join(inspect.getdoc(part) or "" for part in parts).split())


class Reader(nn.Module):
    """A transformer of one block over words, their mean and a class."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(WORDS, WIDTH)
        self.places = nn.Parameter(torch.randn(TOKENS, WIDTH) / 4)
        self.attention = nn.MultiheadAttention(WIDTH, 2, batch_first=True)
        self.mixing = nn.Sequential(nn.Linear(WIDTH, 2 * WIDTH), nn.ReLU())
        self.logits = nn.Linear(2 * WIDTH, len(MODULES))

    def forward(self, ids: Tensor) -> Tensor:
        x = self.embedding(ids) + self.places
        x = x + self.attention(x, x, x, need_weights=False)[0]
        return self.logits(self.mixing(x).mean(1))


class Recurrent(nn.Module):
    """A GRU over words."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(WORDS, WIDTH)
        self.memory = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.logits = nn.Linear(WIDTH, len(MODULES))

    def forward(self, ids: Tensor) -> Tensor:
        return self.logits(self.memory(self.embedding(ids))[0][:, -1])


def record_text(folder: Path) -> None:
    """A transformer that tells Python's modules by their documentation."""
    ids, labels, texts = words()
    torch.manual_seed(0)
    names = [module.__name__ for module in MODULES]
    probe = ProbeSet.from_tensors(
        ids, labels, class_names=names, tokenizer=dict(enumerate(texts)), tracked=2
    )
    train(folder, Reader(), probe, ids, labels)


def record_ids(folder: Path) -> None:
    """A GRU on the same, whose probe set knows no texts."""
    ids, labels, _ = words()
    torch.manual_seed(0)
    train(folder, Recurrent(), ProbeSet.from_tensors(ids, labels, tracked=2), ids, labels)


def record_rows(folder: Path) -> None:
    """Scikit-learn's breast cancer, 30 columns."""
    found: Any = load_breast_cancer()
    rows = torch.tensor(found["data"], dtype=torch.float32)[: 2 * EXAMPLES]
    rows = (rows - rows.mean(0)) / rows.std(0)
    labels = torch.tensor(found["target"])[: len(rows)]
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 2))
    probe = ProbeSet.from_tensors(
        rows,
        labels,
        class_names=list(map(str, found["target_names"])),
        column_names=list(map(str, found["feature_names"])),
    )
    train(folder, model, probe, rows, labels)


def photographs() -> list[np.ndarray]:
    """Return scikit-learn's two photographs, float32[y, x, colour]."""
    return [np.asarray(each, np.float32) / 255 for each in load_sample_images().images]


def record_signals(folder: Path) -> None:
    """Lines of two photographs: signals of three channels."""
    lines = [each[:: 427 // EXAMPLES][:EXAMPLES, ::5].transpose(0, 2, 1) for each in photographs()]
    signals = torch.tensor(np.concatenate(lines))
    labels = torch.arange(2).repeat_interleave(EXAMPLES)
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv1d(3, 8, 9), nn.ReLU(), nn.Conv1d(8, 8, 9, stride=4), nn.ReLU(),
        nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(8, 2),
    )  # fmt: skip
    probe = ProbeSet.from_tensors(signals, labels, class_names=["temple", "flower"])
    train(folder, model, probe, signals, labels)


def record_channels(folder: Path) -> None:
    """Patches of the photographs, four neighbouring pixels in twelve channels."""
    patches = []
    for each in photographs():
        image = functional.pixel_unshuffle(torch.tensor(each[:416, :624]).permute(2, 0, 1), 2)
        patches.append(image.unfold(1, 26, 26).unfold(2, 26, 26).flatten(1, 2).transpose(0, 1))
    images = torch.cat(patches)
    images = (images - images.mean()) / images.std()
    labels = torch.arange(2).repeat_interleave(len(patches[0]))
    model = channel_network()
    probe = ProbeSet.from_tensors(images, labels, class_names=["temple", "flower"], tracked=2)
    train(folder, model, probe, images, labels)
    torch.save(model.state_dict(), folder / WEIGHTS)


def channel_network() -> nn.Sequential:
    """Return a network of images with twelve channels."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(12, 10, 5, stride=2), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(10, 2),
    )  # fmt: skip


RECORDS = {
    "text": record_text,
    "ids": record_ids,
    "rows": record_rows,
    "signals": record_signals,
    "channels": record_channels,
}
