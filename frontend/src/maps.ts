/** The maps of the side that is shown: when there are some, by which methods, and the tables of values. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { fetchMapSteps, fetchMaps, type MapTable, type RecordingKey, sentenceOf } from "./api";
import type { Undo } from "./host";
import { example, isVisible, keyA, keyB, mapMethod, mode, recordingA, recordingB } from "./state";
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

/** When maps were recorded and of what; null before it is known. */
export const mapList: ReadonlySignal<MapSteps | null> = computed(() => {
  const want = wanted.value;
  return want ? (lists.value.get(nameOf(want.key))?.value ?? null) : null;
});

/** The method that is shown: the chosen one, or the first that has maps. */
export const shownMethod: ReadonlySignal<MapMethod | null> = computed(() => {
  const methods = mapList.value?.methods.filter(({ absence }) => absence === "") ?? [];
  return methods.find(({ name }) => name === mapMethod.value) ?? methods[0] ?? null;
});

/** Maps of the shown method; null before they have come. */
export const shownTable: ReadonlySignal<MapTable | null> = computed(() =>
  shownMethod.value ? tableOf(shownMethod.value.name) : null,
);

/** The record of maps at or before the step; -1 where there is none. */
export const mapRecord: ReadonlySignal<number> = computed(() =>
  recordOf(shownTable.value?.header.steps ?? [], mapStep.value ?? "last"),
);

/** Why the list, or a method's maps, could not be had, in a sentence. */
export const mapsFailure: ReadonlySignal<string | null> = computed(() => {
  const want = wanted.value;
  const names = ["", ...(mapList.value?.methods.map(({ name }) => name) ?? [])];
  const found = names.map((name) => want && problems.value.get(nameOf(want.key, name)));
  return found.find((why) => why !== undefined) ?? null;
});

/** A method's maps, if they are here. */
export function tableOf(method: string): MapTable | null {
  const want = wanted.value;
  return want ? (tables.value.get(nameOf(want.key, method))?.value ?? null) : null;
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
      const want = wanted.value;
      if (want && isVisible.value) void loadList(want, asked.signal);
    }),
    effect(() => {
      void attempt.value;
      const [want, method] = [wanted.value, shownMethod.value?.name];
      if (want && method !== undefined && isVisible.value)
        void loadTable(want, method, asked.signal);
    }),
    effect(() => {
      void attempt.value;
      const [want, list] = [wanted.value, mapList.value];
      if (!want || !list || example.value === null || !shownTable.value) return;
      void loadAll(want, list.methods, asked.signal);
    }),
  ];
  return () => {
    asked.abort();
    for (const stop of stops) stop();
  };
}

async function loadAll(
  want: Wanted,
  methods: readonly MapMethod[],
  asked: AbortSignal,
): Promise<void> {
  for (const { name, absence } of methods) {
    if (absence === "") await loadTable(want, name, asked);
  }
}

async function loadList(want: Wanted, asked: AbortSignal): Promise<void> {
  const name = nameOf(want.key);
  if (lists.peek().get(name)?.version === want.version) return;
  await once(name, want.version, asked, async () => {
    const value = await fetchMapSteps(want.key, asked);
    lists.value = withOne(lists.peek(), name, { version: want.version, value });
  });
}

async function loadTable(want: Wanted, method: string, asked: AbortSignal): Promise<void> {
  const name = nameOf(want.key, method);
  if (tables.peek().get(name)?.version === want.version) return;
  await once(name, want.version, asked, async () => {
    const value = await fetchMaps(want.key, method, asked);
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

function nameOf(key: RecordingKey, method = ""): string {
  return JSON.stringify([key, method]);
}
