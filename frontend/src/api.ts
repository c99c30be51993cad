/** The routes of a recording, its layers, units and examples; the other subjects have files of their own. */
import { address, fetchContainer, request } from "./requests";
import {
  type Changes,
  type LayerValues,
  parseChanges,
  parseLayerValues,
  parseRecords,
  parseRuns,
  parseTokens,
  parseUnitSeries,
  type Records,
  type Runs,
  type UnitSeries,
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

function startOfUnits(records: Records): Int32Array {
  const starts = new Int32Array(records.layers.length + 1);
  records.layers.forEach((layer, index) => {
    starts[index + 1] = (starts[index] ?? 0) + layer.units;
  });
  return starts;
}
