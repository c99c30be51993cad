/** How the values of a frame spread over a scale: the legend's picture. */
import type { Recording } from "./api";
import { LevelTables } from "./codes";
import { isOutside, positionOf, type Scale } from "./colour";
import type { Film, Frame } from "./film";

/** Units by their place on a scale. */
export interface Histogram {
  /** uint32[bin], from the scale's minimum to its maximum. */
  readonly counts: Uint32Array;
  /** Units with a number. */
  readonly finite: number;
  /** Units whose value lies beyond the scale, counted in its end bins. */
  readonly outside: number;
  /** Units looked at. */
  readonly total: number;
}

/** A frame with the film that it is of. */
export interface Shown {
  readonly film: Film;
  readonly frame: Frame;
}

/** Count a frame's units by value; with another frame, by the difference to it. */
export function countFrame(scale: Scale, bins: number, a: Shown, b: Shown | null): Histogram {
  const counts = new Uint32Array(bins);
  let [total, outside] = [0, 0];
  eachLayer(a.film.recording, (layer, start, units) => {
    const place = b ? pairBins(scale, bins, a, b, layer) : codeBins(scale, bins, a, layer);
    for (let unit = start; unit < start + units; unit++) {
      const found = place(unit);
      if (found < 0) continue;
      const bin = found % bins;
      counts[bin] = (counts[bin] ?? 0) + 1;
      if (found >= bins) outside++;
    }
    total += units;
  });
  return { counts, finite: counts.reduce((sum, count) => sum + count, 0), outside, total };
}

/** Whether a layer has a statistic at all: a mean of it was recorded at some step. */
export function hasStatistic(recording: Recording, statistic: string, layer: number): boolean {
  const { statistics, layers, steps } = recording.records;
  const row = statistics.findIndex(({ name }) => name === statistic);
  if (row < 0) return false;
  const start = (row * layers.length + layer) * steps.length;
  return recording.means.subarray(start, start + steps.length).some(Number.isFinite);
}

/** The bin of a unit, `bins` more where its value lies beyond the scale, -1 where it has none. */
type BinOf = (unit: number) => number;

function codeBins(scale: Scale, bins: number, shown: Shown, layer: number): BinOf {
  const table = binTable(levelsOf(shown, layer), (value) => binOf(scale, bins, value));
  const { codes } = shown.frame;
  return (unit) => table[codes[unit] ?? 0] ?? -1;
}

function pairBins(scale: Scale, bins: number, a: Shown, b: Shown, layer: number): BinOf {
  const [levelsA, levelsB] = [levelsOf(a, layer), levelsOf(b, layer)];
  const [codesA, codesB] = [a.frame.codes, b.frame.codes];
  return (unit) => {
    const difference = valueIn(levelsA, codesA[unit]) - valueIn(levelsB, codesB[unit]);
    return binOf(scale, bins, difference);
  };
}

function levelsOf({ film, frame }: Shown, layer: number): Float32Array {
  return tablesOf(film).at(frame.offsets[layer] ?? 0);
}

const tables = new WeakMap<Film, LevelTables>();

function tablesOf(film: Film): LevelTables {
  const known = tables.get(film) ?? new LevelTables(film.grid);
  tables.set(film, known);
  return known;
}

function valueIn(table: Float32Array, code: number | undefined): number {
  return code === undefined ? Number.NaN : (table[code] ?? Number.NaN);
}

function binTable(table: Float32Array, bin: (value: number) => number): Int16Array {
  return Int16Array.from(table, bin);
}

function binOf(scale: Scale, bins: number, value: number): number {
  const position = positionOf(scale, value);
  if (Number.isNaN(position)) return -1;
  const bin = Math.min(bins - 1, Math.floor(position * bins));
  return isOutside(scale, value) ? bins + bin : bin;
}

function eachLayer(
  recording: Recording,
  visit: (layer: number, start: number, units: number) => void,
): void {
  recording.records.layers.forEach(({ units }, layer) => {
    visit(layer, recording.unitStart[layer] ?? 0, units);
  });
}
