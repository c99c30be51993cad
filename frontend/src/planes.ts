/** The map's planes of the side that is shown: which there are, and points at all records. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { anchorNow } from "./anchor";
import type { RecordingKey } from "./api";
import type { Undo } from "./host";
import { isOfB, mapRecording } from "./maps";
import {
  type CropTable,
  fetchCrops,
  fetchPlane,
  fetchPlaneSteps,
  type PlaneQuestion,
  type PlaneTable,
} from "./planes-api";
import { sentenceOf } from "./requests";
import {
  currentStepA,
  currentStepB,
  isVisible,
  keyA,
  keyB,
  layerName,
  pointKind,
  projection,
  responseMethod,
} from "./state";
import { recordOf } from "./steps";
import type { PlaneSteps } from "./wire";

interface Wanted {
  readonly key: RecordingKey;
  readonly method: string;
  /** Changes when the recording has grown. */
  readonly version: string;
}

interface Kept<T> {
  readonly version: string;
  readonly value: T;
}

type Kind = PlaneSteps | PlaneTable | CropTable;
const kept = signal<ReadonlyMap<string, Kept<Kind>>>(new Map());
const problems = signal<ReadonlyMap<string, string>>(new Map());
const attempt = signal(0);
const pending = new Set<string>();
/** A table of many records weighs megabytes. */
const KEPT = 24;
/** Between two questions for what is still being laid out. */
const POLL_MS = 700;

/** The recording whose points are shown. */
export const planeRecording = mapRecording;

const wanted: ReadonlySignal<Wanted | null> = computed(() => {
  const key = isOfB.value ? keyB.value : keyA.value;
  const records = planeRecording.value?.records;
  const version = records && JSON.stringify([records.chunkHashes.at(-1), records.steps.length]);
  return key && version !== undefined ? { key, version, method: responseMethod.value } : null;
});

/** Which layers have responses, and which projections there are; null before it is known. */
export const planeList: ReadonlySignal<PlaneSteps | null> = computed(() => {
  const want = wanted.value;
  return want ? (known<PlaneSteps>(listName(want)) ?? null) : null;
});

/** The layer whose points are shown: the chosen one, or the last hidden one with responses. */
export const planeLayer: ReadonlySignal<string | null> = computed(() => {
  const names = planeList.value?.layers.map(({ name }) => name) ?? [];
  if (layerName.value !== null && names.includes(layerName.value)) return layerName.value;
  return names.at(-2) ?? names[0] ?? null;
});

/** Whether it is known what the shown layer's units respond to most. */
const hasCrops: ReadonlySignal<boolean> = computed(() => {
  const layers = planeList.value?.layers ?? [];
  return layers.find(({ name }) => name === planeLayer.value)?.hasCrops ?? false;
});

/** Of which record the places are the model for all others. */
export const planeQuestion: ReadonlySignal<PlaneQuestion | null> = computed(() => {
  const [layer, at] = [planeLayer.value, anchorNow.value];
  const step = at?.recording.records.steps[at.record];
  if (layer === null || step === undefined) return null;
  const method = responseMethod.value;
  return { layer, method, of: pointKind.value, projection: projection.value, step };
});

let latest: { readonly name: string; readonly table: PlaneTable } | null = null;

/** The points; while another anchor is asked for, those of the one before. */
export const shownPlane: ReadonlySignal<PlaneTable | null> = computed(() => {
  const [want, question] = [wanted.value, planeQuestion.value];
  if (!want || !question) return null;
  const table = known<PlaneTable>(tableName(want, question));
  const name = JSON.stringify([want.key, { ...question, step: "" }]);
  if (table) latest = { name, table };
  return table ?? (latest?.name === name ? latest.table : null);
});

/** What each unit responds to most; null where it is not known, or not yet. */
export const shownCrops: ReadonlySignal<CropTable | null> = computed(() => {
  const [want, question] = [wanted.value, planeQuestion.value];
  return want && question ? (known<CropTable>(cropName(want, question)) ?? null) : null;
});

/** The step of the shown side. */
export const planeStep: ReadonlySignal<string | null> = computed(() =>
  isOfB.value ? currentStepB.value : currentStepA.value,
);

