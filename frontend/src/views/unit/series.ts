/** A unit's trace as points, ready to be drawn or written into a table. */
import type { UnitTrace } from "../../api";
import type { Attribution } from "../../attributions";
import type { Cell } from "../../csv";
import { attributionOf, groupOf } from "../../titles";

/** A value at a step; gaps are NaN. */
export interface Point {
  readonly step: number;
  readonly value: number;
}

/** A range at a step. */
export interface Band {
  readonly step: number;
  readonly low: number;
  readonly high: number;
}

/** Row of `UnitTrace.quantiles`: the layer's minimum, quartiles and maximum. */
export type Quantile = 0 | 1 | 2 | 3 | 4;
const QUANTILES = 5;

/** Steps as numbers, for placing; beyond 2^53 they are near enough for a picture. */
export function stepsOf(trace: UnitTrace): number[] {
  return trace.header.steps.map(Number);
}

/** Whether a statistic was recorded for the unit, with a number at some record. */
export function has(trace: UnitTrace, statistic: string): boolean {
  return valuesOf(trace, statistic).some(Number.isFinite);
}

/** One statistic over the records; empty where it was not recorded. */
export function valuesOf(trace: UnitTrace, statistic: string): Float32Array {
  const row = trace.header.statistics.indexOf(statistic);
  const records = trace.header.steps.length;
  return row < 0 ? new Float32Array() : trace.values.subarray(row * records, (row + 1) * records);
}

/** One statistic as points. */
export function points(trace: UnitTrace, statistic: string): Point[] {
  return recordedOnly(trace, statistic, zip(stepsOf(trace), valuesOf(trace, statistic)));
}

/** Whether an attribution was recorded at each record: what is recorded more rarely leaves no gap. */
function recordedOnly<T>(trace: UnitTrace, statistic: string, data: readonly T[]): T[] {
  const group = groupOf(statistic);
  if (!attributionOf(statistic)) return [...data];
  const figures = trace.header.statistics
    .filter((name) => groupOf(name) === group)
    .map((name) => valuesOf(trace, name));
  return data.filter((_, record) => figures.some((values) => Number.isFinite(values[record])));
}

/** Mean ± one standard deviation of an attribution. */
export function attributionSpread(trace: UnitTrace, mean: string, std: string): Band[] {
  const [means, stds] = [valuesOf(trace, mean), valuesOf(trace, std)];
  const around = (sign: number) =>
    means.map((value, record) => value + sign * (stds[record] ?? Number.NaN));
  return recordedOnly(trace, mean, bands(stepsOf(trace), around(-1), around(1)));
}

/** From minimum to maximum. */
export function extent(trace: UnitTrace): Band[] {
  return bands(stepsOf(trace), valuesOf(trace, "min"), valuesOf(trace, "max"));
}

/** Mean ± one standard deviation, as far as there are activations: never beyond minimum or maximum. */
export function spread(trace: UnitTrace): Band[] {
  const [mean, std] = [valuesOf(trace, "mean"), valuesOf(trace, "std")];
  const [min, max] = [valuesOf(trace, "min"), valuesOf(trace, "max")];
  const around = (record: number) => std[record] ?? Number.NaN;
  const below = mean.map((value, record) =>
    Math.max(value - around(record), min[record] ?? -Infinity),
  );
  const above = mean.map((value, record) =>
    Math.min(value + around(record), max[record] ?? Infinity),
  );
  return bands(stepsOf(trace), below, above);
}

/** The layer between two of its quantiles. */
export function fan(trace: UnitTrace, statistic: string, low: Quantile, high: Quantile): Band[] {
  const [from, to] = [quantile(trace, statistic, low), quantile(trace, statistic, high)];
  return recordedOnly(trace, statistic, bands(stepsOf(trace), from, to));
}

/** The layer's median. */
export function median(trace: UnitTrace, statistic: string): Point[] {
  return recordedOnly(trace, statistic, zip(stepsOf(trace), quantile(trace, statistic, 2)));
}

/** Share of the layer's units below this one at a record; NaN where unknown. */
export function rankAt(trace: UnitTrace, statistic: string, record: number): number {
  const row = trace.header.statistics.indexOf(statistic);
  if (row < 0) return Number.NaN;
  return trace.rank[row * trace.header.steps.length + record] ?? Number.NaN;
}

/** One class's mean response over the records that have one. */
export interface ClassSeries {
  readonly name: string;
  readonly values: Float32Array;
}

/** The classes whose responses are largest at the last record, in the classes' own order. */
export function strongestClasses(trace: UnitTrace, limit: number): ClassSeries[] {
  const { classNames, classSteps } = trace.header;
  const records = classSteps.length;
  const all = classNames.map((name, row) => ({
    name,
    row,
    values: trace.classMeans.subarray(row * records, (row + 1) * records),
  }));
  const size = (values: Float32Array): number => Math.abs(values.at(-1) ?? 0);
  const strongest = [...all].sort((a, b) => size(b.values) - size(a.values)).slice(0, limit);
  return strongest.sort((a, b) => a.row - b.row).map(({ name, values }) => ({ name, values }));
}

/** What is told class by class: the mean response, or the mean attribution by a method. */
export type ClassFigure = "response" | Attribution;

