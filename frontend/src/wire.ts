// Generated from tb_neuron/wire/ by `make schema`: change that package, not this file.

/** JSON that is not what the route promises; the message names the place. */
export class WireError extends Error {
  readonly path: string;

  constructor(path: string, expected: string, value: unknown) {
    super(`${path} should be ${expected}, not ${describe(value)}`);
    this.name = "WireError";
    this.path = path;
  }
}

type Parse<T> = (json: unknown, path: string) => T;

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return `"${String(value).slice(0, 60)}"`;
}

function text(json: unknown, path: string): string {
  if (typeof json !== "string") throw new WireError(path, "a string", json);
  return json;
}

function decimal(json: unknown, path: string): number {
  if (typeof json !== "number") throw new WireError(path, "a number", json);
  return json;
}

function integer(json: unknown, path: string): number {
  if (typeof json !== "number" || !Number.isSafeInteger(json)) {
    throw new WireError(path, "an integer", json);
  }
  return json;
}

function flag(json: unknown, path: string): boolean {
  if (typeof json !== "boolean") throw new WireError(path, "true or false", json);
  return json;
}

function list<T>(parse: Parse<T>): Parse<readonly T[]> {
  return (json, path) => {
    if (!Array.isArray(json)) throw new WireError(path, "a list", json);
    return json.map((item: unknown, index) => parse(item, `${path}[${index}]`));
  };
}

function oneOf<T extends string>(choices: readonly T[]): Parse<T> {
  return (json, path) => {
    const found = choices.find((choice) => choice === json);
    if (found === undefined) throw new WireError(path, `one of ${choices.join(", ")}`, json);
    return found;
  };
}

function reader(json: unknown, path: string): <T>(name: string, parse: Parse<T>) => T {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new WireError(path, "an object", json);
  }
  const fields = new Map<string, unknown>(Object.entries(json));
  return (name, parse) => parse(fields.get(name), `${path}.${name}`);
}

function nullable<T>(parse: Parse<T>): Parse<T | null> {
  return (json, path) => (json === null ? null : parse(json, path));
}

/**
 * Answer of `dictionary`: when it was recorded what units respond to, and what there is of it.
 *
 * `top` examples of each unit are known at most. `columns` are the names of a tabular row's
 * columns, empty where they have none. `pictures` says how many examples have one.
 */
export interface Dictionary {
  readonly layers: readonly DictionaryLayer[];
  readonly top: number;
  readonly columns: readonly string[];
  readonly pictures: number;
  readonly visualisations: readonly Visualisation[];
}

export function parseDictionary(json: unknown, path = "dictionary"): Dictionary {
  const read = reader(json, path);
  return {
    layers: read("layers", list(parseDictionaryLayer)),
    top: read("top", integer),
    columns: read("columns", list(text)),
    pictures: read("pictures", integer),
    visualisations: read("visualisations", list(parseVisualisation)),
  };
}

/** A layer and the steps at which the examples were recorded that its units respond to most. */
export interface DictionaryLayer {
  readonly name: string;
  readonly steps: readonly string[];
}

export function parseDictionaryLayer(json: unknown, path = "dictionaryLayer"): DictionaryLayer {
  const read = reader(json, path);
  return {
    name: read("name", text),
    steps: read("steps", list(text)),
  };
}

/** Every `IconForm`, in the order of `tb_neuron/wire/`. */
export const ICON_FORMS = ["picture", "tokens", "signal", "columns", "numbers"] as const;
export type IconForm = (typeof ICON_FORMS)[number];

/**
 * Header of `meaning_drift`: how far units' top examples changed from record to record.
 *
 * Array `drifts` float32[record, unit]: 1 less the share that both records have of the examples
 * in either's top (Jaccard); NaN at the first record and at one that can't be read, and where a
 * unit has none at both or was recorded at one alone.
 */
export interface MeaningDrift {
  readonly layer: string;
  readonly steps: readonly string[];
  readonly top: number;
}

export function parseMeaningDrift(json: unknown, path = "meaningDrift"): MeaningDrift {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    steps: read("steps", list(text)),
    top: read("top", integer),
  };
}

/**
 * Header of `pictures`: the examples' small pictures, PNG files one behind the other.
 *
 * Arrays: `ends` uint32[example], where in `files` uint8[byte] an example's file ends.
 */
export interface Pictures {
  readonly examples: number;
}

export function parsePictures(json: unknown, path = "pictures"): Pictures {
  const read = reader(json, path);
  return {
    examples: read("examples", integer),
  };
}

/**
 * Header of `unit_icons`: what icons of a layer's units show, the top examples first.
 *
 * `form` says which arrays there are; "numbers" has the examples' alone. `examples_of` is the size
 * of the probe set. `grid` are rows and columns of positions, or the number of them; `size` those
 * of the images in pixels (of signals 1 and the length), empty where it isn't known.
 *
 * Arrays: `units` int32[unit]; `examples` int32[unit, top], -1 for what says nothing: a response
 * that is the unit's lowest; `values` float32[unit, top], responses; `positions` int32[unit, top],
 * flat, -1 without; `labels` int32[unit, top], -1 where unknown; `boxes` float32[unit, top, 4],
 * top, left, bottom, right of what is seen as shares; `marks` float32[unit, top, 2], y and x of
 * the position's middle as shares, NaN where unknown. Of "tokens" `windows` int32[unit, top,
 * token], places in `texts`, -1 outside the example, and `centres` int32[unit, top], which of
 * them answered, -1 where unknown; of "signal" `stretches` float32[unit, top, channel, point]; of
 * "columns" `columns` int32[unit, place] and `deviations` float32[unit, place].
 */
export interface UnitIcons {
  readonly layer: string;
  readonly step: string;
  readonly form: IconForm;
  readonly reduction: string;
  readonly examplesOf: number;
  readonly grid: readonly number[];
  readonly size: readonly number[];
  readonly texts: readonly string[];
}

export function parseUnitIcons(json: unknown, path = "unitIcons"): UnitIcons {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    step: read("step", text),
    form: read("form", oneOf(ICON_FORMS)),
    reduction: read("reduction", text),
    examplesOf: read("examples_of", integer),
    grid: read("grid", list(integer)),
    size: read("size", list(integer)),
    texts: read("texts", list(text)),
  };
}

/**
 * An image that a unit responds to most, sought on a checkpoint; `place` is among its unit's.
 *
 * `response` is the unit's mean activation over positions; null where it isn't finite.
 */
export interface Visualisation {
  readonly step: string;
  readonly layer: string;
  readonly unit: number;
  readonly place: number;
  readonly response: number | null;
  readonly checkpoint: string;
  readonly settings: string;
}

export function parseVisualisation(json: unknown, path = "visualisation"): Visualisation {
  const read = reader(json, path);
  return {
    step: read("step", text),
    layer: read("layer", text),
    unit: read("unit", integer),
    place: read("place", integer),
    response: read("response", nullable(decimal)),
    checkpoint: read("checkpoint", text),
    settings: read("settings", text),
  };
}

/** Units of a layer of which the mean over the probe set is recorded. */
export interface EvidencePins {
  readonly layer: string;
  readonly units: readonly number[];
}

export function parseEvidencePins(json: unknown, path = "evidencePins"): EvidencePins {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    units: read("units", list(integer)),
  };
}

