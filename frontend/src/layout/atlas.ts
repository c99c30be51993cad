/** The plane cut into squares, each standing for the points in it by the one nearest to its middle. */
import type { Places, Size } from "./scatter";

export interface AtlasCell {
  /** Middle of the square, in CSS pixels. */
  readonly x: number;
  readonly y: number;
  /** Side of what is drawn, by how many points the square holds. */
  readonly side: number;
  /** The point nearest to the middle. */
  readonly point: number;
  readonly count: number;
}

/** Share of a square that a single point's picture takes. */
const LEAST = 0.5;

/** The squares that hold points, row by row; a picture's area grows with the logarithm of the points. */
export function layOutAtlas(screen: Places, { width, height }: Size, side: number): AtlasCell[] {
  const columns = Math.max(1, Math.ceil(width / side));
  const rows = Math.max(1, Math.ceil(height / side));
  const counts = new Uint32Array(columns * rows);
  const nearest = new Int32Array(columns * rows).fill(-1);
  const least = new Float32Array(columns * rows).fill(Infinity);
  for (let point = 0; 2 * point + 1 < screen.length; point++) {
    const [x = Number.NaN, y = Number.NaN] = [screen[2 * point], screen[2 * point + 1]];
    const [column, row] = [Math.floor(x / side), Math.floor(y / side)];
    if (!(column >= 0 && column < columns && row >= 0 && row < rows)) continue;
    const cell = row * columns + column;
    const distance = (x - (column + 0.5) * side) ** 2 + (y - (row + 0.5) * side) ** 2;
    counts[cell] = (counts[cell] ?? 0) + 1;
    if (distance < (least[cell] ?? 0)) [least[cell], nearest[cell]] = [distance, point];
  }
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  return Array.from(counts, (count, cell) => ({
    x: ((cell % columns) + 0.5) * side,
    y: (Math.floor(cell / columns) + 0.5) * side,
    side: side * sizeOf(count, most),
    point: nearest[cell] ?? -1,
    count,
  })).filter(({ count }) => count > 0);
}

function sizeOf(count: number, most: number): number {
  const share = most > 1 ? Math.log(count) / Math.log(most) : 1;
  return Math.sqrt(LEAST ** 2 + (1 - LEAST ** 2) * share);
}
