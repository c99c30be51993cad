/** The flow of all examples at the told step, for the chosen unit: fetched record by record, and kept. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { RecordingKey } from "./api";
import { type FlowRecord, fetchFlow, fetchFlowSteps } from "./flow-api";
import type { Undo } from "./host";
import { sentenceOf } from "./requests";
import { isVisible, playing, recordingA } from "./state";
import { recordOf } from "./steps";
import { toldStepA } from "./told";

interface Known {
  readonly key: RecordingKey;
  readonly steps: readonly string[];
}

const known = signal<Known | null>(null);
const problem = signal<string | null>(null);
const shown = signal<{ readonly name: string; readonly flow: FlowRecord } | null>(null);
const kept = new Map<string, FlowRecord>();
const KEPT = 48;

/** Steps at which flow was recorded; null before that is known. */
export const flowStepsOfA: ReadonlySignal<readonly string[] | null> = computed(() =>
  isOf(known.value?.key, recordingA.value?.key) ? (known.value?.steps ?? null) : null,
);
/** The step of the record at or before the told one; the first one before that. */
export const flowStepNow: ReadonlySignal<string | null> = computed(() => {
  const [steps, step] = [flowStepsOfA.value ?? [], toldStepA.value];
  return step === null ? null : (steps[recordOf(steps, step)] ?? null);
});
/** The latest record that has come; it stays until the next one has. */
export const flowNow: ReadonlySignal<FlowRecord | null> = computed(() => shown.value?.flow ?? null);
/** Why there is none, in a sentence. */
export const flowProblem: ReadonlySignal<string | null> = problem;

/** Keep the flow at the told step. */
export function followUnitFlow(): Undo {
  const stops = [effect(followSteps), effect(followRecord)];
  return () => {
    for (const stop of stops) stop();
  };
}

function followSteps(): Undo | undefined {
  const recording = recordingA.value;
  if (!recording) return undefined;
  const asked = new AbortController();
  fetchFlowSteps(recording.key, asked.signal).then(
    ({ steps, groups }) => {
      const hasAll = groups.some(({ name }) => name === "all");
      known.value = { key: recording.key, steps: hasAll ? steps : [] };
      problem.value = null;
    },
    (error: unknown) => {
      if (!asked.signal.aborted) problem.value = sentenceOf(error);
    },
  );
  return () => asked.abort();
}

function followRecord(): Undo | undefined {
  const [recording, step] = [recordingA.value, flowStepNow.value];
  if (!recording || step === null || !isVisible.value) return undefined;
  const name = JSON.stringify([recording.key, recording.records.layoutId, step]);
  const flow = kept.get(name);
  if (flow) {
    shown.value = { name, flow };
    return undefined;
  }
  const asked = new AbortController();
  // A film passes faster than it could be read.
  const wait = setTimeout(
    () => void load(name, recording.key, step, asked.signal),
    playing.value ? 250 : 0,
  );
  return () => {
    clearTimeout(wait);
    asked.abort();
  };
}

async function load(
  name: string,
  key: RecordingKey,
  step: string,
  asked: AbortSignal,
): Promise<void> {
  try {
    const flow = await fetchFlow(key, step, { group: "all", method: null, grouping: null }, asked);
    kept.set(name, flow);
    for (const old of [...kept.keys()].slice(0, -KEPT)) kept.delete(old);
    shown.value = { name, flow };
    problem.value = null;
  } catch (error) {
    if (!asked.aborted) problem.value = sentenceOf(error);
  }
}

function isOf(a: RecordingKey | undefined, b: RecordingKey | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
