"""Trains the same small network twice with Lightning, then shows both in the Neurons tab.

One run has a sane learning rate, the other one that is too high. The loss curve says that the
second is worse; the tab says why: layer by layer, its units fall silent and stay dead.

    python demo/digits.py [--epochs 20] [--port 6006] [--no-browser] [--only-train]
"""

import logging
import warnings

import lightning
import torch
from lightning.pytorch.callbacks import TQDMProgressBar
from lightning.pytorch.callbacks.progress.tqdm_progress import Tqdm
from lightning.pytorch.loggers import TensorBoardLogger
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader

from tb_neuron_callbacks import ProbeSet, Recording, every
from tb_neuron_callbacks.lightning import NeuronCallback

from images import CLASS_NAMES, digit_loaders
from network import DigitsNetwork
from tab import RUNS, demo_arguments, empty_run, open_tab

LEARNING_RATES = {"sane": 0.02, "too-high": 0.12}
EPOCHS = 20
STEPS_BETWEEN_RECORDS = 8
#: Beyond activations: what units contribute, what they pass on, what speaks for and against each
#: digit, what in the images they see, and what each unit answers and contributes to each image.
RECORDING = Recording(
    flow=32,
    flow_methods=("gradient_x_activation", "lrp"),
    evidence=10,
    detail=["*hidden/relu:12,40"],
    responses=("activation", "gradient_x_activation"),
    examples=9,
    tracked=True,
    maps=("saliency", "integrated_gradients", "smooth_grad", "grad_cam", "guided_backprop", "lrp"),
    schedules={
        "flow": every(8 * STEPS_BETWEEN_RECORDS),
        "evidence": every(6 * STEPS_BETWEEN_RECORDS),
        "maps": every(3 * STEPS_BETWEEN_RECORDS),
        "responses": every(3 * STEPS_BETWEEN_RECORDS),
        "examples": every(3 * STEPS_BETWEEN_RECORDS),
        "tracked": every(3 * STEPS_BETWEEN_RECORDS),
        "trust": every(15 * STEPS_BETWEEN_RECORDS),
    },
)
#: On examples of the training set beside: how differently units respond to them.
BESIDE = Recording(
    attributions=(),
    responses=("activation",),
    schedules={"responses": every(3 * STEPS_BETWEEN_RECORDS)},
)


def probe_with_ink_masks(loader: DataLoader) -> ProbeSet:
    """Return examples with masks of where the ink is: does a map look at what was written?"""
    probe = ProbeSet.from_loader(loader, examples=256)
    ink = torch.cat(probe.images())[:, 0] > 0
    return ProbeSet.from_loader(loader, examples=256, class_names=CLASS_NAMES, masks=ink)


class DigitsModule(lightning.LightningModule):
    """Cross-entropy on the digits with SGD and momentum."""

    def __init__(self, learning_rate: float) -> None:
        super().__init__()
        self.network = DigitsNetwork()
        self.learning_rate = learning_rate

    def forward(self, images: Tensor) -> Tensor:
        return self.network(images)

    def training_step(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        loss = functional.cross_entropy(self(batch[0]), batch[1])
        self.log("loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor]) -> None:
        logits = self(batch[0])
        accuracy = (logits.argmax(1) == batch[1]).float().mean()
        self.log("validation/loss", functional.cross_entropy(logits, batch[1]))
        self.log("validation/accuracy", accuracy, prog_bar=True)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=self.learning_rate, momentum=0.9)


class QuietBar(TQDMProgressBar):
    """One bar for the training, none for its short validations."""

    def init_validation_tqdm(self) -> Tqdm:
        return Tqdm(disable=True)

    def get_metrics(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule
    ) -> dict[str, int | str | float | dict[str, float]]:
        metrics = super().get_metrics(trainer, pl_module)
        metrics.pop("v_num", None)
        return metrics


def train(name: str, learning_rate: float, epochs: int) -> None:
    """Train one network from the same start and on the same batches; record its units."""
    lightning.seed_everything(0, verbose=False)
    training, validation = digit_loaders()
    empty_run(name)
    print(f"\n{name}: learning rate {learning_rate:g}, {epochs * len(training)} steps", flush=True)
    trainer = lightning.Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        logger=TensorBoardLogger(RUNS, name="", version=name),
        log_every_n_steps=STEPS_BETWEEN_RECORDS,
        enable_checkpointing=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        callbacks=[
            QuietBar(),
            NeuronCallback(
                probe_with_ink_masks(validation),
                schedule=every(STEPS_BETWEEN_RECORDS),
                recording=RECORDING,
            ),
            NeuronCallback(
                ProbeSet.from_loader(
                    training, examples=256, class_names=CLASS_NAMES, name="training"
                ),
                schedule=every(3 * STEPS_BETWEEN_RECORDS),
                recording=BESIDE,
            ),
        ],
    )
    trainer.fit(DigitsModule(learning_rate), training, validation)


def main() -> None:
    arguments = demo_arguments("train twice on handwritten digits and show the Neurons tab", EPOCHS)
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    # A network this small is no faster on more threads, and a busy machine slows them all.
    torch.set_num_threads(1)
    # 1,797 images in memory need no loader processes; the other is between Lightning and torch.
    warnings.filterwarnings("ignore", ".*LeafSpec.*is deprecated.*")
    warnings.filterwarnings("ignore", ".*does not have many workers.*")
    for name, learning_rate in LEARNING_RATES.items():
        train(name, learning_rate, arguments.epochs)
    open_tab(arguments)


if __name__ == "__main__":
    main()
