/** What the address names and the recording lacks: put right where it stands, and told for as long as that holds. */
import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Recording, RecordingKey } from "./api";
import type { Undo } from "./host";
import { isUnder } from "./layout/modules";
import { find } from "./layout/search";
import {
  focus,
  keyA,
  keyB,
  layerName,
  recordingA,
  recordingB,
  stepA,
  stepB,
  unit,
  view,
} from "./state";
import { formatStep, stepInstead } from "./steps";

/** What of the selection was put right. */
export type Corrected = "step of A" | "step of B" | "layer" | "focus";

export interface Correction {
  readonly of: Corrected;
  /** What is not there. */
  readonly refused: string;
  /** A sentence for people. */
  readonly text: string;
  /** Whether the selection is still what it was put to. */
  readonly holds: () => boolean;
  /** The layer that was probably meant, and the way to it. */
  readonly meant: { readonly name: string; readonly show: () => void } | null;
}

const made = signal<readonly Correction[]>([]);

/** What was put right and still holds. */
export const corrections: ReadonlySignal<readonly Correction[]> = computed(() =>
  made.value.filter(({ holds }) => holds()),
);

/** Tell no more of a correction. */
export function dismiss(correction: Correction): void {
  made.value = made.peek().filter((other) => other !== correction);
}

/** Whether a layer's name was refused, so that the address must not go back to it. */
export function isRefused(name: string | null): boolean {
  return name !== null && made.peek().some((one) => one.of === "layer" && one.refused === name);
}

/** Put the selection right whenever it or the recording is another. */
export function followCorrections(): Undo {
  const stops = [correctStepA, correctStepB, correctLayer, correctFocus].map((correct) =>
    effect(correct),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

/** The layer whose name fits best, or null. */
export function layerMeant(recording: Recording, text: string): string | null {
  const { layers } = recording.records;
  const [found] = find(layers, text, 1);
  return found ? (layers[found.layer]?.name ?? null) : null;
}

function correctStepA(): void {
  const steps = stepsOf(recordingA.value, keyA.value);
  const [wanted, instead] = [stepA.value, stepInstead(steps, stepA.value)];
  if (instead === null) return;
  stepA.value = instead;
  const text = `No record at step ${formatStep(wanted)}: showing ${formatStep(instead)}.`;
  const holds = () => stepA.value === instead;
  tell({ of: "step of A", refused: wanted, text, holds, meant: null });
}

function correctStepB(): void {
  const steps = stepsOf(recordingB.value, keyB.value);
  const wanted = stepB.value;
  const instead = wanted === null ? null : stepInstead(steps, wanted);
  if (wanted === null || instead === null) return;
  stepB.value = instead;
  const text = `B has no record at step ${formatStep(wanted)}: showing ${formatStep(instead)}.`;
  const holds = () => stepB.value === instead;
  tell({ of: "step of B", refused: wanted, text, holds, meant: null });
}

/** The unit view says itself what is not there: nothing else could be shown in its place. */
function correctLayer(): void {
  const [recording, wanted] = [recordingA.value, layerName.value];
  if (!recording || !isOf(recording, keyA.value) || wanted === null) return;
  if (view.value === "unit" || recording.records.layers.some(({ name }) => name === wanted)) return;
  batch(() => {
    [layerName.value, unit.value] = [null, null];
  });
  const meant = toLayer(layerMeant(recording, wanted), (name) => {
    layerName.value = name;
  });
  const text = `No layer ${wanted} in this run${view.value === "layer" ? ": showing all layers" : ""}.`;
  tell({ of: "layer", refused: wanted, text, holds: () => layerName.value === null, meant });
}

function correctFocus(): void {
  const [recording, wanted] = [recordingA.value, focus.value];
  if (!recording || !isOf(recording, keyA.value) || wanted === null) return;
  if (recording.records.layers.some(({ name }) => isUnder(name, wanted))) return;
  focus.value = null;
  const meant = toLayer(layerMeant(recording, wanted), (name) => {
    focus.value = name;
  });
  const text = `No layer or module ${wanted} in this run: showing all layers.`;
  const holds = () => focus.value === null && view.value === "overview";
  tell({ of: "focus", refused: wanted, text, holds, meant });
}

function toLayer(name: string | null, show: (name: string) => void): Correction["meant"] {
  return name === null ? null : { name, show: () => show(name) };
}

function tell(correction: Correction): void {
  made.value = [...made.peek().filter((other) => other.of !== correction.of), correction];
}

/** Steps of a side once its own recording is here: another run's would put right what is right. */
function stepsOf(recording: Recording | null, key: RecordingKey | null): readonly string[] {
  return recording && isOf(recording, key) ? recording.records.steps : [];
}

function isOf({ key }: Recording, wanted: RecordingKey | null): boolean {
  return key.run === wanted?.run && key.model === wanted.model && key.probe === wanted.probe;
}
