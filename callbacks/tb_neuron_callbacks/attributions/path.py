"""Sweeps along a straight path of inputs, from a baseline to each example.

One sweep serves all watched layers and the inputs: its nodes are run in internal batches, several
nodes at a time, and the contributions of the steps between them are summed as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor, nn

from tb_neuron_callbacks.attributions.memory import Cap, Footprint, Split, measured_footprint
from tb_neuron_callbacks.attributions.method import Quadrature, StepRule
from tb_neuron_callbacks.attributions.starts import Starts, has_embeddings
from tb_neuron_callbacks.attributions.target import (
    Explained,
    Target,
    explain,
    explain_before,
    target_of,
)
from tb_neuron_callbacks.attributions.walk import PathAttributions, Walk
from tb_neuron_callbacks.batches import count_examples, take_examples
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layout

#: "zero", or a tensor that broadcasts to the starts; a list of these has one a start. "mean" is
#: for those who know the probe set.
Baseline = str | Tensor | Sequence[str | Tensor]
#: What lasts of an output beside what runs: itself and its gradient at the last node; and of its
#: shape, what its steps contributed so far, and the newest.
_LAST, _CONTRIBUTIONS = 2, 2
#: Examples on which the memory of one is measured.
_FEW = 2


def nodes(steps: int, quadrature: Quadrature) -> Float64[np.ndarray, " node"]:
    """Return where the steps + 1 nodes of a path lie, from 0 (the baseline) to 1 (the example)."""
    if quadrature == "trapezoid":
        return np.linspace(0.0, 1.0, steps + 1)
    return (1.0 + np.polynomial.legendre.leggauss(steps + 1)[0]) / 2.0


def weights(steps: int, quadrature: Quadrature) -> Float64[np.ndarray, " node"]:
    """Return the nodes' weights for an integral over the path; they sum to 1."""
    if quadrature == "captum":
        return np.polynomial.legendre.leggauss(steps + 1)[1] / 2.0
    found = np.full(steps + 1, 1.0 / steps)
    found[[0, -1]] /= 2.0
    return found


@dataclass(frozen=True)
class PathSweep:
    """Integrates along a path for all watched layers at once.

    Attributes:
        model: as the user has it, wrapped or not.
        layout: the watched layers; those without an example axis are passed over.
        run: calls the model with a batch on its device.
        rule: of a step, such as conductance's; None integrates at the starts alone, and keeps no
            output.
        steps: of the path; it has one node more.
        quadrature: where the nodes lie.
        cap: what a piece may take. As many nodes are run at once as fit; where one does not, the
            examples are split.
        by_unit: whether contributions are summed over positions as they come.
        has_starts: whether integrated gradients are wanted too.
        name: under which it is noted how it was split.
    """

    model: nn.Module
    layout: Layout
    run: Callable[[Any], Any]
    rule: StepRule | None
    steps: int = 20
    quadrature: Quadrature = "trapezoid"
    cap: Cap = field(default_factory=Cap)
    by_unit: bool = False
    has_starts: bool = True
    name: str = "path"

    def attribute(
        self,
        batch: Any,
        target: Target,
        labels: Tensor | None = None,
        baselines: Sequence[Baseline] = ("zero",),
    ) -> PathAttributions:
        """Sweep a batch from each baseline, and average.

        What is explained is fixed at the examples: the predicted class at an example is explained
        on the whole of its path.

        Args:
            batch: on the model's device.
            target: what is explained.
            labels: of the batch.
            baselines: where the paths begin.

        Raises:
            AttributionError: a baseline does not fit, the target can't be, or there is no start.
        """
        examples = count_examples(batch)
        split = self._split(batch, target, labels)
        found = [
            self._joined(
                [
                    self._sweep_piece(
                        take_examples(batch, start, start + split.examples),
                        target_of(target, slice(start, start + split.examples)),
                        None if labels is None else labels[start : start + split.examples],
                        _Beginning(baseline, slice(start, start + split.examples)),
                        split.nodes,
                    )
                    for start in range(0, examples, split.examples)
                ]
            )
            for baseline in baselines
        ]
        return _mean(found)

    def _sweep_piece(
        self,
        batch: Any,
        target: Target,
        labels: Tensor | None,
        beginning: _Beginning,
        together: int,
    ) -> PathAttributions:
        walk = self._walk(batch, target, labels, beginning)
        places = nodes(self.steps, self.quadrature)
        walk.go(places, weights(self.steps, self.quadrature), together)
        return walk.found

    def _walk(
        self, batch: Any, target: Target, labels: Tensor | None, beginning: _Beginning
    ) -> Walk:
        ends, explained = self._ends(batch, target, labels)
        if not ends:
            raise AttributionError(
                "a path must begin at a floating input, or at an embedding that takes the integer "
                "input itself, and this model has neither; choose a method without baselines, such "
                'as "gradient_x_activation"'
            )
        return Walk(self, batch, explained, beginning.of(ends), ends)

    def _split(self, batch: Any, target: Target, labels: Tensor | None) -> Split:
        few = take_examples(batch, 0, _FEW)
        some = None if labels is None else labels[:_FEW]
        return self.cap.split(
            self.name,
            batch,
            lambda: self._footprint(few, target_of(target, slice(0, _FEW)), some),
            self.steps + 1,
        )

    def _footprint(self, batch: Any, target: Target, labels: Tensor | None) -> Footprint | None:
        walk = self._walk(batch, target, labels, _Beginning("zero", slice(None)))
        examples, ends = count_examples(batch), np.array([0.0, 1.0])
        shapes = _LAST if self.by_unit else _LAST + _CONTRIBUTIONS

        def run() -> int:
            walk.visit(ends, ends)
            return shapes * walk.kept_bytes // (examples * len(ends))

        return measured_footprint(self.model, run, examples * len(ends))

    def _joined(self, pieces: Sequence[PathAttributions]) -> PathAttributions:
        """Return what was found of all examples, from what was found of some each."""
        if len(pieces) == 1:
            return pieces[0]
        watched = self.layout.watched
        axes = {layer.name: 0 if self.by_unit else layer.example_axis or 0 for layer in watched}
        names = [name for name in pieces[0].units if all(name in piece.units for piece in pieces)]
        return PathAttributions(
            {name: torch.cat([p.units[name] for p in pieces], axes[name]) for name in names},
            [torch.cat(parts) for parts in zip(*(piece.starts for piece in pieces), strict=True)],
        )

    def starts(self, batch: Any) -> list[Tensor]:
        """Return the values at which a batch's paths end: inputs, or outputs of embeddings."""
        starts = Starts(batch)
        with (
            torch.no_grad(),
            starts.attached(self.model),
            watch(self.model, self.layout, lambda *_: None),
        ):
            self.run(starts.batch)
        return [leaf.detach() for leaf in starts.leaves]

    def _ends(
        self, batch: Any, target: Target, labels: Tensor | None
    ) -> tuple[list[Tensor], Explained]:
        """Return the starts' values at the examples, and what is explained."""
        starts, output = Starts(batch), self.layout.layers[-1]
        classes = output.units if len(output.shape) == 1 else 0
        known = explain_before(target, labels, classes, count_examples(batch))
        if known is not None and starts.leaves and not has_embeddings(self.model):
            # A forward would tell nothing more.
            return [leaf.detach() for leaf in starts.leaves], known
        with (
            torch.no_grad(),
            starts.attached(self.model),
            watch(self.model, self.layout, lambda *_: None),
        ):
            explained = explain(target, self.run(starts.batch), labels, count_examples(batch))
        return [leaf.detach() for leaf in starts.leaves], explained


