/** How the units of one layer fill a rectangle: a grid of texels, and which texel is where. */

import type { Rect } from "./rect";

/**
 * A grid of texels, filled row by row in anchor order.
 *
 * Where a rectangle has fewer device pixels than the layer has units, a texel holds several
 * neighbouring units (`perTexel` > 1) and shows the extreme of them.
 */
export interface TexelGrid {
  readonly columns: number;
  readonly rows: number;
  readonly perTexel: number;
  readonly units: number;
}

/**
 * Returns the grid whose texels are nearest to squares.
 *
 * @param units of the layer.
 * @param width of the rectangle, in device pixels.
 * @param height of the rectangle, in device pixels.
 */
export function texelGrid(units: number, width: number, height: number): TexelGrid {
  const [maxColumns, maxRows] = [Math.max(1, Math.floor(width)), Math.max(1, Math.floor(height))];
  if (units <= 0) return { columns: 1, rows: 1, perTexel: 1, units: 0 };
  let perTexel = Math.max(1, Math.ceil(units / (maxColumns * maxRows)));
  for (;;) {
    const texels = Math.ceil(units / perTexel);
    const columns = bestColumns(
      texels,
      Math.max(1, width) / Math.max(1, height),
      maxColumns,
      maxRows,
    );
    if (columns !== null) {
      return { columns, rows: Math.ceil(texels / columns), perTexel, units };
    }
    perTexel += 1;
  }
}

/** Returns the texel (row-major) under a point of the rectangle, or -1 if none is there. */
export function texelAt(grid: TexelGrid, body: Rect, x: number, y: number): number {
  const column = Math.floor(((x - body.x) / body.width) * grid.columns);
  const row = Math.floor(((y - body.y) / body.height) * grid.rows);
  if (column < 0 || row < 0 || column >= grid.columns || row >= grid.rows) return -1;
  const texel = row * grid.columns + column;
  return texel * grid.perTexel < grid.units ? texel : -1;
}

/** Returns the rectangle of the texel that shows a place of the order. */
export function texelRect(grid: TexelGrid, body: Rect, place: number): Rect {
  const texel = Math.floor(place / grid.perTexel);
  const width = body.width / grid.columns;
  const height = body.height / grid.rows;
  const column = texel % grid.columns;
  const row = Math.floor(texel / grid.columns);
  return { x: body.x + column * width, y: body.y + row * height, width, height };
}

/** Returns the places of the order that a texel shows, end exclusive. */
export function placesIn(grid: TexelGrid, texel: number): { first: number; end: number } {
  const first = texel * grid.perTexel;
  return { first, end: Math.min(grid.units, first + grid.perTexel) };
}

/** Moves a roving cursor by columns and rows; it stops at the edges. */
export function moveCursor(grid: TexelGrid, place: number, columns: number, rows: number): number {
  const texel = Math.floor(place / grid.perTexel);
  const column = (texel % grid.columns) + columns;
  const row = Math.floor(texel / grid.columns) + rows;
  if (column < 0 || column >= grid.columns || row < 0 || row >= grid.rows) return place;
  const target = (row * grid.columns + column) * grid.perTexel;
  return target < grid.units ? target : place;
}

/** What the units of a layer look like; all arrays by unit. */
export interface UnitColours {
  /** Packed RGBA. */
  readonly colours: Uint32Array;
  /** How much a unit wants to be the one that its texel shows; used where a texel holds several. */
  readonly weights: Uint16Array;
}

/**
 * Writes the colour of every texel; texels without a unit become transparent.
 *
 * @param pixels one a texel, packed RGBA.
 * @param order unit[place].
 */
export function paint(
  grid: TexelGrid,
  pixels: Uint32Array,
  order: Uint32Array,
  { colours, weights }: UnitColours,
): void {
  if (grid.perTexel === 1) {
    for (let place = 0; place < grid.units; place++) {
      pixels[place] = colours[order[place] ?? 0] ?? 0;
    }
    pixels.fill(0, grid.units);
    return;
  }
  const texels = Math.ceil(grid.units / grid.perTexel);
  for (let texel = 0; texel < texels; texel++) {
    pixels[texel] = colours[extremeIn(grid, texel, order, weights)] ?? 0;
  }
  pixels.fill(0, texels);
}

/** Returns the unit that a texel shows: the one of the greatest weight. */
export function extremeIn(
  grid: TexelGrid,
  texel: number,
  order: Uint32Array,
  weights: Uint16Array,
): number {
  const { first, end } = placesIn(grid, texel);
  let shown = order[first] ?? 0;
  for (let place = first + 1; place < end; place++) {
    const unit = order[place] ?? 0;
    if ((weights[unit] ?? 0) > (weights[shown] ?? 0)) shown = unit;
  }
  return shown;
}

/**
 * Returns the number of columns that leaves the least of the rectangle empty and its texels closest
 * to squares, or null where no grid has a device pixel for every texel.
 */
function bestColumns(
  texels: number,
  aspect: number,
  maxColumns: number,
  maxRows: number,
): number | null {
  const ideal = Math.sqrt(texels * aspect);
  const reach = Math.max(2, Math.ceil(ideal * 0.35));
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (let columns = Math.floor(ideal) - reach; columns <= ideal + reach; columns++) {
    const rows = Math.ceil(texels / columns);
    if (columns < 1 || columns > maxColumns || rows > maxRows) continue;
    const empty = (columns * rows - texels) / (columns * rows);
    const shape = Math.log((aspect * rows) / columns);
    const cost = 3 * empty + shape * shape;
    if (cost < least) [best, least] = [columns, cost];
  }
  return best;
}
