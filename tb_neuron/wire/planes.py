"""Units and examples in two dimensions, and the pictures that stand for units."""

from typing import Literal, TypedDict

PointKind = Literal["units", "examples"]


class PlaneLayer(TypedDict):
    """A layer with responses, and the steps at which they were recorded.

    `has_crops` says whether the examples that its units respond to most are known.
    """

    name: str
    steps: list[str]
    has_crops: bool


class PlaneProjection(TypedDict):
    """A way to lay out points; `absence` says what to type where its package is missing.

    `preparation` says what takes long when it is first used; empty for nothing.
    """

    name: str
    title: str
    absence: str
    preparation: str


class PlaneSteps(TypedDict):
    """Answer of `planes`: which layers' units and examples can be laid out, and how."""

    layers: list[PlaneLayer]
    projections: list[PlaneProjection]


class Plane(TypedDict):
    """Header of `plane`: a layer's units, or the examples, in two dimensions at all records.

    Each record is aligned to that of step `anchor`; `done` says how many are laid out so far: ask
    again for the rest. `total` is all there are: units of the layer or examples of the probe set.
    Arrays: `points` int32[point], numbers of units or examples; `places` float32[record, point,
    2], NaN for a point that is not finite and for what is still to come; `explained`
    float32[record, 2], shares of the variance, NaN unless by PCA. Of examples, also `labels`
    int32[point] and `predictions` int32[record, point], -1 where unknown.
    """

    layer: str
    method: str
    of: PointKind
    projection: str
    settings: str
    reduction: str
    anchor: str
    steps: list[str]
    done: int
    total: int


class Crops(TypedDict):
    """Header of `crops`: the example that each unit of a layer responds to most, and where.

    Arrays, by unit of the layer: `examples` int32[unit], -1 where none is known; `values`
    float32[unit], the response; `boxes` float32[unit, 4], top, left, bottom and right of what the
    unit sees there, as shares of the picture.
    """

    layer: str
    step: str
