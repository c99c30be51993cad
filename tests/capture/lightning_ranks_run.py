"""Trains with Lightning over two ranks and saves the weights of rank 0.

python lightning_ranks_run.py FOLDER [recorded]
"""

import sys
from pathlib import Path

import lightning.pytorch as lightning
import torch
from lightning_run import Classifier, loader, trainer

from tb_neuron_callbacks.lightning import NeuronCallback


def main() -> None:
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    lightning.seed_everything(5, verbose=False)
    callbacks = [NeuronCallback()] if "recorded" in sys.argv else []
    model = Classifier()
    run = trainer(folder, *callbacks, strategy="ddp", devices=2, max_epochs=1)
    run.fit(model, loader(0, 128, shuffle=True), loader(128, 192))
    if run.is_global_zero:
        torch.save([value.double() for value in model.state_dict().values()], folder / "weights")


if __name__ == "__main__":
    main()