/**
 * Answer of `evidence`: when evidence was recorded, of which layers, examples and pins.
 *
 * `method` is empty where there is none.
 */
export interface EvidenceSteps {
  readonly steps: readonly string[];
  readonly method: string;
  readonly layers: readonly string[];
  readonly examples: readonly TrackedExample[];
  readonly pins: readonly EvidencePins[];
}

export function parseEvidenceSteps(json: unknown, path = "evidenceSteps"): EvidenceSteps {
  const read = reader(json, path);
  return {
    steps: read("steps", list(text)),
    method: read("method", text),
    layers: read("layers", list(text)),
    examples: read("examples", list(parseTrackedExample)),
    pins: read("pins", list(parseEvidencePins)),
  };
}

/**
 * Header of `layer_evidence`: what speaks for and against each class in tracked examples.
 *
 * Arrays: `net` float32[example, class, unit], attributions to the logits of `classes`;
 * `against` the magnitude of the negative ones alone, over positions, so that both together are
 * what speaks for a class; NaN where unknown; `prediction`, `probability` and `correct` as in
 * `MethodMaps`, [example].
 */
export interface LayerEvidence {
  readonly layer: string;
  readonly step: string;
  readonly method: string;
  readonly classes: readonly number[];
  readonly examples: readonly TrackedExample[];
}

export function parseLayerEvidence(json: unknown, path = "layerEvidence"): LayerEvidence {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    step: read("step", text),
    method: read("method", text),
    classes: read("classes", list(integer)),
    examples: read("examples", list(parseTrackedExample)),
  };
}

/**
 * Header of `unit_evidence`: what one unit contributes to each class at all its records.
 *
 * Arrays: `net` and `against` float32[record, example, class] as in `LayerEvidence`; `mean` and
 * `mean_against` float32[record, class], means over the probe set where the unit is pinned; NaN
 * where unknown; `prediction`, `probability` and `correct` as in `MethodMaps`.
 */
export interface UnitEvidence {
  readonly layer: string;
  readonly unit: number;
  readonly steps: readonly string[];
  readonly method: string;
  readonly classes: readonly number[];
  readonly examples: readonly TrackedExample[];
  readonly isPinned: boolean;
}

export function parseUnitEvidence(json: unknown, path = "unitEvidence"): UnitEvidence {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    unit: read("unit", integer),
    steps: read("steps", list(text)),
    method: read("method", text),
    classes: read("classes", list(integer)),
    examples: read("examples", list(parseTrackedExample)),
    isPinned: read("is_pinned", flag),
  };
}

/** A name that filters know, and some of its values as a filter writes them. */
export interface Fact {
  readonly name: string;
  readonly kind: FactKind;
  readonly values: readonly string[];
}

export function parseFact(json: unknown, path = "fact"): Fact {
  const read = reader(json, path);
  return {
    name: read("name", text),
    kind: read("kind", oneOf(FACT_KINDS)),
    values: read("values", list(text)),
  };
}

/** Every `FactKind`, in the order of `tb_neuron/wire/`. */
export const FACT_KINDS = ["number", "claim", "text"] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** Answer of `filter`: the examples that an expression holds for, and the names it may use. */
export interface FilteredExamples {
  readonly step: string;
  readonly examples: readonly number[];
  readonly of: number;
  readonly facts: readonly Fact[];
}

export function parseFilteredExamples(json: unknown, path = "filteredExamples"): FilteredExamples {
  const read = reader(json, path);
  return {
    step: read("step", text),
    examples: read("examples", list(integer)),
    of: read("of", integer),
    facts: read("facts", list(parseFact)),
  };
}

/** Answer of `tokens`: the text of each position of an example, in order. */
export interface Tokens {
  readonly texts: readonly string[];
}

export function parseTokens(json: unknown, path = "tokens"): Tokens {
  const read = reader(json, path);
  return {
    texts: read("texts", list(text)),
  };
}

/**
 * Header of `flow`: attribution passed between layers, mean over a group's examples.
 *
 * Arrays: `link0`, `link1`, ... float32[source node, target node], signed, one for each of
 * `links`; float32[node], the nodes of all layers in order: `attributions` (signed mean),
 * `magnitudes` (mean magnitude) and `remainders` (what is beyond the incoming links, from biases
 * and normalisation; NaN in a layer that nothing leads to). Where groups were asked for, also
 * `against0`, ...: the part below 0 of each link, which its signed sum may hide.
 */
export interface Flow {
  readonly step: string;
  readonly group: string;
  readonly examples: number;
  readonly method: string;
  readonly target: string;
  readonly layers: readonly FlowLayer[];
  readonly links: readonly FlowLink[];
}

export function parseFlow(json: unknown, path = "flow"): Flow {
  const read = reader(json, path);
  return {
    step: read("step", text),
    group: read("group", text),
    examples: read("examples", integer),
    method: read("method", text),
    target: read("target", text),
    layers: read("layers", list(parseFlowLayer)),
    links: read("links", list(parseFlowLink)),
  };
}

/** Examples whose flow is told apart: "all", "class 3" or "example 17". */
export interface FlowGroup {
  readonly name: string;
  readonly examples: number;
}

export function parseFlowGroup(json: unknown, path = "flowGroup"): FlowGroup {
  const read = reader(json, path);
  return {
    name: read("name", text),
    examples: read("examples", integer),
  };
}

/**
 * A layer in the flow; its nodes are the units `shown`, rising, and one more: the rest.
 *
 * `pinned` are those of them that the recording always shows. Where groups were asked for and the
 * layer has responses, its nodes are its `groups`, those of the record at `group_step`, then what
 * is in no group (the units `ungrouped`), then the rest; else `groups` is empty.
 */
export interface FlowLayer {
  readonly name: string;
  readonly units: number;
  readonly shown: readonly number[];
  readonly pinned: readonly number[];
  readonly groups: readonly UnitGroup[];
  readonly groupStep: string;
  readonly ungrouped: readonly number[];
}

export function parseFlowLayer(json: unknown, path = "flowLayer"): FlowLayer {
  const read = reader(json, path);
  return {
    name: read("name", text),
    units: read("units", integer),
    shown: read("shown", list(integer)),
    pinned: read("pinned", list(integer)),
    groups: read("groups", list(parseUnitGroup)),
    groupStep: read("group_step", text),
    ungrouped: read("ungrouped", list(integer)),
  };
}

/** Links from one layer to another, by positions in `Flow.layers`. */
export interface FlowLink {
  readonly source: number;
  readonly target: number;
}

export function parseFlowLink(json: unknown, path = "flowLink"): FlowLink {
  const read = reader(json, path);
  return {
    source: read("source", integer),
    target: read("target", integer),
  };
}

/** A method by which flow was recorded, and at which steps. */
export interface FlowMethod {
  readonly name: string;
  readonly description: string;
  readonly steps: readonly string[];
}

export function parseFlowMethod(json: unknown, path = "flowMethod"): FlowMethod {
  const read = reader(json, path);
  return {
    name: read("name", text),
    description: read("description", text),
    steps: read("steps", list(text)),
  };
}

/** Answer of `flows`: when flow was recorded, by which methods, of which groups of examples. */
export interface FlowSteps {
  readonly steps: readonly string[];
  readonly groups: readonly FlowGroup[];
  readonly methods: readonly FlowMethod[];
}

