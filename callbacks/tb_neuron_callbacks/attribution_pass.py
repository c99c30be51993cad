"""The attribution pass: what every unit contributes to a target, measured on the probe set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from tb_neuron_callbacks.attributions import Network, UnitMethod, find_unit_method, prepare
from tb_neuron_callbacks.attributions.memory import FittingPieces
from tb_neuron_callbacks.attributions.method import StepRule, UnitAttributions
from tb_neuron_callbacks.attributions.path import Baseline, PathSweep
from tb_neuron_callbacks.attributions.point import sweep_at_examples
from tb_neuron_callbacks.attributions.target import Target, check_target, target_name
from tb_neuron_callbacks.attributions.unit_figures import FIGURES, UnitFigures, per_example
from tb_neuron_callbacks.batches import count_examples, take_examples, to_device
from tb_neuron_callbacks.calling import device_of, floating_dtype
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.last_states import RECURRENT
from tb_neuron_callbacks.layers import Layer, Layout
from tb_neuron_callbacks.measurement import LayerAttributions, MethodAttributions
from tb_neuron_callbacks.notice import reason
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.recording import DEFAULT_ATTRIBUTIONS, Recording
from tb_neuron_callbacks.subject import Subject
from tb_neuron_callbacks.unwrapping import unwrap

_NO_TARGET = "no example has a label that is a class"
#: By method and layer, summed over positions.
Attributions = dict[str, dict[str, Float[np.ndarray, "example unit"]]]
#: Examples on which it is tried at construction.
_FEW = 3


@dataclass(frozen=True)
class AttributionPass:
    """How attributions of one model on one probe set are measured.

    Attributes:
        subject: model and probe set.
        layout: the watched layers.
        methods: found by `find_unit_method`.
        target: what is explained.
        baselines: where paths begin.
        steps: of a path.
        max_bytes: for one internal batch of a path.
        classes: number of classes for the class-conditional means; 0 for none.
    """

    subject: Subject
    layout: Layout
    methods: tuple[UnitMethod, ...]
    target: Target
    baselines: tuple[Baseline, ...] = ("zero",)
    steps: int = 20
    max_bytes: int = 1 << 28
    classes: int = 0

    def measure(self, classes: bool = True) -> list[MethodAttributions]:
        """Run the probe set and return what each method found.

        Model and random states are afterwards as before, also after an exception.

        Args:
            classes: whether class-conditional means are due.

        Raises:
            Exception: whatever the model raises, or an `AttributionError`.
        """
        with preserved(unwrap(self.subject.model), self.subject.changed):
            reduction = _Reduction(self, self.classes if classes else 0)
            prepared = replace(self, baselines=self._resolved())
            self.take_batches(
                "attribution", lambda piece, labels, _: prepared._take(piece, labels, reduction)
            )
        return reduction.finish()

    def try_out(self) -> None:
        """Measure a few examples, to see whether it can be done at all.

        Raises:
            Exception: whatever the model raises, or an `AttributionError`.
        """
        batch = take_examples(self.subject.probe.batches[0], 0, _FEW)
        labels = self.subject.probe.labels
        known = tuple(baseline for baseline in self.baselines if not _is_mean(baseline))
        with preserved(unwrap(self.subject.model), self.subject.changed):
            few = replace(self, steps=1, baselines=known or ("zero",))
            piece = None if labels is None else labels[: count_examples(batch)]
            reduction = _Reduction(self, 0)
            few._take(self._on_device(batch), piece, reduction)
        for found in reduction.finish():
            if not found.layers and any(m.of_case for m in self.methods if m.name == found.method):
                reasons = (f"{name}: {why}" for name, why in found.absences.items())
                raise AttributionError(
                    f"{found.method} must attribute to units of a watched layer, and can to those "
                    f"of no watched layer ({next(reasons, 'there is none')}); choose another method"
                )

    def has_target(self, labels: Tensor | None) -> Bool[Tensor, " example"] | None:
        """Return which examples have something to explain; None where all have.

        The loss of an example whose label is no class is not 0: there is none.

        Args:
            labels: of the examples.
        """
        if self.target != "loss" or labels is None:
            return None
        output = self.layout.layers[-1]
        is_vector = len(output.shape) == 1 and output.units > 1
        known = (labels >= 0) & (labels < output.units) if is_vector else labels >= 0
        return None if bool(known.all()) else known

    def attribute(self, batch: Any, labels: Tensor | None) -> Attributions:
        """Return what each method finds of a batch, example by example.

        Modes and random states are the caller's, and so is memory.

        Args:
            batch: on the model's device.
            labels: of the batch.

        Raises:
            Exception: whatever the model raises, or an `AttributionError`.
        """
        gathered = _Gathering(self, 0)
        self._take(batch, labels, gathered)
        return gathered.found

    def batches(self) -> Iterator[tuple[Any, Tensor | None]]:
        """Yield the probe set's batches on the model's device, each with its labels."""
        seen, labels = 0, self.subject.probe.labels
        for batch in self.subject.probe.batches:
            count = count_examples(batch)
            yield (
                self._on_device(batch),
                None if labels is None else labels[seen : seen + count],
            )
            seen += count

    def take_batches(self, what: str, take: Callable[[Any, Tensor | None, slice], None]) -> None:
        """Have the probe set taken in, in pieces where a batch does not fit in memory at once.

        Args:
            what: runs out of memory, for the warning.
            take: given examples on the model's device, their labels, and which of the probe set
                they are.

        Raises:
            Exception: whatever `take` raises.
        """
        pieces, seen = FittingPieces(what), 0
        for batch, labels in self.batches():
            count = count_examples(batch)

            def take_part(
                part: slice, batch: Any = batch, labels: Any = labels, seen: int = seen
            ) -> None:
                is_whole = part.stop - part.start == count_examples(batch)
                piece = batch if is_whole else take_examples(batch, part.start, part.stop)
                of_piece = None if labels is None else labels[part]
                take(piece, of_piece, slice(seen + part.start, seen + part.stop))

            pieces.take(count, take_part)
            seen += count

    def _take(self, batch: Any, labels: Tensor | None, reduction: _Reduction) -> None:
        found: list[tuple[UnitMethod, str, Tensor]] = []
        at_point = [method for method in self.methods if method.at_point is not None]
        if at_point:
            points = sweep_at_examples(
                self.subject.model, self.layout, self.run, batch, self.target, labels
            )
            for name, point in points.items():
                found += [(m, name, m.at_point(point)) for m in at_point if m.at_point]
        for method in self.methods:
            if method.along_path is not None:
                sweep = self._sweep(method.along_path["trapezoid"])
                units = sweep.attribute(batch, self.target, labels, self.baselines)
                found += [(method, name, values) for name, values in units.units.items()]
            if method.of_case is not None:
                network = Network(self.subject.model, self.layout, self.run, self.subject.changed)
                case = prepare(network, batch, self.target, labels)
                by_itself = method.of_case(case, self.baselines, self.steps)
                found += [(method, name, values) for name, values in by_itself.units.items()]
                reduction.miss(method, by_itself)
        reduction.take(found, labels)

    def _sweep(self, rule: StepRule | None) -> PathSweep:
        return PathSweep(
            self.subject.model,
            self.layout,
            self.run,
            rule,
            self.steps,
            "trapezoid",
            self.max_bytes,
        )

    def _resolved(self) -> tuple[Baseline, ...]:
        """Return the baselines with "mean" put as the mean of the starts over the probe set."""
        needed = any(method.needs_path or method.of_case for method in self.methods)
        if not needed or not any(map(_is_mean, self.baselines)):
            return self.baselines
        sweep = self._sweep(None)
        totals: list[Tensor] = []
        for batch, _ in self.batches():
            sums = [start.sum(0, dtype=torch.float64) for start in sweep.starts(batch)]
            if totals and [t.shape for t in totals] != [s.shape for s in sums]:
                raise AttributionError(
                    'baselines=["mean"] needs examples of one shape, and the probe set has several'
                    '; pass "zero" or a tensor'
                )
            totals = [t + s for t, s in zip(totals, sums, strict=True)] if totals else sums
        means = [total / len(self.subject.probe) for total in totals]
        return tuple(means if _is_mean(b) else b for b in self.baselines)

    def notes(self) -> tuple[str, ...]:
        """Return of how many examples there is nothing to explain, a sentence; none if of none."""
        known = self.has_target(self.subject.probe.labels)
        if known is None:
            return ()
        without = f"{int((~known).sum())} of {len(known)} examples"
        return (f"{without} have a label that is no class, and so no loss to explain: left out",)

    def run(self, batch: Any) -> Any:
        """Call the model with a batch on its device."""
        return self.subject.forward(unwrap(self.subject.model), batch)

    def _on_device(self, batch: Any) -> Any:
        inner = unwrap(self.subject.model)
        return to_device(batch, device_of(inner), floating_dtype(inner))


def find_attribution(
    subject: Subject, layout: Layout, recording: Recording, classes: int
) -> tuple[AttributionPass | None, str]:
    """Return the pass that a recording asks for, tried out; or None and the reason.

    Raises:
        AttributionError: what was asked for can't be. The default is left out with the reason.
    """
    if not recording.attributions:
        return None, ""
    is_default = recording.attributions is DEFAULT_ATTRIBUTIONS and recording.target is None
    try:
        found = _made(subject, layout, recording, classes)
        found.try_out()
    except Exception as error:
        if is_default:
            return None, f"no attributions: {reason(error)}"
        if isinstance(error, AttributionError):
            raise
        raise AttributionError(
            f"attributions must be differentiable on the probe set, and the model raised "
            f"{reason(error)}; pass Recording(attributions=()) to record none"
        ) from error
    return found, ""


def _made(subject: Subject, layout: Layout, recording: Recording, classes: int) -> AttributionPass:
    has_labels = subject.probe.labels is not None
    target = recording.target
    if target is None:
        target = "label" if has_labels else "prediction"
    check_target(target, has_labels)
    return AttributionPass(
        subject,
        layout,
        tuple(map(find_unit_method, recording.attributions)),
        target,
        tuple(recording.baselines),
        recording.path_steps,
        recording.max_attribution_bytes,
        classes,
    )


class _Reduction:
    """The figures of all methods and layers, as they grow."""

    def __init__(self, attribution: AttributionPass, classes: int) -> None:
        self._attribution = attribution
        self._classes = classes
        self._layers = {layer.name: layer for layer in attribution.layout.watched}
        self._figures: dict[tuple[str, str], UnitFigures] = {}
        self._missing: dict[str, UnitAttributions] = {}

    def miss(self, method: UnitMethod, found: UnitAttributions) -> None:
        """Take in what a method could not attribute to, and why."""
        before = self._missing.setdefault(method.name, UnitAttributions())
        before.absences.update(found.absences)
        before.notes = list(dict.fromkeys((*before.notes, *found.notes)))

    def take(self, found: Sequence[tuple[UnitMethod, str, Tensor]], labels: Tensor | None) -> None:
        """Take in the attributions of a batch, of the shapes of the layers' outputs."""
        known = self._attribution.has_target(labels)
        if known is not None and labels is not None:
            labels = labels[known]
            if not len(labels):
                return
        for method, name, values in found:
            layer = self._layers[name]
            if layer.example_axis is None:
                continue
            figures = self._figures.setdefault(
                (method.name, name), UnitFigures(layer, self._classes)
            )
            rows = per_example(values, layer)
            figures.update(rows if known is None else rows[known.to(rows.device)], labels)

    def finish(self) -> list[MethodAttributions]:
        """Return what each method found."""
        return [self._of_method(method) for method in self._attribution.methods]

    def _of_method(self, method: UnitMethod) -> MethodAttributions:
        target = target_name(self._attribution.target)
        layers, absences = [], {}
        known = self._attribution.has_target(self._attribution.subject.probe.labels)
        is_empty = known is not None and not known.any()
        missing = self._missing.get(method.name, UnitAttributions())
        for name, layer in self._layers.items():
            figures = self._figures.get((method.name, name))
            # What some batches lack is no figure of the probe set.
            if figures is None or name in missing.absences:
                why = _NO_TARGET if is_empty else absence(layer, target)
                absences[name] = missing.absences.get(name) or why
                continue
            layers.append(_layer_attributions(figures, method, target))
        notes = (*self._attribution.notes(), *missing.notes)
        return MethodAttributions(method.name, target, layers, absences, notes)


