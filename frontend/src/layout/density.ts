/** How densely points lie on a screen, counted in squares and smoothed. */
import type { Places, Size } from "./scatter";

export interface Density {
  readonly columns: number;
  readonly rows: number;
  /** Side of a square, in CSS pixels. */
  readonly side: number;
  /** float32[row, column], smoothed counts; their sum is that of the points that are seen. */
  readonly values: Float32Array;
  readonly max: number;
}

/** Passes of a box over the counts: three are nearly a Gaussian. */
const PASSES = 3;

/** Count points in squares of a side, and smooth by a few squares. */
export function layOutDensity(
  screen: Places,
  { width, height }: Size,
  side: number,
  radius: number,
): Density {
  const columns = Math.max(1, Math.ceil(width / side));
  const rows = Math.max(1, Math.ceil(height / side));
  let values = new Float32Array(columns * rows);
  for (let at = 0; at + 1 < screen.length; at += 2) {
    const [x = Number.NaN, y = Number.NaN] = [screen[at], screen[at + 1]];
    const [column, row] = [Math.floor(x / side), Math.floor(y / side)];
    if (column >= 0 && column < columns && row >= 0 && row < rows) {
      values[row * columns + column] = (values[row * columns + column] ?? 0) + 1;
    }
  }
  for (let pass = 0; pass < PASSES && radius > 0; pass++) {
    values = boxed(values, columns, rows, radius, true);
    values = boxed(values, columns, rows, radius, false);
  }
  return { columns, rows, side, values, max: values.reduce((a, b) => Math.max(a, b), 0) };
}

/** The mean over a window along one axis; what would leave at an edge stays there. */
function boxed(
  values: Float32Array,
  columns: number,
  rows: number,
  radius: number,
  isAcross: boolean,
): Float32Array<ArrayBuffer> {
  const found = new Float32Array(values.length);
  const [lines, length] = isAcross ? [rows, columns] : [columns, rows];
  const [line, step] = isAcross ? [columns, 1] : [1, columns];
  for (let each = 0; each < lines; each++) {
    for (let at = 0; at < length; at++) {
      const amount = (values[each * line + at * step] ?? 0) / (2 * radius + 1);
      if (amount === 0) continue;
      for (let by = -radius; by <= radius; by++) {
        const to = Math.max(0, Math.min(length - 1, at + by));
        const place = each * line + to * step;
        found[place] = (found[place] ?? 0) + amount;
      }
    }
  }
  return found;
}