export function parseFlowSteps(json: unknown, path = "flowSteps"): FlowSteps {
  const read = reader(json, path);
  return {
    steps: read("steps", list(text)),
    groups: read("groups", list(parseFlowGroup)),
    methods: read("methods", list(parseFlowMethod)),
  };
}

/**
 * A group of a layer's units: how many have a tenth of its largest weight or more.
 *
 * `strongest` are units of most weight, `examples` those of most activity.
 */
export interface UnitGroup {
  readonly members: number;
  readonly strongest: readonly number[];
  readonly examples: readonly number[];
}

export function parseUnitGroup(json: unknown, path = "unitGroup"): UnitGroup {
  const read = reader(json, path);
  return {
    members: read("members", integer),
    strongest: read("strongest", list(integer)),
    examples: read("examples", list(integer)),
  };
}

/**
 * Header of `grid`: a layer's cells at one record, for tracked examples.
 *
 * `steps` are those of the layer's records; `units` how many the layer has, `kept` how many of
 * them the vectors are made of; `top` the largest norm over all records; `explained` the shares of
 * the variance at `anchor` along the three components that are red, green and blue.
 * `evidence_step` is empty where it is not known what positions contribute, else `method` tells
 * by which attribution to the logits of `classes`; `attribution_top` is the largest magnitude over
 * all records.
 *
 * Arrays: `norms` float32[example, position], NaN where not finite; `colours`
 * uint8[example, position, 3]; `net` float32[example, class, position], NaN where unknown;
 * `prediction`, `probability` and `correct` as in `MethodMaps`, [example].
 */
export interface ActivationGrid {
  readonly layer: string;
  readonly step: string;
  readonly steps: readonly string[];
  readonly anchor: string;
  readonly shape: readonly number[];
  readonly examples: readonly TrackedExample[];
  readonly units: number;
  readonly kept: number;
  readonly top: number;
  readonly explained: readonly number[];
  readonly evidenceStep: string;
  readonly method: string;
  readonly classes: readonly number[];
  readonly attributionTop: number;
}

export function parseActivationGrid(json: unknown, path = "activationGrid"): ActivationGrid {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    step: read("step", text),
    steps: read("steps", list(text)),
    anchor: read("anchor", text),
    shape: read("shape", list(integer)),
    examples: read("examples", list(parseTrackedExample)),
    units: read("units", integer),
    kept: read("kept", integer),
    top: read("top", decimal),
    explained: read("explained", list(decimal)),
    evidenceStep: read("evidence_step", text),
    method: read("method", text),
    classes: read("classes", list(integer)),
    attributionTop: read("attribution_top", decimal),
  };
}

/**
 * A layer of which activations of tracked examples were recorded.
 *
 * `shape` is that of its positions, empty for a layer without; `has_evidence` tells whether any
 * record says what its positions contribute to classes.
 */
export interface GridLayer {
  readonly layer: string;
  readonly shape: readonly number[];
  readonly units: number;
  readonly hasEvidence: boolean;
}

export function parseGridLayer(json: unknown, path = "gridLayer"): GridLayer {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    shape: read("shape", list(integer)),
    units: read("units", integer),
    hasEvidence: read("has_evidence", flag),
  };
}

/**
 * Answer of `grids`: when activations of tracked examples were recorded, of which layers.
 *
 * `notes` say what was left out.
 */
export interface GridSteps {
  readonly steps: readonly string[];
  readonly layers: readonly GridLayer[];
  readonly examples: readonly TrackedExample[];
  readonly notes: readonly string[];
}

export function parseGridSteps(json: unknown, path = "gridSteps"): GridSteps {
  const read = reader(json, path);
  return {
    steps: read("steps", list(text)),
    layers: read("layers", list(parseGridLayer)),
    examples: read("examples", list(parseTrackedExample)),
    notes: read("notes", list(text)),
  };
}

/**
 * Header of `position`: the units of a layer at one position of a tracked example.
 *
 * `step` is empty where no activations were recorded, `evidence_step` where no attributions were.
 * Units' attributions were kept toward the classes in `kept`.
 *
 * Arrays: `units` int32[unit]; `activations` float32[unit]; `net` float32[class, unit], the units'
 * attributions to the logits of `classes`; `totals` float32[class], the position's; NaN where
 * unknown.
 */
export interface PositionUnits {
  readonly layer: string;
  readonly example: number;
  readonly position: number;
  readonly shape: readonly number[];
  readonly step: string;
  readonly evidenceStep: string;
  readonly method: string;
  readonly classes: readonly number[];
  readonly kept: readonly number[];
}

export function parsePositionUnits(json: unknown, path = "positionUnits"): PositionUnits {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    example: read("example", integer),
    position: read("position", integer),
    shape: read("shape", list(integer)),
    step: read("step", text),
    evidenceStep: read("evidence_step", text),
    method: read("method", text),
    classes: read("classes", list(integer)),
    kept: read("kept", list(integer)),
  };
}

/**
 * A method whose maps were recorded.
 *
 * `form` is "image", "tokens", "signal" or "features", and empty with an `absence`: why it has no
 * maps. `layer` is where it reads, if it reads at a layer.
 */
export interface MapMethod {
  readonly name: string;
  readonly form: string;
  readonly shape: readonly number[];
  readonly settings: string;
  readonly layer: string;
  readonly isSigned: boolean;
  readonly description: string;
  readonly source: string;
  readonly absence: string;
  readonly verdicts: readonly Verdict[];
}

export function parseMapMethod(json: unknown, path = "mapMethod"): MapMethod {
  const read = reader(json, path);
  return {
    name: read("name", text),
    form: read("form", text),
    shape: read("shape", list(integer)),
    settings: read("settings", text),
    layer: read("layer", text),
    isSigned: read("is_signed", flag),
    description: read("description", text),
    source: read("source", text),
    absence: read("absence", text),
    verdicts: read("verdicts", list(parseVerdict)),
  };
}

/** Answer of `maps`: what there is of a target; `methods` hold each once a layer. */
export interface MapSteps {
  readonly steps: readonly string[];
  readonly target: string;
  readonly targets: readonly MapTarget[];
  readonly examples: readonly TrackedExample[];
  readonly methods: readonly MapMethod[];
}

export function parseMapSteps(json: unknown, path = "mapSteps"): MapSteps {
  const read = reader(json, path);
  return {
    steps: read("steps", list(text)),
    target: read("target", text),
    targets: read("targets", list(parseMapTarget)),
    examples: read("examples", list(parseTrackedExample)),
    methods: read("methods", list(parseMapMethod)),
  };
}

/** What maps explained, and when. */
export interface MapTarget {
  readonly target: string;
  readonly steps: readonly string[];
}

export function parseMapTarget(json: unknown, path = "mapTarget"): MapTarget {
  const read = reader(json, path);
  return {
    target: read("target", text),
    steps: read("steps", list(text)),
  };
}

/**
 * Header of `map`: one method's maps of all tracked examples at all records of a target.
 *
 * Arrays: `values` float32[record, example, position], positions of `MapMethod.shape` in row-major
 * order, NaN where there is none; `prediction` int32[record, example], -1 where unknown;
 * `probability` float32[record, example] of the label (without labels, of the prediction), NaN
 * where unknown; `correct` uint8[record, example], 2 where unknown; `iou`,
 * `ground_truth_coverage` and `saliency_coverage` float32[record, example], how what is salient
 * and what the example's mask marks overlap, NaN where it has none.
 */
