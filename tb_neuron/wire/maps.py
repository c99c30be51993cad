"""Attribution maps of tracked examples."""

from typing import TypedDict

from .trust import Verdict


class MapMethod(TypedDict):
    """A method whose maps were recorded.

    `form` is "image", "tokens", "signal" or "features", and empty with an `absence`: why it has no
    maps. `layer` is where it reads, if it reads at a layer.
    """

    name: str
    form: str
    shape: list[int]
    settings: str
    layer: str
    is_signed: bool
    description: str
    source: str
    absence: str
    verdicts: list[Verdict]


class TrackedExample(TypedDict):
    """An example whose maps are kept; `label` is -1 where there is none."""

    example: int
    label: int


class MapTarget(TypedDict):
    """What maps explained, and when."""

    target: str
    steps: list[str]


class MapSteps(TypedDict):
    """Answer of `maps`: what there is of a target; `methods` hold each once a layer."""

    steps: list[str]
    target: str
    targets: list[MapTarget]
    examples: list[TrackedExample]
    methods: list[MapMethod]


class MethodMaps(TypedDict):
    """Header of `map`: one method's maps of all tracked examples at all records of a target.

    Arrays: `values` float32[record, example, position], positions of `MapMethod.shape` in row-major
    order, NaN where there is none; `prediction` int32[record, example], -1 where unknown;
    `probability` float32[record, example] of the label (without labels, of the prediction), NaN
    where unknown; `correct` uint8[record, example], 2 where unknown; `iou`,
    `ground_truth_coverage` and `saliency_coverage` float32[record, example], how what is salient
    and what the example's mask marks overlap, NaN where it has none.
    """

    method: str
    steps: list[str]