class _Beginning(NamedTuple):
    """The choice of a baseline, for some of the examples."""

    baseline: Baseline
    part: slice

    def of(self, ends: Sequence[Tensor]) -> list[Tensor]:
        """Return where the path of each start begins, given where it ends."""
        each = _for_each(self.baseline, ends)
        cut = [
            one[self.part]
            if isinstance(one, Tensor) and one.dim() == end.dim() and len(one) > 1
            else one
            for one, end in zip(each, ends, strict=True)
        ]
        return origins(cut, ends)


def _mean(found: Sequence[PathAttributions]) -> PathAttributions:
    if len(found) == 1:
        return found[0]
    mean = PathAttributions()
    for each in found:
        mean.add(each, 1 / len(found))
    return mean


def origins(baseline: Baseline, ends: Sequence[Tensor]) -> list[Tensor]:
    """Return where the path of each start begins.

    Args:
        baseline: one for all starts, or a list with one a start.
        ends: the starts' values at the examples.

    Raises:
        AttributionError: a tensor does not broadcast to its start, or a list has another length.
    """
    each = _for_each(baseline, ends)
    return [_origin(choice, end) for choice, end in zip(each, ends, strict=True)]


def _for_each(baseline: Baseline, ends: Sequence[Tensor]) -> list[str | Tensor]:
    each = [baseline] * len(ends) if isinstance(baseline, (str, Tensor)) else list(baseline)
    if len(each) != len(ends):
        raise AttributionError(
            f"a list of baselines must have one for each of the {len(ends)} starts of the path, "
            f"not {len(each)}; pass one for all, or as many"
        )
    return each


def _origin(choice: str | Tensor, end: Tensor) -> Float[Tensor, "example ..."]:
    if isinstance(choice, str):
        if choice != "zero":
            raise AttributionError(
                f'a baseline must be "zero", "mean" or a tensor of an example\'s shape, not '
                f"{choice!r}"
            )
        return torch.zeros_like(end)
    try:
        return choice.to(end).expand_as(end)
    except RuntimeError as error:
        raise AttributionError(
            f"a baseline must broadcast to an example's shape {list(end.shape[1:])}, and this one "
            f"is {list(choice.shape)}; pass one of that shape"
        ) from error
