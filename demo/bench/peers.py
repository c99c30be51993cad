"""Other tools that log what happens inside a network, each as a training step that logs.

Each way trains a copy of the network of its own, so that no hook of one is paid for by another.
"""

import copy
import importlib.util
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.tensorboard import SummaryWriter

from bench.networks import Workload

Step = Callable[[], Any]


def plain_step(workload: Workload, model: nn.Module) -> Step:
    """Return a training step: forward, backward, update."""
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)

    def step() -> torch.Tensor:
        loss = workload.loss(model(workload.inputs), workload.labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


@contextmanager
def histogram_step(workload: Workload, folder: Path) -> Iterator[Step]:
    """Yield a step that logs a histogram of every module's output with `add_histogram`."""
    model = copy.deepcopy(workload.model)
    step, count = plain_step(workload, model), 0
    with SummaryWriter(folder) as writer:
        for name, module in model.named_modules():
            if next(module.children(), None) is None:
                module.register_forward_hook(
                    lambda _module, _inputs, output, name=name: writer.add_histogram(
                        name, output, count
                    )
                )

        def logging_step() -> None:
            nonlocal count
            step()
            count += 1

        yield logging_step


@contextmanager
def wandb_step(workload: Workload, folder: Path) -> Iterator[Step]:
    """Yield a step under `wandb.watch(log="all")`, logged offline at every step."""
    os.environ["WANDB_SILENT"] = "true"
    import wandb  # noqa: PLC0415  # pyright: ignore[reportMissingImports]

    folder.mkdir(parents=True, exist_ok=True)
    model = copy.deepcopy(workload.model)
    step = plain_step(workload, model)
    run = wandb.init(mode="offline", dir=str(folder), project="bench")
    try:
        run.watch(model, log="all", log_freq=1)
        yield lambda: run.log({"loss": step().item()})
    finally:
        run.finish()


def peer_steps() -> dict[str, Callable[[Workload, Path], Any]]:
    """Return the peers that are installed, by name and version."""
    peers: dict[str, Callable[[Workload, Path], Any]] = {
        f"add_histogram, all layers (torch {torch.__version__})": histogram_step
    }
    if importlib.util.find_spec("wandb") is not None:
        peers[f'watch(log="all") (wandb {version("wandb")})'] = wandb_step
    return peers
