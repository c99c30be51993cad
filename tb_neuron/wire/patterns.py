"""A layer's responses as a matrix, by class, and its units in groups."""

from typing import Literal, TypedDict

from .records import GridName

Grouping = Literal["label", "prediction", "none"]


class PatternClass(TypedDict):
    """A class and how many of the examples count to it; `number` is -1 for those without one."""

    number: int
    name: str
    examples: int


class PatternSubset(TypedDict):
    """A saved subset, and of how many examples its means are.

    `problem` says why its filter can't be used on this recording; empty if it can.
    """

    name: str
    filter: str
    examples: int
    problem: str


class Patterns(TypedDict):
    """Header of `patterns`: a layer's responses at one record, in the order of the anchor.

    `steps` are those of the layer's records of responses; `units` how many the layer has; `drawn`
    of the probe set's `of` examples have responses. `lower` and `upper` are the ends of all
    responses over all records, 0 included. Examples stand class by class in the order of `classes`,
    to which they count `by` label, by prediction where there are no labels, or not at all.

    Arrays, in that order: `units` int32[unit]; `examples` int32[example]; `codes`
    uint8[example, unit] on `grid`, with `offsets` int32[unit]; `labels` and `predictions`
    int32[example], -1 where unknown; `class_means` float32[class, unit], NaN for a class without
    examples; `selectivity` float32[unit], NaN where it is undefined; `preferred` int32[unit], the
    class of the largest mean, -1 where that is undefined; `subset_means` float32[subset, unit], NaN
    for a subset without examples.
    """

    layer: str
    method: str
    step: str
    steps: list[str]
    anchor: str
    units: int
    reduction: str
    drawn: int
    of: int
    grid: GridName
    lower: float
    upper: float
    by: Grouping
    classes: list[PatternClass]
    subsets: list[PatternSubset]


class Groups(TypedDict):
    """Header of `groups`: a layer's units in groups at one record, each at its place of the anchor.

    `error` is what the groups leave over of the responses, as a share of their norm. Where the
    activations of tracked examples were recorded, `map_step`, `map_shape` and `map_examples` say of
    which `maps` are, and `map_units` of how many of the layer's units; else `map_step` is empty.

    Arrays: `units` int32[unit]; `examples` int32[example]; `weights` float32[group, unit], a
    group's largest is 1; `activity` float32[group, example], on the scale of the responses, of
    attributions net; `against` float32[group, example] the part below 0 of that, without examples
    for activations; `strength` float32[group], its share of the layer's responses above 0, of
    attributions of their magnitudes; `alike` float32[group],
    the cosine of its weights with those at the record before, NaN where one is missing; `profile`
    float32[group, class], mean activity; `maps` float32[group, example, position].
    """

    layer: str
    method: str
    step: str
    steps: list[str]
    anchor: str
    count: int
    drawn: int
    of: int
    error: float
    by: Grouping
    classes: list[PatternClass]
    map_step: str
    map_shape: list[int]
    map_examples: list[int]
    map_units: int
