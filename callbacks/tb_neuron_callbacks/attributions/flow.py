"""Flow: attribution passed between watched layers, from the inputs to the classes.

The graph of watched layers is cut at every watched output: the model goes on with a leaf of the
same content. What is left between the cuts is direct reach, without passing another watched layer.
Backwards from the target, the gradient toward a layer's output is sent on one shown unit at a
time, so that the links into that unit are told apart::

    flow(i -> j) = sum over positions of activation(i) * gradient that reaches i through j alone

The links out of a unit sum to its gradient x activation. What flows into a unit differs from that
by what has no unit as a source, biases and normalisation: the unit's *remainder*.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from tb_neuron_callbacks.attributions.method import widened
from tb_neuron_callbacks.attributions.starts import Starts, differentiable
from tb_neuron_callbacks.attributions.target import Explained, Target, explain
from tb_neuron_callbacks.attributions.unit_figures import per_example
from tb_neuron_callbacks.batches import count_examples
from tb_neuron_callbacks.hooks import watch
from tb_neuron_callbacks.layers import Layer, Layout

#: By layer name, the units that get links of their own; all others are one more, the last.
Shown = Mapping[str, Sequence[int]]


@dataclass
class Flow:
    """Links and totals of groups of examples; sums over the examples seen so far.

    The last unit of every layer is the rest: all that are not shown.

    Attributes:
        shown: units with links of their own, by layer.
        units: of each layer; inputs first, then in execution order, the output last.
        nonfinite: examples with a NaN or infinite attribution somewhere; they are left out there.
        examples: in each group, float[group].
        links: by (source, target) layer, float[group, source unit, target unit].
        nodes: gradient x activation of each unit, by layer, float[group, unit].
        magnitudes: the same with each example's magnitude, for the rest summed over its units.
        remainders: what each unit has beyond its incoming links, by layer, float[group, unit].
    """

    shown: dict[str, list[int]]
    examples: Tensor
    units: dict[str, int] = field(default_factory=dict)
    nonfinite: int = 0
    links: dict[tuple[str, str], Tensor] = field(default_factory=dict)
    nodes: dict[str, Tensor] = field(default_factory=dict)
    magnitudes: dict[str, Tensor] = field(default_factory=dict)

    @property
    def remainders(self) -> dict[str, Tensor]:
        """What each unit has beyond its incoming links; inputs have none."""
        fed = {target for _, target in self.links}
        return {
            name: self.nodes[name]
            - sum(link.sum(1) for (_, target), link in self.links.items() if target == name)
            for name in fed
        }

    def merge(self, other: "Flow") -> None:
        """Take in the flow of other examples, of the same groups and shown units."""
        self.examples = self.examples + other.examples
        self.nonfinite += other.nonfinite
        self.shown = other.shown | self.shown
        self.units = other.units | self.units
        for mine, theirs in (
            (self.links, other.links),
            (self.nodes, other.nodes),
            (self.magnitudes, other.magnitudes),
        ):
            for key, values in theirs.items():
                mine[key] = mine[key] + values if key in mine else values  # type: ignore[index]


@dataclass
class _Node:
    """A watched output: what it is computed as, and the leaf that the model goes on with."""

    layer: Layer
    output: Tensor | None
    leaf: Tensor
    gradient: Tensor | None = None


@dataclass(frozen=True)
class FlowSweep:
    """Measures the flow of a batch.

    Attributes:
        model: as the user has it, wrapped or not.
        layout: the watched layers.
        run: calls the model with a batch on its device.
        shown: units with links of their own, by layer name, the pseudo-layers' too.
        around: a context in which the forward runs, such as one with other rules of propagation.
    """

    model: nn.Module
    layout: Layout
    run: Callable[[Any], Any]
    shown: Shown
    around: Callable[[], AbstractContextManager[Any]] = nullcontext

    def measure(
        self,
        batch: Any,
        target: Target,
        labels: Tensor | None,
        groups: Bool[Tensor, "group example"],
    ) -> Flow:
        """Return the flow of a batch, for several groups of its examples.

        Args:
            batch: on the model's device.
            target: what is explained of each example.
            labels: of the batch.
            groups: which examples belong to each group.

        Raises:
            AttributionError: the target can't be.
        """
        starts, nodes = Starts(batch), []
        with differentiable(self.model), self.around():
            receive = self._cutter(nodes)
            watched = watch(self.model, self.layout, receive, for_gradients=True)
            with starts.attached(self.model), watched:
                output = self.run(starts.batch)
            explained = explain(target, output, labels, count_examples(batch))
            scores = explained.scores(output)
            inputs = [_Node(layer, None, leaf) for layer, leaf in self._inputs(starts)]
            return self._backwards([*inputs, *nodes], scores, explained, groups)

    def _cutter(self, nodes: list[_Node]) -> Callable[[Layer, Tensor], Tensor | None]:
        def receive(layer: Layer, output: Tensor) -> Tensor | None:
            if layer.example_axis is None:
                return None
            # A copy: of what was changed in place, the model may go on with the output itself.
            computed = output.clone()
            leaf = computed.detach().requires_grad_()
            nodes.append(_Node(layer, computed if computed.requires_grad else None, leaf))
            # A copy: a later operation may change it in place, and a leaf it may not.
            return leaf.clone()

        return receive

    def _inputs(self, starts: Starts) -> Iterator[tuple[Layer, Tensor]]:
        described = self.layout.layers[0]
        for number, leaf in enumerate(starts.leaves):
            axis = described.unit_axis if leaf.dim() == len(described.shape) + 1 else -1
            axis = leaf.dim() - 1 if axis < 0 else axis
            name = described.name if number == 0 else self._unlike(f"{described.name}#{number}")
            units = leaf.shape[axis] if leaf.dim() > 1 else 1
            yield Layer(name, "input", "", units, axis), leaf

    def _unlike(self, name: str) -> str:
        taken = {layer.name for layer in self.layout.layers}
        return f"model {name}" if name in taken else name

    def _backwards(
        self,
        nodes: list[_Node],
        scores: Float[Tensor, " example"],
        explained: Explained,
        groups: Bool[Tensor, "group example"],
    ) -> Flow:
        memberships = groups.to(scores.device, torch.float64)
        layers = [*(node.layer for node in nodes), self.layout.layers[-1]]
        flow = Flow(
            {layer.name: self._shown(layer) for layer in layers},
            memberships.sum(1),
            {layer.name: layer.units for layer in layers},
        )
        sums = _GroupSums(memberships)
        self._from_target(nodes, scores, explained, sums, flow)
        for place in range(len(nodes) - 1, -1, -1):
            node = nodes[place]
            if node.gradient is None:
                continue
            self._total(node, sums, flow)
            if node.output is not None:
                self._through(node, nodes[:place], sums, flow)
        flow.nonfinite = int((~sums.is_finite).sum())
        return flow

    def _from_target(
        self,
        nodes: list[_Node],
        scores: Tensor,
        explained: Explained,
        sums: "_GroupSums",
        flow: Flow,
    ) -> None:
        """Send the targets back, one class at a time; the classes are the output's units."""
        layer = self.layout.layers[-1]
        shown = list(self.shown.get(layer.name, ())) if explained.indices is not None else []
        classes = torch.zeros(len(scores), dtype=torch.int64) + len(shown)
        for place, unit in enumerate(shown):
            classes[explained.indices.cpu() == unit] = place  # type: ignore[union-attr]
        one_hot = torch.nn.functional.one_hot(classes, len(shown) + 1).to(scores)
        flow.shown[layer.name] = shown
        of_classes = torch.where(one_hot > 0, scores.detach()[:, None], 0).double()
        flow.nodes[layer.name] = sums.over(of_classes)
        flow.magnitudes[layer.name] = sums.over(of_classes.abs())
        if not scores.requires_grad:
            return
        for place in range(len(shown) + 1):
            self._send(scores, one_hot[:, place], nodes, (layer.name, place), sums, flow)

    def _through(self, node: _Node, before: list[_Node], sums: "_GroupSums", flow: Flow) -> None:
        """Send a node's gradient on, one shown unit at a time, and the rest together."""
        gradient, axis = node.gradient, node.layer.unit_axis
        assert gradient is not None
        assert node.output is not None
        rest = gradient.clone()
        shown = flow.shown[node.layer.name]
        for place, unit in enumerate(shown):
            alone = torch.zeros_like(gradient)
            alone.select(axis, unit).copy_(gradient.select(axis, unit))
            rest.select(axis, unit).zero_()
            self._send(node.output, alone, before, (node.layer.name, place), sums, flow)
        self._send(node.output, rest, before, (node.layer.name, len(shown)), sums, flow)

    def _send(
        self,
        output: Tensor,
        cotangent: Tensor,
        before: list[_Node],
        to: tuple[str, int],
        sums: "_GroupSums",
        flow: Flow,
    ) -> None:
        if not before or not bool(cotangent.any()):
            return
        found = torch.autograd.grad(
            output, [node.leaf for node in before], cotangent, retain_graph=True, allow_unused=True
        )
        name, place = to
        for node, gradient in zip(before, found, strict=True):
            if gradient is None:
                continue
            node.gradient = gradient if node.gradient is None else node.gradient + gradient
            links = self._links(node.layer, name, sums, flow)
            passed = per_example(_product(gradient, node.leaf), node.layer)
            links[:, :, place] += sums.over(self._gather(node.layer, passed))

    def _links(self, source: Layer, target: str, sums: "_GroupSums", flow: Flow) -> Tensor:
        if (source.name, target) not in flow.links:
            members = sums.memberships
            shape = (len(members), len(self._shown(source)) + 1, len(flow.shown[target]) + 1)
            flow.links[source.name, target] = members.new_zeros(shape)
        return flow.links[source.name, target]

    def _total(self, node: _Node, sums: "_GroupSums", flow: Flow) -> None:
        assert node.gradient is not None
        name = node.layer.name
        own = per_example(_product(node.gradient, node.leaf), node.layer)
        flow.nodes[name] = sums.over(self._gather(node.layer, own))
        flow.magnitudes[name] = sums.over(self._gather(node.layer, own.abs()))

    def _shown(self, layer: Layer) -> list[int]:
        described = self.layout.layers[0]
        if layer.kind == "input" and layer.units != described.units:
            return []  # an embedding's: its units are not those of the input
        return [unit for unit in self.shown.get(layer.name, ()) if 0 <= unit < layer.units]

    def _gather(
        self, layer: Layer, values: Float[Tensor, "example unit"]
    ) -> Float[Tensor, "example shown"]:
        """Return the shown units' columns, and the sum of all others as the last."""
        is_shown = torch.zeros(layer.units, dtype=torch.bool, device=values.device)
        shown = self._shown(layer)
        is_shown[shown] = True
        rest = values[:, ~is_shown].sum(1, dtype=torch.float64)
        return torch.cat([values[:, shown].double(), rest[:, None]], 1)