export interface MethodMaps {
  readonly method: string;
  readonly steps: readonly string[];
}

export function parseMethodMaps(json: unknown, path = "methodMaps"): MethodMaps {
  const read = reader(json, path);
  return {
    method: read("method", text),
    steps: read("steps", list(text)),
  };
}

/** An example whose maps are kept; `label` is -1 where there is none. */
export interface TrackedExample {
  readonly example: number;
  readonly label: number;
}

export function parseTrackedExample(json: unknown, path = "trackedExample"): TrackedExample {
  const read = reader(json, path);
  return {
    example: read("example", integer),
    label: read("label", integer),
  };
}

/** Every `Grouping`, in the order of `tb_neuron/wire/`. */
export const GROUPINGS = ["label", "prediction", "none"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/**
 * Header of `groups`: a layer's units in groups at one record, each at its place of the anchor.
 *
 * `error` is what the groups leave over of the responses, as a share of their norm. Where the
 * activations of tracked examples were recorded, `map_step`, `map_shape` and `map_examples` say of
 * which `maps` are, and `map_units` of how many of the layer's units; else `map_step` is empty.
 *
 * Arrays: `units` int32[unit]; `examples` int32[example]; `weights` float32[group, unit], a
 * group's largest is 1; `activity` float32[group, example], on the scale of the responses, of
 * attributions net; `against` float32[group, example] the part below 0 of that, without examples
 * for activations; `strength` float32[group], its share of the layer's responses above 0, of
 * attributions of their magnitudes; `alike` float32[group],
 * the cosine of its weights with those at the record before, NaN where one is missing; `profile`
 * float32[group, class], mean activity; `maps` float32[group, example, position].
 */
export interface Groups {
  readonly layer: string;
  readonly method: string;
  readonly step: string;
  readonly steps: readonly string[];
  readonly anchor: string;
  readonly count: number;
  readonly drawn: number;
  readonly of: number;
  readonly error: number;
  readonly by: Grouping;
  readonly classes: readonly PatternClass[];
  readonly mapStep: string;
  readonly mapShape: readonly number[];
  readonly mapExamples: readonly number[];
  readonly mapUnits: number;
}

export function parseGroups(json: unknown, path = "groups"): Groups {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    method: read("method", text),
    step: read("step", text),
    steps: read("steps", list(text)),
    anchor: read("anchor", text),
    count: read("count", integer),
    drawn: read("drawn", integer),
    of: read("of", integer),
    error: read("error", decimal),
    by: read("by", oneOf(GROUPINGS)),
    classes: read("classes", list(parsePatternClass)),
    mapStep: read("map_step", text),
    mapShape: read("map_shape", list(integer)),
    mapExamples: read("map_examples", list(integer)),
    mapUnits: read("map_units", integer),
  };
}

/** A class and how many of the examples count to it; `number` is -1 for those without one. */
export interface PatternClass {
  readonly number: number;
  readonly name: string;
  readonly examples: number;
}

export function parsePatternClass(json: unknown, path = "patternClass"): PatternClass {
  const read = reader(json, path);
  return {
    number: read("number", integer),
    name: read("name", text),
    examples: read("examples", integer),
  };
}

/**
 * Header of `patterns`: a layer's responses at one record, in the order of the anchor.
 *
 * `steps` are those of the layer's records of responses; `units` how many the layer has; `drawn`
 * of the probe set's `of` examples have responses. `lower` and `upper` are the ends of all
 * responses over all records, 0 included. Examples stand class by class in the order of `classes`,
 * to which they count `by` label, by prediction where there are no labels, or not at all.
 *
 * Arrays, in that order: `units` int32[unit]; `examples` int32[example]; `codes`
 * uint8[example, unit] on `grid`, with `offsets` int32[unit]; `labels` and `predictions`
 * int32[example], -1 where unknown; `class_means` float32[class, unit], NaN for a class without
 * examples; `selectivity` float32[unit], NaN where it is undefined; `preferred` int32[unit], the
 * class of the largest mean, -1 where that is undefined; `subset_means` float32[subset, unit], NaN
 * for a subset without examples.
 */
export interface Patterns {
  readonly layer: string;
  readonly method: string;
  readonly step: string;
  readonly steps: readonly string[];
  readonly anchor: string;
  readonly units: number;
  readonly reduction: string;
  readonly drawn: number;
  readonly of: number;
  readonly grid: GridName;
  readonly lower: number;
  readonly upper: number;
  readonly by: Grouping;
  readonly classes: readonly PatternClass[];
  readonly subsets: readonly PatternSubset[];
}

export function parsePatterns(json: unknown, path = "patterns"): Patterns {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    method: read("method", text),
    step: read("step", text),
    steps: read("steps", list(text)),
    anchor: read("anchor", text),
    units: read("units", integer),
    reduction: read("reduction", text),
    drawn: read("drawn", integer),
    of: read("of", integer),
    grid: read("grid", oneOf(GRID_NAMES)),
    lower: read("lower", decimal),
    upper: read("upper", decimal),
    by: read("by", oneOf(GROUPINGS)),
    classes: read("classes", list(parsePatternClass)),
    subsets: read("subsets", list(parsePatternSubset)),
  };
}

/**
 * A saved subset, and of how many examples its means are.
 *
 * `problem` says why its filter can't be used on this recording; empty if it can.
 */
export interface PatternSubset {
  readonly name: string;
  readonly filter: string;
  readonly examples: number;
  readonly problem: string;
}

export function parsePatternSubset(json: unknown, path = "patternSubset"): PatternSubset {
  const read = reader(json, path);
  return {
    name: read("name", text),
    filter: read("filter", text),
    examples: read("examples", integer),
    problem: read("problem", text),
  };
}

/**
 * Header of `crops`: the example that each unit of a layer responds to most, and where.
 *
 * Arrays, by unit of the layer: `examples` int32[unit], -1 where none is known; `values`
 * float32[unit], the response; `boxes` float32[unit, 4], top, left, bottom and right of what the
 * unit sees there, as shares of the picture.
 */
export interface Crops {
  readonly layer: string;
  readonly step: string;
}

export function parseCrops(json: unknown, path = "crops"): Crops {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    step: read("step", text),
  };
}

/**
 * Header of `plane`: a layer's units, or the examples, in two dimensions at all records.
 *
 * Each record is aligned to that of step `anchor`; `done` says how many are laid out so far: ask
 * again for the rest. `total` is all there are: units of the layer or examples of the probe set.
 * Arrays: `points` int32[point], numbers of units or examples; `places` float32[record, point,
 * 2], NaN for a point that is not finite and for what is still to come; `explained`
 * float32[record, 2], shares of the variance, NaN unless by PCA. Of examples, also `labels`
 * int32[point] and `predictions` int32[record, point], -1 where unknown.
 */
export interface Plane {
  readonly layer: string;
  readonly method: string;
  readonly of: PointKind;
  readonly projection: string;
  readonly settings: string;
  readonly reduction: string;
  readonly anchor: string;
  readonly steps: readonly string[];
  readonly done: number;
  readonly total: number;
}

