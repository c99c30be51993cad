"""Tracked activations: all that layers say of the tracked examples, position by position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.measured_responses import LayerTracked
from tb_neuron_callbacks.units import as_examples


class TrackedActivations:
    """Keeps the tracked examples' activations of some units, while the probe set runs.

    Args:
        tracked: examples of the probe set.
        units: which units of which layers are kept.
    """

    def __init__(self, tracked: Sequence[int], units: Mapping[str, Sequence[int]]) -> None:
        self._tracked = set(tracked)
        self._units = units
        self._found: dict[str, dict[int, Float[Tensor, "unit _position"]]] = {}
        self._shapes: dict[str, dict[int, tuple[int, ...]]] = {}
        self._start, self._count = 0, 0

    def begin(self, examples: int) -> None:
        """A forward of so many examples begins."""
        self._start, self._count = self._start + self._count, examples

    def update(self, layer: Layer, output: Tensor) -> None:
        """Take in one output of the forward."""
        axis, units = layer.example_axis, self._units.get(layer.name)
        if not units or axis is None or output.shape[axis] != self._count:
            return
        places = [place for place in range(self._count) if self._start + place in self._tracked]
        if not places:
            return
        kept = (axis, layer.unit_axis)
        shape = tuple(size for place, size in enumerate(output.shape) if place not in kept)
        wanted = output.detach().index_select(axis, torch.tensor(places, device=output.device))
        rows = as_examples(wanted, layer.unit_axis, axis)[:, :, list(units)].float().cpu()
        for place, values in zip(places, rows, strict=True):
            example = self._start + place
            self._found.setdefault(layer.name, {})[example] = values.T
            self._shapes.setdefault(layer.name, {})[example] = shape

    def finish(self) -> tuple[list[int], dict[str, LayerTracked]]:
        """Return the examples of the most frequent shapes, and what was kept of them by layer."""
        forms = {
            example: tuple(self._shapes[name].get(example) for name in sorted(self._shapes))
            for example in sorted(set().union(*self._found.values()) if self._found else ())
        }
        if not forms:
            return [], {}
        form, _ = Counter(forms.values()).most_common(1)[0]
        examples = [example for example, own in forms.items() if own == form]
        found = {
            name: LayerTracked(
                list(self._units[name]),
                self._shapes[name][examples[0]],
                torch.stack([by_example[each] for each in examples], 1).numpy(),
            )
            for name, by_example in self._found.items()
            if all(each in by_example for each in examples)
        }
        return examples, found
