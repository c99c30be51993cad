"""Flow as it was recorded, told of groups of units in place of units.

Groups are those of each layer's responses (`group_series`) at the record at or before that of the
flow. A layer without responses keeps its units, and so do the model's input and output.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, Float64

from tb_neuron.analysis.group_flow import gathered, group_shares, shown_shares
from tb_neuron.errors import NotFoundError
from tb_neuron.flows import Flow, FlowLayer, Link
from tb_neuron.group_series import GroupRecord, GroupSeries
from tb_neuron.pattern_order import stored_at
from tb_neuron.recording import Recording

#: A unit is a member from this share of a group's largest weight.
MEMBER_SHARE = 0.1
_STRONGEST, _EXAMPLES = 7, 6


@dataclass(frozen=True)
class UnitGrouping:
    """Into which groups a layer's units are put.

    Attributes:
        count: of groups.
        anchor: step of the record that is factorised from scratch; the last one unless given.
        method: of attribution, whose responses are factorised; empty for activations.
    """

    count: int
    anchor: int | None = None
    method: str = ""


@dataclass(frozen=True)
class UnitGroup:
    """A group, as far as a node of it tells.

    Attributes:
        members: how many of its units have a tenth of its largest weight or more.
        strongest: those of most weight, falling.
        examples: of most activity, falling.
    """

    members: int
    strongest: list[int]
    examples: list[int]


@dataclass(frozen=True)
class LayerGroups:
    """The groups of a layer in the flow; its nodes are they, no group, and the rest.

    Attributes:
        step: of the record of responses.
        groups: in their places.
        ungrouped: units with flow of their own that are in no group.
    """

    step: int
    groups: list[UnitGroup]
    ungrouped: list[int]


@dataclass(frozen=True)
class GroupedFlow:
    """Flow between groups.

    Attributes:
        flow: the same layers; arrays are by node, of a layer without groups by unit as before.
        groups: of each layer; None for one whose units stand for themselves.
        against: of each link, the part below 0 of the values.
    """

    flow: Flow
    groups: list[LayerGroups | None]
    against: list[Float32[np.ndarray, "_source_node _target_node"]]


def grouped_flow(recording: Recording, flow: Flow, grouping: UnitGrouping) -> GroupedFlow:
    """Return a flow with the units of each layer that has responses in groups.

    Args:
        recording: that the flow is of.
        flow: between units.
        grouping: into which groups.
    """
    found = [_of_layer(recording, layer, flow.step, grouping) for layer in flow.layers]
    shares = [each.shares for each in found]
    links, against = [], []
    for link in flow.links:
        values, below = gathered(link.values, shares[link.source], shares[link.target])
        links.append(Link(link.source, link.target, values.astype(np.float32)))
        against.append(below.astype(np.float32))

    def summed(parts: list[Float32[np.ndarray, " _unit"]]) -> list[Float32[np.ndarray, " _node"]]:
        return [
            (own.T @ part.astype(np.float64)).astype(np.float32)
            for own, part in zip(shares, parts, strict=True)
        ]

    return GroupedFlow(
        replace(
            flow,
            links=links,
            attributions=summed(flow.attributions),
            magnitudes=summed(flow.magnitudes),
            remainders=summed(flow.remainders),
        ),
        [each.groups for each in found],
        against,
    )


@dataclass(frozen=True)
class _Nodes:
    groups: LayerGroups | None
    shares: Float64[np.ndarray, "_shown_and_rest _node"]


def _of_layer(recording: Recording, layer: FlowLayer, step: int, grouping: UnitGrouping) -> _Nodes:
    units = {each.name: each.units for each in recording.layers}
    alone = _Nodes(None, np.eye(len(layer.shown) + 1))
    if units.get(layer.name) != layer.units:
        return alone
    try:
        stored = recording.responses.stored(layer.name, grouping.method)
    except NotFoundError:
        return alone
    last = len(stored) - 1
    start = last if grouping.anchor is None else stored_at(stored, grouping.anchor)
    place = stored_at(stored, step)
    series = GroupSeries(recording.responses, stored, layer.units, start, grouping.count)
    record = series.at(place)
    weights = np.zeros((layer.units, record.weights.shape[1]))
    weights[record.units] = record.weights
    shares, shown = group_shares(weights), np.array(layer.shown, np.int64)
    groups = LayerGroups(
        step=stored[place].record.step,
        groups=[_group(record, number) for number in range(record.weights.shape[1])],
        ungrouped=shown[shares[shown, -1] > 0].tolist(),
    )
    return _Nodes(groups, shown_shares(shares, shown))


def _group(record: GroupRecord, number: int) -> UnitGroup:
    weights, activity = record.weights[:, number], record.activity[number]
    heavy = np.argsort(-weights, kind="stable")[:_STRONGEST]
    active = np.argsort(-activity, kind="stable")[:_EXAMPLES]
    return UnitGroup(
        members=int((weights >= MEMBER_SHARE).sum()),
        strongest=record.units[heavy[weights[heavy] > 0]].tolist(),
        examples=record.examples[active[activity[active] > 0]].tolist(),
    )
