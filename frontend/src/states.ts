/** The states of a unit: their bits in a film, their words, and what they mean in a recording. */

import type { Recording, StateName } from "./api";
import { assertNever } from "./assert";
import { formatValue } from "./numbers";
import type { Thresholds } from "./wire";

/** Bits of a code of the statistic "states". */
export const STATE_BITS = { silent: 1, dormant: 2, saturated: 4, nonfinite: 8 } as const;

/**
 * States by how much they tell, the most telling first: a texel shows only one.
 *
 * Only units of a bounded nonlinearity are ever saturated. One that is silent as well, and so for good,
 * is stuck at an end: that says why it is silent, and what to do about it.
 */
export const BY_WEIGHT = ["nonfinite", "saturated", "dead", "silent", "dormant"] as const;

/** The film that holds the state bits. */
export const STATES_FILM = "states";

/**
 * Whether a state is the one that a unit is counted and filtered under: its weightiest, as its cell shows it.
 *
 * @param deadSince record since which the unit is dead, -1 for never
 */
export function isInState(
  state: StateName,
  bits: number,
  deadSince: number,
  record: number,
): boolean {
  return weightiest(bits, deadSince, record) === state;
}

/** The state that a texel shows, or null for a unit in none of them. */
export function weightiest(bits: number, deadSince: number, record: number): StateName | null {
  return BY_WEIGHT.find((state) => holds(state, bits, deadSince, record)) ?? null;
}

/** All states that a unit is in, the weightiest first. */
export function statesOf(bits: number, deadSince: number, record: number): readonly StateName[] {
  return BY_WEIGHT.filter((state) => holds(state, bits, deadSince, record));
}

/** Whether a state holds, beside whatever others. */
function holds(state: StateName, bits: number, deadSince: number, record: number): boolean {
  if (state === "dead") return deadSince >= 0 && deadSince <= record;
  return (bits & STATE_BITS[state]) !== 0;
}

/** The states that have to be told: dead says silent, and a unit that never rises above 0 is dormant. */
export function withoutImplied(states: readonly StateName[]): readonly StateName[] {
  const isStill = states.includes("dead") || states.includes("silent");
  return states.filter(
    (state) =>
      !(state === "silent" && states.includes("dead")) && !(state === "dormant" && isStill),
  );
}

/** A state's definition in one sentence, with the thresholds of the recording. */
export function definitionOf(state: StateName, thresholds: Thresholds): string {
  switch (state) {
    case "silent":
      return (
        "Silent at this step: no activation above 0 on the whole probe set (after a ReLU), " +
        `or a standard deviation at or below ${formatValue(thresholds.silentStd)} of the layer's (elsewhere).`
      );
    case "dead":
      return (
        "Dead: silent at this and every later record, " +
        `at least ${thresholds.deadRecords} records long. Convolutions, norms and logits are only called silent.`
      );
    case "dormant":
      return `Dormant: mean |activation| at or below ${thresholds.dormant} of the layer's mean; dead units are among them, and are shown as dead.`;
    case "saturated":
      return (
        `Saturated: ${percent(thresholds.saturatedShare)} or more of the activations lie within ` +
        `${percent(thresholds.saturatedMargin)} of an end of a bounded nonlinearity (tanh, sigmoid). ` +
        "One that is silent or dead as well is shown as saturated."
      );
    case "nonfinite":
      return "Not finite: NaN or infinity among the unit's activations; counted apart, never averaged in.";
    default:
      return assertNever(state);
  }
}

/** How many units of a layer are in a state at a record, those of weightier states among them. */
export function countOf(
  recording: Recording,
  state: number,
  layer: number,
  record: number,
): number {
  const { layers, steps } = recording.records;
  return recording.counts[(state * layers.length + layer) * steps.length + record] ?? 0;
}

/** How many units of a layer are counted under a state at a record: each once, under its weightiest. */
export function countedUnder(
  recording: Recording,
  state: number,
  layer: number,
  record: number,
): number {
  const { layers, steps } = recording.records;
  return recording.countsOnce[(state * layers.length + layer) * steps.length + record] ?? 0;
}

/** How states are counted: said wherever counts stand. */
export const COUNTED_ONCE = "A unit is counted once, under its weightiest state.";

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
