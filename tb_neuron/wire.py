"""The JSON that routes answer, as types: the only definition of it.

`frontend/src/wire.ts` (interfaces, guards, camelCase names) is generated from this module by
`make schema`; `http_api.md` beside this file says which route answers what. A *step* travels as
a decimal string, because steps may exceed 2^53. A *position in the record list* is an index into
`Records.steps`.
"""

from typing import Literal, TypedDict

GridName = Literal["unsigned_log", "signed_log", "fraction", "exact"]


Family = Literal["none", "relu", "bounded", "smooth"]


ChangeKind = Literal["sign", "class"]


EventKind = Literal["silent", "dead", "revived", "dormant", "saturated", "unsaturated", "nonfinite"]


class Problem(TypedDict):
    """Something that could not be read, told to the user in a sentence."""

    place: str
    message: str


class RecordingSummary(TypedDict):
    """One model on one probe set in one run: what the pickers list."""

    model: str
    probe: str
    layers: int
    units: int
    records: int
    first_step: str
    last_step: str
    last_wall_time: float
    layout_id: str
    probe_hash: str


class RunSummary(TypedDict):
    """One run of the experiment."""

    name: str
    recordings: list[RecordingSummary]
    problems: list[Problem]


class Runs(TypedDict):
    """Answer of `runs`."""

    version: str
    logdir: str
    source: str
    runs: list[RunSummary]


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


class Tokens(TypedDict):
    """Answer of `tokens`: the text of each position of an example, in order."""

    texts: list[str]


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


Mark = Literal["none", "good", "doubtful", "failing"]


class TrustFigure(TypedDict):
    """One figure of a verdict; `value` is null where there is none, and `sentence` says why."""

    name: str
    value: float | None
    mark: Mark
    sentence: str


class Verdict(TypedDict):
    """Whether to believe attributions, as checked at a step; `mark` is the worst of all."""

    step: str
    mark: Mark
    figures: list[TrustFigure]


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


class CheckedLayer(TypedDict):
    """A layer to whose units a method attributes, with all verdicts in step order."""

    layer: str
    verdicts: list[Verdict]


class CheckedMethod(TypedDict):
    """A method of units that was checked; `absence` says why it was not in the last record."""

    name: str
    absence: str
    layers: list[CheckedLayer]


class UnitTrust(TypedDict):
    """Answer of `trust`: when attributions to units were checked, on which tracked examples."""

    steps: list[str]
    target: str
    examples: list[int]
    methods: list[CheckedMethod]


class ResponseLayer(TypedDict):
    """A layer with responses; `units` are the pinned ones, empty where all were recorded."""

    name: str
    units: list[int]


class ResponseSteps(TypedDict):
    """Answer of `responses`: when responses were recorded, of which layers, how reduced.

    `examples` of the probe set's `of` were drawn, at the last of the records. `others` are the
    names of the run's other probe sets on which responses of the model were recorded, too.
    """

    steps: list[str]
    layers: list[ResponseLayer]
    reduction: str
    examples: int
    of: int
    others: list[str]


class JointAxis(TypedDict):
    """A side of the plane: a unit's responses, or a layer's first principal component.

    `unit` is null for the component. The scale is the same at all records.
    """

    layer: str
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
    along each axis, null for units. At the lower end a ReLU is 0; a bounded unit has an upper, too.
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
    unit: int
    step: str
    highest: list[CorrelatedUnit]
    lowest: list[CorrelatedUnit]
    undefined: int
    is_constant: bool


FactKind = Literal["number", "claim", "text"]


class Fact(TypedDict):
    """A name that filters know, and some of its values as a filter writes them."""

    name: str
    kind: FactKind
    values: list[str]


class FilteredExamples(TypedDict):
    """Answer of `filter`: the examples that an expression holds for, and the names it may use."""

    step: str
    examples: list[int]
    of: int
    facts: list[Fact]


class Drift(TypedDict):
    """Header of `drift`: how differently the units of a layer respond to two probe sets.

    Array `distances` float32[unit]: the largest gap between the two cumulative distributions of a
    unit's responses, 0 to 1 (Kolmogorov and Smirnov); NaN where one of them is unknown.
    """

    layer: str
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
    unit: int
    lower: float
    upper: float
    steps: list[str]
    examples: int
    other: str
    other_steps: list[str]
    other_examples: int


PointKind = Literal["units", "examples"]


class PlaneLayer(TypedDict):
    """A layer with responses, and the steps at which they were recorded.

    `has_crops` says whether the examples that its units respond to most are known.
    """

    name: str
    steps: list[str]
    has_crops: bool


class PlaneProjection(TypedDict):
    """A way to lay out points; `absence` says what to type where its package is missing."""

    name: str
    title: str
    absence: str


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


Grouping = Literal["label", "prediction", "none"]


class PatternClass(TypedDict):
    """A class and how many of the examples count to it; `number` is -1 for those without one."""

    number: int
    name: str
    examples: int


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
    class of the largest mean, -1 where that is undefined.
    """

    layer: str
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


class Groups(TypedDict):
    """Header of `groups`: a layer's units in groups at one record, each at its place of the anchor.

    `error` is what the groups leave over of the responses, as a share of their norm. Where the
    activations of tracked examples were recorded, `map_step`, `map_shape` and `map_examples` say of
    which `maps` are, and `map_units` of how many of the layer's units; else `map_step` is empty.

    Arrays: `units` int32[unit]; `examples` int32[example]; `weights` float32[group, unit], a
    group's largest is 1; `activity` float32[group, example], on the scale of the responses;
    `strength` float32[group], its share of the layer's responses above 0; `alike` float32[group],
    the cosine of its weights with those at the record before, NaN where one is missing; `profile`
    float32[group, class], mean activity; `maps` float32[group, example, position].
    """

    layer: str
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


class ErrorAnswer(TypedDict):
    """Body of every 4xx answer: the rule, the value that broke it, the way out."""

    error: str
