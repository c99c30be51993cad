/** The maps of the side that is shown: when there are some, by which methods, and the tables of values. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { RecordingKey } from "./api";
import type { Undo } from "./host";
import { fetchMapSteps, fetchMaps, type MapTable } from "./maps-api";
import { sentenceOf } from "./requests";
import {
  example,
  isVisible,
  keyA,
  keyB,
  mapLayer,
  mapMethod,
  mapTarget,
  mode,
  recordingA,
  recordingB,
} from "./state";
import { recordOf } from "./steps";
import { toldStepA, toldStepB } from "./told";
import type { MapMethod, MapSteps } from "./wire";

/** A recording whose maps are wanted. */
interface Wanted {
  readonly key: RecordingKey;
  /** Changes when the recording has grown. */
  readonly version: string;
}

interface Kept<T> {
  readonly version: string;
  readonly value: T;
}

const lists = signal<ReadonlyMap<string, Kept<MapSteps>>>(new Map());
const tables = signal<ReadonlyMap<string, Kept<MapTable>>>(new Map());
/** By what could not be had: why. */
const problems = signal<ReadonlyMap<string, string>>(new Map());
const attempt = signal(0);
const pending = new Set<string>();
/** Tables of large pictures weigh megabytes. */
const KEPT = 16;

/** Whether B's maps are shown; differences of maps are not drawn, so their place takes A. */
export const isOfB: ReadonlySignal<boolean> = computed(() => mode.value === "b");
/** The recording whose maps are shown. */
export const mapRecording = computed(() => (isOfB.value ? recordingB.value : recordingA.value));
/** The step of that side, as far as it is told. */
export const mapStep = computed(() => (isOfB.value ? toldStepB.value : toldStepA.value));

const wanted: ReadonlySignal<Wanted | null> = computed(() => {
  const key = isOfB.value ? keyB.value : keyA.value;
  const records = mapRecording.value?.records;
  const version = records && JSON.stringify([records.chunkHashes.at(-1), records.steps.length]);
  return key && version !== undefined ? { key, version } : null;
});

/** What was recorded of the last target, and which others there are; null before it is known. */
const lastList = computed(() => listOf(null));

/** The target that is shown, where it is not the last; null: that, or one that there is not. */
const otherTarget: ReadonlySignal<string | null> = computed(() => {
  const [last, chosen] = [lastList.value, mapTarget.value];
  if (!last || chosen === null || chosen === last.target) return null;
  return last.targets.some(({ target }) => target === chosen) ? chosen : null;
});

/** When maps were recorded and of what; null before it is known. */
export const mapList: ReadonlySignal<MapSteps | null> = computed(() => listOf(otherTarget.value));

/** The method that is shown, at its layer: the chosen ones, or the first that have maps. */
export const shownMethod: ReadonlySignal<MapMethod | null> = computed(() => {
  const methods = mapList.value?.methods.filter(({ absence }) => absence === "") ?? [];
  const named = methods.filter(({ name }) => name === mapMethod.value);
  const known = named.length > 0 ? named : methods.filter(({ name }) => name === methods[0]?.name);
  return known.find(({ layer }) => layer === mapLayer.value) ?? known[0] ?? null;
});

/** Maps of the shown method; null before they have come. */
export const shownTable: ReadonlySignal<MapTable | null> = computed(() =>
  shownMethod.value ? tableOf(shownMethod.value) : null,
);

/** The record of maps at or before the step; -1 where there is none. */
export const mapRecord: ReadonlySignal<number> = computed(() =>
  recordOf(shownTable.value?.header.steps ?? [], mapStep.value ?? "last"),
);

/** Why the list, or a method's maps, could not be had, in a sentence. */
export const mapsFailure: ReadonlySignal<string | null> = computed(() => {
  const want = wanted.value;
  if (!want) return null;
  const list = mapList.value;
  const names = [
    nameOf(want.key, null),
    nameOf(want.key, otherTarget.value),
    ...(list?.methods.map((method) => nameOf(want.key, list.target, method)) ?? []),
  ];
  return names.map((name) => problems.value.get(name)).find((why) => why !== undefined) ?? null;
});

