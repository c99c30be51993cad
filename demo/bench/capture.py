"""What a record costs the training: time, memory and bytes, as ratios within one run."""

import copy
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.utils.tensorboard import SummaryWriter

import tb_neuron
from tb_neuron_callbacks import NeuronRecorder, ProbeSet

from bench.allocations import peak_bytes
from bench.networks import Workload
from bench.peers import peer_steps, plain_step
from bench.rounds import median_cpu_seconds

MEGABYTE = 2**20


@dataclass(frozen=True)
class CaptureCost:
    """The cost of recording one workload.

    Attributes:
        step_ratios: CPU time of a logging step over a plain step, by tool.
        record_ratio: CPU time of a record over its bare probe forward.
        extra_bytes: peak memory of a record above that of its bare probe forward.
        largest_output: bytes of the largest watched output.
        bytes_a_unit: of the kind `activations`, a unit and record.
        layers: watched.
        units: of them.
    """

    step_ratios: Mapping[str, float]
    record_ratio: float
    extra_bytes: int
    largest_output: int
    bytes_a_unit: float
    layers: int
    units: int


class Recorded:
    """A copy of a workload's network in training, with a recorder that is due when asked."""

    def __init__(self, workload: Workload, folder: Path) -> None:
        self.model = copy.deepcopy(workload.model)
        self.train = plain_step(workload, self.model)
        # A next-token target has no class an example.
        labels = workload.labels if workload.labels.ndim == 1 else None
        self.probe = ProbeSet.from_tensors(workload.inputs, labels)
        self.writer = SummaryWriter(folder)
        self.inputs = workload.inputs
        self.folder = folder
        self.steps = 0
        self.recorder = NeuronRecorder(self.model, self.probe, self.writer, schedule=lambda _: True)

    def record(self) -> None:
        """Write one record."""
        self.recorder.step(self.steps)
        self.steps += 1

    def step(self) -> None:
        """Train one step and write one record."""
        self.train()
        self.record()

    def forward(self) -> None:
        """Run the probe set through the network, as bare as can be."""
        self.model.eval()
        with torch.no_grad():
            self.model(self.inputs)
        self.model.train()

    def close(self) -> None:
        """Close the recorder and its writer."""
        self.recorder.close()
        self.writer.close()


def measure(workload: Workload, rounds: int) -> CaptureCost:
    """Measure one workload; the order of the measurements is interleaved."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        recorded = Recorded(workload, Path(folder) / "ours")
        stack.callback(recorded.close)
        bare = median_cpu_seconds({"a": recorded.forward, "b": recorded.record}, rounds)
        extra = peak_bytes(recorded.record) - peak_bytes(recorded.forward)
        plain = plain_step(workload, copy.deepcopy(workload.model))
        ways = {"plain": plain, f"tb_neuron {tb_neuron.__version__}": recorded.step}
        for number, (name, peer) in enumerate(peer_steps().items()):
            ways[name] = stack.enter_context(peer(workload, Path(folder) / f"peer{number}"))
        steps = median_cpu_seconds(ways, max(2, rounds // 2))
        layers, units, size = _stored(recorded.folder)
        return CaptureCost(
            step_ratios={n: s / steps["plain"] for n, s in steps.items() if n != "plain"},
            record_ratio=bare["b"] / bare["a"],
            extra_bytes=extra,
            largest_output=_largest_output(recorded.model, workload.inputs),
            bytes_a_unit=size / units,
            layers=layers,
            units=units,
        )


def _stored(folder: Path) -> tuple[int, int, float]:
    """Return watched layers, units, and the mean bytes of a record's `activations`."""
    (run,) = tb_neuron.open(str(folder)).runs.values()
    units = sum(layer.units for layer in run.layers.values())
    sizes = [header.costs.bytes for header in run.recording().headers]
    return len(run.layers), units, sum(sizes) / len(sizes)


def _largest_output(model: nn.Module, inputs: torch.Tensor) -> int:
    sizes = []
    hooks = [
        module.register_forward_hook(lambda _m, _i, output: sizes.append(output.nbytes))
        for module in model.modules()
        if next(module.children(), None) is None
    ]
    with torch.no_grad():
        model(inputs)
    for hook in hooks:
        hook.remove()
    return max(sizes)
