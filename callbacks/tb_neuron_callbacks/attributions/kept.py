"""One forward with every watched output kept, and the gradients toward all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.graph import GradientEdge, get_gradient_edge

from tb_neuron_callbacks.attributions.method import Point
from tb_neuron_callbacks.in_place import version
from tb_neuron_callbacks.layers import Layer


class KeptOutputs:
    """The outputs of watched layers in one forward, as `hooks.watch` hands them out.

    What is kept of an output is its content and its place in the graph as it was then: a later
    operation that changes the output in place changes neither. Of a view that is or was changed,
    whose place autograd moves then, the model goes on with a copy.

    Args:
        overwritten: names of layers whose output is changed in place later on.
    """

    def __init__(self, overwritten: Iterable[str] = ()) -> None:
        self._overwritten = frozenset(overwritten)
        self.layers: list[Layer] = []
        self._activations: list[Tensor] = []
        self._edges: list[GradientEdge | None] = []
        self._is_open = True

    def receive(self, layer: Layer, output: Tensor) -> Tensor | None:
        """Keep one output; what comes after the first backward is recomputation and passed over."""
        if not self._is_open:
            return None
        self.layers.append(layer)
        is_changed = layer.name in self._overwritten
        self._activations.append(output.detach().clone() if is_changed else output.detach())
        self._edges.append(get_gradient_edge(output) if output.requires_grad else None)
        is_moved = output._is_view() and (is_changed or version(output) > 0)
        return output.clone() if is_moved else None

    def gradients(
        self,
        scores: Float[Tensor, " example"],
        starts: Sequence[Tensor] = (),
        keep_graph: bool = False,
    ) -> tuple[list[Tensor | None], list[Tensor | None]]:
        """Return the gradients of the examples' targets toward all outputs and starts.

        Parameters and their `.grad` stay out of it.

        Args:
            scores: targets; each depends on its own example alone.
            starts: leaves at which the graph begins.
            keep_graph: whether another backward follows.

        Returns:
            For each kept output, and for each start, a tensor of its shape; None where the target
            does not depend on it.
        """
        self._is_open = False
        edges = [edge for edge in self._edges if edge is not None]
        if not scores.requires_grad or not (edges or starts):
            return [None] * len(self._edges), [None] * len(starts)
        toward: Any = [*edges, *starts]  # torch's own types know tensors or edges, not both
        found = torch.autograd.grad(
            scores.sum(), toward, retain_graph=keep_graph, allow_unused=True
        )
        of_edges = iter(found[: len(edges)])
        return (
            [None if edge is None else next(of_edges) for edge in self._edges],
            list(found[len(edges) :]),
        )

    def activations(self, layer_name: str) -> Tensor:
        """Return the kept output of a layer, without its graph."""
        names = [layer.name for layer in self.layers]
        return self._activations[names.index(layer_name)]

    def points(self, gradients: Sequence[Tensor | None]) -> dict[str, Point]:
        """Return the kept outputs with their gradients, by layer; without those cut off."""
        return {
            layer.name: Point(activations, gradient)
            for layer, activations, gradient in zip(
                self.layers, self._activations, gradients, strict=True
            )
            if gradient is not None
        }
