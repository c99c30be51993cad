import { describe, expect, test } from "vitest";
import { layOutRidges, pathsOf, ridgeAt, sharesOf } from "../../src/layout/ridgeline";

const BOX = { left: 10, top: 5, width: 100 };

describe("a ridgeline", () => {
  const counts = Float32Array.from([4, 0, 0, 0, 2, 2, 1, 1, 2]);
  const ridges = layOutRidges(counts, 3, BOX, 200);

  test("has a row a record, the first at the top", () => {
    expect(ridges.rows.map(({ record }) => record)).toEqual([0, 1, 2]);
    expect(ridges.rows.map(({ y }) => y)).toEqual(
      ridges.rows.map(({ y }) => y).toSorted((a, b) => a - b),
    );
  });

  test("ends at the last base line", () => {
    expect(BOX.top + ridges.height).toBeCloseTo(ridges.rows[2]?.y ?? 0);
  });

  test("reaches the whole height where all examples are in one part", () => {
    const [first] = ridges.rows;
    expect(first?.line.startsWith(`M10 ${BOX.top}`)).toBe(true);
  });

  test("closes its areas along the base line", () => {
    const [first] = ridges.rows;
    const y = Math.round(10 * (first?.y ?? 0)) / 10;
    expect(first?.area.endsWith(`L110 ${y}L10 ${y}Z`)).toBe(true);
  });

  test("tells the row of a height", () => {
    const [, second] = ridges.rows;
    expect(ridgeAt(ridges, second?.y ?? 0)).toBe(1);
    expect(ridgeAt(ridges, 10_000)).toBe(2);
  });

  test("makes many records fit, and does not become finer than can be seen", () => {
    const many = layOutRidges(new Float32Array(3 * 1000).fill(1), 3, BOX, 200);
    expect(many.pitch).toBe(3);
  });

  test("of nothing is nothing", () => {
    expect(layOutRidges([], 0, BOX, 200).rows).toEqual([]);
  });
});

test("shares of a row without examples are 0", () => {
  expect(sharesOf([0, 0, 1, 3], 0, 2)).toEqual([0, 0]);
  expect(sharesOf([0, 0, 1, 3], 1, 2)).toEqual([0.25, 0.75]);
});

test("a path of no parts is empty", () => {
  expect(pathsOf([], 0, BOX)).toEqual({ line: "", area: "" });
});