class _Gathering(_Reduction):
    """The attributions of a batch as they are."""

    def __init__(self, attribution: AttributionPass, classes: int) -> None:
        super().__init__(attribution, classes)
        self.found: Attributions = {method.name: {} for method in attribution.methods}

    def take(self, found: Sequence[tuple[UnitMethod, str, Tensor]], labels: Tensor | None) -> None:
        """Keep the attributions of a batch, whatever its labels."""
        del labels
        for method, name, values in found:
            layer = self._layers[name]
            if layer.example_axis is not None:
                by_unit = per_example(values, layer)
                self.found[method.name][name] = by_unit.detach().cpu().numpy()


def _layer_attributions(figures: UnitFigures, method: UnitMethod, target: str) -> LayerAttributions:
    found = figures.finish()
    columns = {}
    for name, kind in FIGURES.items():
        meaning = f"{kind.description} {method.description} ({method.source})"
        of_method = replace(kind, description=meaning, method=method.name, target=target)
        columns[of_method] = found[name].cpu().numpy()
    means = figures.class_means()
    return LayerAttributions(figures.layer, columns, None if means is None else means.cpu().numpy())


def absence(layer: Layer, target: str) -> str:
    """Return why a layer has no attribution, where gradients toward its output were asked for."""
    if layer.example_axis is None:
        return "its output has no axis with an entry an example"
    if layer.module_type in RECURRENT:
        return (
            f"the target {target!r} does not depend on its output; the model may go on with c_n or "
            "the h_n of a lower layer, and those are not computed from outputs"
        )
    return f"the target {target!r} does not depend on it through differentiable operations"


def _is_mean(baseline: Baseline) -> bool:
    return isinstance(baseline, str) and baseline == "mean"
