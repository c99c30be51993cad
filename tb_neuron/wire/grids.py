"""Activation grids of tracked examples, and what stands behind one of their cells."""

from typing import TypedDict

from .maps import TrackedExample


class GridLayer(TypedDict):
    """A layer of which activations of tracked examples were recorded.

    `shape` is that of its positions, empty for a layer without; `has_evidence` tells whether any
    record says what its positions contribute to classes.
    """

    layer: str
    shape: list[int]
    units: int
    has_evidence: bool


class GridSteps(TypedDict):
    """Answer of `grids`: when activations of tracked examples were recorded, of which layers.

    `notes` say what was left out.
    """

    steps: list[str]
    layers: list[GridLayer]
    examples: list[TrackedExample]
    notes: list[str]


class ActivationGrid(TypedDict):
    """Header of `grid`: a layer's cells at one record, for tracked examples.

    `steps` are those of the layer's records; `units` how many the layer has, `kept` how many of
    them the vectors are made of; `top` the largest norm over all records; `explained` the shares of
    the variance at `anchor` along the three components that are red, green and blue.
    `evidence_step` is empty where it is not known what positions contribute, else `method` tells
    by which attribution to the logits of `classes`; `attribution_top` is the largest magnitude over
    all records.

    Arrays: `norms` float32[example, position], NaN where not finite; `colours`
    uint8[example, position, 3]; `net` float32[example, class, position], NaN where unknown;
    `prediction`, `probability` and `correct` as in `MethodMaps`, [example].
    """

    layer: str
    step: str
    steps: list[str]
    anchor: str
    shape: list[int]
    examples: list[TrackedExample]
    units: int
    kept: int
    top: float
    explained: list[float]
    evidence_step: str
    method: str
    classes: list[int]
    attribution_top: float


class PositionUnits(TypedDict):
    """Header of `position`: the units of a layer at one position of a tracked example.

    `step` is empty where no activations were recorded, `evidence_step` where no attributions were.
    Units' attributions were kept toward the classes in `kept`.

    Arrays: `units` int32[unit]; `activations` float32[unit]; `net` float32[class, unit], the units'
    attributions to the logits of `classes`; `totals` float32[class], the position's; NaN where
    unknown.
    """

    layer: str
    example: int
    position: int
    shape: list[int]
    step: str
    evidence_step: str
    method: str
    classes: list[int]
    kept: list[int]
