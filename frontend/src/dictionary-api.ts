/** The routes of the dictionary: what each unit responds to most, as its icons show it. */
import type { RecordingKey } from "./api";
import { address, fetchContainer, request } from "./requests";
import {
  type Dictionary,
  type MeaningDrift,
  parseDictionary,
  parseMeaningDrift,
  parsePictures,
  parseUnitIcons,
  type UnitIcons,
} from "./wire";

/** What icons of a layer's units show at one record. */
export interface IconTable {
  readonly header: UnitIcons;
  /** Where each unit is in the arrays. */
  readonly rows: ReadonlyMap<number, number>;
  /** Top examples of each unit. */
  readonly top: number;
  /** int32[unit, top]: -1 for what says nothing of the unit. */
  readonly examples: Int32Array;
  /** float32[unit, top]: the responses. */
  readonly values: Float32Array;
  /** The largest magnitude of them; 1 where all are 0. */
  readonly largest: number;
  /** int32[unit, top]: flat; -1 without. */
  readonly positions: Int32Array;
  /** int32[unit, top]: -1 where unknown. */
  readonly labels: Int32Array;
  /** float32[unit, top, 4]: top, left, bottom, right of what is seen, as shares. */
  readonly boxes: Float32Array;
  /** float32[unit, top, 2]: y and x of the position's middle as shares; NaN where unknown. */
  readonly marks: Float32Array;
  /** int32[unit, top, token]: places in the header's texts; empty of other forms than "tokens". */
  readonly windows: Int32Array;
  /** int32[unit, top]: which token of the window answered; -1 where unknown. */
  readonly centres: Int32Array;
  /** float32[unit, top, channel, point]; empty of other forms than "signal". */
  readonly stretches: Float32Array;
  /** Channels and points of a stretch. */
  readonly stretchShape: readonly [number, number];
  /** int32[unit, place]; empty of other forms than "columns". */
  readonly columns: Int32Array;
  /** float32[unit, place]: in standard deviations. */
  readonly deviations: Float32Array;
}

/** How far units' top examples changed from record to record. */
export interface DriftTable {
  readonly header: MeaningDrift;
  /** float32[record, unit]; NaN where it is undefined. */
  readonly drifts: Float32Array;
}

/** Whose icons are asked for: all units' of a layer with one example each, or one unit's with more. */
export interface IconQuestion {
  readonly layer: string;
  readonly step: string;
  readonly unit?: number;
  readonly count?: number;
}

/** Fetch when it was recorded what units respond to, and which images were sought. */
export async function fetchDictionary(key: RecordingKey): Promise<Dictionary> {
  const answer = await request("dictionary", { ...key }, undefined);
  return parseDictionary(await answer.json());
}

/** Fetch what icons show at a step. */
export async function fetchUnitIcons(
  key: RecordingKey,
  { layer, step, unit, count }: IconQuestion,
): Promise<IconTable> {
  const one = unit === undefined ? {} : { unit: String(unit) };
  const many = count === undefined ? {} : { count: String(count) };
  const found = await fetchContainer(
    "unit_icons",
    { ...key, layer, step, ...one, ...many },
    undefined,
  );
  const integers = (name: string) => (found.has(name) ? found.int32(name) : new Int32Array());
  const decimals = (name: string) => (found.has(name) ? found.float32(name) : new Float32Array());
  const [, , channels = 0, points = 0] = found.has("stretches") ? found.shape("stretches") : [];
  return {
    header: parseUnitIcons(found.header),
    rows: new Map(Array.from(found.int32("units"), (number, row) => [number, row])),
    top: found.shape("examples")[1] ?? 0,
    examples: found.int32("examples"),
    values: found.float32("values"),
    largest: largestOf(found.float32("values")),
    positions: found.int32("positions"),
    labels: found.int32("labels"),
    boxes: found.float32("boxes"),
    marks: found.float32("marks"),
    windows: integers("windows"),
    centres: integers("centres"),
    stretches: decimals("stretches"),
    stretchShape: [channels, points],
    columns: integers("columns"),
    deviations: decimals("deviations"),
  };
}

function largestOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0) || 1;
}

/** Fetch how far the top examples of a layer's units changed from record to record. */
export async function fetchMeaningDrift(key: RecordingKey, layer: string): Promise<DriftTable> {
  const found = await fetchContainer("meaning_drift", { ...key, layer }, undefined);
  return { header: parseMeaningDrift(found.header), drifts: found.float32("drifts") };
}

/** Fetch the small pictures of all examples as PNG files, by example. */
export async function fetchPictures(key: RecordingKey): Promise<readonly Blob[]> {
  const found = await fetchContainer("pictures", { ...key }, undefined);
  const { examples } = parsePictures(found.header);
  const [ends, files] = [found.uint32("ends"), found.uint8("files")];
  return Array.from({ length: examples }, (_, example) => {
    // A copy, so that the answer as a whole is not kept for one picture.
    const bytes = files.slice(ends[example - 1] ?? 0, ends[example]);
    return new Blob([bytes as BlobPart], { type: "image/png" });
  });
}

/** An image that a unit responds to most, sought on a checkpoint. */
export interface SoughtImage {
  readonly layer: string;
  readonly unit: number;
  readonly step: string;
  readonly place: number;
}

/** Address of such an image. */
export function visualisationAddress(key: RecordingKey, image: SoughtImage): string {
  const { layer, step } = image;
  const [unit, place] = [String(image.unit), String(image.place)];
  return address("visualisation", { ...key, layer, step, unit, place });
}
