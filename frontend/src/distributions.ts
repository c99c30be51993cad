/** The chosen unit's responses over all records, and a layer's drift from a second probe set. */
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import { Answers } from "./answers";
import type { Recording } from "./api";
import type { Undo } from "./host";
import { followResponses, nameOf, responsesA, responsesB } from "./responses";
import {
  type DistributionTable,
  type DriftTable,
  fetchDistribution,
  fetchDrift,
} from "./responses-api";
import {
  currentStepA,
  currentStepB,
  isVisible,
  layer,
  mode,
  playing,
  recordingA,
  recordingB,
  responseMethod,
  unit,
} from "./state";
import type { ResponseSteps } from "./wire";

const distributions = new Answers<DistributionTable>(48);
const drifts = new Answers<DriftTable>(96);

/** Whose responses are shown: B's where B alone is. */
export const distributionSide: ReadonlySignal<Recording | null> = computed(() =>
  mode.value === "b" ? recordingB.value : recordingA.value,
);
/** When that side's responses were recorded, and of what; null before it is known. */
export const sideResponses: ReadonlySignal<ResponseSteps | null> = computed(() =>
  mode.value === "b" ? responsesB.value : responsesA.value,
);

const distributionName = computed(() => {
  const [name, shown, index] = [nameOf(distributionSide.value), layer.value, unit.value];
  if (name === null || !shown || index === null || index >= shown.units) return null;
  if (!sideResponses.value?.layers.some((each) => each.name === shown.name)) return null;
  return JSON.stringify([name, shown.name, index, responseMethod.value]);
});
/** The unit's responses; null before they have come, and where there are none. */
export const distribution: ReadonlySignal<DistributionTable | null> = computed(() =>
  distributions.value(distributionName.value),
);
/** Why they could not be had, in a sentence. */
export const distributionFailure: ReadonlySignal<string | null> = computed(() =>
  distributions.failure(distributionName.value),
);

const driftName = computed(() => {
  const [name, shown, known] = [nameOf(distributionSide.value), layer.value, sideResponses.value];
  const step = mode.value === "b" ? currentStepB.value : currentStepA.value;
  const isKnown = known?.layers.some((each) => each.name === shown?.name) ?? false;
  if (name === null || !shown || step === null || !isKnown || !known?.others[0]) return null;
  return JSON.stringify([name, shown.name, step, known.others[0].probe, responseMethod.value]);
});
/** The layer's drift from the run's other probe set; null before it has come, and without one. */
export const drift: ReadonlySignal<DriftTable | null> = computed(() =>
  drifts.value(driftName.value),
);

/** Ask again for what could not be had. */
export function retryDistribution(): void {
  distributions.forgetFailures();
}

/** Keep the unit's responses at the selection. */
export function followDistribution(): Undo {
  const stops = [followResponses(), effect(wantDistribution)];
  return () => {
    for (const stop of stops) stop();
  };
}

/** Keep the layer's drift at the selection. */
export function followDrift(): Undo {
  const stops = [followResponses(), effect(wantDrift)];
  return () => {
    for (const stop of stops) stop();
  };
}

function wantDistribution(): void {
  const [name, side, shown, index] = [
    distributionName.value,
    distributionSide.value,
    layer.value,
    unit.value,
  ];
  if (name === null || !side || !shown || index === null || !isVisible.value) return;
  if (!distributions.isSettled(name)) {
    const subject = { layer: shown.name, method: responseMethod.value };
    distributions.want(name, () => fetchDistribution(side.key, subject, index));
  }
}

function wantDrift(): Undo | undefined {
  const [name, side, shown] = [driftName.value, distributionSide.value, layer.value];
  const step = mode.value === "b" ? currentStepB.value : currentStepA.value;
  const other = sideResponses.value?.others[0]?.probe;
  if (name === null || !side || !shown || step === null || other === undefined) return undefined;
  if (!isVisible.value || drifts.isSettled(name)) return undefined;
  // A film passes faster than a table is read; the one it rests at is fetched.
  const subject = { layer: shown.name, method: responseMethod.value };
  const ask = () => drifts.want(name, () => fetchDrift({ key: side.key, step }, subject, other));
  const wait = setTimeout(ask, playing.value ? 300 : 40);
  return () => clearTimeout(wait);
}
