"""Sweeps along a straight path of inputs, from a baseline to each example.

One sweep serves all watched layers and the inputs: its nodes are run in internal batches, several
nodes at a time, and the contributions of the steps between them are summed as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor, nn

from tb_neuron_callbacks.attributions.kept import KeptOutputs
from tb_neuron_callbacks.attributions.memory import SavedBytes, is_out_of_memory
from tb_neuron_callbacks.attributions.method import Point, Quadrature, StepRule, widened
from tb_neuron_callbacks.attributions.starts import Starts, differentiable, repeated
from tb_neuron_callbacks.attributions.target import Explained, Target, explain, target_of
from tb_neuron_callbacks.batches import count_examples, take_examples
from tb_neuron_callbacks.eager import run_eagerly
from tb_neuron_callbacks.errors import AttributionError
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layer, Layout
from tb_neuron_callbacks.notice import warn

#: "zero", or a tensor that broadcasts to the starts; a list of these has one a start. "mean" is
#: for those who know the probe set.
Baseline = str | Tensor | Sequence[str | Tensor]
#: Of a watched output: itself and its gradient, once more where a node is joined to the one before.
_COPIES_OF_OUTPUTS = 4
#: A backward needs about half as much again, for gradients on their way.
_WITH_BACKWARD = 1.5
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


@dataclass
class PathAttributions:
    """What a sweep found for a batch.

    Attributes:
        units: by layer, contributions of the shape of its output.
        starts: integrated gradients, of the shape of each start; zeros where the target does not
            depend on it.
    """

    units: dict[str, Tensor] = field(default_factory=dict)
    starts: list[Tensor] = field(default_factory=list)

    def add(self, other: PathAttributions, share: float) -> None:
        """Take in a share of what another sweep found."""
        for name, values in other.units.items():
            self.units[name] = self.units.get(name, 0.0) + share * values
        mine = self.starts or [torch.zeros_like(start) for start in other.starts]
        self.starts = [m + share * t for m, t in zip(mine, other.starts, strict=True)]


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
        max_bytes: what the watched outputs of one internal batch, their gradients and what
            autograd saves may take. As many nodes are run at once as fit; where one does not, the
            examples are split. One node of one example is run in any case.
    """

    model: nn.Module
    layout: Layout
    run: Callable[[Any], Any]
    rule: StepRule | None
    steps: int = 20
    quadrature: Quadrature = "trapezoid"
    max_bytes: int = 1 << 28

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
        needed, axes = self._needs(batch)
        fitting = max(1, self.max_bytes // max(1, needed))
        found = PathAttributions()
        for baseline in baselines:
            pieces = [
                self._sweep_piece(
                    take_examples(batch, start, start + fitting),
                    target_of(target, slice(start, start + fitting)),
                    None if labels is None else labels[start : start + fitting],
                    _of_examples(baseline, slice(start, start + fitting), axes),
                    fitting,
                )
                for start in range(0, examples, fitting)
            ]
            found.add(_joined(pieces, self.layout), 1 / len(baselines))
        return found

    def _sweep_piece(
        self,
        batch: Any,
        target: Target,
        labels: Tensor | None,
        baseline: Baseline,
        fitting: int,
    ) -> PathAttributions:
        ends, explained = self._ends(batch, target, labels)
        if not ends:
            raise AttributionError(
                "a path must begin at a floating input, or at an embedding that takes the integer "
                "input itself, and this model has neither; choose a method without baselines, such "
                'as "gradient_x_activation"'
            )
        walk = _Walk(self, batch, explained, origins(baseline, ends), ends)
        walk.go(max(1, fitting // explained.examples))
        return walk.found

    def _needs(self, batch: Any) -> tuple[int, list[int]]:
        """Return about the bytes that one node of one example takes, and the starts' axes."""
        few = take_examples(batch, 0, _FEW)
        starts, outputs, saved = Starts(few), [0], SavedBytes(self.model)
        receive = lambda _, output: outputs.append(output.nbytes)  # noqa: E731
        try:
            with (
                differentiable(self.model),
                saved.counted(),
                starts.attached(self.model),
                watch(self.model, self.layout, receive),
            ):
                self.run(starts.batch)
        except RuntimeError:
            # A model with a batch size of its own: all of its examples go together.
            return self.max_bytes // max(1, count_examples(batch)), []
        axes = [leaf.dim() for leaf in starts.leaves]
        kept = saved.total + _COPIES_OF_OUTPUTS * sum(outputs)
        return int(_WITH_BACKWARD * kept) // count_examples(few), axes

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
        starts = Starts(batch)
        with (
            torch.no_grad(),
            starts.attached(self.model),
            watch(self.model, self.layout, lambda *_: None),
        ):
            explained = explain(target, self.run(starts.batch), labels, count_examples(batch))
        return [leaf.detach() for leaf in starts.leaves], explained


class _Walk:
    """One sweep of one batch from one baseline."""

    def __init__(
        self,
        sweep: PathSweep,
        batch: Any,
        explained: Explained,
        origins: Sequence[Tensor],
        ends: Sequence[Tensor],
    ) -> None:
        self._sweep, self._batch, self._explained = sweep, batch, explained
        self._origins, self._ends = origins, ends
        layers = () if sweep.rule is None else sweep.layout.watched
        self._layers = {layer.name: layer for layer in layers if layer.example_axis is not None}
        self._last: dict[str, Point] = {}
        self._moved = [end - origin for origin, end in zip(origins, ends, strict=True)]
        zeros = [torch.zeros_like(widened(moved)) for moved in self._moved]
        self.found = PathAttributions(starts=zeros)

    def go(self, together: int) -> None:
        places = nodes(self._sweep.steps, self._sweep.quadrature)
        shares = weights(self._sweep.steps, self._sweep.quadrature)
        start = 0
        while start < len(places):
            part = slice(start, start + together)
            try:
                points, gradients = self._visit(places[part])
            except RuntimeError as error:
                if together == 1 or not is_out_of_memory(error):
                    raise
                together //= 2
                warn(f"attribution ran out of memory and goes on with {together} nodes at a time")
                continue
            self._step_to(points, len(places[part]))
            self._integrate(gradients, shares[part])
            start += together

    def _visit(self, places: np.ndarray) -> tuple[dict[str, Point], list[Tensor | None]]:
        copies = len(places)
        between = [
            torch.cat([origin + float(place) * moved for place in places])
            for origin, moved in zip(self._origins, self._moved, strict=True)
        ]
        model = self._sweep.model
        starts = Starts(repeated(self._batch, copies), between)
        kept = KeptOutputs(self._sweep.layout.overwritten)
        with differentiable(model):
            with starts.attached(model), self._watched(kept):
                output = self._sweep.run(starts.batch)
            scores = self._explained.scores(output, copies)
            gradients, of_starts = kept.gradients(scores, starts.leaves)
        return kept.points(gradients), of_starts

    def _watched(self, kept: KeptOutputs) -> AbstractContextManager[object]:
        model = self._sweep.model
        if self._layers:
            return watch(model, self._sweep.layout, kept.receive, for_gradients=True)
        return run_eagerly(model)

    def _step_to(self, points: dict[str, Point], copies: int) -> None:
        rule = self._sweep.rule
        if rule is None:
            return
        for name, layer in list(self._layers.items()):
            if name not in points or not self._is_whole(points[name], layer, copies):
                # Absent at one node, or for some examples: it has no path to integrate along.
                del self._layers[name]
                self.found.units.pop(name, None)
                continue
            now = Point(*(_by_node(part, layer, copies) for part in points[name]))
            before = self._last.get(name)
            if before is not None:
                now = Point(*(torch.cat(pair) for pair in zip(before, now, strict=True)))
            self._last[name] = Point(*(part[-1:] for part in now))
            if len(now.activations) < 2:
                continue
            steps = rule(Point(*(part[:-1] for part in now)), Point(*(part[1:] for part in now)))
            gained = steps.sum(0).movedim(0, layer.example_axis or 0)
            self.found.units[name] = self.found.units.get(name, 0.0) + gained

    def _is_whole(self, point: Point, layer: Layer, copies: int) -> bool:
        examples = point.activations.shape[layer.example_axis or 0]
        return examples == copies * self._explained.examples

    def _integrate(self, gradients: Sequence[Tensor | None], shares: np.ndarray) -> None:
        for start, moved, gradient in zip(self.found.starts, self._moved, gradients, strict=True):
            if gradient is None:
                continue
            by_node = widened(gradient).unflatten(0, (len(shares), -1))
            weighting = torch.as_tensor(shares, dtype=start.dtype, device=start.device)
            start.add_(moved * torch.tensordot(weighting, by_node.to(start.dtype), dims=1))


def _of_examples(baseline: Baseline, part: slice, axes: Sequence[int]) -> Baseline:
    """Return a baseline for some of the examples, where it has one for each.

    Args:
        baseline: the choice.
        part: which examples.
        axes: how many each start has, that of the examples too.
    """
    if isinstance(baseline, str) or not axes:
        return baseline
    each = [baseline] * len(axes) if isinstance(baseline, Tensor) else list(baseline)
    if len(each) != len(axes):
        return each  # refused where the path begins
    return [
        one[part] if isinstance(one, Tensor) and one.dim() == dims and len(one) > 1 else one
        for one, dims in zip(each, axes, strict=True)
    ]


def _joined(pieces: Sequence[PathAttributions], layout: Layout) -> PathAttributions:
    """Return what was found of all examples, from what was found of some each."""
    if len(pieces) == 1:
        return pieces[0]
    axes = {layer.name: layer.example_axis or 0 for layer in layout.watched}
    names = [name for name in pieces[0].units if all(name in piece.units for piece in pieces)]
    return PathAttributions(
        {name: torch.cat([piece.units[name] for piece in pieces], axes[name]) for name in names},
        [torch.cat(parts) for parts in zip(*(piece.starts for piece in pieces), strict=True)],
    )


def origins(baseline: Baseline, ends: Sequence[Tensor]) -> list[Tensor]:
    """Return where the path of each start begins.

    Args:
        baseline: one for all starts, or a list with one a start.
        ends: the starts' values at the examples.

    Raises:
        AttributionError: a tensor does not broadcast to its start, or a list has another length.
    """
    each = [baseline] * len(ends) if isinstance(baseline, (str, Tensor)) else list(baseline)
    if len(each) != len(ends):
        raise AttributionError(
            f"a list of baselines must have one for each of the {len(ends)} starts of the path, "
            f"not {len(each)}; pass one for all, or as many"
        )
    return [_origin(choice, end) for choice, end in zip(each, ends, strict=True)]


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


def _by_node(values: Tensor, layer: Layer, copies: int) -> Float[Tensor, "node example ..."]:
    return widened(values).movedim(layer.example_axis or 0, 0).unflatten(0, (copies, -1))