/** A method's maps, if they are here. */
export function tableOf(method: MapMethod): MapTable | null {
  const [want, list] = [wanted.value, mapList.value];
  return want && list
    ? (tables.value.get(nameOf(want.key, list.target, method))?.value ?? null)
    : null;
}

/** What is the same of one method at one layer, whichever list it stands in. */
export function keyOfMethod({ name, layer }: Pick<MapMethod, "name" | "layer">): string {
  return JSON.stringify([name, layer]);
}

function listOf(target: string | null): MapSteps | null {
  const want = wanted.value;
  return want ? (lists.value.get(nameOf(want.key, target))?.value ?? null) : null;
}

/** Ask again for what could not be had. */
export function retryMaps(): void {
  problems.value = new Map();
  attempt.value++;
}

/** Load what is shown, and while an example is shown at large, the maps of every method. */
export function followMaps(): Undo {
  const asked = new AbortController();
  const stops = [
    effect(() => {
      void attempt.value;
      const [want, other] = [wanted.value, otherTarget.value];
      if (!want || !isVisible.value) return;
      void loadList(want, null, asked.signal);
      if (other !== null) void loadList(want, other, asked.signal);
    }),
    effect(() => {
      void attempt.value;
      const [want, list, method] = [wanted.value, mapList.value, shownMethod.value];
      if (want && list && method && isVisible.value)
        void loadTable(want, list.target, method, asked.signal);
    }),
    effect(() => {
      void attempt.value;
      const [want, list] = [wanted.value, mapList.value];
      if (!want || !list || example.value === null || !shownTable.value) return;
      void loadAll(want, list, asked.signal);
    }),
  ];
  return () => {
    asked.abort();
    for (const stop of stops) stop();
  };
}

async function loadAll(want: Wanted, list: MapSteps, asked: AbortSignal): Promise<void> {
  for (const method of list.methods) {
    if (method.absence === "") await loadTable(want, list.target, method, asked);
  }
}

async function loadList(want: Wanted, target: string | null, asked: AbortSignal): Promise<void> {
  const name = nameOf(want.key, target);
  if (lists.peek().get(name)?.version === want.version) return;
  await once(name, want.version, asked, async () => {
    const value = await fetchMapSteps(want.key, target, asked);
    lists.value = withOne(lists.peek(), name, { version: want.version, value });
  });
}

async function loadTable(
  want: Wanted,
  target: string,
  method: MapMethod,
  asked: AbortSignal,
): Promise<void> {
  const name = nameOf(want.key, target, method);
  if (tables.peek().get(name)?.version === want.version) return;
  await once(name, want.version, asked, async () => {
    const of = { method: method.name, layer: method.layer, target };
    const value = await fetchMaps(want.key, of, asked);
    tables.value = withOne(tables.peek(), name, { version: want.version, value });
  });
}

async function once(
  name: string,
  version: string,
  asked: AbortSignal,
  load: () => Promise<void>,
): Promise<void> {
  const request = `${name}${version}`;
  if (pending.has(request)) return;
  pending.add(request);
  try {
    await load();
    tell(name, null);
  } catch (error) {
    if (!asked.aborted) tell(name, sentenceOf(error));
  } finally {
    pending.delete(request);
  }
}

/** Remember why something could not be had, or that it could. */
function tell(name: string, why: string | null): void {
  const others = [...problems.peek()].filter(([other]) => other !== name);
  if (why !== null) others.push([name, why]);
  if (others.length > 0 || problems.peek().size > 0) problems.value = new Map(others);
}

function withOne<T>(
  known: ReadonlyMap<string, Kept<T>>,
  name: string,
  kept: Kept<T>,
): ReadonlyMap<string, Kept<T>> {
  const others = [...known].filter(([other]) => other !== name);
  return new Map([...others.slice(1 - KEPT), [name, kept]]);
}

function nameOf(key: RecordingKey, target: string | null, method?: MapMethod): string {
  return JSON.stringify([key, target, method ? keyOfMethod(method) : ""]);
}
