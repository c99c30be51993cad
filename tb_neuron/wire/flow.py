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


class FlowLayer(TypedDict):
    """A layer in the flow; its units are those `shown`, rising, and one more: the rest.

    `pinned` are those of them that the recording always shows.
    """

    name: str
    units: int
    shown: list[int]
    pinned: list[int]


class FlowLink(TypedDict):
    """Links from one layer to another, by positions in `Flow.layers`."""

    source: int
    target: int


class Flow(TypedDict):
    """Header of `flow`: attribution passed between layers, mean over a group's examples.

    Arrays: `link0`, `link1`, ... float32[source unit, target unit], signed, one for each of
    `links`; float32[unit], the units of all layers in order: `attributions` (signed mean),
    `magnitudes` (mean magnitude) and `remainders` (what is beyond the incoming links, from biases
    and normalisation; NaN in a layer that nothing leads to).
    """

    step: str
    group: str
    examples: int
    method: str
    target: str
    layers: list[FlowLayer]
    links: list[FlowLink]
