/** The chosen unit over all records, at A and at B: fetched when another is chosen or the run has grown. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { fetchUnit, type RecordingKey, type UnitTrace } from "./api";
import type { Undo } from "./host";
import { sentenceOf } from "./requests";
import {
  comparison,
  hasB,
  isVisible,
  keyA,
  keyB,
  layer,
  recordingA,
  recordingB,
  unit,
} from "./state";

/** What to fetch, or null for nothing. */
interface Wanted {
  readonly key: RecordingKey;
  readonly layer: string;
  readonly unit: number;
  /** Changes when the recording has grown. */
  readonly version: string;
}

const found = { a: signal<UnitTrace | null>(null), b: signal<UnitTrace | null>(null) };
const problem = signal<string | null>(null);
const attempt = signal(0);
const kept = new Map<string, UnitTrace>();
const KEPT = 64;

/** A's trace of the chosen unit; null without one, or before it has come. */
export const traceA: ReadonlySignal<UnitTrace | null> = found.a;
/** B's trace; null where B takes no part, has no such unit, or is A's own run. */
export const traceB: ReadonlySignal<UnitTrace | null> = found.b;
/** Why a trace could not be had, in a sentence. */
export const traceFailure: ReadonlySignal<string | null> = problem;

/** Whether B is another run than A: in one run, both have one trace and two steps. */
export const isOtherRun: ReadonlySignal<boolean> = computed(
  () => hasB.value && JSON.stringify(keyA.value) !== JSON.stringify(keyB.value),
);

/** Ask again for what could not be had. */
export function retryTraces(): void {
  problem.value = null;
  attempt.value++;
}

/** Keep both traces at the selection. */
export function followTraces(): Undo {
  const stops = [follow("a", wantedA), follow("b", wantedB)];
  return () => {
    for (const stop of stops) stop();
  };
}

function wantedA(): Wanted | null {
  return wanted(keyA.value, recordingA.value?.records.chunkHashes.at(-1));
}

function wantedB(): Wanted | null {
  if (!isOtherRun.value || !comparison.value.ok) return null;
  return wanted(keyB.value, recordingB.value?.records.chunkHashes.at(-1));
}

function wanted(key: RecordingKey | null, version: string | undefined): Wanted | null {
  const [chosen, index] = [layer.value, unit.value];
  if (!key || version === undefined || !chosen || index === null) return null;
  return index < chosen.units ? { key, layer: chosen.name, unit: index, version } : null;
}

function follow(side: "a" | "b", wish: () => Wanted | null): Undo {
  return effect(() => {
    void attempt.value;
    const want = wish();
    const known = want && kept.get(nameOf(want));
    if (!isOf(found[side].peek(), want) || known) found[side].value = known ?? null;
    if (!want || known || !isVisible.value) return;
    const asked = new AbortController();
    // Whoever walks through units with a key held down wants the last of them.
    const wait = setTimeout(() => void load(side, want, asked.signal), 60);
    return () => {
      clearTimeout(wait);
      asked.abort();
    };
  });
}

async function load(side: "a" | "b", want: Wanted, asked: AbortSignal): Promise<void> {
  try {
    const trace = await fetchUnit(want.key, want.layer, want.unit, asked);
    kept.set(nameOf(want), trace);
    for (const old of [...kept.keys()].slice(0, -KEPT)) kept.delete(old);
    if (asked.aborted) return;
    found[side].value = trace;
    problem.value = null;
  } catch (error) {
    if (!asked.aborted) problem.value = sentenceOf(error);
  }
}

function isOf(trace: UnitTrace | null, want: Wanted | null): boolean {
  return trace?.header.layer === want?.layer && trace?.header.unit === want?.unit;
}

function nameOf(want: Wanted): string {
  return JSON.stringify(want);
}
