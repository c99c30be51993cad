"""A small LightningModule on digits, and a trainer of few steps: what the callback records."""

import json
import sys
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import torch
from digits_run import count_hooks, network, same
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from tb_neuron_callbacks.lightning import NeuronCallback


def loader(start: int, stop: int, shuffle: bool = False) -> DataLoader:
    """Return a loader over some of the digits."""
    images, labels = load_digits(return_X_y=True)
    shaped = torch.tensor(images[start:stop], dtype=torch.float32).view(-1, 1, 8, 8)
    data = TensorDataset(shaped, torch.tensor(labels[start:stop]))
    return DataLoader(data, batch_size=32, shuffle=shuffle)


class Classifier(lightning.LightningModule):
    """A network with dropout and batch norm; has no forward of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.network = network()
        self.seen: list[int] = []

    def training_step(self, batch: tuple[Tensor, Tensor], index: int) -> Tensor:
        del index
        self.seen.extend(batch[1].tolist())
        return nn.functional.cross_entropy(self.network(batch[0]), batch[1])

    def validation_step(self, batch: tuple[Tensor, Tensor], index: int) -> None:
        del index
        self.log("validation_loss", nn.functional.cross_entropy(self.network(batch[0]), batch[1]))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), 1e-2)


class Forwarding(Classifier):
    """Has a forward."""

    def forward(self, inputs: Tensor) -> Tensor:
        return self.network(inputs)


class Digits(lightning.LightningDataModule):
    """The digits, for the command line."""

    def train_dataloader(self) -> DataLoader:
        return loader(0, 128, shuffle=True)

    def val_dataloader(self) -> DataLoader:
        return loader(128, 192)


def is_last_relu(name: str, module: nn.Module) -> bool:
    """Choose one layer."""
    return isinstance(module, nn.ReLU) and name == "network.5"


def trainer(folder: Path | str, *callbacks: Any, **choices: Any) -> lightning.Trainer:
    """Return a quiet trainer of two epochs on the CPU."""
    quiet: dict[str, Any] = {
        "accelerator": "cpu",
        "callbacks": list(callbacks),
        "default_root_dir": str(folder),
        "enable_checkpointing": False,
        "enable_model_summary": False,
        "enable_progress_bar": False,
        "log_every_n_steps": 1,
        "max_epochs": 2,
    }
    return lightning.Trainer(**(quiet | choices))


def ending(folder: str, *callbacks: Any) -> dict[str, Any]:
    """Train with fixed seeds and return everything that must not depend on recording."""
    import random

    import numpy as np

    lightning.seed_everything(5, verbose=False)
    model, run = Classifier(), trainer(folder, *callbacks)
    run.fit(model, loader(0, 128, shuffle=True), loader(128, 192))
    return {
        "weights": [value.clone() for value in model.state_dict().values()],
        "optimiser": [
            value for state in run.optimizers[0].state.values() for value in state.values()
        ],
        "order of the loader": model.seen,
        "random numbers": (float(torch.rand(1)), np.random.rand(), random.random()),
        "metrics": {name: float(value) for name, value in run.callback_metrics.items()},
        "modes": [module.training for module in model.modules()],
        "hooks": sum(map(count_hooks, model.modules())),
    }


def main() -> None:
    torch.set_num_threads(1)
    plain = ending(f"{sys.argv[1]}/a")
    recorded = ending(f"{sys.argv[1]}/b", NeuronCallback())
    tensors = ("weights", "optimiser")
    equal = {name: same(plain[name], recorded[name]) for name in tensors}
    print(json.dumps(equal | {n: plain[n] == recorded[n] for n in plain if n not in tensors}))


if __name__ == "__main__":
    main()
