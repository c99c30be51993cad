/** The routes of `tb_neuron/http_api.md`: fetched, checked, and retried where that can help. */
import { type Container, decodeContainer } from "./container";
import {
  type Changes,
  type Crops,
  type Flow,
  type FlowSteps,
  type LayerValues,
  type MapSteps,
  type MethodMaps,
  type Plane,
  type PlaneSteps,
  type PointKind,
  parseChanges,
  parseCrops,
  parseErrorAnswer,
  parseFlow,
  parseFlowSteps,
  parseLayerValues,
  parseMapSteps,
  parseMethodMaps,
  parsePlane,
  parsePlaneSteps,
  parseRecords,
  parseRuns,
  parseTokens,
  parseUnitSeries,
  parseUnitTrust,
  type Records,
  type Runs,
  type UnitSeries,
  type UnitTrust,
} from "./wire";

/** Which recording a route reads. */
export interface RecordingKey {
  readonly run: string;
  readonly model: string;
  readonly probe: string;
}

/** Rows of `Recording.counts`, in order. */
export const STATE_NAMES = ["silent", "dead", "dormant", "saturated", "nonfinite"] as const;
export type StateName = (typeof STATE_NAMES)[number];

/** All of a recording but the values of its units. */
export interface Recording {
  readonly key: RecordingKey;
  readonly records: Records;
  /** uint32[state, layer, record], states as in `STATE_NAMES`. */
  readonly counts: Uint32Array;
  /** The same with each unit counted once, under its weightiest state. */
  readonly countsOnce: Uint32Array;
  /** float32[statistic, layer, record]; NaN where a layer lacks the statistic. */
  readonly means: Float32Array;
  /** int32[unit of all layers]: the record from which the unit is dead, or -1. */
  readonly deadSince: Int32Array;
  /** float32[record]; NaN where unknown. */
  readonly loss: Float32Array;
  /** float32[record]; NaN where unknown. */
  readonly accuracy: Float32Array;
  /** int32[layer + 1]: where each layer's units begin among the units of all layers. */
  readonly unitStart: Int32Array;
  /** Units of all layers. */
  readonly units: number;
}

/** All statistics of a layer's units at one record. */
export interface LayerTable {
  readonly header: LayerValues;
  /** float32[statistic, unit]. */
  readonly values: Float32Array;
  /** uint8[unit], bits as in `states.ts`. */
  readonly states: Uint8Array;
  readonly deadSince: Int32Array;
  readonly silentSince: Int32Array;
}

/** One unit over all records. */
export interface UnitTrace {
  readonly header: UnitSeries;
  /** float32[statistic, record]. */
  readonly values: Float32Array;
  /** uint8[record], bits as in `states.ts`. */
  readonly states: Uint8Array;
  /** float32[statistic, 5, record]: the layer's 0, 0.25, 0.5, 0.75 and 1 quantiles. */
  readonly quantiles: Float32Array;
  /** float32[statistic, record]: share of the layer's units below this one. */
  readonly rank: Float32Array;
  /** float32[class, class record]. */
  readonly classMeans: Float32Array;
  /** float32[method, class, class record]: the same of attribution, by each of the header's methods. */
  readonly classAttributions: Float32Array;
}

/** Attribution passed between the layers of a recording at one record, of one group of examples. */
export interface FlowRecord {
  readonly header: Flow;
  /** By link of the header: float32[source unit, target unit], the rest of each layer last. */
  readonly links: readonly Float32Array[];
  /** float32[unit], the shown units and the rest of all layers in order: signed means. */
  readonly attributions: Float32Array;
  /** The same with each example's magnitude. */
  readonly magnitudes: Float32Array;
  /** What is beyond the incoming links; NaN in a layer that nothing leads to. */
  readonly remainders: Float32Array;
}

/** One method's maps of all tracked examples at all records of maps, and what the model answered. */
export interface MapTable {
  readonly header: MethodMaps;
  /** float32[record, example, position]; NaN where there is none. */
  readonly values: Float32Array;
  /** Positions of a map. */
  readonly positions: number;
  /** int32[record, example]: the predicted class, -1 where unknown. */
  readonly prediction: Int32Array;
  /** float32[record, example] of the label, without labels of the prediction; NaN where unknown. */
  readonly probability: Float32Array;
  /** uint8[record, example]: 1 right, 0 wrong, 2 unknown. */
  readonly correct: Uint8Array;
  /** float32[record, example]: share in both of what is salient or in the mask; NaN without a mask. */
  readonly iou: Float32Array;
  /** The same: share of the mask that is salient. */
  readonly groundTruthCoverage: Float32Array;
  /** The same: share of what is salient that is in the mask. */
  readonly saliencyCoverage: Float32Array;
}

/** A layer's units, or the examples, in two dimensions at all records of responses. */
export interface PlaneTable {
  readonly header: Plane;
  /** int32[point]: numbers of units or examples. */
  readonly points: Int32Array;
  /** float32[record, point, 2]; NaN where there is none, or none yet. */
  readonly places: Float32Array;
  /** float32[record, 2]: shares of the variance; NaN unless by PCA. */
  readonly explained: Float32Array;
  /** int32[point] of examples: -1 where unknown; empty of units. */
  readonly labels: Int32Array;
  /** int32[record, point] of examples: -1 where unknown; empty of units. */
  readonly predictions: Int32Array;
}

