/** Axes of a unit's charts: domains and ticks that labels and grid share. */
import type * as Plot from "@observablehq/plot";
import { nice, ticks } from "d3-array";
import { formatValue } from "../../numbers";
import { formatStep } from "../../steps";

/** An axis as Observable Plot takes it; its ticks are given one by one, so that a grid can repeat them. */
export interface Axis extends Plot.ScaleOptions {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

const TICKS = 4;
/** A logarithmic axis tells values from 0 down to this share of its end. */
const FLOOR = 1e-3;

/** Steps of all runs to the right; on a logarithmic axis step 0 has a place of its own. */
export function stepAxis(steps: readonly number[], isLog: boolean, width: number): Axis {
  const first = steps.reduce((least, step) => Math.min(least, step), steps[0] ?? 0);
  const last = steps.reduce((most, step) => Math.max(most, step), first);
  const isOne = first === last;
  const shared = {
    domain: (isOne ? [first - 0.5, first + 0.5] : [first, last]) as [number, number],
    label: null,
    tickFormat: (step: number) => formatStep(String(step)),
    tickSize: 3,
  } as const;
  if (isOne) return { ...shared, ticks: [first] };
  const most = Math.max(2, Math.floor(width / 110));
  if (!isLog) return { ...shared, ticks: ticks(first, last, most).filter(Number.isInteger) };
  const smallest = steps.filter((step) => step > 0).reduce((a, b) => Math.min(a, b), last);
  const decades = powersOfTen(Math.max(1, smallest), last);
  const shown = first <= 0 ? [0, ...decades] : decades;
  return { ...shared, type: "symlog", constant: Math.max(1, smallest), ticks: shown };
}

/** Values upwards from 0, or from the smallest where that is below 0. */
export function valueAxis(values: Iterable<number>, isLog: boolean): Axis {
  let [low, high] = [0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  if (low === high) high = 1;
  const shared = { label: null, tickFormat: formatValue, tickSize: 0 } as const;
  if (!isLog) {
    const [from, to] = nice(low, high, TICKS);
    return { ...shared, domain: [from, to], ticks: ticks(from, to, TICKS) };
  }
  const constant = FLOOR * Math.max(-low, high);
  const shown = [...logTicks(-low, constant).map((tick) => -tick), 0, ...logTicks(high, constant)];
  return { ...shared, domain: [low, high], type: "symlog", constant, ticks: shown };
}

/** Shares from nothing to all. */
export const SHARES: Axis = {
  label: null,
  domain: [0, 1],
  ticks: ticks(0, 1, 5),
  tickFormat: (share: number) => `${Math.round(100 * share)} %`,
  tickSize: 0,
};

/** Powers of ten on one side of 0. */
function logTicks(end: number, constant: number): number[] {
  return end <= 0 ? [] : powersOfTen(constant, end).filter((tick) => tick > constant);
}

function powersOfTen(from: number, to: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
  const count = Math.max(0, last - first + 1);
  return Array.from({ length: count }, (_, place) => Number(`1e${first + place}`));
}
