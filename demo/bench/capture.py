"""What a record costs the training: time, memory and bytes, as ratios within one run."""

import copy
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import torch
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event  # pyright: ignore[reportAttributeAccessIssue]
from torch import nn
from torch.utils.tensorboard import SummaryWriter

import tb_neuron
from tb_neuron_callbacks import NeuronRecorder, ProbeSet, Recording

from bench.allocations import peak_bytes
from bench.networks import Workload
from bench.peers import peer_steps, plain_step
from bench.rounds import median_cpu_seconds

MEGABYTE = 2**20
#: Lengths and checksums around an event in its file, in bytes.
_FRAME = 16
_ACTIVATIONS = "/activations"


@dataclass(frozen=True)
class CaptureCost:
    """The cost of recording one workload.

    Attributes:
        step_ratios: CPU time of a logging step over a plain step, by tool.
        record_ratio: CPU time of a record of all statistics over its bare probe forward.
        explained_ratio: of a record with attributions by the default method, over the same.
        extra_bytes: peak memory of a record above that of its bare probe forward.
        largest_output: bytes of the largest watched output.
        bytes_a_unit: of the whole value `activations`, its header too, a unit and record.
        record_bytes_a_unit: of all that a record writes, a unit and record.
        layers: watched.
        units: of them.
    """

    step_ratios: Mapping[str, float]
    record_ratio: float
    explained_ratio: float
    extra_bytes: int
    largest_output: int
    bytes_a_unit: float
    record_bytes_a_unit: float
    layers: int
    units: int


class Recorded:
    """A copy of a workload's network in training, with a recorder that is due when asked."""

    def __init__(self, workload: Workload, folder: Path, attributions: bool = False) -> None:
        self.model = copy.deepcopy(workload.model)
        self.train = plain_step(workload, self.model)
        # A next-token target has no class an example.
        labels = workload.labels if workload.labels.ndim == 1 else None
        self.probe = ProbeSet.from_tensors(workload.inputs, labels)
        self.writer = SummaryWriter(folder)
        self.inputs = workload.inputs
        self.folder = folder
        self.steps = 0
        recording = Recording() if attributions else Recording(attributions=())
        self.recorder = NeuronRecorder(
            self.model, self.probe, self.writer, schedule=lambda _: True, recording=recording
        )

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
        explained = Recorded(workload, Path(folder) / "explained", attributions=True)
        stack.callback(explained.close)
        ways = {"a": recorded.forward, "b": recorded.record, "c": explained.record}
        bare = median_cpu_seconds(ways, rounds)
        extra = peak_bytes(recorded.record) - peak_bytes(recorded.forward)
        plain = plain_step(workload, copy.deepcopy(workload.model))
        ours = f"tb_neuron {tb_neuron.__version__}"
        ways = {
            "plain": plain,
            f"{ours}, statistics alone": recorded.step,
            f"{ours}, with attributions": explained.step,
        }
        for number, (name, peer) in enumerate(peer_steps().items()):
            ways[name] = stack.enter_context(peer(workload, Path(folder) / f"peer{number}"))
        steps = median_cpu_seconds(ways, max(3, rounds // 2))
        (run,) = tb_neuron.open(str(recorded.folder)).runs.values()
        units = sum(layer.units for layer in run.layers.values())
        activations, whole = _stored(explained.folder)
        return CaptureCost(
            step_ratios={n: s / steps["plain"] for n, s in steps.items() if n != "plain"},
            record_ratio=bare["b"] / bare["a"],
            explained_ratio=bare["c"] / bare["a"],
            extra_bytes=extra,
            largest_output=_largest_output(recorded.model, workload.inputs),
            bytes_a_unit=activations / units,
            record_bytes_a_unit=whole / units,
            layers=len(run.layers),
            units=units,
        )


def _stored(folder: Path) -> tuple[float, float]:
    """Return the mean bytes of a record's value `activations`, and of all that a record writes.

    The first record is left out, because it describes the model, the probe set and the columns.
    """
    (path,) = folder.glob("*tfevents*")
    activations: dict[int, int] = {}
    whole: dict[int, int] = {}
    for payload in RawEventFileLoader(str(path)).Load():
        event = Event.FromString(payload)
        sizes = {value.tag: value.ByteSize() for value in event.summary.value}
        if any(tag.startswith(("tb_neuron/", "neurons/")) for tag in sizes):
            whole[event.step] = whole.get(event.step, 0) + len(payload) + _FRAME
        activations.update((event.step, sizes[tag]) for tag in sizes if tag.endswith(_ACTIVATIONS))
    later = sorted(activations)[1:]
    first, second = (sum(of[step] for step in later) / len(later) for of in (activations, whole))
    return first, second


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
