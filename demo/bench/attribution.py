"""What attribution costs beside Captum's layer methods, as ratios of CPU time within one run."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import captum
import torch
from captum.attr import LayerConductance, LayerGradientXActivation
from torch import Tensor, nn

from tb_neuron_callbacks import ProbeSet, Recording
from tb_neuron_callbacks.attribution_pass import AttributionPass
from tb_neuron_callbacks.attributions import UNIT_METHODS
from tb_neuron_callbacks.attributions.kept import KeptOutputs
from tb_neuron_callbacks.attributions.memory import Cap
from tb_neuron_callbacks.attributions.path import PathSweep, nodes
from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.attributions.starts import Starts, repeated
from tb_neuron_callbacks.flow_pass import FlowPass
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layout, discover
from tb_neuron_callbacks.map_pass import MapPass, find_input_methods
from tb_neuron_callbacks.probe_pass import Subject
from tb_neuron_callbacks.trust_pass import TrustPass

from bench.allocations import peak_bytes
from bench.networks import Workload
from bench.rounds import median_cpu_seconds

CAPTUM = f"Captum {captum.__version__}"
STEPS = 20
EXAMPLES = 16
#: Captum runs all nodes of a path at once, and keeps the whole graph of them.
PATH_EXAMPLES = 4
CLASSES = 10
FLOW_UNITS = 8
MAPS = ("saliency", "integrated_gradients", "smooth_grad", "grad_cam", "occlusion", "lrp")
_CAP = 1 << 28


@dataclass(frozen=True)
class AttributionCost:
    """Ratios of CPU time, by what is divided by what.

    Attributes:
        layers: watched.
        ratios: a figure and its goal, by name.
    """

    layers: int
    ratios: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Explained:
    """A workload's network in eval mode, with what is explained of its batch.

    Attributes:
        model: the network.
        inputs: its batch.
        layout: the watched layers that are modules, so that Captum knows them too.
        labels: of the batch; None where there is none an example.
        target: for us.
        captum_target: the same for Captum.
    """

    model: nn.Module
    inputs: Tensor
    labels: Tensor | None
    layout: Layout
    target: Any
    captum_target: Any

    @property
    def modules(self) -> list[nn.Module]:
        """The watched layers."""
        modules = dict(self.model.named_modules())
        return [modules[layer.name] for layer in self.layout.watched]


def explained(workload: Workload, examples: int) -> Explained:
    """Return what is explained of some examples of a workload."""
    model = copy.deepcopy(workload.model).eval()
    inputs = workload.inputs[:examples]
    with torch.no_grad():
        layout = discover(model, lambda: model(inputs[:3]), _is_activation)
    if workload.labels.ndim > 1:
        last = (inputs.shape[1] - 1, 0)
        return Explained(model, inputs, None, layout, lambda output, _: output[:, -1, 0], last)
    labels = workload.labels[:examples]
    return Explained(model, inputs, labels, layout, "label", labels)


def measure(workload: Workload, rounds: int) -> AttributionCost:
    """Measure the sweeps of one workload against their bare passes and against Captum."""
    case, few = explained(workload, EXAMPLES), explained(workload, PATH_EXAMPLES)
    found = {**_point_ratios(case, rounds), **_path_ratios(few, max(2, rounds // 2))}
    if case.labels is not None:
        found |= _class_ratios(case, rounds)
    return AttributionCost(len(case.layout.watched), found)


def _point_ratios(case: Explained, rounds: int) -> dict[str, tuple[str, str]]:
    probe = ProbeSet.from_tensors(case.inputs, case.labels, batch_size=len(case.inputs))
    methods = (UNIT_METHODS["gradient_x_activation"],)
    subject = Subject(case.model, probe)
    # As a recorder does: from then on it is known which tensors a forward changes.
    layout = subject.find_layers(_is_activation, Recording())
    ours = AttributionPass(subject, layout, methods, case.target)
    method = LayerGradientXActivation(case.model, case.modules)
    seconds = median_cpu_seconds(
        {
            "bare": lambda: _bare(case),
            "ours": ours.measure,
            "list": lambda: method.attribute(case.inputs, target=case.captum_target),
            "loop": lambda: [
                LayerGradientXActivation(case.model, module).attribute(
                    case.inputs, target=case.captum_target
                )
                for module in case.modules
            ],
        },
        rounds,
    )
    name = "all-layer gradient × activation"
    layers = len(case.modules)
    return {
        f"{name} with all figures / bare forward + backward": (
            f"{seconds['ours'] / seconds['bare']:.2f} ×",
            "≤ 1.25 ×",
        ),
        f"the same: {CAPTUM}, a loop over {layers} layers / ours": (
            f"{seconds['loop'] / seconds['ours']:.1f} ×",
            "≥ 8 × over 12 layers",
        ),
        f"the same: {CAPTUM}, its list of layers / ours": (
            f"{seconds['list'] / seconds['ours']:.2f} ×",
            "≥ 1 ×",
        ),
    }


def _class_ratios(case: Explained, rounds: int) -> dict[str, tuple[str, str]]:
    rule = UNIT_METHODS["gradient_x_activation"].at_point
    assert rule is not None
    method = LayerGradientXActivation(case.model, case.modules)

    def ours() -> None:
        sweep = PointSweep(case.model, case.layout, case.model)
        for _, points in sweep.points_of_classes(case.inputs, range(CLASSES)):
            for point in points.values():
                rule(point)

    seconds = median_cpu_seconds(
        {
            "ours": ours,
            "list": lambda: [
                method.attribute(case.inputs, target=number) for number in range(CLASSES)
            ],
        },
        rounds,
    )
    return {
        f"toward {CLASSES} classes: {CAPTUM}, its list of layers / ours": (
            f"{seconds['list'] / seconds['ours']:.2f} ×",
            "≥ 1.8 ×",
        )
    }


def _path_ratios(case: Explained, rounds: int) -> dict[str, tuple[str, str]]:
    rules = UNIT_METHODS["conductance"].along_path
    assert rules is not None
    if not case.inputs.is_floating_point():
        return {}
    sweep = PathSweep(
        case.model,
        case.layout,
        case.model,
        rules["trapezoid"],
        STEPS,
        cap=Cap(_CAP),
        by_unit=True,
        has_starts=False,
    )

    def ours() -> None:
        sweep.attribute(case.inputs, case.target, case.labels)

    seconds = median_cpu_seconds(
        {
            "bare": lambda: _bare_path(case),
            "ours": ours,
            "loop": lambda: [
                LayerConductance(case.model, module).attribute(
                    case.inputs, target=case.captum_target, n_steps=STEPS
                )
                for module in case.modules
            ],
        },
        rounds,
    )
    extra = peak_bytes(ours)
    return {
        f"all-layer conductance, {STEPS} steps / its bare passes": (
            f"{seconds['ours'] / seconds['bare']:.2f} ×",
            "≤ 1.15 ×",
        ),
        f"conductance: {CAPTUM}, a loop over {len(case.modules)} layers / ours": (
            f"{seconds['loop'] / seconds['ours']:.1f} ×",
            "≥ 12 × over 18 layers",
        ),
        "peak memory of the sweep": (
            f"{extra / 2**20:.0f} MB",
            f"≤ {_CAP / 2**20:.0f} MB: nodes run together, as many as fit",
        ),
    }


def _bare(case: Explained) -> None:
    """Run a forward and a backward toward the watched outputs, and nothing else."""
    _passes(case, Starts(case.inputs), 1)


def _bare_path(case: Explained) -> None:
    places = nodes(STEPS, "trapezoid")
    together = max(1, len(places) // 3)
    for start in range(0, len(places), together):
        copies = len(places[start : start + together])
        many = torch.cat([case.inputs * float(p) for p in places[start : start + together]])
        _passes(case, Starts(repeated(case.inputs, copies), [many]), copies)


def _passes(case: Explained, starts: Starts, copies: int) -> None:
    kept = KeptOutputs(case.layout.overwritten)
    with watch(case.model, case.layout, kept.receive):
        output = case.model(starts.batch)
    if case.labels is None:
        scores = case.target(output, None)
    else:
        scores = output.gather(1, case.labels.repeat(copies)[:, None])[:, 0]
    kept.gradients(scores)


def measure_parts(workload: Workload, rounds: int) -> dict[str, tuple[str, str]]:
    """Return what flow, maps and trust take, over one bare forward + backward of the probe set."""
    model = copy.deepcopy(workload.model).eval()
    probe = ProbeSet.from_tensors(workload.inputs, workload.labels, tracked=16)
    subject = Subject(model, probe)
    layout = subject.find_layers("auto", Recording())
    methods = (UNIT_METHODS["gradient_x_activation"],)
    attribution = AttributionPass(subject, layout, methods, "label")
    chosen = attribution.measure()
    ways: dict[str, Callable[[], object]] = {
        "bare": lambda: PointSweep(model, layout, model).points(
            workload.inputs, "label", workload.labels
        ),
        f"flow, {FLOW_UNITS} units a layer": lambda: FlowPass(attribution, FLOW_UNITS).measure(
            chosen
        ),
        **{
            f"maps of 16 examples: {name}": MapPass(attribution, find_input_methods([name])).measure
            for name in MAPS
        },
        "trust in saliency, 16 examples": lambda: MapPass(
            attribution, find_input_methods(["saliency"])
        ).measure(True),
        "trust in units, gradient × activation, 16 examples": TrustPass(attribution).measure,
    }
    seconds = median_cpu_seconds(ways, rounds)
    return {
        f"{name} / bare forward + backward of {len(probe)} examples": (
            f"{taken / seconds['bare']:.1f} ×",
            "",
        )
        for name, taken in seconds.items()
        if name != "bare"
    }


def _is_activation(_: str, module: nn.Module) -> bool:
    return isinstance(module, (nn.ReLU, nn.GELU, nn.Linear)) and not list(module.children())
