/** What is known of the responses of A and B: when they were recorded, of what, who resembles whom. */
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import { Answers } from "./answers";
import type { Recording, RecordingKey } from "./api";
import type { Undo } from "./host";
import { fetchCorrelated, fetchResponseSteps, type Respondent } from "./responses-api";
import {
  anchorRecord,
  isVisible,
  layerName,
  pairLayer,
  pairUnit,
  recordingA,
  recordingB,
  unit,
} from "./state";
import type { Correlated, ResponseSteps } from "./wire";

const steps = new Answers<ResponseSteps>(16);
const likenesses = new Answers<Correlated>(64);

/** When A's responses were recorded; null before it is known. */
export const responsesA: ReadonlySignal<ResponseSteps | null> = computed(() =>
  steps.value(nameOf(recordingA.value)),
);
/** The same of B. */
export const responsesB: ReadonlySignal<ResponseSteps | null> = computed(() =>
  steps.value(nameOf(recordingB.value)),
);
/** Why A's are not known, in a sentence. */
export const responsesFailure: ReadonlySignal<string | null> = computed(() =>
  steps.failure(nameOf(recordingA.value)),
);

/** Step of the record that gives principal components and likeness: it stands still. */
export const responseAnchor: ReadonlySignal<string> = computed(
  () => recordingA.value?.records.steps[anchorRecord.value] ?? "0",
);

/** What is on the horizontal axis: what is selected, or the first layer that has responses. */
export const firstRespondent: ReadonlySignal<Respondent | null> = computed(() => {
  const known = responsesA.value?.layers ?? [];
  const layer = layerName.value ?? known[0]?.name ?? null;
  return layer === null ? null : { layer, unit: layerName.value === null ? null : unit.value };
});

/** Who responds like the unit on the horizontal axis; null before it is known, and of a layer. */
export const likeness: ReadonlySignal<Correlated | null> = computed(() =>
  likenesses.value(likenessName.value),
);
/** Why that is not known, in a sentence. */
export const likenessFailure: ReadonlySignal<string | null> = computed(() =>
  likenesses.failure(likenessName.value),
);

const likenessName: ReadonlySignal<string | null> = computed(() => {
  const [recording, of] = [recordingA.value, firstRespondent.value];
  const isKnown = responsesA.value?.layers.some(({ name }) => name === of?.layer);
  if (!recording || of?.unit == null || !isKnown) return null;
  return JSON.stringify([recording.key, of.layer, of.unit, responseAnchor.value]);
});

/** What is on the vertical axis: what was chosen; the unit most alike; of layers, the last. */
export const secondRespondent: ReadonlySignal<Respondent | null> = computed(() => {
  if (pairLayer.value !== null) return { layer: pairLayer.value, unit: pairUnit.value };
  const first = firstRespondent.value;
  if (!first) return null;
  if (first.unit === null) {
    return { layer: responsesA.value?.layers.at(-1)?.name ?? first.layer, unit: null };
  }
  const found = likeness.value;
  const isComing = likenessName.value !== null && likenessFailure.value === null;
  if (!found && isComing) return null;
  const alike = found?.highest[0]?.unit;
  return { layer: first.layer, unit: alike ?? (first.unit === 0 ? 1 : first.unit - 1) };
});

/** Choose what is on the vertical axis. */
export function pairWith({ layer, unit: index }: Respondent): void {
  pairLayer.value = layer;
  pairUnit.value = index;
}

/** Ask again for what could not be had. */
export function retryResponses(): void {
  steps.forgetFailures();
  likenesses.forgetFailures();
}

/** Keep what is known at the recordings and at the unit, for as long as somebody looks. */
export function followResponses(): Undo {
  const stops = [
    effect(() => wantSteps(recordingA.value)),
    effect(() => wantSteps(recordingB.value)),
    effect(wantLikeness),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function wantSteps(recording: Recording | null): void {
  const name = nameOf(recording);
  if (!recording || name === null || !isVisible.value) return;
  if (!steps.isSettled(name)) steps.want(name, () => fetchResponseSteps(recording.key));
}

function wantLikeness(): void {
  const [name, recording, of] = [likenessName.value, recordingA.value, firstRespondent.value];
  if (name === null || !recording || of?.unit == null || !isVisible.value) return;
  const { layer, unit: index } = of;
  const side = { key: recording.key, step: responseAnchor.value };
  if (!likenesses.isSettled(name)) {
    likenesses.want(name, () => fetchCorrelated(side, layer, index));
  }
}

/** A recording as far as it has grown. */
export function nameOf(recording: Recording | null): string | null {
  return recording && JSON.stringify([recording.key, recording.records.chunkHashes.at(-1)]);
}

/** A respondent in words. */
export function titleOfRespondent({ layer, unit: index }: Respondent): string {
  return index === null ? `${layer}, first principal component` : `${layer} unit ${index}`;
}

/** Whether two keys are of one recording. */
export function isSameKey(a: RecordingKey, b: RecordingKey | null): boolean {
  return a.run === b?.run && a.model === b.model && a.probe === b.probe;
}