class _GroupSums:
    """Sums over the examples of each group; examples that are not finite are left out.

    Attributes:
        memberships: float64[group, example].
        is_finite: which examples had finite values throughout, bool[example].
    """

    def __init__(self, memberships: Float[Tensor, "group example"]) -> None:
        self.memberships = memberships
        self.is_finite = torch.ones_like(memberships[0], dtype=torch.bool)

    def over(self, values: Float[Tensor, "example unit"]) -> Float[Tensor, "group unit"]:
        """Return the sums of values over each group's examples."""
        finite = values.isfinite().all(1)
        self.is_finite &= finite
        return self.memberships @ torch.where(finite[:, None], values, 0)


def _product(gradient: Tensor, leaf: Tensor) -> Tensor:
    return widened(gradient) * widened(leaf.detach())


def choose_shown(
    magnitudes: Float[Tensor, " unit"],
    count: int,
    pins: Sequence[int] = (),
    before: Sequence[int] = (),
) -> list[int]:
    """Return which units of a layer get links of their own: the largest, and the pinned.

    A unit that was shown before stays until it has left the largest 1.5 x count (2 of 1), so that
    units do not flicker from record to record.

    Args:
        magnitudes: mean |attribution| of each unit; NaN counts as 0.
        count: how many, beside the pinned.
        pins: units that are always shown.
        before: units shown at the record before.

    Returns:
        Unit numbers, rising.
    """
    pinned = {unit for unit in pins if 0 <= unit < len(magnitudes)}
    falling = magnitudes.nan_to_num(0.0).argsort(descending=True, stable=True).tolist()
    order = [unit for unit in falling if unit not in pinned]
    wide = set(order[: count + max(1, count // 2)])
    kept = [unit for unit in before if unit in wide][:count]
    fresh = [unit for unit in order if unit not in kept][: max(0, count - len(kept))]
    return sorted({*kept, *fresh, *pinned})