/** That of every class: float32[class, class record]; empty where it was not recorded. */
export function classTable(trace: UnitTrace, figure: ClassFigure): Float32Array {
  if (figure === "response") return trace.classMeans;
  const { classMethods, classNames, classSteps } = trace.header;
  const at = classMethods.findIndex(
    ({ method, target }) => method === figure.method && target === figure.target,
  );
  const size = classNames.length * classSteps.length;
  return at < 0 ? new Float32Array() : trace.classAttributions.subarray(at * size, (at + 1) * size);
}

/** One class's means by class record; empty where the class is not there. */
export function classSeries(
  trace: UnitTrace,
  name: string,
  figure: ClassFigure = "response",
): Float32Array {
  const row = trace.header.classNames.indexOf(name);
  const records = trace.header.classSteps.length;
  return row < 0
    ? new Float32Array()
    : classTable(trace, figure).subarray(row * records, (row + 1) * records);
}

/** The record of the classes that is nearest at or before a step; -1 of none. */
export function classRecord(trace: UnitTrace, step: string): number {
  const wanted = BigInt(step);
  return trace.header.classSteps.findLastIndex((candidate) => BigInt(candidate) <= wanted);
}

/** Points without a neighbour, of which a line shows nothing. */
export function isolatedPoints(data: readonly Point[]): Point[] {
  return isolated(data, ({ value }) => Number.isFinite(value));
}

/** Bands without a neighbour, of which an area shows nothing. */
export function isolatedBands(data: readonly Band[]): Band[] {
  return isolated(data, ({ low, high }) => Number.isFinite(low) && Number.isFinite(high));
}

function isolated<T>(data: readonly T[], isThere: (one: T) => boolean): T[] {
  const isAt = (place: number): boolean => {
    const one = data[place];
    return one !== undefined && isThere(one);
  };
  return data.filter((_, place) => isAt(place) && !isAt(place - 1) && !isAt(place + 1));
}

/** Edges of cells around ascending steps: between neighbours half way, at the ends the steps themselves. */
export function middles(steps: readonly number[], last: number): number[] {
  const [first] = steps;
  if (first === undefined) return [];
  if (first === last) return [first - 0.5, first + 0.5];
  const between = steps.slice(1).map((step, place) => (step + (steps[place] ?? step)) / 2);
  return [first, ...between, last];
}

/** The step of a list that is nearest to a place on an axis. */
export function nearestStep(steps: readonly string[], place: number): string | null {
  let best = steps[0] ?? null;
  for (const candidate of steps) {
    if (Math.abs(Number(candidate) - place) < Math.abs(Number(best) - place)) best = candidate;
  }
  return best;
}

/** A stretch of records of one state. */
export interface Stretch {
  readonly bits: number;
  readonly isDead: boolean;
  readonly first: number;
  /** Record after the last one. */
  readonly end: number;
}

/** The records cut where the unit's state changes. */
export function stretches(trace: UnitTrace): Stretch[] {
  const found: Stretch[] = [];
  const { deadSince } = trace.header;
  trace.states.forEach((bits, record) => {
    const isDead = deadSince >= 0 && record >= deadSince;
    const last = found.at(-1);
    if (last?.bits === bits && last.isDead === isDead) {
      found[found.length - 1] = { ...last, end: record + 1 };
    } else found.push({ bits, isDead, first: record, end: record + 1 });
  });
  return found;
}

/** One row a record: every statistic, then the class means where that record has them. */
export function* traceRows(run: string, trace: UnitTrace): Generator<Cell[]> {
  const { header } = trace;
  const { layer, unit, steps, statistics, classNames, classSteps } = header;
  const places = new Map(classSteps.map((step, place) => [step, place]));
  for (const [record, step] of steps.entries()) {
    const values = statistics.map((_, row) => trace.values[row * steps.length + record] ?? null);
    const place = places.get(step);
    const classes = classNames.map((_, row) =>
      place === undefined ? null : (trace.classMeans[row * classSteps.length + place] ?? null),
    );
    const attributions = header.classMethods.flatMap((method) => {
      const table = classTable(trace, method);
      return classNames.map((_, row) =>
        place === undefined ? null : (table[row * classSteps.length + place] ?? null),
      );
    });
    const cells = [...values, ...classes, ...attributions];
    yield [run, layer, unit, step, trace.states[record] ?? 0, ...cells];
  }
}

function quantile(trace: UnitTrace, statistic: string, which: Quantile): Float32Array {
  const row = trace.header.statistics.indexOf(statistic);
  const records = trace.header.steps.length;
  if (row < 0) return new Float32Array();
  const start = (row * QUANTILES + which) * records;
  return trace.quantiles.subarray(start, start + records);
}

function zip(steps: readonly number[], values: Float32Array): Point[] {
  return Array.from(values, (value, record) => ({ step: steps[record] ?? Number.NaN, value }));
}

function bands(steps: readonly number[], low: Float32Array, high: Float32Array): Band[] {
  return Array.from(low, (value, record) => ({
    step: steps[record] ?? Number.NaN,
    low: value,
    high: high[record] ?? Number.NaN,
  }));
}
