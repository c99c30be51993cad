/** What is known of the responses of A and B: when they were recorded, of what, who resembles whom. */
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import { Answers } from "./answers";
import type { Recording, RecordingKey } from "./api";
import { parsePins } from "./choices";
import type { Undo } from "./host";
import { formatCount, formatValue } from "./numbers";
import { narrowed } from "./response-methods";
import { fetchCorrelated, fetchResponseSteps, type Respondent } from "./responses-api";
import {
  anchorRecord,
  isVisible,
  keyA,
  layerName,
  mode,
  pairLayer,
  pairUnit,
  pins,
  recordingA,
  recordingB,
  responseMethod,
  unit,
} from "./state";
import { titleOfMethod } from "./titles";
import type { Correlated, ResponseSteps } from "./wire";

const steps = new Answers<ResponseSteps>(16);
const likenesses = new Answers<Correlated>(64);

/** When A's responses of any sort were recorded; null before it is known. */
export const allResponsesA: ReadonlySignal<ResponseSteps | null> = computed(() =>
  steps.value(nameOf(recordingA.value)),
);
const allResponsesB = computed(() => steps.value(nameOf(recordingB.value)));
/** The same of the side that is shown; of a difference, of A. */
export const allResponses: ReadonlySignal<ResponseSteps | null> = computed(() =>
  mode.value === "b" ? allResponsesB.value : allResponsesA.value,
);
/** When A's responses of the chosen sort were recorded; null before it is known. */
export const responsesA: ReadonlySignal<ResponseSteps | null> = computed(() =>
  narrowed(allResponsesA.value, responseMethod.value),
);
/** The same of B. */
export const responsesB: ReadonlySignal<ResponseSteps | null> = computed(() =>
  narrowed(allResponsesB.value, responseMethod.value),
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
  // The selection may name a unit of a recording that is still on its way.
  if (!recording || !isSameKey(recording.key, keyA.value)) return null;
  if (of?.unit == null || !isKnown) return null;
  const asked = [of.layer, of.unit, responseAnchor.value, responseMethod.value];
  return JSON.stringify([recording.key, ...asked]);
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

/** A layer's pinned units, rising: those of the address, and those that the recording keeps in full. */
export function pinnedUnits(layer: string): readonly number[] {
  const chosen = parsePins(pins.value);
  const kept = responsesA.value?.layers.find(({ name }) => name === layer)?.units ?? [];
  const own = chosen?.layer === layer ? chosen.units : [];
  return [...new Set([...own, ...kept])].toSorted((a, b) => a - b);
}

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
  const subject = { layer, method: responseMethod.value };
  if (!likenesses.isSettled(name)) {
    likenesses.want(name, () => fetchCorrelated(side, subject, index));
  }
}

/** A recording as far as it has grown. */
export function nameOf(recording: Recording | null): string | null {
  return recording && JSON.stringify([recording.key, recording.records.chunkHashes.at(-1)]);
}

/** A respondent in words; with a method, what is shown of it. */
export function titleOfRespondent(of: Respondent & { readonly method?: string }): string {
  const { layer, unit: index, method = "" } = of;
  const by = method === "" ? "" : `, ${titleOfMethod(method)}`;
  return index === null
    ? `${layer}, first principal component${by}`
    : `${layer} unit ${index}${by}`;
}

/** How responses at several positions become one, in words. */
export const REDUCTIONS: Readonly<Record<string, string>> = {
  mean: "mean over positions",
  max: "largest over positions",
  extreme: "over positions, the value of largest magnitude",
  sum: "summed over positions",
};

/** Of how many examples responses were recorded, and what they take in the file; empty before known. */
export function costText(known: ResponseSteps | null): string {
  if (!known || known.steps.length === 0) return "";
  const { examples, of, seed } = known;
  const drawn =
    examples < of
      ? [`${formatCount(examples)} of ${formatCount(of)} examples drawn with seed ${seed}`]
      : [];
  const cost = `responses take ${formatValue(known.bytesAValue)} byte a unit and example`;
  return [...drawn, cost].join(" · ");
}

/** Whether two keys are of one recording. */
export function isSameKey(a: RecordingKey, b: RecordingKey | null): boolean {
  return a.run === b?.run && a.model === b.model && a.probe === b.probe;
}
