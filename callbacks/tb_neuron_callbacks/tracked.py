"""The tracked examples of a probe set as one batch: those of the most frequent shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from tb_neuron_callbacks.attribution_pass import AttributionPass
from tb_neuron_callbacks.batches import count_examples, leaves, map_leaves, take_examples


class Tracked(NamedTuple):
    """Tracked examples of one shape.

    Attributes:
        examples: their numbers in the probe set.
        batch: they themselves, on the model's device.
        labels: theirs; None without labels.
    """

    examples: list[int]
    batch: Any
    labels: Int[Tensor, " example"] | None


def tracked_examples(attribution: AttributionPass) -> Tracked:
    """Return the tracked examples of the most frequent shape, as one batch."""
    tracked, seen = set(attribution.subject.probe.tracked), 0
    parts: list[tuple[int, tuple[Any, ...], Any, Tensor | None]] = []
    for batch, labels in attribution.batches():
        for place in range(count_examples(batch)):
            if seen + place in tracked:
                one = take_examples(batch, place, place + 1)
                label = None if labels is None else labels[place : place + 1]
                parts.append((seen + place, _form(one), one, label))
        seen += count_examples(batch)
    form, _ = Counter(part[1] for part in parts).most_common(1)[0]
    alike = [part for part in parts if part[1] == form]
    labels = None if alike[0][3] is None else torch.cat([p[3] for p in alike if p[3] is not None])
    return Tracked([part[0] for part in alike], _joined([part[2] for part in alike]), labels)


def _form(example: Any) -> tuple[Any, ...]:
    return tuple(
        (path, tuple(leaf.shape[1:]), leaf.dtype) if isinstance(leaf, Tensor) else (path,)
        for path, leaf in leaves(example)
    )


def _joined(examples: Sequence[Any]) -> Any:
    """Return examples of one form as a batch."""
    rest = [iter([leaf for _, leaf in leaves(example)]) for example in examples]

    def join(_: Any) -> Any:
        parts = [next(each) for each in rest]
        first = parts[0]
        if isinstance(first, Tensor) and first.dim() > 0:
            return torch.cat(parts)
        return first

    return map_leaves(join, examples[0])
