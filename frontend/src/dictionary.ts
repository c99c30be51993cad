/**
 * What units respond to most, by layer and step: one answer a layer and record, kept, and one with
 * the pictures of all examples. While the film plays nothing is asked for, and icons stand still.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { Answers } from "./answers";
import { imageAddress, type Recording } from "./api";
import {
  type DriftTable,
  fetchDictionary,
  fetchMeaningDrift,
  fetchPictures,
  fetchUnitIcons,
  type IconTable,
} from "./dictionary-api";
import { isSameKey, nameOf } from "./responses";
import type { SideName } from "./sides";
import { currentStepA, currentStepB, keyA, keyB, playing, recordingA, recordingB } from "./state";
import { recordOf } from "./steps";
import type { Dictionary, Visualisation } from "./wire";

/** What the drift of a unit's meaning is, in words. */
export const MEANING_DRIFT =
  "How far the unit’s top examples changed since the record of examples before: 1 less the share of the examples in either top that are in both (Jaccard). 0: the same examples, 1: none in common; undefined at the first record, and of a unit that responds to nothing at both";

const dictionaries = new Answers<Dictionary>(16);
const tables = new Answers<IconTable>(96);
const drifts = new Answers<DriftTable>(32);
const files = new Answers<readonly Blob[]>(4);

/** The recording of a side; none while another one is on its way, whose units the selection names. */
export function recordingOf(side: SideName): Recording | null {
  const [recording, key] =
    side === "A" ? [recordingA.value, keyA.value] : [recordingB.value, keyB.value];
  return recording && isSameKey(recording.key, key) ? recording : null;
}

/** The step whose icons a side shows: while the film plays, that at which it began. */
export function iconStep(side: SideName): string | null {
  return (side === "A" ? stepA : stepB).value;
}

const stepA = resting(currentStepA);
const stepB = resting(currentStepB);

function resting(step: ReadonlySignal<string | null>): ReadonlySignal<string | null> {
  let last: string | null = null;
  return computed(() => {
    if (!playing.value || last === null) last = step.value;
    return last;
  });
}

/** When it was recorded what units respond to; null before it is known. Asks for it. */
export function dictionaryOf(recording: Recording | null): Dictionary | null {
  const name = nameOf(recording);
  if (!recording || name === null) return null;
  dictionaries.want(name, () => fetchDictionary(recording.key));
  return dictionaries.value(name);
}

/** The step of the record of a layer's examples at or before a step, or of the first. */
export function exampleStep(known: Dictionary, layerName: string, step: string): string | null {
  const steps = known.layers.find(({ name }) => name === layerName)?.steps ?? [];
  return steps[Math.max(0, recordOf(steps, step))] ?? null;
}

/** Whether there are icons of a layer's units at all, as far as it is known. */
export function hasIcons(recording: Recording | null, layerName: string): boolean {
  return dictionaryOf(recording)?.layers.some(({ name }) => name === layerName) ?? false;
}

/** What is asked of icons: all units of a layer with one example each, or one unit with all. */
export interface IconSubject {
  readonly layerName: string;
  readonly unit?: number;
}

/** What icons show at a step; null where there are none, or none yet. Asks for it. */
export function iconTable(
  recording: Recording | null,
  { layerName, unit }: IconSubject,
  step: string | null,
): IconTable | null {
  const known = dictionaryOf(recording);
  const at = known && step !== null ? exampleStep(known, layerName, step) : null;
  if (!recording || !known || at === null) return null;
  const name = JSON.stringify([recording.key, layerName, at, unit ?? null]);
  const one = unit === undefined ? {} : { unit, count: known.top };
  tables.want(name, () => fetchUnitIcons(recording.key, { layer: layerName, step: at, ...one }));
  return tables.value(name);
}

/** How far the top examples of a layer's units changed, over all records. Asks for it. */
export function driftTable(recording: Recording | null, layerName: string): DriftTable | null {
  const name = nameOf(recording);
  if (!recording || name === null || !hasIcons(recording, layerName)) return null;
  const whole = JSON.stringify([name, layerName]);
  drifts.want(whole, () => fetchMeaningDrift(recording.key, layerName));
  return drifts.value(whole);
}

/** The images that were sought for a unit on the last checkpoint at or before a step. */
export function visualisationsOf(
  known: Dictionary | null,
  { layerName, unit }: Required<IconSubject>,
  step: string,
): readonly Visualisation[] {
  const isBefore = (each: Visualisation) => BigInt(each.step) <= BigInt(step);
  const own = (known?.visualisations ?? []).filter(
    (each) => each.layer === layerName && each.unit === unit && isBefore(each),
  );
  const last = own.reduce(
    (most, each) => (BigInt(each.step) > most ? BigInt(each.step) : most),
    -1n,
  );
  return own.filter((each) => BigInt(each.step) === last);
}

/** The drift of a layer's units at the record at or before a step; null where it is not known. */
export function driftAt(table: DriftTable | null, step: string | null): Float32Array | null {
  if (!table || step === null) return null;
  const record = recordOf(table.header.steps, step);
  const units = table.drifts.length / Math.max(1, table.header.steps.length);
  return record < 0 ? null : table.drifts.subarray(record * units, (record + 1) * units);
}

const version = signal(0);
/** Changes when another picture can be drawn. */
export const picturesVersion: ReadonlySignal<number> = version;
const images = new Map<string, HTMLImageElement | null>();
let isTold = false;
/** Pictures that could not be had are asked for again after a pause. */
const AGAIN_MS = 10_000;
/** The largest pictures of a thousand examples fit in a browser's memory. */
const KEPT = 1024;

/** An example's small picture; null before it has come. Asks for all of the probe set's at once. */
export function smallPicture(recording: Recording, example: number): HTMLImageElement | null {
  const { thumbnails, hash } = recording.records.probeSet;
  if (example >= thumbnails) return null;
  const whole = JSON.stringify([recording.key, hash]);
  files.want(whole, () => fetchPictures(recording.key));
  const file = files.value(whole)?.[example];
  if (!file || file.size === 0) return null;
  return decoded(JSON.stringify([whole, example]), () => URL.createObjectURL(file));
}

/** An example's picture at the input's own size, or the small one before it has come. */
export function largePicture(recording: Recording, example: number): HTMLImageElement | null {
  const url = imageAddress(recording.key, example);
  return decoded(url, () => url) ?? smallPicture(recording, example);
}

function decoded(name: string, locate: () => string): HTMLImageElement | null {
  const known = images.get(name);
  if (known !== undefined) return known;
  images.set(name, null);
  for (const old of [...images.keys()].slice(0, -KEPT)) images.delete(old);
  const image = new Image();
  const url = locate();
  const release = () => url.startsWith("blob:") && URL.revokeObjectURL(url);
  image.addEventListener("load", () => {
    release();
    images.set(name, image);
    tell();
  });
  image.addEventListener("error", () => {
    release();
    setTimeout(() => images.delete(name), AGAIN_MS);
  });
  image.src = url;
  return null;
}

/** Pictures come by the dozen: they are told of once a frame. */
function tell(): void {
  if (isTold) return;
  isTold = true;
  requestAnimationFrame(() => {
    isTold = false;
    version.value++;
  });
}
