/** The strip of a unit's states as plain figures: which state, from where to where, in which colour. */
import type { StateName, UnitTrace } from "../../api";
import { STATUS_COLOURS, type Theme } from "../../colour";
import { BY_WEIGHT, weightiest } from "../../states";
import { formatStep } from "../../steps";
import { titleOfState } from "../../titles";
import { type Stretch, stretches } from "./series";

/** A part of the strip. */
export interface Part {
  readonly state: StateName | null;
  /** From 0 to 1 along the records. */
  readonly from: number;
  readonly to: number;
  /** What it says on hover. */
  readonly text: string;
}

/** Where a unit is in no state: a colour that neither black nor white nor any state's is taken for. */
const LIVE: Readonly<Record<Theme, string>> = { light: "#a9d8b8", dark: "#3d7a52" };

/** The strip's parts, each record as wide as every other. */
export function partsOf(trace: UnitTrace): Part[] {
  const records = Math.max(1, trace.header.steps.length);
  return stretches(trace).map((stretch) => ({
    state: stateOf(stretch),
    from: stretch.first / records,
    to: stretch.end / records,
    text: textOf(trace, stretch),
  }));
}

/** What the strips show, the weightiest first; null for live. */
export function statesIn(traces: readonly UnitTrace[]): readonly (StateName | null)[] {
  const found = new Set(traces.flatMap(partsOf).map(({ state }) => state));
  return [...BY_WEIGHT, null].filter((state) => found.has(state));
}

export function colourOfPart(state: StateName | null, theme: Theme): string {
  return state === null ? LIVE[theme] : STATUS_COLOURS[state];
}

/** A state's name on a strip. */
export function nameOfPart(state: StateName | null): string {
  return state === null ? "live" : titleOfState(state);
}

function stateOf({ bits, isDead }: Stretch): StateName | null {
  return weightiest(bits, isDead ? 0 : -1, 0);
}

function textOf(trace: UnitTrace, stretch: Stretch): string {
  const { steps } = trace.header;
  const ends = `${formatStep(steps[stretch.first])} to ${formatStep(steps[stretch.end - 1])}`;
  return `${nameOfPart(stateOf(stretch))}, steps ${ends}`;
}
