"""Units of a layer: at one record, over all records, and what changed in their attribution."""

from typing import Literal, TypedDict

EventKind = Literal["silent", "dead", "revived", "dormant", "saturated", "unsaturated", "nonfinite"]
ChangeKind = Literal["sign", "class"]


class LayerValues(TypedDict):
    """Header of `layer`: every statistic of every unit of a layer at one record.

    Arrays: `values` float32[statistic, unit]; `states` uint8[unit], bits 1 silent, 2 dormant,
    4 saturated, 8 nonfinite; `dead_since` and `silent_since` int32[unit], positions in the record
    list, -1 if not.
    """

    layer: str
    step: str
    record: int
    statistics: list[str]


class UnitEvent(TypedDict):
    """Something that happened to a unit, dated by its record."""

    kind: EventKind
    record: int
    step: str
    text: str


class MethodTarget(TypedDict):
    """A method of attribution, and what it explains."""

    method: str
    target: str


class UnitSeries(TypedDict):
    """Header of `unit`: one unit over all records.

    Arrays: `values` float32[statistic, record]; `states` uint8[record], bits as in `layer`;
    `quantiles` float32[statistic, 5, record], the layer's 0, 0.25, 0.5, 0.75 and 1 quantiles over
    its units; `rank` float32[statistic, record], share of the layer's units below this one;
    `class_means` float32[class, class record], mean activation over the class's examples;
    `class_attributions` float32[method, class, class record] the same of attribution, by each of
    `class_methods`. NaN where it is missing.
    """

    layer: str
    unit: int
    statistics: list[str]
    steps: list[str]
    dead_since: int
    events: list[UnitEvent]
    class_names: list[str]
    class_steps: list[str]
    class_methods: list[MethodTarget]


class UnitChange(TypedDict):
    """A unit whose mean attribution changed sign, or whose main class is another.

    `before` and `after` are "+" and "−", or names of classes.
    """

    unit: int
    kind: ChangeKind
    record: int
    step: str
    before: str
    after: str


class Changes(TypedDict):
    """Answer of `changes`: what changed in a layer, the earliest first.

    A sign counts where |mean attribution| exceeds `sign_share` of the layer's mean |attribution|,
    before and after; a class where it leads by more than `class_margin` of it. What is less clear
    changes nothing. `method` and `target` are empty without attributions; `has_classes` says
    whether they are known class by class; `left_out` counts changes beyond those listed.
    """

    layer: str
    method: str
    target: str
    sign_share: float
    class_margin: float
    has_classes: bool
    changes: list[UnitChange]
    left_out: int
