/** Activation grids laid out: a square at each position, its side by the vector's norm; numbers alone. */
import type { Plane } from "./plane";
import { positionAt } from "./plane";
import type { Rect } from "./rect";

/** Share of a cell's place that the square of the largest norm fills. */
const FILLED = 0.96;

/** The rectangle of a whole cell's place within a grid's rectangle. */
export function placeRect(plane: Plane, box: Rect, column: number, row: number): Rect {
  const [width, height] = [box.width / plane.columns, box.height / plane.rows];
  return { x: box.x + column * width, y: box.y + row * height, width, height };
}

/** The square of a norm in the middle of its place: the largest norm fills it, 0 leaves nothing. */
export function squareIn(place: Rect, norm: number, top: number): Rect {
  const share = Number.isFinite(norm) && top > 0 ? Math.max(0, Math.min(1, norm / top)) : 0;
  const side = FILLED * share * Math.min(place.width, place.height);
  return {
    x: place.x + (place.width - side) / 2,
    y: place.y + (place.height - side) / 2,
    width: side,
    height: side,
  };
}

/** The position under a point of a grid's rectangle; null outside. */
export function positionUnder(plane: Plane, box: Rect, x: number, y: number): number | null {
  const column = Math.floor(((x - box.x) / box.width) * plane.columns);
  const row = Math.floor(((y - box.y) / box.height) * plane.rows);
  const isInside = column >= 0 && row >= 0 && column < plane.columns && row < plane.rows;
  return isInside ? positionAt(plane, column, row) : null;
}

/** Where a position lies on the plane. */
export function placeOf(plane: Plane, position: number): { column: number; row: number } {
  const wide = plane.columns / plane.slices;
  const slice = Math.floor(position / (wide * plane.rows));
  const within = position % (wide * plane.rows);
  return { column: slice * wide + (within % wide), row: Math.floor(within / wide) };
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The position that an arrow key leads to, the same at an edge; null for another key. */
export function positionBeside(plane: Plane, position: number, key: string): number | null {
  const step = STEPS[key];
  if (!step) return null;
  const { column, row } = placeOf(plane, position);
  const within = (place: number, count: number) => Math.max(0, Math.min(count - 1, place));
  return positionAt(
    plane,
    within(column + step[0], plane.columns),
    within(row + step[1], plane.rows),
  );
}

/** The position of the largest norm; 0 where none is finite. */
export function largestOf(norms: Float32Array): number {
  let best = 0;
  norms.forEach((norm, position) => {
    if (!((norms[best] ?? Number.NaN) >= norm) && Number.isFinite(norm)) best = position;
  });
  return best;
}

/** A unit at a position. */
export interface UnitAt {
  readonly unit: number;
  readonly activation: number;
  /** To each class; NaN where it was not kept. */
  readonly net: readonly number[];
}

/** Units by falling activation, or by falling attribution to a class; what is unknown comes last. */
export function sortUnits(units: readonly UnitAt[], place: number | null): readonly UnitAt[] {
  const key = ({ activation, net }: UnitAt) => (place === null ? activation : (net[place] ?? NaN));
  const rank = (unit: UnitAt) => {
    const value = key(unit);
    return Number.isFinite(value) ? value : Number.NEGATIVE_INFINITY;
  };
  return units.toSorted((a, b) => rank(b) - rank(a) || a.unit - b.unit);
}

/** The end of a scale's share, from -1 to 1, of a signed value: by the root, so that small ones show. */
export function shadeOf(value: number, top: number): number {
  if (!Number.isFinite(value) || top <= 0) return Number.NaN;
  return Math.sign(value) * Math.sqrt(Math.min(1, Math.abs(value) / top));
}
