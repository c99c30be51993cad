"""Writes this folder's log and, beside it, what a plain NumPy computation says of the same network.

    python tests/format/logs/v1/write.py

It was run once, with schema version 1. The log is never written again: it stands for all logs of
its time, and every later version has to read it.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, every

FOLDER = Path(__file__).parent
RUN = FOLDER / "run"
EXAMPLES = 24
STEPS_BETWEEN = 5
DEAD_UNIT, DEAD_FROM = 1, 20
SATURATED_UNIT, SATURATED_FROM = 1, 30
#: The first training records steps 0 to 40, the resumed one 30 to 60.
FIRST, RESUMED = range(0, 41, 5), range(30, 61, 5)

#: Module whose output each watched layer is; a convolution's units lie along axis 1.
WATCHED = {"1": 1, "4": -1, "6": -1, "7": -1}


def make_model() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(4 * 36, 8),
        nn.ReLU(),
        nn.Linear(8, 6),
        nn.Tanh(),
        nn.Linear(6, 10),
    )


def plant(model: nn.Sequential, step: int) -> None:
    """Make one unit dead and one saturated from their steps on."""
    with torch.no_grad():
        if step >= DEAD_FROM:
            model.get_parameter("3.bias")[DEAD_UNIT] = -1e3
        if step >= SATURATED_FROM:
            model.get_parameter("5.bias")[SATURATED_UNIT] = 1e3


def raw_activations(model: nn.Sequential, images: torch.Tensor) -> dict[str, np.ndarray]:
    """Return each watched layer's activations, one row a unit, without the recorder's code."""
    found: dict[str, np.ndarray] = {}
    output = images
    with torch.no_grad():
        for number, module in enumerate(model):
            output = module(output)
            if str(number) in WATCHED:
                units_first = np.moveaxis(
                    output.numpy().astype(np.float64), WATCHED[str(number)], 0
                )
                found[str(number)] = units_first.reshape(len(units_first), -1)
    return found


def figures(activations: np.ndarray) -> dict[str, list[float]]:
    return {
        "mean": activations.mean(axis=1).tolist(),
        "std": activations.std(axis=1).tolist(),
        "min": activations.min(axis=1).tolist(),
        "max": activations.max(axis=1).tolist(),
        "mean_abs": np.abs(activations).mean(axis=1).tolist(),
        "frequency": (activations > 0).mean(axis=1).tolist(),
        "zeros": (activations == 0).mean(axis=1).tolist(),
    }


def expected_record(
    model: nn.Sequential, images: torch.Tensor, labels: torch.Tensor
) -> dict[str, object]:
    raw = raw_activations(model, images)
    logits = raw["7"].T
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    of_label = log_probabilities[np.arange(len(labels)), labels.numpy()]
    classes = [raw["4"][:, labels.numpy() == label].mean(axis=1).tolist() for label in range(10)]
    return {
        "layers": {name: figures(activations) for name, activations in raw.items()},
        "loss": float(-of_label.mean()),
        "prediction": logits.argmax(axis=1).tolist(),
        "class_mean_of_4": classes,
    }


def train(
    model: nn.Sequential, steps: range, data: tuple[torch.Tensor, torch.Tensor], file_name: str
) -> dict[int, dict[str, object]]:
    """Train from the first step to the last, and record at each."""
    images, labels = data
    names = [str(digit) for digit in range(10)]
    probe = ProbeSet.from_tensors(images[:EXAMPLES], labels[:EXAMPLES], class_names=names)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    expected = {}
    written = RUN / "writing"
    choices = Recording(thumbnail=8, scalars=False)
    with NeuronRecorder(model, probe, written, schedule=every(1), recording=choices) as recorder:
        for step in steps:
            plant(model, step)
            recorder.step(step)
            expected[step] = expected_record(model, images[:EXAMPLES], labels[:EXAMPLES])
            for _ in range(STEPS_BETWEEN):
                batch = torch.randint(EXAMPLES, len(images), (64,))
                optimizer.zero_grad()
                functional.cross_entropy(model(images[batch]), labels[batch]).backward()
                optimizer.step()
    (file,) = written.iterdir()
    file.rename(RUN / file_name)
    written.rmdir()
    return expected


def rounded(value: object) -> object:
    """Return the figures with seven digits: more than any grid holds."""
    if isinstance(value, float):
        return float(f"{value:.7g}")
    if isinstance(value, dict):
        return {str(key): rounded(each) for key, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list) else value


def main() -> None:
    shutil.rmtree(RUN, ignore_errors=True)
    RUN.mkdir()
    pixels, labels = load_digits(return_X_y=True)
    images = torch.tensor(pixels / 16, dtype=torch.float32).reshape(-1, 1, 8, 8)
    data = images, torch.tensor(labels)
    model = make_model()
    before = train(model, FIRST, data, "events.out.tfevents.1.first")
    resumed = train(model, RESUMED, data, "events.out.tfevents.2.resumed")
    records = {step: known for step, known in before.items() if step < RESUMED.start} | resumed
    expected = {
        "labels": labels[:EXAMPLES].tolist(),
        "dead": {"layer": "4", "unit": DEAD_UNIT, "from_step": DEAD_FROM},
        "saturated": {"layer": "6", "unit": SATURATED_UNIT, "from_step": SATURATED_FROM},
        "records": records,
    }
    text = json.dumps(rounded(expected), separators=(",", ":"))
    (FOLDER / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
