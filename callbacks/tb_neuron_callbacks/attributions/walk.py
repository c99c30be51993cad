"""One walk along the path of a piece of a batch, and what its steps contribute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from tb_neuron_callbacks.attributions.kept import KeptOutputs
from tb_neuron_callbacks.attributions.memory import is_out_of_memory
from tb_neuron_callbacks.attributions.method import Point, StepRule, widened
from tb_neuron_callbacks.attributions.starts import Starts, differentiable, repeated
from tb_neuron_callbacks.attributions.target import Explained
from tb_neuron_callbacks.attributions.unit_figures import per_example
from tb_neuron_callbacks.eager import run_eagerly
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layer
from tb_neuron_callbacks.notice import warn
from tb_neuron_callbacks.reduction import chunk_elements

if TYPE_CHECKING:
    from tb_neuron_callbacks.attributions.path import PathSweep


@dataclass
class PathAttributions:
    """What a sweep found for a batch.

    Attributes:
        units: by layer, contributions of the shape of its output, or of [example, unit].
        starts: integrated gradients, of the shape of each start; zeros where the target does not
            depend on it, or where they were not asked for.
    """

    units: dict[str, Tensor] = field(default_factory=dict)
    starts: list[Tensor] = field(default_factory=list)

    def add(self, other: PathAttributions, share: float) -> None:
        """Take in a share of what another sweep found."""
        for name, values in other.units.items():
            self.units[name] = self.units.get(name, 0.0) + share * values
        mine = self.starts or [torch.zeros_like(start) for start in other.starts]
        self.starts = [m + share * t for m, t in zip(mine, other.starts, strict=True)]


class Walk:
    """A sweep of one piece from one baseline.

    Args:
        sweep: what is integrated, and how the model is called.
        batch: the piece.
        explained: its targets.
        origins: where the path of each start begins.
        ends: the starts' values at the examples.

    Attributes:
        found: so far.
        kept_bytes: of the outputs that were kept at the last nodes.
    """

    def __init__(
        self,
        sweep: PathSweep,
        batch: Any,
        explained: Explained,
        origins: Sequence[Tensor],
        ends: Sequence[Tensor],
    ) -> None:
        self._sweep, self._batch, self._explained = sweep, batch, explained
        self._origins = origins
        layers = () if sweep.rule is None else sweep.layout.watched
        self._layers = {layer.name: layer for layer in layers if layer.example_axis is not None}
        self._last: dict[str, Point] = {}
        self._moved = [end - origin for origin, end in zip(origins, ends, strict=True)]
        self.kept_bytes = 0
        zeros = [torch.zeros_like(widened(moved)) for moved in self._moved]
        self.found = PathAttributions(starts=zeros)

    def go(self, places: np.ndarray, shares: np.ndarray, together: int) -> None:
        """Visit all nodes.

        Args:
            places: of the nodes, from 0 to 1.
            shares: weights of the nodes in the integral at the starts.
            together: nodes in one forward; fewer if memory runs out.
        """
        start = 0
        while start < len(places):
            part = slice(start, start + together)
            try:
                points, gradients = self._points(places[part])
            except RuntimeError as error:
                if together == 1 or not is_out_of_memory(error):
                    raise
                together //= 2
                warn(f"attribution ran out of memory and goes on with {together} nodes at a time")
                continue
            self._take(points, gradients, shares[part])
            start += together

    def visit(self, places: np.ndarray, shares: np.ndarray) -> None:
        """Visit some nodes in one forward and backward, and take the steps that lead to them."""
        self._take(*self._points(places), shares)

    def _take(
        self, points: dict[str, Point], gradients: list[Tensor | None], shares: np.ndarray
    ) -> None:
        if self._sweep.rule is not None:
            self._step_to(points, len(shares), self._sweep.rule)
        if self._sweep.has_starts:
            self._integrate(gradients, shares)
        points.clear()  # the next forward needs the room

    def _points(self, places: np.ndarray) -> tuple[dict[str, Point], list[Tensor | None]]:
        copies = len(places)
        between = [
            torch.cat([torch.add(origin, moved, alpha=float(place)) for place in places])
            for origin, moved in zip(self._origins, self._moved, strict=True)
        ]
        model = self._sweep.model
        starts = Starts(repeated(self._batch, copies), between)
        kept = KeptOutputs(self._sweep.layout.overwritten)
        with differentiable(model):
            with starts.attached(model), self._watched(kept):
                output = self._sweep.run(starts.batch)
            scores = self._explained.scores(output, copies)
            toward = starts.leaves if self._sweep.has_starts else ()
            gradients, of_starts = kept.gradients(scores, toward)
        return kept.points(gradients), of_starts

    def _watched(self, kept: KeptOutputs) -> AbstractContextManager[object]:
        model = self._sweep.model
        if self._layers:
            return watch(model, self._sweep.layout, kept.receive, for_gradients=True)
        return run_eagerly(model)

    def _step_to(self, points: dict[str, Point], copies: int, rule: StepRule) -> None:
        self.kept_bytes = sum(point.activations.nbytes for point in points.values())
        for name, layer in list(self._layers.items()):
            point = points.pop(name, None)
            if point is None or not self._is_whole(point, layer, copies):
                # Absent at one node, or for some examples: it has no path to integrate along.
                del self._layers[name]
                self.found.units.pop(name, None)
                continue
            now = Point(*(_by_node(part, layer, copies) for part in point))
            before = self._last.get(name)
            # Copies: views of the last node would keep all nodes alive.
            self._last[name] = Point(*(part[-1:].clone() for part in now))
            if before is None and copies == 1:
                continue
            gained = self._gained(before, now, layer, rule)
            so_far = self.found.units.get(name)
            self.found.units[name] = gained if so_far is None else so_far.add_(gained)

    def _gained(self, before: Point | None, now: Point, layer: Layer, rule: StepRule) -> Tensor:
        found = [self._of_chunk(chunk, layer, rule) for chunk in _chunks(before, now)]
        return torch.cat(found, 0 if self._sweep.by_unit else layer.example_axis or 0)

    def _of_chunk(self, point: Point, layer: Layer, rule: StepRule) -> Tensor:
        steps = rule(Point(*(part[:-1] for part in point)), Point(*(part[1:] for part in point)))
        gained = steps.sum(0).movedim(0, layer.example_axis or 0)
        return per_example(gained, layer) if self._sweep.by_unit else gained

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


def _by_node(values: Tensor, layer: Layer, copies: int) -> Float[Tensor, "node example ..."]:
    return values.movedim(layer.example_axis or 0, 0).unflatten(0, (copies, -1))


def _chunks(before: Point | None, now: Point) -> Iterator[Point]:
    """Yield nodes of a few examples each, in float32 at least, with the node before them in front.

    What lies between outputs and contributions stays in the processor's cache so.
    """
    examples = now.activations.shape[1]
    size = max(1, chunk_elements(now.activations) // max(1, now.activations[:, 0].numel()))
    for start in range(0, examples, size):
        some = slice(start, start + size)
        chunk = Point(*(part[:, some] for part in now))
        if before is not None:
            pairs = zip(before, chunk, strict=True)
            chunk = Point(*(torch.cat((last[:, some], part)) for last, part in pairs))
        yield Point(*map(widened, chunk))