/** What is asked of a plane. */
export interface PlaneQuestion {
  readonly layer: string;
  readonly of: PointKind;
  readonly projection: string;
  /** Of the record that the others are aligned to. */
  readonly step: string;
}

/** The example that each unit of a layer responds to most, and what it sees there. */
export interface CropTable {
  readonly header: Crops;
  /** int32[unit]; -1 where none is known. */
  readonly examples: Int32Array;
  /** float32[unit]: the response. */
  readonly values: Float32Array;
  /** float32[unit, 4]: top, left, bottom, right as shares of the picture. */
  readonly boxes: Float32Array;
}

/** A request that did not give what its route promises; the message is for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    message: string,
    /** HTTP status, or 0 where no answer came. */
    readonly status: number,
  ) {
    super(message);
  }

  /** Whether asking again may help: the server is busy, restarting or gone for now. */
  get isPassing(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

/** Name the runs and recordings of the experiment. */
export async function fetchRuns(signal?: AbortSignal): Promise<Runs> {
  const answer = await request("runs", {}, signal);
  return parseRuns(await answer.json());
}

/** Fetch a recording's layers, steps, counts and means. */
export async function fetchRecording(key: RecordingKey, signal?: AbortSignal): Promise<Recording> {
  const container = await fetchContainer("records", { ...key }, signal);
  const records = parseRecords(container.header);
  const unitStart = startOfUnits(records);
  return {
    key,
    records,
    counts: container.uint32("counts"),
    countsOnce: container.uint32("counts_once"),
    means: container.float32("means"),
    deadSince: container.int32("dead_since"),
    loss: container.float32("loss"),
    accuracy: container.float32("accuracy"),
    unitStart,
    units: unitStart[records.layers.length] ?? 0,
  };
}

/** Fetch every statistic of every unit of a layer at a step that has a record. */
export async function fetchLayer(
  key: RecordingKey,
  layer: string,
  step: string,
  signal?: AbortSignal,
): Promise<LayerTable> {
  const container = await fetchContainer("layer", { ...key, layer, step }, signal);
  return {
    header: parseLayerValues(container.header),
    values: container.float32("values"),
    states: container.uint8("states"),
    deadSince: container.int32("dead_since"),
    silentSince: container.int32("silent_since"),
  };
}

/** Fetch one unit's statistics over all records. */
export async function fetchUnit(
  key: RecordingKey,
  layer: string,
  unit: number,
  signal?: AbortSignal,
): Promise<UnitTrace> {
  const container = await fetchContainer("unit", { ...key, layer, unit: String(unit) }, signal);
  return {
    header: parseUnitSeries(container.header),
    values: container.float32("values"),
    states: container.uint8("states"),
    quantiles: container.float32("quantiles"),
    rank: container.float32("rank"),
    classMeans: container.float32("class_means"),
    classAttributions: container.float32("class_attributions"),
  };
}

/** Fetch when flow was recorded, by which methods and of which groups of examples. */
export async function fetchFlowSteps(key: RecordingKey, signal?: AbortSignal): Promise<FlowSteps> {
  const answer = await request("flows", { ...key }, signal);
  return parseFlowSteps(await answer.json());
}

/** Of which examples flow is, and by which method; null: the first that the record has. */
export interface FlowSubject {
  readonly group: string;
  readonly method: string | null;
}

/** Fetch the flow of a group of examples at a step at which flow was recorded. */
export async function fetchFlow(
  key: RecordingKey,
  step: string,
  { group, method }: FlowSubject,
  signal?: AbortSignal,
): Promise<FlowRecord> {
  const by = method === null ? {} : { method };
  const container = await fetchContainer("flow", { ...key, step, group, ...by }, signal);
  const header = parseFlow(container.header);
  return {
    header,
    links: header.links.map((_, place) => container.float32(`link${place}`)),
    attributions: container.float32("attributions"),
    magnitudes: container.float32("magnitudes"),
    remainders: container.float32("remainders"),
  };
}

/** Fetch when maps were recorded, by which methods and of which examples; of the last target by default. */
export async function fetchMapSteps(
  key: RecordingKey,
  target: string | null,
  signal?: AbortSignal,
): Promise<MapSteps> {
  const answer = await request("maps", { ...key, ...(target !== null && { target }) }, signal);
  return parseMapSteps(await answer.json());
}

/** Fetch one method's maps of all tracked examples at all records of a target. */
export async function fetchMaps(
  key: RecordingKey,
  of: { readonly method: string; readonly layer: string; readonly target: string },
  signal?: AbortSignal,
): Promise<MapTable> {
  const container = await fetchContainer("map", { ...key, ...of }, signal);
  return {
    header: parseMethodMaps(container.header),
    values: container.float32("values"),
    positions: container.shape("values")[2] ?? 0,
    prediction: container.int32("prediction"),
    probability: container.float32("probability"),
    correct: container.uint8("correct"),
    iou: container.float32("iou"),
    groundTruthCoverage: container.float32("ground_truth_coverage"),
    saliencyCoverage: container.float32("saliency_coverage"),
  };
}

/** Fetch every verdict on attributions to units. */
export async function fetchUnitTrust(key: RecordingKey, signal?: AbortSignal): Promise<UnitTrust> {
  const answer = await request("trust", { ...key }, signal);
  return parseUnitTrust(await answer.json());
}

/** Fetch which layers' units and examples can be laid out, and how. */
export async function fetchPlaneSteps(
  key: RecordingKey,
  signal?: AbortSignal,
): Promise<PlaneSteps> {
  const answer = await request("planes", { ...key }, signal);
  return parsePlaneSteps(await answer.json());
}

/** Fetch points in two dimensions at all records, as far as they are laid out. */
export async function fetchPlane(
  key: RecordingKey,
  question: PlaneQuestion,
  signal?: AbortSignal,
): Promise<PlaneTable> {
  const container = await fetchContainer("plane", { ...key, ...question }, signal);
  const numbers = (name: string) =>
    container.has(name) ? container.int32(name) : new Int32Array();
  return {
    header: parsePlane(container.header),
    points: container.int32("points"),
    places: container.float32("places"),
    explained: container.float32("explained"),
    labels: numbers("labels"),
    predictions: numbers("predictions"),
  };
}

/** Fetch which example each unit of a layer responds to most, and what it sees there. */
export async function fetchCrops(
  key: RecordingKey,
  layer: string,
  step: string,
  signal?: AbortSignal,
): Promise<CropTable> {
  const container = await fetchContainer("crops", { ...key, layer, step }, signal);
  return {
    header: parseCrops(container.header),
    examples: container.int32("examples"),
    values: container.float32("values"),
    boxes: container.float32("boxes"),
  };
}

/** Fetch the units of a layer whose attribution by a method changed sign or main class. */
export async function fetchChanges(
  key: RecordingKey,
  layer: string,
  of: { readonly method: string; readonly target: string },
  signal?: AbortSignal,
): Promise<Changes> {
  const { method, target } = of;
  const answer = await request("changes", { ...key, layer, method, target }, signal);
  return parseChanges(await answer.json());
}

/** Fetch the text of each position of an example of the probe set. */
export async function fetchTokens(
  key: RecordingKey,
  example: number,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const answer = await request("tokens", { ...key, example: String(example) }, signal);
  return parseTokens(await answer.json()).texts;
}

/** Address of a film chunk; absolute, since a worker has another base. */
export function filmAddress(
  key: RecordingKey,
  statistic: string,
  chunk: number,
  hash: string,
): string {
  return address("film", { ...key, statistic, chunk: String(chunk), hash });
}

/** Address of an example's picture. */
export function thumbnailAddress(key: RecordingKey, example: number): string {
  return address("thumbnail", { ...key, example: String(example) });
}

/** Address of an example's picture at the input's own resolution. */
export function imageAddress(key: RecordingKey, example: number): string {
  return address("image", { ...key, example: String(example) });
}

/** Address of a zip that TensorBoard's Embedding Projector opens. */
export function projectorAddress(key: RecordingKey, question: PlaneQuestion): string {
  const { layer, of, step } = question;
  return address("projector", { ...key, layer, of, step });
}

/** Fetch an address of this API, retried, as a container. */
export async function fetchContainerAt(url: string, signal?: AbortSignal): Promise<Container> {
  return decodeContainer(await (await fetchPatiently(url, signal)).arrayBuffer());
}

/** The error's sentence for people, whatever was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const PAUSES_MS = [200, 800];

/** Fetch a route's container, retried. */
export async function fetchContainer(
  route: string,
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Container> {
  return fetchContainerAt(address(route, parameters), signal);
}

/** Fetch a route's answer, retried. */
export async function request(
  route: string,
  parameters: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  return fetchPatiently(address(route, parameters), signal);
}

function address(route: string, parameters: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(parameters).toString();
  return new URL(query ? `${route}?${query}` : route, document.baseURI).href;
}

async function fetchPatiently(url: string, signal: AbortSignal | undefined): Promise<Response> {
  for (const pause of PAUSES_MS) {
    try {
      return await fetchOnce(url, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isPassing) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
      signal?.throwIfAborted();
    }
  }
  return fetchOnce(url, signal);
}

async function fetchOnce(url: string, signal: AbortSignal | undefined): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(url, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw new ApiError(`TensorBoard did not answer (${sentenceOf(error)}); is it running?`, 0);
  }
  if (!answer.ok) throw new ApiError(await explanation(answer), answer.status);
  return answer;
}

async function explanation(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    return parseErrorAnswer(JSON.parse(text)).error;
  } catch {
    return `TensorBoard answered ${answer.status} ${answer.statusText}`;
  }
}

function startOfUnits(records: Records): Int32Array {
  const starts = new Int32Array(records.layers.length + 1);
  records.layers.forEach((layer, index) => {
    starts[index + 1] = (starts[index] ?? 0) + layer.units;
  });
  return starts;
}