export function parsePlane(json: unknown, path = "plane"): Plane {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    method: read("method", text),
    of: read("of", oneOf(POINT_KINDS)),
    projection: read("projection", text),
    settings: read("settings", text),
    reduction: read("reduction", text),
    anchor: read("anchor", text),
    steps: read("steps", list(text)),
    done: read("done", integer),
    total: read("total", integer),
  };
}

/**
 * A layer with responses, and the steps at which they were recorded.
 *
 * `has_crops` says whether the examples that its units respond to most are known.
 */
export interface PlaneLayer {
  readonly name: string;
  readonly steps: readonly string[];
  readonly hasCrops: boolean;
}

export function parsePlaneLayer(json: unknown, path = "planeLayer"): PlaneLayer {
  const read = reader(json, path);
  return {
    name: read("name", text),
    steps: read("steps", list(text)),
    hasCrops: read("has_crops", flag),
  };
}

/**
 * A way to lay out points; `absence` says what to type where its package is missing.
 *
 * `preparation` says what takes long when it is first used; empty for nothing.
 */
export interface PlaneProjection {
  readonly name: string;
  readonly title: string;
  readonly absence: string;
  readonly preparation: string;
}

export function parsePlaneProjection(json: unknown, path = "planeProjection"): PlaneProjection {
  const read = reader(json, path);
  return {
    name: read("name", text),
    title: read("title", text),
    absence: read("absence", text),
    preparation: read("preparation", text),
  };
}

/** Answer of `planes`: which layers' units and examples can be laid out, and how. */
export interface PlaneSteps {
  readonly layers: readonly PlaneLayer[];
  readonly projections: readonly PlaneProjection[];
}

export function parsePlaneSteps(json: unknown, path = "planeSteps"): PlaneSteps {
  const read = reader(json, path);
  return {
    layers: read("layers", list(parsePlaneLayer)),
    projections: read("projections", list(parsePlaneProjection)),
  };
}

/** Every `PointKind`, in the order of `tb_neuron/wire/`. */
export const POINT_KINDS = ["units", "examples"] as const;
export type PointKind = (typeof POINT_KINDS)[number];

/**
 * A statistic that is also known over each class's examples, on grid "signed_log".
 *
 * `film` takes it as `name@class`, with `class` from 0 to `classes` - 1; a record without one
 * shows the last before it; `steps` are those that have one. `top` is the largest magnitude over
 * all classes, records and layers.
 */
export interface ClassStatistic {
  readonly name: string;
  readonly classes: number;
  readonly top: number;
  readonly steps: readonly string[];
}

export function parseClassStatistic(json: unknown, path = "classStatistic"): ClassStatistic {
  const read = reader(json, path);
  return {
    name: read("name", text),
    classes: read("classes", integer),
    top: read("top", decimal),
    steps: read("steps", list(text)),
  };
}

/**
 * What one record cost the training.
 *
 * `device_seconds` are 0 on a CPU; `peak_extra_bytes` are None where they aren't known; `bytes`
 * are of the whole record.
 */
export interface Costs {
  readonly wallSeconds: number;
  readonly forwardSeconds: number;
  readonly deviceSeconds: number;
  readonly peakExtraBytes: number | null;
  readonly bytes: number;
  readonly overhead: number;
}

export function parseCosts(json: unknown, path = "costs"): Costs {
  const read = reader(json, path);
  return {
    wallSeconds: read("wall_seconds", decimal),
    forwardSeconds: read("forward_seconds", decimal),
    deviceSeconds: read("device_seconds", decimal),
    peakExtraBytes: read("peak_extra_bytes", nullable(integer)),
    bytes: read("bytes", integer),
    overhead: read("overhead", decimal),
  };
}

/** Every `Family`, in the order of `tb_neuron/wire/`. */
export const FAMILIES = ["none", "relu", "bounded", "smooth"] as const;
export type Family = (typeof FAMILIES)[number];

/**
 * Header of `film`: `chunk_frames` records of one statistic, all layers.
 *
 * Array `codes` uint8[frame, unit]: the first frame as it is, every other one minus the frame
 * before it, modulo 256. `offsets` hold a grid offset a layer, the same for all of its frames.
 */
export interface FilmChunk {
  readonly statistic: string;
  readonly grid: GridName;
  readonly firstRecord: number;
  readonly frames: number;
  readonly offsets: readonly number[];
}

export function parseFilmChunk(json: unknown, path = "filmChunk"): FilmChunk {
  const read = reader(json, path);
  return {
    statistic: read("statistic", text),
    grid: read("grid", oneOf(GRID_NAMES)),
    firstRecord: read("first_record", integer),
    frames: read("frames", integer),
    offsets: read("offsets", list(integer)),
  };
}

/** Every `GridName`, in the order of `tb_neuron/wire/`. */
export const GRID_NAMES = ["unsigned_log", "signed_log", "fraction", "exact"] as const;
export type GridName = (typeof GRID_NAMES)[number];

/** A watched layer, in execution order. */
export interface Layer {
  readonly name: string;
  readonly kind: string;
  readonly moduleType: string;
  readonly units: number;
  readonly shape: readonly number[];
  readonly family: Family;
  readonly nonlinearity: string;
  readonly canBeDead: boolean;
  readonly successors: readonly number[];
  readonly parameters: number;
}

export function parseLayer(json: unknown, path = "layer"): Layer {
  const read = reader(json, path);
  return {
    name: read("name", text),
    kind: read("kind", text),
    moduleType: read("module_type", text),
    units: read("units", integer),
    shape: read("shape", list(integer)),
    family: read("family", oneOf(FAMILIES)),
    nonlinearity: read("nonlinearity", text),
    canBeDead: read("can_be_dead", flag),
    successors: read("successors", list(integer)),
    parameters: read("parameters", integer),
  };
}

/**
 * The examples that every record is measured on.
 *
 * `thumbnails` and `tokens` say how many of them have a picture and tokens: the first ones.
 */
export interface ProbeSet {
  readonly name: string;
  readonly hash: string;
  readonly examples: number;
  readonly classNames: readonly string[];
  readonly hasLabels: boolean;
  readonly input: string;
  readonly thumbnails: number;
  readonly tokens: number;
}

export function parseProbeSet(json: unknown, path = "probeSet"): ProbeSet {
  const read = reader(json, path);
  return {
    name: read("name", text),
    hash: read("hash", text),
    examples: read("examples", integer),
    classNames: read("class_names", list(text)),
    hasLabels: read("has_labels", flag),
    input: read("input", text),
    thumbnails: read("thumbnails", integer),
    tokens: read("tokens", integer),
  };
}

/**
 * Header of `records`: everything but the units' values.
 *
 * Arrays: `counts` uint32[state, layer, record], states in the order silent, dead, dormant,
 * saturated, nonfinite; `counts_once` the same with each unit counted under its weightiest state
 * alone (nonfinite, saturated, dead, silent, dormant); `means` float32[statistic, layer, record];
 * `dead_since` int32[unit], position in the record list, -1 if not dead, units of all layers in
 * order; `loss` and `accuracy` float32[record], NaN where unknown.
 */
