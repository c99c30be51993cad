"""A recording without its units' values: layers, statistics, steps, costs; films of a statistic."""

from typing import Literal, TypedDict

from .runs import Problem

GridName = Literal["unsigned_log", "signed_log", "fraction", "exact"]
Family = Literal["none", "relu", "bounded", "smooth"]


class Layer(TypedDict):
    """A watched layer, in execution order."""

    name: str
    kind: str
    module_type: str
    units: int
    shape: list[int]
    family: Family
    nonlinearity: str
    can_be_dead: bool
    successors: list[int]
    parameters: int


class Statistic(TypedDict):
    """A per-unit statistic and the largest magnitude it reaches over all records and layers.

    Of attributions, `method` and `target` say which; of activations both are empty. `figure` is
    what it is of them, such as "mean".
    """

    name: str
    grid: GridName
    description: str
    top: float
    method: str
    target: str
    figure: str


class ClassStatistic(TypedDict):
    """A statistic that is also known over each class's examples, on grid "signed_log".

    `film` takes it as `name@class`, with `class` from 0 to `classes` - 1; a record without one
    shows the last before it; `steps` are those that have one. `top` is the largest magnitude over
    all classes, records and layers.
    """

    name: str
    classes: int
    top: float
    steps: list[str]


class Costs(TypedDict):
    """What one record cost the training.

    `device_seconds` are 0 on a CPU; `peak_extra_bytes` are None where they aren't known; `bytes`
    are of the whole record.
    """

    wall_seconds: float
    forward_seconds: float
    device_seconds: float
    peak_extra_bytes: int | None
    bytes: int
    overhead: float


class ProbeSet(TypedDict):
    """The examples that every record is measured on.

    `thumbnails` and `tokens` say how many of them have a picture and tokens: the first ones.
    """

    name: str
    hash: str
    examples: int
    class_names: list[str]
    has_labels: bool
    input: str
    thumbnails: int
    tokens: int


class Thresholds(TypedDict):
    """What the unit states mean in this recording."""

    silent_std: float
    dormant: float
    saturated_share: float
    saturated_margin: float
    dead_records: int


class Records(TypedDict):
    """Header of `records`: everything but the units' values.

    Arrays: `counts` uint32[state, layer, record], states in the order silent, dead, dormant,
    saturated, nonfinite; `counts_once` the same with each unit counted under its weightiest state
    alone (nonfinite, saturated, dead, silent, dormant); `means` float32[statistic, layer, record];
    `dead_since` int32[unit], position in the record list, -1 if not dead, units of all layers in
    order; `loss` and `accuracy` float32[record], NaN where unknown.
    """

    run: str
    model: str
    probe: str
    layout_id: str
    layers: list[Layer]
    absences: list[Problem]
    statistics: list[Statistic]
    class_statistics: list[ClassStatistic]
    steps: list[str]
    wall_times: list[float]
    checkpoints: list[str]
    costs: list[Costs]
    thresholds: Thresholds
    probe_set: ProbeSet
    chunk_frames: int
    chunk_hashes: list[str]
    notes: list[str]
    problems: list[Problem]
    live: bool


class FilmChunk(TypedDict):
    """Header of `film`: `chunk_frames` records of one statistic, all layers.

    Array `codes` uint8[frame, unit]: the first frame as it is, every other one minus the frame
    before it, modulo 256. `offsets` hold a grid offset a layer, the same for all of its frames.
    """

    statistic: str
    grid: GridName
    first_record: int
    frames: int
    offsets: list[int]