/** The record of responses at or before that step; -1 where there is none. */
export const planeRecord: ReadonlySignal<number> = computed(() =>
  recordOf(shownPlane.value?.header.steps ?? [], planeStep.value ?? "last"),
);

/** Why the list or the points could not be had. */
export const planeFailure: ReadonlySignal<string | null> = computed(() => {
  const [want, question] = [wanted.value, planeQuestion.value];
  if (!want) return null;
  const ofTable = question ? problems.value.get(tableName(want, question)) : undefined;
  return problems.value.get(listName(want)) ?? ofTable ?? null;
});

/** Why there are no pictures of units. */
export const cropFailure: ReadonlySignal<string | null> = computed(() => {
  const [want, question] = [wanted.value, planeQuestion.value];
  if (planeList.value && !hasCrops.value) {
    return "The examples that units respond to most were not recorded; record them with Recording(examples=9).";
  }
  return want && question ? (problems.value.get(cropName(want, question)) ?? null) : null;
});

/** Ask again for what could not be had. */
export function retryPlanes(): void {
  problems.value = new Map();
  attempt.value++;
}

/** Load what is shown, and ask again while it is being laid out. */
export function followPlanes(): Undo {
  const asked = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stops = [
    effect(() => {
      void attempt.value;
      const want = wanted.value;
      if (!want || !isVisible.value) return;
      void load(
        listName(want),
        want.version,
        () => fetchPlaneSteps(want.key, want.method, asked.signal),
        asked,
      );
    }),
    effect(() => {
      void attempt.value;
      const [want, question] = [wanted.value, planeQuestion.value];
      clearTimeout(timer);
      if (!want || !question || !isVisible.value) return;
      const name = tableName(want, question);
      const version = `${want.version}${isPartial(name) ? attempt.value : ""}`;
      void load(name, version, () => fetchPlane(want.key, question, asked.signal), asked).then(
        () => {
          if (!asked.signal.aborted && isPartial(name) && planeQuestion.peek() === question) {
            timer = setTimeout(() => {
              attempt.value++;
            }, POLL_MS);
          }
        },
      );
    }),
    effect(() => {
      const [want, question] = [wanted.value, planeQuestion.value];
      if (!want || !question || question.of !== "units" || !isVisible.value) return;
      if (!hasCrops.value) return;
      const { layer, step } = question;
      const fetchIt = () => fetchCrops(want.key, layer, step, asked.signal);
      void load(cropName(want, question), want.version, fetchIt, asked);
    }),
  ];
  return () => {
    asked.abort();
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

function isPartial(name: string): boolean {
  const value = kept.peek().get(name)?.value;
  return value !== undefined && "places" in value && value.header.done < value.header.steps.length;
}

async function load(
  name: string,
  version: string,
  fetchIt: () => Promise<Kind>,
  asked: AbortController,
): Promise<void> {
  const before = kept.peek().get(name);
  if ((before?.version === version && !isPartial(name)) || pending.has(name)) return;
  pending.add(name);
  try {
    const value = await fetchIt();
    const others = [...kept.peek()].filter(([other]) => other !== name);
    kept.value = new Map([...others.slice(1 - KEPT), [name, { version, value }]]);
    tell(name, null);
  } catch (error) {
    if (!asked.signal.aborted) tell(name, sentenceOf(error));
  } finally {
    pending.delete(name);
  }
}

function tell(name: string, why: string | null): void {
  const others = [...problems.peek()].filter(([other]) => other !== name);
  if (why !== null) others.push([name, why]);
  if (others.length > 0 || problems.peek().size > 0) problems.value = new Map(others);
}

function known<T extends Kind>(name: string): T | undefined {
  return kept.value.get(name)?.value as T | undefined;
}

function listName({ key, method }: Wanted): string {
  return JSON.stringify([key, "list", method]);
}

function tableName({ key }: Wanted, question: PlaneQuestion): string {
  return JSON.stringify([key, "plane", question]);
}

function cropName({ key }: Wanted, { layer, step }: PlaneQuestion): string {
  return JSON.stringify([key, "crops", layer, step]);
}