export interface Records {
  readonly run: string;
  readonly model: string;
  readonly probe: string;
  readonly layoutId: string;
  readonly layers: readonly Layer[];
  readonly absences: readonly Problem[];
  readonly statistics: readonly Statistic[];
  readonly classStatistics: readonly ClassStatistic[];
  readonly steps: readonly string[];
  readonly wallTimes: readonly number[];
  readonly checkpoints: readonly string[];
  readonly costs: readonly Costs[];
  readonly thresholds: Thresholds;
  readonly probeSet: ProbeSet;
  readonly chunkFrames: number;
  readonly chunkHashes: readonly string[];
  readonly notes: readonly string[];
  readonly problems: readonly Problem[];
  readonly live: boolean;
}

export function parseRecords(json: unknown, path = "records"): Records {
  const read = reader(json, path);
  return {
    run: read("run", text),
    model: read("model", text),
    probe: read("probe", text),
    layoutId: read("layout_id", text),
    layers: read("layers", list(parseLayer)),
    absences: read("absences", list(parseProblem)),
    statistics: read("statistics", list(parseStatistic)),
    classStatistics: read("class_statistics", list(parseClassStatistic)),
    steps: read("steps", list(text)),
    wallTimes: read("wall_times", list(decimal)),
    checkpoints: read("checkpoints", list(text)),
    costs: read("costs", list(parseCosts)),
    thresholds: read("thresholds", parseThresholds),
    probeSet: read("probe_set", parseProbeSet),
    chunkFrames: read("chunk_frames", integer),
    chunkHashes: read("chunk_hashes", list(text)),
    notes: read("notes", list(text)),
    problems: read("problems", list(parseProblem)),
    live: read("live", flag),
  };
}

/**
 * A per-unit statistic and the largest magnitude it reaches over all records and layers.
 *
 * Of attributions, `method` and `target` say which; of activations both are empty. `figure` is
 * what it is of them, such as "mean".
 */
export interface Statistic {
  readonly name: string;
  readonly grid: GridName;
  readonly description: string;
  readonly top: number;
  readonly method: string;
  readonly target: string;
  readonly figure: string;
}

export function parseStatistic(json: unknown, path = "statistic"): Statistic {
  const read = reader(json, path);
  return {
    name: read("name", text),
    grid: read("grid", oneOf(GRID_NAMES)),
    description: read("description", text),
    top: read("top", decimal),
    method: read("method", text),
    target: read("target", text),
    figure: read("figure", text),
  };
}

/** What the unit states mean in this recording. */
export interface Thresholds {
  readonly silentStd: number;
  readonly dormant: number;
  readonly saturatedShare: number;
  readonly saturatedMargin: number;
  readonly deadRecords: number;
}

export function parseThresholds(json: unknown, path = "thresholds"): Thresholds {
  const read = reader(json, path);
  return {
    silentStd: read("silent_std", decimal),
    dormant: read("dormant", decimal),
    saturatedShare: read("saturated_share", decimal),
    saturatedMargin: read("saturated_margin", decimal),
    deadRecords: read("dead_records", integer),
  };
}

/**
 * Answer of `correlated`: units of the same layer that respond most alike, and most opposed.
 *
 * `undefined` units are constant over the examples; `is_constant` says whether the unit itself is.
 */
export interface Correlated {
  readonly layer: string;
  readonly method: string;
  readonly unit: number;
  readonly step: string;
  readonly highest: readonly CorrelatedUnit[];
  readonly lowest: readonly CorrelatedUnit[];
  readonly undefined: number;
  readonly isConstant: boolean;
}

export function parseCorrelated(json: unknown, path = "correlated"): Correlated {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    method: read("method", text),
    unit: read("unit", integer),
    step: read("step", text),
    highest: read("highest", list(parseCorrelatedUnit)),
    lowest: read("lowest", list(parseCorrelatedUnit)),
    undefined: read("undefined", integer),
    isConstant: read("is_constant", flag),
  };
}

/** A unit and its correlation with the one that was asked for. */
export interface CorrelatedUnit {
  readonly unit: number;
  readonly correlation: number;
}

export function parseCorrelatedUnit(json: unknown, path = "correlatedUnit"): CorrelatedUnit {
  const read = reader(json, path);
  return {
    unit: read("unit", integer),
    correlation: read("correlation", decimal),
  };
}

/**
 * Header of `drift`: how differently the units of a layer respond to two probe sets.
 *
 * Array `distances` float32[unit]: the largest gap between the two cumulative distributions of a
 * unit's responses, 0 to 1 (Kolmogorov and Smirnov); NaN where one of them is unknown.
 */
export interface Drift {
  readonly layer: string;
  readonly method: string;
  readonly step: string;
  readonly examples: number;
  readonly other: string;
  readonly otherStep: string;
  readonly otherExamples: number;
}

export function parseDrift(json: unknown, path = "drift"): Drift {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    method: read("method", text),
    step: read("step", text),
    examples: read("examples", integer),
    other: read("other", text),
    otherStep: read("other_step", text),
    otherExamples: read("other_examples", integer),
  };
}

/** Shares of examples on which the two stand at an end; null where they have no such end. */
export interface EndShares {
  readonly first: number | null;
  readonly second: number | null;
  readonly both: number | null;
}

export function parseEndShares(json: unknown, path = "endShares"): EndShares {
  const read = reader(json, path);
  return {
    first: read("first", nullable(decimal)),
    second: read("second", nullable(decimal)),
    both: read("both", nullable(decimal)),
  };
}

/**
 * Header of `joint`: two responses together, in hexagons whose places hold for all records.
 *
 * `size` are a hexagon's width and the height of a row, on the scales of the axes. `top` and
 * `top_share` are the largest count of a hexagon, and share of a side's examples in one, over all
 * records; `marginal_top` the largest share in a part of an axis. `trail_steps` belong to the
 * example that is followed. Arrays: `x` and `y` float32[bin]; `counts` uint32[side, group, bin];
 * `marginals_x` and `marginals_y` uint32[side, part]; by example `examples` int32[example],
 * `labels` int32[example], -1 where unknown, and of each side `bin_of` int32[side, example], -1
 * where an example is not counted, `first` and `second` float32[side, example], `predictions`
 * int32[side, example] and `correct` uint8[side, example], 2 where unknown; `trail` float32[2,
 * trail record].
 */
export interface Joint {
  readonly first: JointAxis;
  readonly second: JointAxis;
  readonly reduction: string;
  readonly groups: readonly string[];
  readonly sides: readonly JointSide[];
  readonly size: readonly number[];
  readonly top: number;
  readonly topShare: number;
  readonly marginalTop: number;
  readonly trailSteps: readonly string[];
}

export function parseJoint(json: unknown, path = "joint"): Joint {
  const read = reader(json, path);
  return {
    first: read("first", parseJointAxis),
    second: read("second", parseJointAxis),
    reduction: read("reduction", text),
    groups: read("groups", list(text)),
    sides: read("sides", list(parseJointSide)),
    size: read("size", list(decimal)),
    top: read("top", integer),
    topShare: read("top_share", decimal),
    marginalTop: read("marginal_top", decimal),
    trailSteps: read("trail_steps", list(text)),
  };
}

/**
 * A side of the plane: a unit's responses, or a layer's first principal component.
 *
 * `unit` is null for the component. `method` is that of attributions, empty for activations. The
 * scale is the same at all records.
 */
export interface JointAxis {
  readonly layer: string;
  readonly method: string;
  readonly unit: number | null;
  readonly lower: number;
  readonly upper: number;
}

