/** What an icon shows and where: numbers of a table in, shapes and words out. */
import type { IconTable } from "../dictionary-api";
import { formatValue } from "../numbers";
import type { Rect } from "./rect";

/** One example of a unit, as an icon shows it. */
export interface UnitIcon {
  readonly example: number;
  readonly value: number;
  /** The class; -1 where unknown. */
  readonly label: number;
  /** Flat position that answered; -1 without. */
  readonly position: number;
  /** Top, left, bottom, right of what is seen, as shares. */
  readonly box: readonly [number, number, number, number];
  /** Middle of the position as shares, where it is known. */
  readonly mark: { readonly x: number; readonly y: number } | null;
  /** Its response as a share of the largest magnitude in the table, from -1 to 1. */
  readonly share: number;
  readonly words: readonly Word[];
  readonly columns: readonly ColumnDeviation[];
  /** float32[channel, point]. */
  readonly stretch: Float32Array;
}

/** A token of the window. */
export interface Word {
  readonly text: string;
  readonly isCentre: boolean;
}

/**
 * The words around the one that answered that have room, its neighbours alternately; where it is not
 * known, the first ones.
 */
export function wordsThatFit(words: readonly Word[], letters: number): readonly Word[] {
  const centre = Math.max(
    0,
    words.findIndex(({ isCentre }) => isCentre),
  );
  let [first, end, room] = [centre, centre, letters];
  const takes = (place: number): boolean => {
    const length = words[place]?.text.length;
    if (length === undefined || (length > room && end > first)) return false;
    room -= length;
    return true;
  };
  if (takes(centre)) end++;
  let [isLeft, isRight] = [true, true];
  while (isLeft || isRight) {
    isRight &&= takes(end);
    if (isRight) end++;
    isLeft &&= takes(first - 1);
    if (isLeft) first--;
  }
  return words.slice(first, end);
}

/** A column of tabular rows in which top examples are unlike the rest. */
export interface ColumnDeviation {
  readonly column: number;
  /** In standard deviations. */
  readonly deviation: number;
}

/** A unit's example at a place of its top; null where it has none, or nothing was recorded of it. */
export function iconAt(table: IconTable, unit: number, place = 0): UnitIcon | null {
  const row = table.rows.get(unit);
  if (row === undefined || place >= table.top) return null;
  const at = row * table.top + place;
  const example = table.examples[at] ?? -1;
  if (example < 0) return null;
  const [top = 0, left = 0, bottom = 1, right = 1] = table.boxes.subarray(4 * at, 4 * at + 4);
  const [y = Number.NaN, x = Number.NaN] = table.marks.subarray(2 * at, 2 * at + 2);
  const [channels, points] = table.stretchShape;
  const value = table.values[at] ?? Number.NaN;
  return {
    example,
    value,
    label: table.labels[at] ?? -1,
    position: table.positions[at] ?? -1,
    box: [top, left, bottom, right],
    mark: Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null,
    share: value / table.largest,
    words: wordsAt(table, at),
    columns: columnsOf(table, row),
    stretch: table.stretches.subarray(channels * points * at, channels * points * (at + 1)),
  };
}

function wordsAt({ header, windows, centres, examples }: IconTable, at: number): readonly Word[] {
  const width = windows.length / Math.max(1, examples.length);
  const centre = centres[at] ?? -1;
  return Array.from(windows.subarray(width * at, width * (at + 1)), (text, place) => ({
    text: header.texts[text] ?? "",
    isCentre: place === centre,
    isThere: text >= 0,
  })).flatMap(({ isThere, ...word }) => (isThere ? [word] : []));
}

function columnsOf({ columns, deviations, rows }: IconTable, row: number) {
  const width = columns.length / Math.max(1, rows.size);
  return Array.from({ length: width }, (_, place) => ({
    column: columns[row * width + place] ?? -1,
    deviation: deviations[row * width + place] ?? 0,
  })).filter(({ column }) => column >= 0);
}

