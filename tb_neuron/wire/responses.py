"""What units respond to: their distributions, and two units or layers together."""

from typing import TypedDict


class ResponseMethod(TypedDict):
    """By what a layer's responses were recorded, and when.

    `name` is empty for activations, else a method of attribution to `target`.
    """

    name: str
    target: str
    steps: list[str]


class ResponseLayer(TypedDict):
    """A layer with responses; `units` are the pinned ones, empty where all were recorded."""

    name: str
    units: list[int]
    methods: list[ResponseMethod]


class OtherResponses(TypedDict):
    """Another probe set of the run with responses of the model, and by which methods any layer has.

    A method is empty for activations.
    """

    probe: str
    methods: list[str]


class ResponseSteps(TypedDict):
    """Answer of `responses`: when responses were recorded, of which layers, how reduced.

    `examples` of the probe set's `of` were drawn with `seed`, at the last of the records, which
    takes `bytes_a_value` in its file, header included, for each unit and example. `others` are the
    run's other probe sets on which responses of the model were recorded, too.
    """

    steps: list[str]
    layers: list[ResponseLayer]
    reduction: str
    examples: int
    of: int
    seed: int
    bytes_a_value: float
    others: list[OtherResponses]


class JointAxis(TypedDict):
    """A side of the plane: a unit's responses, or a layer's first principal component.

    `unit` is null for the component. `method` is that of attributions, empty for activations. The
    scale is the same at all records.
    """

    layer: str
    method: str
    unit: int | None
    lower: float
    upper: float


class EndShares(TypedDict):
    """Shares of examples on which the two stand at an end; null where they have no such end."""

    first: float | None
    second: float | None
    both: float | None


class JointSide(TypedDict):
    """What is counted of one side of a comparison.

    `examples` pass the filter and have both responses, of the `known` that have both.
    `correlation` is null where it is undefined. `explained` is the share of its layer's variance
    along each axis, null for units. At the lower end a ReLU is 0; a bounded unit has an upper, too;
    of attributions the lower end is exactly 0.
    """

    run: str
    step: str
    examples: int
    known: int
    correlation: float | None
    lower: EndShares
    upper: EndShares
    explained: list[float | None]


class Joint(TypedDict):
    """Header of `joint`: two responses together, in hexagons whose places hold for all records.

    `size` are a hexagon's width and the height of a row, on the scales of the axes. `top` and
    `top_share` are the largest count of a hexagon, and share of a side's examples in one, over all
    records; `marginal_top` the largest share in a part of an axis. `trail_steps` belong to the
    example that is followed. Arrays: `x` and `y` float32[bin]; `counts` uint32[side, group, bin];
    `marginals_x` and `marginals_y` uint32[side, part]; by example `examples` int32[example],
    `labels` int32[example], -1 where unknown, and of each side `bin_of` int32[side, example], -1
    where an example is not counted, `first` and `second` float32[side, example], `predictions`
    int32[side, example] and `correct` uint8[side, example], 2 where unknown; `trail` float32[2,
    trail record].
    """

    first: JointAxis
    second: JointAxis
    reduction: str
    groups: list[str]
    sides: list[JointSide]
    size: list[float]
    top: int
    top_share: float
    marginal_top: float
    trail_steps: list[str]


class CorrelatedUnit(TypedDict):
    """A unit and its correlation with the one that was asked for."""

    unit: int
    correlation: float


class Correlated(TypedDict):
    """Answer of `correlated`: units of the same layer that respond most alike, and most opposed.

    `undefined` units are constant over the examples; `is_constant` says whether the unit itself is.
    """

    layer: str
    method: str
    unit: int
    step: str
    highest: list[CorrelatedUnit]
    lowest: list[CorrelatedUnit]
    undefined: int
    is_constant: bool


class Drift(TypedDict):
    """Header of `drift`: how differently the units of a layer respond to two probe sets.

    Array `distances` float32[unit]: the largest gap between the two cumulative distributions of a
    unit's responses, 0 to 1 (Kolmogorov and Smirnov); NaN where one of them is unknown.
    """

    layer: str
    method: str
    step: str
    examples: int
    other: str
    other_step: str
    other_examples: int


class ResponseDistribution(TypedDict):
    """Header of `distribution`: a unit's responses over all records, on one scale.

    Arrays: `counts` float32[record, part], in equal parts of the scale, each response spread over
    the values that its byte may stand for; `quantiles` float32[record, 5] at 0, 0.25, 0.5, 0.75 and
    1. With a second probe set `other`, `other_counts` float32[other record, part] of it and
    `distances` float32[record] as in `drift`, of the other's record at or before; else both are
    empty.
    """

    layer: str
    method: str
    unit: int
    lower: float
    upper: float
    steps: list[str]
    examples: int
    other: str
    other_steps: list[str]
    other_examples: int
