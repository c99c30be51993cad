"""What speaks for and against each class on tracked examples."""

from typing import TypedDict

from .maps import TrackedExample


class EvidencePins(TypedDict):
    """Units of a layer of which the mean over the probe set is recorded."""

    layer: str
    units: list[int]


class EvidenceSteps(TypedDict):
    """Answer of `evidence`: when evidence was recorded, of which layers, examples and pins.

    `method` is empty where there is none.
    """

    steps: list[str]
    method: str
    layers: list[str]
    examples: list[TrackedExample]
    pins: list[EvidencePins]


class LayerEvidence(TypedDict):
    """Header of `layer_evidence`: what speaks for and against each class in tracked examples.

    Arrays: `net` float32[example, class, unit], attributions to the logits of `classes`;
    `against` the magnitude of the negative ones alone, over positions, so that both together are
    what speaks for a class; NaN where unknown; `prediction`, `probability` and `correct` as in
    `MethodMaps`, [example].
    """

    layer: str
    step: str
    method: str
    classes: list[int]
    examples: list[TrackedExample]


class UnitEvidence(TypedDict):
    """Header of `unit_evidence`: what one unit contributes to each class at all its records.

    Arrays: `net` and `against` float32[record, example, class] as in `LayerEvidence`; `mean` and
    `mean_against` float32[record, class], means over the probe set where the unit is pinned; NaN
    where unknown; `prediction`, `probability` and `correct` as in `MethodMaps`.
    """

    layer: str
    unit: int
    steps: list[str]
    method: str
    classes: list[int]
    examples: list[TrackedExample]
    is_pinned: bool
