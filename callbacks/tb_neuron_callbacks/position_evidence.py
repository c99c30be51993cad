"""What each position of a layer, and each unit at each position, contributes to each class."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.measurement import PositionEvidence
from tb_neuron_callbacks.units import as_examples

#: Classes of which units' attributions are kept where not all fit: the predicted and the labelled.
FEW = 2


@dataclass(frozen=True)
class PositionChoice:
    """Of which layers and classes attributions at positions are kept.

    Attributes:
        classes: that are explained.
        own: those kept of units of each example where not all fit, int64[example, own].
        counts: by layer, classes of which units are kept at each position: all, `FEW`, or 0. Layers
            without an entry are left out.
    """

    classes: list[int]
    own: Int[Tensor, "example own"]
    counts: Mapping[str, int]

    def begin(self, start: int, examples: int) -> PositionParts:
        """Return what collects the parts of some of the examples."""
        return PositionParts(self, self.own[start : start + examples])

    def joined(self, name: str, parts: Sequence[PositionParts]) -> PositionEvidence | None:
        """Return what was collected of a layer; None if it is not there of all examples."""
        found = [part.found.get(name) for part in parts]
        known = [each for each in found if each is not None]
        if not known or len(known) < len(found) or len({each.shape for each in known}) > 1:
            return None
        shape = known[0].shape
        if math.prod(shape) == 1:
            # The layer's evidence says it all.
            return PositionEvidence(shape, None)
        net = torch.cat([each.net for each in known]).numpy()
        if known[0].units is None:
            return PositionEvidence(shape, net)
        own = self.own.numpy() if self.counts[name] < len(self.classes) else None
        units = torch.cat([each.units for each in known if each.units is not None])
        return PositionEvidence(shape, net, units.permute(3, 0, 1, 2).numpy(), own)


@dataclass
class _Collected:
    shape: tuple[int, ...]
    net: Float[Tensor, "example class position"]
    units: Float[Tensor, "example own position unit"] | None


class PositionParts:
    """Collects attributions of some examples at positions, class by class.

    Args:
        choice: what is kept.
        own: the classes that are kept of units of each of the examples, where not all are.

    Attributes:
        found: by layer.
    """

    def __init__(self, choice: PositionChoice, own: Int[Tensor, "example own"]) -> None:
        self.found: dict[str, _Collected] = {}
        self._choice, self._own = choice, own

    def add(self, layer: Layer, number: int, attributions: Tensor) -> None:
        """Take in a layer's attributions toward a class, of its output's shape."""
        count = self._choice.counts.get(layer.name)
        if count is None or layer.example_axis is None:
            return
        rows = as_examples(attributions, layer.unit_axis, layer.example_axis)
        if len(rows) != len(self._own):
            return
        found = self.found.get(layer.name)
        if found is None:
            found = self.found[layer.name] = self._begun(layer, count, attributions, rows)
        if rows.shape[1] == 1:
            return
        at = self._choice.classes.index(number)
        found.net[:, at] = rows.sum(2, dtype=torch.float32).cpu()
        if found.units is not None:
            is_whole = count == len(self._choice.classes)
            examples, places = (
                (slice(None), at) if is_whole else (self._own == number).nonzero(as_tuple=True)
            )
            found.units[examples, places] = rows[examples].float().cpu()

    def _begun(
        self,
        layer: Layer,
        count: int,
        attributions: Tensor,
        rows: Float[Tensor, "example position unit"],
    ) -> _Collected:
        kept = (layer.example_axis, layer.unit_axis)
        shape = tuple(size for axis, size in enumerate(attributions.shape) if axis not in kept)
        examples, positions, units = rows.shape
        has_units = count > 0 and positions > 1
        # 0 toward a class that does not depend on the layer.
        return _Collected(
            shape,
            torch.zeros(examples, len(self._choice.classes), positions),
            torch.zeros(examples, count, positions, units) if has_units else None,
        )


def choose_positions(
    layers: Sequence[Layer],
    logits: Float[Tensor, "example class"],
    labels: Int[Tensor, " example"] | None,
    classes: Sequence[int],
    max_bytes: int,
) -> tuple[PositionChoice, list[str]]:
    """Return what is kept at positions under a number of bytes, and notes on what is not.

    First positions of all layers, the smallest layers first; then their units toward the predicted
    and the labelled class of each example; then units toward all classes.

    Args:
        layers: that have evidence.
        logits: of the tracked examples.
        labels: theirs.
        classes: that are explained.
        max_bytes: most of them, a byte each.
    """
    own = _own_classes(logits, labels, classes)
    examples, few = own.shape
    sizes = {layer.name: examples * _positions(layer) for layer in layers if _positions(layer) > 1}
    of_units = {layer.name: sizes.get(layer.name, 0) * layer.units for layer in layers}
    counts = {layer.name: 0 for layer in layers if layer.name not in sizes}
    used = 0
    for name in sorted(sizes, key=lambda name: sizes[name]):
        if used + sizes[name] * len(classes) <= max_bytes:
            used += sizes[name] * len(classes)
            counts[name] = 0
    ranked = sorted(counts.keys() & sizes, key=lambda name: of_units[name])
    for before, wanted in ((0, few), (few, len(classes))):
        for name in ranked:
            more = of_units[name] * (wanted - before)
            if counts[name] == before and used + more <= max_bytes:
                used += more
                counts[name] = wanted
    notes = _notes([layer.name for layer in layers], sizes, counts, len(classes), max_bytes)
    return PositionChoice(list(classes), own, counts), notes


def _own_classes(
    logits: Float[Tensor, "example class"], labels: Tensor | None, classes: Sequence[int]
) -> Int[Tensor, "example own"]:
    """Return the predicted class and the label; where they are one, the next largest logit's."""
    wanted = torch.tensor(classes)
    known = logits[:, wanted].nan_to_num(nan=-torch.inf)
    own = wanted[known.sort(dim=1, descending=True, stable=True).indices]
    if labels is not None and len(classes) > 1:
        for row, label in zip(own, labels.tolist(), strict=True):
            if label in classes and label != int(row[0]):
                row[1] = label
    return own[:, :FEW].contiguous()


def _positions(layer: Layer) -> int:
    return math.prod(layer.shape or (layer.units,)) // max(1, layer.units)


def _notes(
    names: Sequence[str],
    sizes: Mapping[str, int],
    counts: Mapping[str, int],
    classes: int,
    max_bytes: int,
) -> list[str]:
    limit = f"more does not fit in Recording(max_position_bytes={max_bytes})"
    few = [name for name in names if name in sizes and 0 < counts.get(name, 0) < classes]
    none = [name for name in names if name in sizes and counts.get(name) == 0]
    left_out = [name for name in names if name not in counts]
    told = (
        (few, "attributions of units at positions are toward two classes of each example"),
        (none, "attributions of units at positions are left out"),
        (left_out, "attributions at positions are left out"),
    )
    return [f"{', '.join(which)}: {what}; {limit}" for which, what in told if which]
