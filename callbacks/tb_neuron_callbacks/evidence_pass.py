"""The evidence pass: what speaks for and against each class, in tracked examples and pins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor

from tb_neuron_callbacks.attribution_pass import AttributionPass
from tb_neuron_callbacks.attributions import gradient_x_activation
from tb_neuron_callbacks.attributions.memory import is_out_of_memory
from tb_neuron_callbacks.attributions.point import PointSweep
from tb_neuron_callbacks.attributions.unit_figures import per_example
from tb_neuron_callbacks.batches import count_examples, take_examples
from tb_neuron_callbacks.calling import find_logits
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.measurement import LayerEvidence, MeasuredEvidence, PinnedEvidence
from tb_neuron_callbacks.notice import warn
from tb_neuron_callbacks.pins import Pins
from tb_neuron_callbacks.position_evidence import (
    PositionChoice,
    PositionParts,
    choose_positions,
)
from tb_neuron_callbacks.preservation import preserved
from tb_neuron_callbacks.tracked import Tracked, tracked_examples
from tb_neuron_callbacks.unwrapping import unwrap

#: The only method by which evidence is measured.
METHOD = gradient_x_activation.METHOD.name
#: Examples on which it is tried at construction.
_FEW = 3

_Found = TypeVar("_Found")


class Parts(NamedTuple):
    """What units contribute to each class's logit, and the magnitude of the part against it."""

    net: Float[Tensor, "example class unit"]
    against: Float[Tensor, "example class unit"]


@dataclass
class EvidencePass:
    """How evidence for and against classes is measured.

    Attributes:
        attribution: model, probe set and layers.
        count: classes that are explained, at most.
        max_bytes: most bytes of it in a record, pins aside.
        pins: units of which the mean over the probe set is measured, by layer.
        max_position_bytes: most bytes of what positions contribute; None where it is not kept.
    """

    attribution: AttributionPass
    count: int
    max_bytes: int
    pins: Pins = field(default_factory=dict)
    max_position_bytes: int | None = None
    _most: int | None = None  # examples at a time, once memory did not suffice for more

    def try_out(self) -> None:
        """See on a few examples whether there are logits to explain.

        Raises:
            AttributionError: the model returns none.
        """
        subject = self.attribution.subject
        batch = take_examples(subject.probe.batches[0], 0, _FEW)
        with preserved(unwrap(subject.model), subject.changed):
            self._logits(batch)

    def measure(self) -> MeasuredEvidence:
        """Return the evidence in the tracked examples, and of pins over the whole probe set.

        Raises:
            Exception: whatever the model raises, or an `AttributionError`.
        """
        subject = self.attribution.subject
        with preserved(unwrap(subject.model), subject.changed):
            tracked = tracked_examples(self.attribution)
            logits = torch.cat(
                list(self._in_pieces(tracked.batch, lambda batch, _: self._logits(batch)))
            )
            classes = choose_classes(logits, tracked.labels, self.count)
            layers, notes = self._fitting(len(tracked.examples) * len(classes))
            choice = None
            if self.max_position_bytes is not None:
                choice, position_notes = choose_positions(
                    list(layers.values()), logits, tracked.labels, classes, self.max_position_bytes
                )
                notes += position_notes
            found = self._of_tracked(tracked, classes, layers, choice)
            pinned, pin_notes = self._of_pins(classes)
        known = {each.layer_name for each in (*found, *pinned)}
        notes += [*pin_notes, *_without(({*layers, *self.pins}) - known)]
        return MeasuredEvidence(METHOD, classes, tracked.examples, found, pinned, notes)

    def _of_tracked(
        self,
        tracked: Tracked,
        classes: Sequence[int],
        layers: Mapping[str, Layer],
        choice: PositionChoice | None,
    ) -> list[LayerEvidence]:
        collected: list[PositionParts] = []

        def sweep(batch: Any, start: int) -> dict[str, Parts]:
            at_positions = choice.begin(start, count_examples(batch)) if choice else None
            found = self._sweep(batch, classes, layers, at_positions)
            collected.extend([at_positions] if at_positions else [])
            return found

        pieces = list(self._in_pieces(tracked.batch, sweep))
        return [
            LayerEvidence(
                name,
                torch.cat([piece[name].net for piece in pieces]).numpy(),
                torch.cat([piece[name].against for piece in pieces]).numpy(),
                choice.joined(name, collected) if choice else None,
            )
            for name in layers
            if all(name in piece for piece in pieces)
        ]

    def _of_pins(self, classes: Sequence[int]) -> tuple[list[PinnedEvidence], list[str]]:
        layers = {layer.name: layer for layer in self._measurable() if self.pins.get(layer.name)}
        if not layers:
            return [], []
        means = {name: _Means(list(self.pins[name])) for name in layers}
        for batch, _ in self.attribution.batches():
            for piece in self._in_pieces(batch, lambda part, _: self._sweep(part, classes, layers)):
                for name, parts in piece.items():
                    means[name].add(parts)
        found = [each.finish(name) for name, each in means.items() if each.examples]
        lost = max((each.lost for each in means.values()), default=0)
        notes = [f"evidence of pins leaves out up to {lost} examples where it is NaN or infinite"]
        return found, notes if lost else []

    def _sweep(
        self,
        batch: Any,
        classes: Sequence[int],
        layers: Mapping[str, Layer],
        at_positions: PositionParts | None = None,
    ) -> dict[str, Parts]:
        """Return what the units of some layers contribute, where any class depends on them."""
        rule = gradient_x_activation.METHOD.at_point
        assert rule is not None
        attribution = self.attribution
        found: dict[str, dict[int, tuple[Tensor, Tensor]]] = {}
        sweep = PointSweep(attribution.subject.model, attribution.layout, attribution.run)
        for number, points in sweep.points_of_classes(batch, classes):
            for name, point in points.items():
                if name in layers:
                    attributions = rule(point)
                    found.setdefault(name, {})[number] = _parts(attributions, layers[name])
                    if at_positions is not None:
                        at_positions.add(layers[name], number, attributions)
        return {name: _stacked(by_class, classes) for name, by_class in found.items()}

    def _logits(self, batch: Any) -> Float[Tensor, "example class"]:
        output = self.attribution.subject.run(batch)
        logits = find_logits(output, count_examples(batch))
        if logits is None:
            raise AttributionError(
                f"Recording(evidence={self.count}) explains the logit of each class, and the model "
                "returns no logits of shape [example, class]; pass evidence=0"
            )
        return logits.float().cpu()

    def _measurable(self) -> list[Layer]:
        watched = self.attribution.layout.watched
        return [layer for layer in watched if layer.example_axis is not None]

    def _fitting(self, rows: int) -> tuple[dict[str, Layer], list[str]]:
        """Return the layers whose evidence fits, the smallest first, and a note on the others."""
        used, kept, left_out = 0, set[str](), []
        for layer in sorted(self._measurable(), key=lambda layer: layer.units):
            size = 2 * rows * layer.units
            if used + size <= self.max_bytes:
                used += size
                kept.add(layer.name)
            else:
                left_out.append(layer.name)
        notes = [
            f"evidence of {', '.join(sorted(left_out))} is left out: it does not fit in "
            f"Recording(max_evidence_bytes={self.max_bytes})"
        ]
        layers = {layer.name: layer for layer in self._measurable() if layer.name in kept}
        return layers, notes if left_out else []

    def _in_pieces(self, batch: Any, find: Callable[[Any, int], _Found]) -> Iterator[_Found]:
        """Yield what is found in a batch, in pieces if it does not fit in memory at once.

        Args:
            batch: any number of examples.
            find: called with a piece and the place of its first example.
        """
        count, start = count_examples(batch), 0
        while start < count:
            size = min(count - start, self._most or count)
            piece = batch if size == count else take_examples(batch, start, start + size)
            try:
                found = find(piece, start)
            except (RuntimeError, MemoryError) as error:
                if size == 1 or not is_out_of_memory(error):
                    raise
                found = None
            if found is None:
                # Outside of the exception, which keeps what did not fit alive.
                self._halve(size)
                continue
            yield found
            start += size

    def _halve(self, size: int) -> None:
        if self._most is None:
            warn(
                f"evidence ran out of memory with {size} examples at a time and goes on with half "
                "as many"
            )
        self._most = size // 2