export function parseJointAxis(json: unknown, path = "jointAxis"): JointAxis {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    method: read("method", text),
    unit: read("unit", nullable(integer)),
    lower: read("lower", decimal),
    upper: read("upper", decimal),
  };
}

/**
 * What is counted of one side of a comparison.
 *
 * `examples` pass the filter and have both responses, of the `known` that have both.
 * `correlation` is null where it is undefined. `explained` is the share of its layer's variance
 * along each axis, null for units. At the lower end a ReLU is 0; a bounded unit has an upper, too;
 * of attributions the lower end is exactly 0.
 */
export interface JointSide {
  readonly run: string;
  readonly step: string;
  readonly examples: number;
  readonly known: number;
  readonly correlation: number | null;
  readonly lower: EndShares;
  readonly upper: EndShares;
  readonly explained: readonly (number | null)[];
}

export function parseJointSide(json: unknown, path = "jointSide"): JointSide {
  const read = reader(json, path);
  return {
    run: read("run", text),
    step: read("step", text),
    examples: read("examples", integer),
    known: read("known", integer),
    correlation: read("correlation", nullable(decimal)),
    lower: read("lower", parseEndShares),
    upper: read("upper", parseEndShares),
    explained: read("explained", list(nullable(decimal))),
  };
}

/**
 * Another probe set of the run with responses of the model, and by which methods any layer has.
 *
 * A method is empty for activations.
 */
export interface OtherResponses {
  readonly probe: string;
  readonly methods: readonly string[];
}

export function parseOtherResponses(json: unknown, path = "otherResponses"): OtherResponses {
  const read = reader(json, path);
  return {
    probe: read("probe", text),
    methods: read("methods", list(text)),
  };
}

/**
 * Header of `distribution`: a unit's responses over all records, on one scale.
 *
 * Arrays: `counts` float32[record, part], in equal parts of the scale, each response spread over
 * the values that its byte may stand for; `quantiles` float32[record, 5] at 0, 0.25, 0.5, 0.75 and
 * 1. With a second probe set `other`, `other_counts` float32[other record, part] of it and
 * `distances` float32[record] as in `drift`, of the other's record at or before; else both are
 * empty.
 */
export interface ResponseDistribution {
  readonly layer: string;
  readonly method: string;
  readonly unit: number;
  readonly lower: number;
  readonly upper: number;
  readonly steps: readonly string[];
  readonly examples: number;
  readonly other: string;
  readonly otherSteps: readonly string[];
  readonly otherExamples: number;
}

export function parseResponseDistribution(json: unknown, path = "responseDistribution"): ResponseDistribution {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    method: read("method", text),
    unit: read("unit", integer),
    lower: read("lower", decimal),
    upper: read("upper", decimal),
    steps: read("steps", list(text)),
    examples: read("examples", integer),
    other: read("other", text),
    otherSteps: read("other_steps", list(text)),
    otherExamples: read("other_examples", integer),
  };
}

/** A layer with responses; `units` are the pinned ones, empty where all were recorded. */
export interface ResponseLayer {
  readonly name: string;
  readonly units: readonly number[];
  readonly methods: readonly ResponseMethod[];
}

export function parseResponseLayer(json: unknown, path = "responseLayer"): ResponseLayer {
  const read = reader(json, path);
  return {
    name: read("name", text),
    units: read("units", list(integer)),
    methods: read("methods", list(parseResponseMethod)),
  };
}

/**
 * By what a layer's responses were recorded, and when.
 *
 * `name` is empty for activations, else a method of attribution to `target`.
 */
export interface ResponseMethod {
  readonly name: string;
  readonly target: string;
  readonly steps: readonly string[];
}

export function parseResponseMethod(json: unknown, path = "responseMethod"): ResponseMethod {
  const read = reader(json, path);
  return {
    name: read("name", text),
    target: read("target", text),
    steps: read("steps", list(text)),
  };
}

/**
 * Answer of `responses`: when responses were recorded, of which layers, how reduced.
 *
 * `examples` of the probe set's `of` were drawn with `seed`, at the last of the records, which
 * takes `bytes_a_value` in its file, header included, for each unit and example. `others` are the
 * run's other probe sets on which responses of the model were recorded, too.
 */
export interface ResponseSteps {
  readonly steps: readonly string[];
  readonly layers: readonly ResponseLayer[];
  readonly reduction: string;
  readonly examples: number;
  readonly of: number;
  readonly seed: number;
  readonly bytesAValue: number;
  readonly others: readonly OtherResponses[];
}

export function parseResponseSteps(json: unknown, path = "responseSteps"): ResponseSteps {
  const read = reader(json, path);
  return {
    steps: read("steps", list(text)),
    layers: read("layers", list(parseResponseLayer)),
    reduction: read("reduction", text),
    examples: read("examples", integer),
    of: read("of", integer),
    seed: read("seed", integer),
    bytesAValue: read("bytes_a_value", decimal),
    others: read("others", list(parseOtherResponses)),
  };
}

/** Body of every 4xx answer: the rule, the value that broke it, the way out. */
export interface ErrorAnswer {
  readonly error: string;
}

export function parseErrorAnswer(json: unknown, path = "errorAnswer"): ErrorAnswer {
  const read = reader(json, path);
  return {
    error: read("error", text),
  };
}

/** Something that could not be read, told to the user in a sentence. */
export interface Problem {
  readonly place: string;
  readonly message: string;
}

export function parseProblem(json: unknown, path = "problem"): Problem {
  const read = reader(json, path);
  return {
    place: read("place", text),
    message: read("message", text),
  };
}

/** One model on one probe set in one run: what the pickers list. */
export interface RecordingSummary {
  readonly model: string;
  readonly probe: string;
  readonly layers: number;
  readonly units: number;
  readonly records: number;
  readonly firstStep: string;
  readonly lastStep: string;
  readonly lastWallTime: number;
  readonly layoutId: string;
  readonly probeHash: string;
}

export function parseRecordingSummary(json: unknown, path = "recordingSummary"): RecordingSummary {
  const read = reader(json, path);
  return {
    model: read("model", text),
    probe: read("probe", text),
    layers: read("layers", integer),
    units: read("units", integer),
    records: read("records", integer),
    firstStep: read("first_step", text),
    lastStep: read("last_step", text),
    lastWallTime: read("last_wall_time", decimal),
    layoutId: read("layout_id", text),
    probeHash: read("probe_hash", text),
  };
}

/** Answer of `runs`. */
export interface Runs {
  readonly version: string;
  readonly logdir: string;
  readonly source: string;
  readonly runs: readonly RunSummary[];
}

export function parseRuns(json: unknown, path = "runs"): Runs {
  const read = reader(json, path);
  return {
    version: read("version", text),
    logdir: read("logdir", text),
    source: read("source", text),
    runs: read("runs", list(parseRunSummary)),
  };
}

/** One run of the experiment. */
export interface RunSummary {
  readonly name: string;
  readonly recordings: readonly RecordingSummary[];
  readonly problems: readonly Problem[];
}

export function parseRunSummary(json: unknown, path = "runSummary"): RunSummary {
  const read = reader(json, path);
  return {
    name: read("name", text),
    recordings: read("recordings", list(parseRecordingSummary)),
    problems: read("problems", list(parseProblem)),
  };
}

/** A layer to whose units a method attributes, with all verdicts in step order. */
export interface CheckedLayer {
  readonly layer: string;
  readonly verdicts: readonly Verdict[];
}

