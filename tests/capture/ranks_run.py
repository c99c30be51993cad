"""A training over ranks, one process a rank: prints what must not depend on recording.

    python ranks_run.py RANK RANKS FOLDER MODE

MODE is "plain", "recorded", "failing" (rank 1 fails at step 1), "closed" (rank 0's writer closes at
step 2) or "alone" (rank 1 makes no recorder).
"""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
from digits_run import digits, small_network
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.tensorboard import SummaryWriter

from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording, distributed, every

STEPS = 4


class Squares:
    """The mean square, as a user would define it."""

    name, grid, description = "mean_square", "unsigned_log", "Mean of the squared activations."

    def __init__(self) -> None:
        self.sum, self.count = torch.zeros(()), 0

    def update(self, activations: Tensor, batch: Any) -> None:
        del batch
        self.sum = self.sum + activations.square().sum((0, 1))
        self.count += activations.shape[0] * activations.shape[1]

    def merge(self, other: Any) -> None:
        self.sum, self.count = self.sum + other.sum, self.count + other.count

    def finish(self) -> Tensor:
        return self.sum / self.count


def seeded_network() -> nn.Sequential:
    """Return a network with a unit that is constant and far from 0, and one that is silent."""
    torch.manual_seed(7)
    model = small_network()
    with torch.no_grad():
        model.get_parameter("2.weight")[3] = 0.0
        model.get_parameter("2.bias")[3] = 1e5
        model.get_parameter("0.bias")[4] = -1e4
    return model


def probe_set() -> ProbeSet:
    """Return batches of several sizes: 24, 24, 16."""
    images, labels = digits(64)
    return ProbeSet.from_tensors(images.flatten(1), labels, batch_size=24)


def recording() -> Recording:
    """Return whole numbers, a statistic of the user's, and class means in each record."""
    return Recording(
        statistics=["mean", "std", "min", "max", "zeros", lambda _: Squares()],
        precision="f32",
        schedules={"classes": every(1)},
    )


class Failing:
    """Calls the model; fails in one record of one rank."""

    def __init__(self, fails: bool) -> None:
        self.fails = fails
        self.at = -1

    def __call__(self, model: nn.Module, batch: Any) -> Any:
        if self.fails and self.at == 1:
            raise ZeroDivisionError("planted")
        return model(batch)


def main() -> None:
    rank, ranks, folder, mode = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    torch.set_num_threads(1)
    if ranks > 1:
        torch.distributed.init_process_group(
            "gloo", f"file://{folder}/store", rank=rank, world_size=ranks
        )
    if mode == "alone":
        distributed.RankGroup.__init__.__defaults__ = (timedelta(seconds=2),)
    model = seeded_network()
    trained = DistributedDataParallel(model) if ranks > 1 else model
    forward = Failing(mode == "failing" and rank == 1)
    recorder = writer = None
    if mode != "plain" and not (mode == "alone" and rank == 1):
        writer = SummaryWriter(str(folder / "run")) if rank == 0 else None
        recorder = NeuronRecorder(
            trained, probe_set(), writer, schedule=every(1), recording=recording(), forward=forward
        )
    optimiser = torch.optim.SGD(model.parameters(), 1e-3)
    images, labels = digits(256)
    written = []
    for step in range(STEPS):
        forward.at = step
        if mode == "closed" and step == 2 and writer is not None:
            writer.close()
        if recorder is not None:
            written.append(recorder.step(step))
        batch = torch.randperm(256)[rank::ranks][:32]
        optimiser.zero_grad()
        nn.functional.cross_entropy(trained(images[batch].flatten(1)), labels[batch]).backward()
        optimiser.step()
    if recorder is not None:
        recorder.close()
    if writer is not None:
        writer.close()
    print(
        json.dumps(
            {
                "written": written,
                "scalars": recorder.scalars if recorder else {},
                "weights": [value.double().flatten().tolist() for value in model.parameters()],
                "random": torch.rand(2).tolist(),
            }
        ),
        flush=True,
    )
    if ranks > 1:
        torch.distributed.barrier()
        sys.stderr.flush()
        # Gloo's own threads may abort a process that ends while they run; nothing is left to do.
        os._exit(0)


if __name__ == "__main__":
    main()
