"""The probe pass: the probe set run through the model, each watched output reduced on the way."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tb_neuron_callbacks.batches import count_examples
from tb_neuron_callbacks.calling import device_of, find_logits
from tb_neuron_callbacks.distributed import OneRank, Ranks, exchanged
from tb_neuron_callbacks.errors import StatisticError
from tb_neuron_callbacks.hooks import Watch, watch
from tb_neuron_callbacks.layers import Layer, Layout
from tb_neuron_callbacks.measurement import LayerMeasurement, Measurement, PassCosts
from tb_neuron_callbacks.notice import reason
from tb_neuron_callbacks.predictions import Predictions, evaluate, join
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.probe import ProbeSet
from tb_neuron_callbacks.recording import Recording
from tb_neuron_callbacks.reduction import Sums
from tb_neuron_callbacks.statistics import LARGEST, ClassMeans, LayerStatistics, unit_states
from tb_neuron_callbacks.subject import Subject
from tb_neuron_callbacks.unwrapping import unwrap

_ONE_RANK = OneRank()


@dataclass(frozen=True)
class _Due:
    """Whether outputs are due, and which ranks measure which batches."""

    outputs: bool
    ranks: Ranks


@dataclass
class _Reduction:
    """Everything that grows while the probe set runs."""

    statistics: dict[str, LayerStatistics]
    class_means: dict[str, ClassMeans]
    predictions: dict[int, Predictions] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    uncounted: set[str] = field(default_factory=set)
    batch: Any = None
    labels: Tensor | None = None
    seconds: float = 0.0
    peak_output_bytes: int = 0

    def receive(self, layer: Layer, output: Tensor) -> None:
        """Reduce one output of a layer; drop the layer if that fails."""
        if layer.name in self.dropped:
            return
        started = time.perf_counter()
        try:
            self._reduce(layer, output)
        except Exception as error:
            self.dropped[layer.name] = reason(error)
        self.seconds += time.perf_counter() - started

    def _reduce(self, layer: Layer, output: Tensor) -> None:
        with torch.no_grad():
            self.statistics[layer.name].update(output, self.batch)
            if layer.name in self.class_means and self.labels is not None:
                self.class_means[layer.name].update(output, self.labels)
        count = output.numel() // max(layer.units, 1)
        self.positions[layer.name] = self.positions.get(layer.name, 0) + count
        size = output.numel() * output.element_size()
        self.peak_output_bytes = max(self.peak_output_bytes, size)

    def found(self) -> tuple[Any, ...]:
        """Return what ranks exchange as it is."""
        others = {name: statistics.others for name, statistics in self.statistics.items()}
        return self.predictions, self.positions, others, self.dropped, self.uncounted

    def merge(self, ranks: Ranks, found: list[tuple[Any, ...]]) -> None:
        """Take what all ranks have found in place of what this one has."""
        if ranks.size == 1:
            return
        self.predictions = {n: each for predictions, *_ in found for n, each in predictions.items()}
        counted = Counter[str]()
        for _, positions, _, dropped, uncounted in found:
            counted.update(positions)
            # What one rank lacks, the figures of all lack.
            self.dropped = {**dropped, **self.dropped}
            self.uncounted |= uncounted
        self.positions = dict(counted)
        sums = [statistics.sums for statistics in self.statistics.values()]
        extremes = _split(ranks.largest, [each.extremes() for each in sums])
        parts = [each.summands(own) for each, own in zip(sums, extremes, strict=True)]
        means = [each.summands for each in self.class_means.values()]
        totals = _split(ranks.total, [*parts, *means])
        for (name, statistics), own, total in zip(
            self.statistics.items(), extremes, totals, strict=False
        ):
            others = [each[name] for _, _, each, *_ in found]
            statistics.replace(Sums.of_merged(own, total), others)
        for each, total in zip(self.class_means.values(), totals[len(parts) :], strict=True):
            each.replace(total)


def _split(merge: Callable[[Tensor], Tensor], parts: list[Tensor]) -> list[Tensor]:
    """Return tensors merged as one."""
    whole = merge(torch.cat([part.flatten() for part in parts]))
    pieces = whole.split([part.numel() for part in parts])
    return [piece.view_as(part) for piece, part in zip(pieces, parts, strict=True)]


def measure(
    subject: Subject,
    layout: Layout,
    recording: Recording,
    *,
    wants: set[str],
    ranks: Ranks = _ONE_RANK,
) -> Measurement:
    """Run the probe set and return the figures of every watched layer.

    Model and random states are afterwards as before, also after an exception.

    Args:
        subject: model and probe set.
        layout: the layers to watch.
        recording: statistics, thresholds and caps.
        wants: the kinds that are due, of "outputs" and "classes".
        ranks: those that measure a share each; all of them return the whole.

    Raises:
        Exception: whatever the model raises.
        ShareError: it raised on another rank.
    """
    classes = count_classes(subject.probe, layout) if "classes" in wants else 0
    chosen, notes = _within_cap(layout, classes, recording.max_class_bytes)
    reduction = _Reduction(
        {layer.name: layer_statistics(layer, recording) for layer in layout.watched},
        {layer.name: ClassMeans(layer, classes) for layer in chosen},
    )
    due = _Due("outputs" in wants, ranks)
    costs: list[PassCosts] = []

    def run() -> tuple[Any, ...]:
        costs.append(_run(subject, layout, recording, reduction, due))
        return reduction.found()

    reduction.merge(ranks, exchanged(ranks, run))
    layers = _finish_all(layout, reduction, recording)
    return Measurement(
        layers=layers,
        predictions=_joined(reduction.predictions),
        examples=len(subject.probe),
        costs=costs[0],
        notes=(*notes, *_beyond_float32(reduction.statistics)),
        losses=_losses(reduction),
    )


def _joined(predictions: Mapping[int, Predictions]) -> Predictions | None:
    return join([predictions[number] for number in sorted(predictions)]) if predictions else None


def _run(
    subject: Subject, layout: Layout, recording: Recording, reduction: _Reduction, due: _Due
) -> PassCosts:
    model = subject.model
    with preserved(unwrap(model), subject.changed), _device_costs(model) as device:
        started = time.perf_counter()
        with watch(model, layout, reduction.receive) as watched:
            _run_batches(subject, recording, reduction, watched, due)
        elapsed = time.perf_counter() - started
    reduction.uncounted |= watched.uncounted
    return PassCosts(
        forward_seconds=elapsed - reduction.seconds,
        peak_output_bytes=reduction.peak_output_bytes,
        peak_extra_bytes=device.get("extra_bytes"),
        device_seconds=device.get("seconds", 0.0),
    )


def _run_batches(
    subject: Subject, recording: Recording, reduction: _Reduction, watched: Watch, due: _Due
) -> None:
    seen = 0
    for number, batch in enumerate(subject.probe.batches):
        count = count_examples(batch)
        if not due.ranks.has(number):
            seen += count
            continue
        labels = subject.probe.labels
        reduction.batch = batch
        reduction.labels = None if labels is None else labels[seen : seen + count]
        watched.begin_forward()
        output = subject.run(batch)
        started = time.perf_counter()
        logits = find_logits(output, count) if due.outputs else None
        if logits is not None:
            reduction.predictions[number] = evaluate(logits, reduction.labels, recording.max_logits)
        reduction.seconds += time.perf_counter() - started
        seen += count


def _finish_all(
    layout: Layout, reduction: _Reduction, recording: Recording
) -> list[LayerMeasurement]:
    """Return the figures of the layers that ran; one that fails takes no other with it."""
    found = []
    for layer in layout.watched:
        if layer.name not in reduction.positions or layer.name in reduction.dropped:
            continue
        try:
            found.append(_finish(layer, reduction, recording))
        except Exception as error:
            reduction.dropped[layer.name] = reason(error)
    if reduction.dropped and not found:
        raise StatisticError(next(iter(reduction.dropped.values())))
    return found


def _losses(reduction: _Reduction) -> dict[str, str]:
    """Return a sentence on each layer, statistic or call that is left out."""
    losses = {name: f"layer {name!r} is left out: {why}" for name, why in reduction.dropped.items()}
    without: dict[str, dict[str, str]] = {}
    for name, statistics in reduction.statistics.items():
        for statistic, why in statistics.lost.items():
            without.setdefault(statistic, {})[name] = why
    for statistic, reasons in without.items():
        why = next(iter(reasons.values()))
        losses[f"statistic {statistic}"] = (
            f"statistic {statistic!r} is left out of {', '.join(reasons)}: {why}"
        )
    if reduction.uncounted:
        losses["calls"] = (
            f"{', '.join(sorted(reduction.uncounted))}: called more often than in the forward that "
            "found the layers, and the further calls are not measured"
        )
    return losses


def _finish(layer: Layer, reduction: _Reduction, recording: Recording) -> LayerMeasurement:
    statistics = reduction.statistics[layer.name]
    finished = statistics.finish()
    states = unit_states(layer, finished, recording.thresholds)
    means = reduction.class_means.get(layer.name)
    return LayerMeasurement(
        layer=layer,
        columns={kind: _numpy(finished[name]) for name, kind in statistics.kinds.items()},
        states=states.cpu().numpy(),
        positions=reduction.positions[layer.name],
        class_means=None if means is None else _numpy(means.finish()),
    )


def layer_statistics(layer: Layer, recording: Recording) -> LayerStatistics:
    """Return what measures a layer, nothing seen yet.

    Raises:
        StatisticError: a statistic of the user's can't be made, or lacks a part.
    """
    chosen = recording.statistics or ()
    names = [choice for choice in chosen if isinstance(choice, str)]
    extra = [_made(choice, layer) for choice in chosen if not isinstance(choice, str)]
    margin = recording.thresholds.saturated_margin
    return LayerStatistics(layer, names or None, extra, margin)


def _made(make: Callable[[Layer], Any], layer: Layer) -> Any:
    try:
        return make(layer)
    except Exception as error:
        raise StatisticError(
            "Recording(statistics=[...]) takes functions layer -> statistic, and the one given "
            f"raised {reason(error)} for layer {layer.name!r}; let it make a fresh statistic"
        ) from error


def _beyond_float32(statistics: Mapping[str, LayerStatistics]) -> list[str]:
    names = [name for name, found in statistics.items() if found.exceeds_float32()]
    if not names:
        return []
    return [
        f"{', '.join(names)}: activations beyond float32's largest number, {LARGEST:.2g}, are "
        "stored as that number"
    ]


def count_classes(probe: ProbeSet, layout: Layout) -> int:
    """Return the number of classes; 0 where there are no labels.

    One label alone that is no class of the output says, as 255 does, that there is none.
    """
    if probe.labels is None:
        return 0
    output = layout.layers[-1]
    labels = probe.labels
    if len(output.shape) == 1 and output.units > 1:
        beyond = labels >= output.units
        if len(labels[beyond].unique()) == 1:
            labels = labels[~beyond]
    return max(max(labels.tolist(), default=-1) + 1, len(probe.class_names))


def _within_cap(layout: Layout, classes: int, cap: int) -> tuple[list[Layer], tuple[str, ...]]:
    """Return the layers whose class means fit, the smallest first, and a sentence on the others."""
    if classes == 0:
        return [], ()
    chosen, left_out, used = [], [], 0
    measurable = [layer for layer in layout.watched if layer.example_axis is not None]
    for layer in sorted(measurable, key=lambda layer: layer.units):
        size = classes * layer.units
        if used + size <= cap:
            used += size
            chosen.append(layer)
        else:
            left_out.append(layer.name)
    if not left_out:
        return chosen, ()
    return chosen, (
        f"class means of {', '.join(sorted(left_out))} are left out: {classes} classes do not fit "
        f"in Recording(max_class_bytes={cap})",
    )


@contextmanager
def _device_costs(model: nn.Module) -> Iterator[dict[str, Any]]:
    """Measure a CUDA device's time and memory, without resetting statistics of the user's."""
    costs: dict[str, Any] = {}
    device = device_of(model)
    if device.type != "cuda":
        yield costs
        return
    before = torch.cuda.memory_allocated(device)
    peak_before = torch.cuda.max_memory_allocated(device)
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    yield costs
    end.record()
    end.synchronize()
    costs["seconds"] = start.elapsed_time(end) / 1000
    peak = torch.cuda.max_memory_allocated(device)
    # Below the training's own peak, this pass's can't be read.
    costs["extra_bytes"] = max(peak - before, 0) if peak > peak_before else None


def _numpy(values: Tensor) -> np.ndarray:
    return values.detach().to("cpu", torch.float32).numpy()
