/** How a matrix of cells fills a rectangle: rows in runs, a strip over the columns, texels of cells. */
import type { Rect } from "./rect";

/** Neighbouring rows that belong together. */
export interface Run {
  readonly name: string;
  /** First row. */
  readonly from: number;
  /** Row behind the last. */
  readonly end: number;
}

/** A run, and where its bracket and name stand. */
export interface PlacedRun extends Run {
  readonly y: number;
  readonly height: number;
  /** Whether there is room for its name. */
  readonly isNamed: boolean;
}

/** Where the parts of a matrix are. */
export interface MatrixLayout {
  readonly rows: number;
  readonly columns: number;
  /** The cells. */
  readonly body: Rect;
  /** Over the cells, a bar a column. */
  readonly strip: Rect;
  /** Right of it the cells begin, left of it the names of runs. */
  readonly side: Rect;
  readonly runs: readonly PlacedRun[];
}

/** A cell by row and column. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** A texel shows the extreme of its cells. */
export interface Texels {
  readonly across: number;
  readonly down: number;
  /** By texel, row by row: the cell that it shows, row × columns + column. */
  readonly shown: Int32Array;
}

const STRIP = 40;
const GAP = 6;
const AXIS = 24;
const EDGE = 12;
const NAME_HEIGHT = 13;
/** A cell is no larger than this: a few examples must not become walls of colour. */
const LARGEST_CELL = { width: 72, height: 44 };

/**
 * Where the parts of a matrix are.
 *
 * @param size of the place, in CSS pixels.
 * @param shape of the matrix.
 * @param runs of its rows, in order.
 * @param sideWidth that the names of runs take.
 * @param heads height over the strip that heads of columns take.
 */
export function layOutMatrix(
  size: { readonly width: number; readonly height: number },
  shape: { readonly rows: number; readonly columns: number },
  runs: readonly Run[],
  sideWidth: number,
  heads = 0,
): MatrixLayout {
  const { rows, columns } = shape;
  const top = EDGE + heads + STRIP + GAP;
  const width = Math.max(20, size.width - sideWidth - EDGE);
  const height = Math.max(20, size.height - top - AXIS);
  const body = {
    x: sideWidth,
    y: top,
    width: Math.min(width, Math.max(1, columns) * LARGEST_CELL.width),
    height: Math.min(height, Math.max(1, rows) * LARGEST_CELL.height),
  };
  const rowHeight = body.height / Math.max(1, rows);
  return {
    rows,
    columns,
    body,
    strip: { x: body.x, y: EDGE + heads, width: body.width, height: STRIP },
    side: { x: 0, y: body.y, width: sideWidth, height: body.height },
    runs: placed(runs, body.y, rowHeight),
  };
}

/** Height over the strip that heads of columns take. */
export function headsOf({ strip }: MatrixLayout): number {
  return strip.y - EDGE;
}

/** A name needs room below that of the name before it. */
function placed(runs: readonly Run[], top: number, rowHeight: number): PlacedRun[] {
  let free = Number.NEGATIVE_INFINITY;
  return runs.map((run) => {
    const [y, height] = [top + run.from * rowHeight, (run.end - run.from) * rowHeight];
    const middle = y + height / 2;
    const isNamed = run.end > run.from && middle - NAME_HEIGHT / 2 >= free;
    if (isNamed) free = middle + NAME_HEIGHT / 2;
    return { ...run, y, height, isNamed };
  });
}

/** The cell under a point, or null; a point over the strip is in the first row's column. */
export function cellAt({ body, strip, rows, columns }: MatrixLayout, x: number, y: number) {
  const column = Math.floor(((x - body.x) / body.width) * columns);
  const isStrip = y >= strip.y && y < body.y;
  const row = isStrip ? -1 : Math.floor(((y - body.y) / body.height) * rows);
  if (column < 0 || column >= columns || row < (isStrip ? -1 : 0) || row >= rows) return null;
  return { row, column };
}

/** The rectangle of a cell. */
export function cellRect({ body, rows, columns }: MatrixLayout, { row, column }: Cell): Rect {
  const width = body.width / Math.max(1, columns);
  const height = body.height / Math.max(1, rows);
  return { x: body.x + column * width, y: body.y + row * height, width, height };
}

/**
 * Which cell each texel shows: where cells are more than device pixels, the one of most weight.
 *
 * @param shape of the matrix.
 * @param room device pixels that it fills.
 * @param weightOf a cell, by row × columns + column.
 */
export function texelsOf(
  shape: { readonly rows: number; readonly columns: number },
  room: { readonly width: number; readonly height: number },
  weightOf: (cell: number) => number,
): Texels {
  const { rows, columns } = shape;
  const across = Math.max(0, Math.min(columns, Math.floor(room.width)));
  const down = Math.max(0, Math.min(rows, Math.floor(room.height)));
  const shown = new Int32Array(across * down);
  if (across === columns && down === rows) {
    for (let cell = 0; cell < shown.length; cell++) shown[cell] = cell;
    return { across, down, shown };
  }
  const weights = new Float64Array(shown.length).fill(Number.NEGATIVE_INFINITY);
  const texelOfColumn = Int32Array.from({ length: columns }, (_, column) =>
    Math.floor((column * across) / columns),
  );
  for (let row = 0; row < rows; row++) {
    const first = Math.floor((row * down) / rows) * across;
    for (let column = 0; column < columns; column++) {
      const cell = row * columns + column;
      const texel = first + (texelOfColumn[column] ?? 0);
      const weight = weightOf(cell);
      if (weight > (weights[texel] ?? 0)) {
        weights[texel] = weight;
        shown[texel] = cell;
      }
    }
  }
  return { across, down, shown };
}

/** Runs of equal numbers. */
export function runsOf(numbers: ArrayLike<number>, nameOf: (number: number) => string): Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (let row = 1; row <= numbers.length; row++) {
    if (row < numbers.length && numbers[row] === numbers[from]) continue;
    runs.push({ name: nameOf(numbers[from] ?? -1), from, end: row });
    from = row;
  }
  return runs;
}
