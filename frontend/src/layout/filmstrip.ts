/** A filmstrip: rows of pictures of one size under columns, each with a caption; numbers only. */
import type { Rect } from "./rect";

/** Sizes in CSS pixels, the same for every cell. */
export interface Strip {
  readonly rows: number;
  readonly columns: number;
  /** Of a picture. */
  readonly width: number;
  readonly height: number;
  /** Below each picture. */
  readonly caption: number;
  /** Between cells. */
  readonly gap: number;
}

/** What is visible of a strip, or what of it is drawn; ends are not part of it. */
export interface Cells {
  readonly firstRow: number;
  readonly endRow: number;
  readonly firstColumn: number;
  readonly endColumn: number;
}

export interface ScrollBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Distance between the left edges of neighbouring columns. */
export function columnWidth({ width, gap }: Strip): number {
  return width + gap;
}

/** Distance between the upper edges of neighbouring rows. */
export function rowHeight({ height, caption, gap }: Strip): number {
  return height + caption + gap;
}

/** Width and height of the whole strip. */
export function sizeOf(strip: Strip): { readonly width: number; readonly height: number } {
  return {
    width: strip.columns * columnWidth(strip) + strip.gap,
    height: strip.rows * rowHeight(strip) + strip.gap,
  };
}

/** Where a cell's picture is. */
export function pictureRect(strip: Strip, row: number, column: number): Rect {
  return {
    x: strip.gap + column * columnWidth(strip),
    y: strip.gap + row * rowHeight(strip),
    width: strip.width,
    height: strip.height,
  };
}

/** The cells that a box shows, and some beyond its edges so that scrolling shows no gap. */
export function cellsIn(strip: Strip, box: ScrollBox, spare = 0): Cells {
  const along = (start: number, length: number, size: number, count: number) => {
    const first = Math.floor((start - strip.gap) / size) - spare;
    const end = Math.ceil((start + length) / size) + spare;
    return [clamp(first, 0, count), clamp(end, 0, count)] as const;
  };
  const [firstColumn, endColumn] = along(box.left, box.width, columnWidth(strip), strip.columns);
  const [firstRow, endRow] = along(box.top, box.height, rowHeight(strip), strip.rows);
  return { firstRow, endRow, firstColumn, endColumn };
}

/** Whether all cells of one are among another's. */
export function holds(outer: Cells, inner: Cells): boolean {
  return (
    outer.firstRow <= inner.firstRow &&
    outer.endRow >= inner.endRow &&
    outer.firstColumn <= inner.firstColumn &&
    outer.endColumn >= inner.endColumn
  );
}

/** The box around cells. */
export function boxOf(strip: Strip, cells: Cells): Rect {
  const { firstRow, endRow, firstColumn, endColumn } = cells;
  return {
    x: firstColumn * columnWidth(strip),
    y: firstRow * rowHeight(strip),
    width: Math.max(0, endColumn - firstColumn) * columnWidth(strip) + strip.gap,
    height: Math.max(0, endRow - firstRow) * rowHeight(strip) + strip.gap,
  };
}

/** The cell at a place of the strip, caption included; null between cells and outside. */
export function cellAt(
  strip: Strip,
  x: number,
  y: number,
): { readonly row: number; readonly column: number } | null {
  const column = Math.floor((x - strip.gap / 2) / columnWidth(strip));
  const row = Math.floor((y - strip.gap / 2) / rowHeight(strip));
  const isInside = row >= 0 && row < strip.rows && column >= 0 && column < strip.columns;
  return isInside ? { row, column } : null;
}

/** The scroll offset that brings a column into sight with its neighbours; the present one if it is. */
export function revealColumn(strip: Strip, column: number, box: ScrollBox): number {
  const size = columnWidth(strip);
  const left = (column - 1) * size;
  const right = (column + 2) * size + strip.gap;
  const most = Math.max(0, sizeOf(strip).width - box.width);
  const wanted = Math.min(Math.max(box.left, right - box.width), left);
  return clamp(wanted, 0, most);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
