import { describe, expect, test } from "vitest";
import { cellAt, cellRect, layOutMatrix, runsOf, texelsOf } from "../../src/layout/matrix";

const SIZE = { width: 900, height: 500 };
const SHAPE = { rows: 60, columns: 100 };
const RUNS = [
  { name: "a", from: 0, end: 20 },
  { name: "b", from: 20, end: 21 },
  { name: "c", from: 21, end: 60 },
];
const layout = layOutMatrix(SIZE, SHAPE, RUNS, 120);

describe("the parts of a matrix", () => {
  test("lie within the place", () => {
    const { body, strip } = layout;
    expect(strip.y).toBeGreaterThanOrEqual(0);
    expect(strip.y + strip.height).toBeLessThan(body.y);
    expect(body.y + body.height).toBeLessThan(SIZE.height);
    expect(body.x + body.width).toBeLessThan(SIZE.width);
  });

  test("have the runs one below the other, over all rows", () => {
    const [first, , last] = layout.runs;
    expect(first?.y).toBe(layout.body.y);
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeCloseTo(layout.body.y + layout.body.height);
  });

  test("name a run only where its name does not touch the one before", () => {
    const named = layout.runs.filter(({ isNamed }) => isNamed);
    const middles = named.map(({ y, height }) => y + height / 2);
    expect(middles.every((y, place) => place === 0 || y - (middles[place - 1] ?? 0) >= 13)).toBe(
      true,
    );
  });

  test("do not let a few cells become walls", () => {
    const { body } = layOutMatrix(SIZE, { rows: 1, columns: 2 }, [], 120);
    expect(body.width).toBeLessThan(150);
    expect(body.height).toBeLessThan(50);
  });

  test("have a place for a matrix without rows", () => {
    const { body } = layOutMatrix(SIZE, { rows: 0, columns: 5 }, [], 120);
    expect(Number.isFinite(body.height)).toBe(true);
  });
});

describe("the cell under a point", () => {
  test.each([
    [0, 0],
    [59, 99],
    [31, 7],
  ])("is %d, %d in the middle of its rectangle", (row, column) => {
    const { x, y, width, height } = cellRect(layout, { row, column });
    expect(cellAt(layout, x + width / 2, y + height / 2)).toEqual({ row, column });
  });

  test("is none left of the cells", () => {
    expect(cellAt(layout, layout.body.x - 1, layout.body.y + 5)).toBeNull();
  });

  test("is a column alone over the strip", () => {
    const { strip } = layout;
    expect(cellAt(layout, strip.x + 1, strip.y + 3)).toEqual({ row: -1, column: 0 });
  });
});

describe("texels", () => {
  const weights = Float32Array.from({ length: 60 * 100 }, (_, cell) => (cell * 7919) % 6007);
  const weightOf = (cell: number) => weights[cell] ?? 0;

  test("are the cells where there is room for all", () => {
    const { across, down, shown } = texelsOf(SHAPE, { width: 640, height: 300 }, weightOf);
    expect([across, down]).toEqual([100, 60]);
    expect([...shown]).toEqual(Array.from({ length: 6000 }, (_, cell) => cell));
  });

  test("show the extreme of their cells where there is not", () => {
    const { across, down, shown } = texelsOf(SHAPE, { width: 30, height: 20 }, weightOf);
    const best = new Map<number, number>();
    for (let row = 0; row < 60; row++) {
      for (let column = 0; column < 100; column++) {
        const texel = Math.floor((row * down) / 60) * across + Math.floor((column * across) / 100);
        best.set(texel, Math.max(best.get(texel) ?? 0, weightOf(row * 100 + column)));
      }
    }
    expect(Array.from(shown, weightOf)).toEqual(Array.from(shown, (_, texel) => best.get(texel)));
  });

  test("show some cell of their own where all are 0", () => {
    const { across, shown } = texelsOf(SHAPE, { width: 10, height: 6 }, () => 0);
    const own = Array.from(shown, (cell) => {
      const [row, column] = [Math.floor(cell / 100), cell % 100];
      return Math.floor((row * 6) / 60) * across + Math.floor((column * 10) / 100);
    });
    expect(own).toEqual(Array.from(shown, (_, texel) => texel));
  });
});

test("runs are of equal neighbours", () => {
  const runs = runsOf([3, 3, 1, 1, 1, 3], String);
  expect(runs.map(({ name, from, end }) => [name, from, end])).toEqual([
    ["3", 0, 2],
    ["1", 2, 5],
    ["3", 5, 6],
  ]);
});

test("nothing has no runs", () => {
  expect(runsOf([], String)).toEqual([]);
});
