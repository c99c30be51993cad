/** Cells of a filmstrip: where they are, which are seen, how a column comes into sight. */
import { describe, expect, it } from "vitest";
import {
  boxOf,
  cellAt,
  cellsIn,
  holds,
  pictureRect,
  revealColumn,
  type Strip,
  sizeOf,
} from "../../src/layout/filmstrip";

const STRIP: Strip = { rows: 24, columns: 40, width: 60, height: 50, caption: 16, gap: 4 };
const SEEN = { left: 640, top: 140, width: 320, height: 210 };

describe("a filmstrip", () => {
  it("has room for all of its cells and the gaps around them", () => {
    expect(sizeOf(STRIP)).toEqual({ width: 40 * 64 + 4, height: 24 * 70 + 4 });
  });

  it("finds a cell again where its picture is", () => {
    const { x, y } = pictureRect(STRIP, 7, 13);
    expect(cellAt(STRIP, x + 1, y + 1)).toEqual({ row: 7, column: 13 });
  });

  it.each([
    [-5, 10],
    [10, -5],
    [40 * 64 + 30, 10],
    [10, 24 * 70 + 30],
  ])("has no cell at %i, %i", (x, y) => {
    expect(cellAt(STRIP, x, y)).toBeNull();
  });

  it("draws every cell that is seen", () => {
    const cells = cellsIn(STRIP, SEEN);
    const box = boxOf(STRIP, cells);
    expect(box.x).toBeLessThanOrEqual(SEEN.left);
    expect(box.x + box.width).toBeGreaterThanOrEqual(SEEN.left + SEEN.width);
    expect(box.y).toBeLessThanOrEqual(SEEN.top);
    expect(box.y + box.height).toBeGreaterThanOrEqual(SEEN.top + SEEN.height);
  });

  it("draws few cells that are not seen", () => {
    const { firstColumn, endColumn, firstRow, endRow } = cellsIn(STRIP, SEEN);
    expect([endColumn - firstColumn, endRow - firstRow]).toEqual([6, 4]);
  });

  it("draws spare cells beyond the edges but none that are not there", () => {
    const cells = cellsIn(STRIP, { left: 0, top: 0, width: 100, height: 100 }, 3);
    expect(cells).toEqual({ firstRow: 0, endRow: 5, firstColumn: 0, endColumn: 5 });
  });

  it("need not be drawn anew while what is seen is among what was drawn", () => {
    const drawn = cellsIn(STRIP, SEEN, 3);
    expect(holds(drawn, cellsIn(STRIP, { ...SEEN, left: SEEN.left + 100 }))).toBe(true);
    expect(holds(drawn, cellsIn(STRIP, { ...SEEN, left: SEEN.left + 400 }))).toBe(false);
  });
});

describe("a column", () => {
  it("that is in sight leaves the scroll as it is", () => {
    expect(revealColumn(STRIP, 12, SEEN)).toBe(SEEN.left);
  });

  it.each([0, 3, 20, 39])("%i comes into sight", (column) => {
    const left = revealColumn(STRIP, column, SEEN);
    const { x, width } = pictureRect(STRIP, 0, column);
    expect(x).toBeGreaterThanOrEqual(left);
    expect(x + width).toBeLessThanOrEqual(left + SEEN.width);
  });

  it("of a strip that is seen whole needs no scroll", () => {
    expect(revealColumn({ ...STRIP, columns: 3 }, 2, { ...SEEN, left: 0 })).toBe(0);
  });
});