def choose_classes(
    logits: Float[Tensor, "example class"], labels: Tensor | None, count: int
) -> list[int]:
    """Return the classes to explain, rising: those labelled or predicted most often, then any.

    Args:
        logits: of the tracked examples.
        labels: theirs.
        count: classes, at most.
    """
    classes = logits.shape[1]
    named = Counter(logits.argmax(1).tolist())
    if labels is not None:
        named.update(label for label in labels.tolist() if 0 <= label < classes)
    chosen = sorted(range(classes), key=lambda number: (-named[number], number))[:count]
    return sorted(chosen)


class _Means:
    """Means of pinned units over examples, those left out where a number is not finite."""

    def __init__(self, units: list[int]) -> None:
        self.units = units
        self.examples = 0
        self._counts: Tensor | None = None
        self._sums: list[Tensor] = []

    @property
    def lost(self) -> int:
        """Examples that the mean of some unit leaves out."""
        return 0 if self._counts is None else self.examples - int(self._counts.min())

    def add(self, parts: Parts) -> None:
        """Take in the examples of a batch."""
        net, against = (part[:, :, self.units].double() for part in parts)
        finite = net.isfinite() & against.isfinite()
        counts = finite.sum(0)
        sums = [torch.where(finite, part, 0.0).sum(0) for part in (net, against)]
        if self._counts is None:
            self._counts, self._sums = counts, sums
        else:
            self._counts = self._counts + counts
            self._sums = [a + b for a, b in zip(self._sums, sums, strict=True)]
        self.examples += len(net)

    def finish(self, layer_name: str) -> PinnedEvidence:
        """Return the means; NaN where no example has a finite number."""
        assert self._counts is not None
        count = torch.where(self._counts > 0, self._counts.double(), torch.nan)
        net, against = ((total / count).float().numpy() for total in self._sums)
        return PinnedEvidence(layer_name, self.units, net, against)


def _without(names: set[str]) -> list[str]:
    """Return a sentence on layers that have no evidence, if there are any."""
    if not names:
        return []
    return [
        f"{', '.join(sorted(names))}: no evidence, because no class's logit depends on it, or its "
        "output has no axis with an entry an example"
    ]


def _parts(attributions: Tensor, layer: Layer) -> tuple[Tensor, Tensor]:
    against = per_example(attributions.clamp(max=0).neg(), layer)
    return per_example(attributions, layer).float().cpu(), against.float().cpu()


def _stacked(by_class: Mapping[int, tuple[Tensor, Tensor]], classes: Sequence[int]) -> Parts:
    """Return the parts of all classes; 0 toward one that does not depend on the layer."""
    like = next(iter(by_class.values()))[0]
    none = (torch.zeros_like(like), torch.zeros_like(like))
    rows = [by_class.get(number, none) for number in classes]
    return Parts(torch.stack([net for net, _ in rows], 1), torch.stack([a for _, a in rows], 1))
