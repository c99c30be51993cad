"""The attribution pass: what every unit contributes to a target, measured on the probe set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from jaxtyping import Bool
from torch import Tensor

from tb_neuron_callbacks.attribution_figures import (
    Attributions,
    Gathering,
    OfBatch,
    Reduction,
    joined,
)
from tb_neuron_callbacks.attributions import Network, UnitMethod, find_unit_method, prepare
from tb_neuron_callbacks.attributions.memory import Cap, FittingPieces
from tb_neuron_callbacks.attributions.method import StepRule
from tb_neuron_callbacks.attributions.path import Baseline, PathSweep
from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.attributions.target import Target, check_target, target_of
from tb_neuron_callbacks.attributions.unit_figures import contributions, per_example
from tb_neuron_callbacks.batches import count_examples, take_examples, to_device
from tb_neuron_callbacks.calling import device_of, floating_dtype
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.layers import Layout
from tb_neuron_callbacks.measurement import MethodAttributions
from tb_neuron_callbacks.notice import reason
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.recording import DEFAULT_ATTRIBUTIONS, Recording
from tb_neuron_callbacks.subject import Subject
from tb_neuron_callbacks.unwrapping import unwrap

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
        cap: on what a piece of a batch may take.
        classes: number of classes for the class-conditional means; 0 for none.
    """

    subject: Subject
    layout: Layout
    methods: tuple[UnitMethod, ...]
    target: Target
    baselines: tuple[Baseline, ...] = ("zero",)
    steps: int = 20
    cap: Cap = field(default_factory=Cap)
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
            reduction = Reduction(self, self.classes if classes else 0)
            prepared = replace(self, baselines=self.resolved_baselines())
            self.take_batches(
                "attribution", lambda piece, labels, _: prepared._take(piece, labels, reduction)
            )
        return reduction.finish()

    def try_out(self) -> None:
        """Measure a few examples, to see whether it can be done at all.

        Raises:
            Exception: whatever the model raises, or an `AttributionError`.
        """
        batch = self.subject.probe.batches[0]
        with preserved(unwrap(self.subject.model), self.subject.changed):
            try:
                reduction = self._tried(take_examples(batch, 0, _FEW))
            except RuntimeError:
                # A model may have a batch size of its own.
                if count_examples(batch) <= _FEW:
                    raise
                reduction = self._tried(batch)
        self.cap.notes.clear()
        for found in reduction.finish():
            if not found.layers and any(m.of_case for m in self.methods if m.name == found.method):
                reasons = (f"{name}: {why}" for name, why in found.absences.items())
                raise AttributionError(
                    f"{found.method} must attribute to units of a watched layer, and can to those "
                    f"of no watched layer ({next(reasons, 'there is none')}); choose another method"
                )

    def _tried(self, batch: Any) -> Reduction:
        labels = self.subject.probe.labels
        known = tuple(baseline for baseline in self.baselines if not _is_mean(baseline))
        few = replace(self, steps=1, baselines=known or ("zero",))
        piece = None if labels is None else labels[: count_examples(batch)]
        reduction = Reduction(self, 0)
        few._take(self._on_device(batch), piece, reduction)
        return reduction

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
        gathered = Gathering(self, 0)
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

    def _take(self, batch: Any, labels: Tensor | None, reduction: Reduction) -> None:
        """Take in a batch in pieces that stay under the cap; nothing of it if one of them fails."""
        count = count_examples(batch)
        size = self._fitting(batch, labels)
        pieces: list[OfBatch] = []
        for start in range(0, count, size):
            part = slice(start, start + size)
            piece = batch if size == count else take_examples(batch, part.start, part.stop)
            some = None if labels is None else labels[part]
            pieces.append(replace(self, target=target_of(self.target, part))._found(piece, some))
        reduction.take(joined(pieces), labels)

    def _fitting(self, batch: Any, labels: Tensor | None) -> int:
        """Return how many examples the methods at a point may take at once."""
        names = [method.name for method in self.methods if method.at_point is not None]
        if not names:
            return count_examples(batch)
        part = slice(0, _FEW)
        few, some = take_examples(batch, 0, _FEW), None if labels is None else labels[part]
        measure = lambda: self._points.footprint(few, target_of(self.target, part), some)  # noqa: E731
        return self.cap.split(" and ".join(names), batch, measure).examples

    def _found(self, batch: Any, labels: Tensor | None) -> OfBatch:
        found = OfBatch()
        layers = {each.name: each for each in self.layout.watched if each.example_axis is not None}
        at_point = [(m, m.at_point) for m in self.methods if m.at_point is not None]
        points = self._points.points(batch, self.target, labels) if at_point else {}
        for name, layer in layers.items():
            point = points.pop(name, None)
            if point is not None:
                of_layer = {
                    (m.name, name): contributions(rule, point, layer) for m, rule in at_point
                }
                found.units |= of_layer
        for method in self.methods:
            if method.along_path is not None:
                sweep = self._sweep(method.along_path["trapezoid"], method.name)
                units = sweep.attribute(batch, self.target, labels, self.baselines).units
                found.units |= {(method.name, layer): values for layer, values in units.items()}
            if method.of_case is not None:
                network = Network(self.subject.model, self.layout, self.run, self.subject.changed)
                case = prepare(network, batch, self.target, labels)
                by_itself = method.of_case(case, self.baselines, self.steps)
                for name, values in by_itself.units.items():
                    if name in layers:
                        found.units[method.name, name] = per_example(values, layers[name])
                found.missing.append((method.name, by_itself.absences, by_itself.notes))
        return found

    @property
    def _points(self) -> PointSweep:
        return PointSweep(self.subject.model, self.layout, self.run)

    def _sweep(self, rule: StepRule | None, name: str = "path") -> PathSweep:
        return PathSweep(
            self.subject.model,
            self.layout,
            self.run,
            rule,
            self.steps,
            cap=self.cap,
            by_unit=True,
            has_starts=False,
            name=name,
        )

    def resolved_baselines(self) -> tuple[Baseline, ...]:
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
        Cap(recording.max_attribution_bytes),
        classes,
    )


def _is_mean(baseline: Baseline) -> bool:
    return isinstance(baseline, str) and baseline == "mean"