/** The part of a picture that a box says, in its own pixels; at least one of them. */
export function partOf({ box }: UnitIcon, { width, height }: { width: number; height: number }) {
  const [top, left, bottom, right] = box;
  const [x, y] = [Math.min(left * width, width - 1), Math.min(top * height, height - 1)];
  return {
    x,
    y,
    width: Math.max(1, (right - left) * width),
    height: Math.max(1, (bottom - top) * height),
  };
}

/** The largest rectangle of a shape in a square, in its middle. */
export function fitIn(size: number, { width, height }: { width: number; height: number }): Rect {
  const scale = size / Math.max(width, height);
  const [wide, high] = [width * scale, height * scale];
  return { x: (size - wide) / 2, y: (size - high) / 2, width: wide, height: high };
}

/** Whether all of the example is seen, so that the position has to be marked in it. */
export function isWhole({ box: [top, left, bottom, right] }: UnitIcon): boolean {
  return top <= 0 && left <= 0 && bottom >= 1 && right >= 1;
}

/**
 * The lines of a stretch, a channel each, as points of an SVG of a size; all on one scale. A line
 * passes over values that are not finite.
 */
export function linesOf(
  stretch: Float32Array,
  points: number,
  { width, height }: { readonly width: number; readonly height: number },
): readonly string[] {
  const finite = stretch.filter(Number.isFinite);
  if (finite.length === 0 || points < 1) return [];
  const low = finite.reduce((least, value) => Math.min(least, value));
  const high = finite.reduce((most, value) => Math.max(most, value));
  const span = high - low || 1;
  return Array.from({ length: Math.floor(stretch.length / points) }, (_, channel) =>
    Array.from(stretch.subarray(channel * points, (channel + 1) * points), (value, place) => {
      const x = (place / Math.max(1, points - 1)) * width;
      const y = height * (1 - (value - low) / span);
      return Number.isFinite(value) ? `${x.toFixed(1)},${y.toFixed(1)}` : "";
    })
      .filter((point) => point !== "")
      .join(" "),
  );
}

/** Names that icons need: of classes and of columns. */
export interface Names {
  readonly classNames: readonly string[];
  readonly columns: readonly string[];
}

/** A column by its name, or by its number. */
export function nameOfColumn(column: number, names: readonly string[]): string {
  return names[column] ?? `column ${column}`;
}

/** What an icon shows, in a sentence. */
export function sentenceOfIcon(icon: UnitIcon, table: IconTable, names: Names): string {
  const { header } = table;
  const label = icon.label < 0 ? "" : ` (${names.classNames[icon.label] ?? `class ${icon.label}`})`;
  const place = placeIn(icon, header.grid, header.form === "tokens");
  const where = place === "" ? "" : `, at ${place}`;
  const response = `response ${formatValue(icon.value)}${where}`;
  return `top of ${header.examplesOf} examples: example ${icon.example}${label}, ${response}${shownOf(icon, header.form, names)}`;
}

function placeIn({ position }: UnitIcon, grid: readonly number[], isTokens: boolean): string {
  if (position < 0) return "";
  const [, columns = 1] = grid;
  if (grid.length === 2)
    return `row ${Math.floor(position / columns)} column ${position % columns}`;
  return grid.length === 1 ? `${isTokens ? "token" : "position"} ${position}` : "";
}

function shownOf(icon: UnitIcon, form: string, names: Names): string {
  if (form === "tokens")
    return `: “${icon.words
      .map(({ text }) => text)
      .join(" ")
      .trim()}”`;
  if (form !== "columns" || icon.columns.length === 0) return "";
  const parts = icon.columns.map(
    ({ column, deviation }) =>
      `${nameOfColumn(column, names.columns)} ${deviation > 0 ? "+" : "−"}${Math.abs(deviation).toFixed(1)}`,
  );
  return `; the top examples’ strongest columns, in standard deviations from the mean: ${parts.join(", ")}`;
}
