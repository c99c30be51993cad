"""The demo of `digits.py` in a training loop without Lightning: one network, one `with`.

python demo/plain_loop.py [--epochs 20] [--port 6006] [--no-browser] [--only-train]
"""

import torch
from torch.nn import functional
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, every

from images import CLASS_NAMES, digit_loaders
from network import DigitsNetwork
from tab import demo_arguments, empty_run, open_tab

LEARNING_RATE = 0.02
EPOCHS = 20
STEPS_BETWEEN_RECORDS = 8


def train(epochs: int) -> None:
    """Train the network; everything about recording stands in three lines."""
    torch.manual_seed(0)
    training, validation = digit_loaders()
    model = DigitsNetwork()
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE, momentum=0.9)
    writer = SummaryWriter(empty_run("plain-loop"))
    probe = ProbeSet.from_loader(validation, examples=256, class_names=CLASS_NAMES)
    with (
        writer,
        NeuronRecorder(model, probe, writer, schedule=every(STEPS_BETWEEN_RECORDS)) as recorder,
    ):
        recorder.step(0)
        step = 0
        for _ in tqdm(range(epochs), unit="epoch"):
            for images, labels in training:
                loss = functional.cross_entropy(model(images), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                step += 1
                writer.add_scalar("loss", loss, step)
                recorder.step(step)


def main() -> None:
    arguments = demo_arguments("train on handwritten digits and show the Neurons tab", EPOCHS)
    # A network this small is no faster on more threads, and a busy machine slows them all.
    torch.set_num_threads(1)
    train(arguments.epochs)
    open_tab(arguments)


if __name__ == "__main__":
    main()