export function parseCheckedLayer(json: unknown, path = "checkedLayer"): CheckedLayer {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    verdicts: read("verdicts", list(parseVerdict)),
  };
}

/** A method of units that was checked; `absence` says why it was not in the last record. */
export interface CheckedMethod {
  readonly name: string;
  readonly absence: string;
  readonly layers: readonly CheckedLayer[];
}

export function parseCheckedMethod(json: unknown, path = "checkedMethod"): CheckedMethod {
  const read = reader(json, path);
  return {
    name: read("name", text),
    absence: read("absence", text),
    layers: read("layers", list(parseCheckedLayer)),
  };
}

/** Every `Mark`, in the order of `tb_neuron/wire/`. */
export const MARKS = ["none", "good", "doubtful", "failing"] as const;
export type Mark = (typeof MARKS)[number];

/** One figure of a verdict; `value` is null where there is none, and `sentence` says why. */
export interface TrustFigure {
  readonly name: string;
  readonly value: number | null;
  readonly mark: Mark;
  readonly sentence: string;
}

export function parseTrustFigure(json: unknown, path = "trustFigure"): TrustFigure {
  const read = reader(json, path);
  return {
    name: read("name", text),
    value: read("value", nullable(decimal)),
    mark: read("mark", oneOf(MARKS)),
    sentence: read("sentence", text),
  };
}

/** Answer of `trust`: when attributions to units were checked, on which tracked examples. */
export interface UnitTrust {
  readonly steps: readonly string[];
  readonly target: string;
  readonly examples: readonly number[];
  readonly methods: readonly CheckedMethod[];
}

export function parseUnitTrust(json: unknown, path = "unitTrust"): UnitTrust {
  const read = reader(json, path);
  return {
    steps: read("steps", list(text)),
    target: read("target", text),
    examples: read("examples", list(integer)),
    methods: read("methods", list(parseCheckedMethod)),
  };
}

/** Whether to believe attributions, as checked at a step; `mark` is the worst of all. */
export interface Verdict {
  readonly step: string;
  readonly mark: Mark;
  readonly figures: readonly TrustFigure[];
}

export function parseVerdict(json: unknown, path = "verdict"): Verdict {
  const read = reader(json, path);
  return {
    step: read("step", text),
    mark: read("mark", oneOf(MARKS)),
    figures: read("figures", list(parseTrustFigure)),
  };
}

/** Every `ChangeKind`, in the order of `tb_neuron/wire/`. */
export const CHANGE_KINDS = ["sign", "class"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/**
 * Answer of `changes`: what changed in a layer, the earliest first.
 *
 * A sign counts where |mean attribution| exceeds `sign_share` of the layer's mean |attribution|,
 * before and after; a class where it leads by more than `class_margin` of it. What is less clear
 * changes nothing. `method` and `target` are empty without attributions; `has_classes` says
 * whether they are known class by class; `left_out` counts changes beyond those listed.
 */
export interface Changes {
  readonly layer: string;
  readonly method: string;
  readonly target: string;
  readonly signShare: number;
  readonly classMargin: number;
  readonly hasClasses: boolean;
  readonly changes: readonly UnitChange[];
  readonly leftOut: number;
}

export function parseChanges(json: unknown, path = "changes"): Changes {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    method: read("method", text),
    target: read("target", text),
    signShare: read("sign_share", decimal),
    classMargin: read("class_margin", decimal),
    hasClasses: read("has_classes", flag),
    changes: read("changes", list(parseUnitChange)),
    leftOut: read("left_out", integer),
  };
}

/** Every `EventKind`, in the order of `tb_neuron/wire/`. */
export const EVENT_KINDS = [
  "silent",
  "dead",
  "revived",
  "dormant",
  "saturated",
  "unsaturated",
  "nonfinite",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * Header of `layer`: every statistic of every unit of a layer at one record.
 *
 * Arrays: `values` float32[statistic, unit]; `states` uint8[unit], bits 1 silent, 2 dormant,
 * 4 saturated, 8 nonfinite; `dead_since` and `silent_since` int32[unit], positions in the record
 * list, -1 if not.
 */
export interface LayerValues {
  readonly layer: string;
  readonly step: string;
  readonly record: number;
  readonly statistics: readonly string[];
}

export function parseLayerValues(json: unknown, path = "layerValues"): LayerValues {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    step: read("step", text),
    record: read("record", integer),
    statistics: read("statistics", list(text)),
  };
}

/** A method of attribution, and what it explains. */
export interface MethodTarget {
  readonly method: string;
  readonly target: string;
}

export function parseMethodTarget(json: unknown, path = "methodTarget"): MethodTarget {
  const read = reader(json, path);
  return {
    method: read("method", text),
    target: read("target", text),
  };
}

/**
 * A unit whose mean attribution changed sign, or whose main class is another.
 *
 * `before` and `after` are "+" and "−", or names of classes.
 */
export interface UnitChange {
  readonly unit: number;
  readonly kind: ChangeKind;
  readonly record: number;
  readonly step: string;
  readonly before: string;
  readonly after: string;
}

export function parseUnitChange(json: unknown, path = "unitChange"): UnitChange {
  const read = reader(json, path);
  return {
    unit: read("unit", integer),
    kind: read("kind", oneOf(CHANGE_KINDS)),
    record: read("record", integer),
    step: read("step", text),
    before: read("before", text),
    after: read("after", text),
  };
}

/** Something that happened to a unit, dated by its record. */
export interface UnitEvent {
  readonly kind: EventKind;
  readonly record: number;
  readonly step: string;
  readonly text: string;
}

export function parseUnitEvent(json: unknown, path = "unitEvent"): UnitEvent {
  const read = reader(json, path);
  return {
    kind: read("kind", oneOf(EVENT_KINDS)),
    record: read("record", integer),
    step: read("step", text),
    text: read("text", text),
  };
}

/**
 * Header of `unit`: one unit over all records.
 *
 * Arrays: `values` float32[statistic, record]; `states` uint8[record], bits as in `layer`;
 * `quantiles` float32[statistic, 5, record], the layer's 0, 0.25, 0.5, 0.75 and 1 quantiles over
 * its units; `rank` float32[statistic, record], share of the layer's units below this one;
 * `class_means` float32[class, class record], mean activation over the class's examples;
 * `class_attributions` float32[method, class, class record] the same of attribution, by each of
 * `class_methods`. NaN where it is missing.
 */
export interface UnitSeries {
  readonly layer: string;
  readonly unit: number;
  readonly statistics: readonly string[];
  readonly steps: readonly string[];
  readonly deadSince: number;
  readonly events: readonly UnitEvent[];
  readonly classNames: readonly string[];
  readonly classSteps: readonly string[];
  readonly classMethods: readonly MethodTarget[];
}

export function parseUnitSeries(json: unknown, path = "unitSeries"): UnitSeries {
  const read = reader(json, path);
  return {
    layer: read("layer", text),
    unit: read("unit", integer),
    statistics: read("statistics", list(text)),
    steps: read("steps", list(text)),
    deadSince: read("dead_since", integer),
    events: read("events", list(parseUnitEvent)),
    classNames: read("class_names", list(text)),
    classSteps: read("class_steps", list(text)),
    classMethods: read("class_methods", list(parseMethodTarget)),
  };
}
