"""Attribution passed between layers."""

from typing import TypedDict


class FlowGroup(TypedDict):
    """Examples whose flow is told apart: "all", "class 3" or "example 17"."""

    name: str
    examples: int


class FlowMethod(TypedDict):
    """A method by which flow was recorded, and at which steps."""

    name: str
    description: str
    steps: list[str]


class FlowSteps(TypedDict):
    """Answer of `flows`: when flow was recorded, by which methods, of which groups of examples."""

    steps: list[str]
    groups: list[FlowGroup]
    methods: list[FlowMethod]


class UnitGroup(TypedDict):
    """A group of a layer's units: how many have a tenth of its largest weight or more.

    `strongest` are units of most weight, `examples` those of most activity.
    """

    members: int
    strongest: list[int]
    examples: list[int]


class FlowLayer(TypedDict):
    """A layer in the flow; its nodes are the units `shown`, rising, and one more: the rest.

    `pinned` are those of them that the recording always shows. Where groups were asked for and the
    layer has responses, its nodes are its `groups`, those of the record at `group_step`, then what
    is in no group (the units `ungrouped`), then the rest; else `groups` is empty.
    """

    name: str
    units: int
    shown: list[int]
    pinned: list[int]
    groups: list[UnitGroup]
    group_step: str
    ungrouped: list[int]


class FlowLink(TypedDict):
    """Links from one layer to another, by positions in `Flow.layers`."""

    source: int
    target: int


class Flow(TypedDict):
    """Header of `flow`: attribution passed between layers, mean over a group's examples.

    Arrays: `link0`, `link1`, ... float32[source node, target node], signed, one for each of
    `links`; float32[node], the nodes of all layers in order: `attributions` (signed mean),
    `magnitudes` (mean magnitude) and `remainders` (what is beyond the incoming links, from biases
    and normalisation; NaN in a layer that nothing leads to). Where groups were asked for, also
    `against0`, ...: the part below 0 of each link, which its signed sum may hide.
    """

    step: str
    group: str
    examples: int
    method: str
    target: str
    layers: list[FlowLayer]
    links: list[FlowLink]
