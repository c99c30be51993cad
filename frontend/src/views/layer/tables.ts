/** The layer's values at A and B: fetched when the selection asks for others, kept while it does not. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { fetchLayer, type LayerTable, type RecordingKey } from "../../api";
import type { Undo } from "../../host";
import { sentenceOf } from "../../requests";
import {
  comparison,
  currentStepA,
  currentStepB,
  isVisible,
  keyA,
  keyB,
  layer,
  mode,
  playing,
  recordingA,
} from "../../state";

const found = { a: signal<LayerTable | null>(null), b: signal<LayerTable | null>(null) };
const problem = signal<string | null>(null);
const attempt = signal(0);

export const tableA: ReadonlySignal<LayerTable | null> = found.a;
export const tableB: ReadonlySignal<LayerTable | null> = found.b;
export const tablesFailure: ReadonlySignal<string | null> = problem;

/** Ask again for what could not be had. */
export function retryTables(): void {
  problem.value = null;
  attempt.value++;
}

/** Keep both tables at the selection. */
export function followTables(): Undo {
  const stops = [
    follow("a", () => (mode.value === "b" ? null : keyA.value), currentStepA),
    follow(
      "b",
      () => (mode.value === "a" || !comparison.value.ok ? null : keyB.value),
      currentStepB,
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function follow(
  side: "a" | "b",
  keyOf: () => RecordingKey | null,
  step: ReadonlySignal<string | null>,
): Undo {
  return effect(() => {
    void attempt.value;
    const [key, name, at] = [keyOf(), layer.value?.name, step.value];
    if (found[side].peek()?.header.layer !== name) found[side].value = null;
    if (!key || name === undefined || at === null || !isVisible.value || !recordingA.value) return;
    const asked = new AbortController();
    // A film passes faster than a table is read; the one it rests at is fetched.
    const wait = setTimeout(
      () => void load(side, { key, name, at }, asked.signal),
      playing.value ? 300 : 40,
    );
    return () => {
      clearTimeout(wait);
      asked.abort();
    };
  });
}

interface Wanted {
  readonly key: RecordingKey;
  readonly name: string;
  readonly at: string;
}

async function load(side: "a" | "b", { key, name, at }: Wanted, asked: AbortSignal): Promise<void> {
  try {
    found[side].value = await fetchLayer(key, name, at, asked);
    problem.value = null;
  } catch (error) {
    if (!asked.aborted) problem.value = sentenceOf(error);
  }
}
