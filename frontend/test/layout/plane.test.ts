/** Maps on a plane. */
import { describe, expect, it } from "vitest";
import { nameOfPlace, planeOf, positionAt } from "../../src/layout/plane";

describe("the plane of a map", () => {
  it.each([
    [[8, 9], { rows: 8, columns: 9, slices: 1 }],
    [[3, 8, 9], { rows: 8, columns: 27, slices: 3 }],
    [[6], { rows: 1, columns: 6, slices: 1 }],
  ])("of shape %j is %j", (shape, plane) => {
    expect(planeOf(shape)).toEqual(plane);
  });

  it("has every position once", () => {
    const plane = planeOf([3, 4, 5]);
    const found = Array.from({ length: 60 }, (_, place) =>
      positionAt(plane, place % 15, Math.floor(place / 15)),
    );
    expect([...found].sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, at) => at));
  });

  it("lays slices side by side", () => {
    expect(positionAt(planeOf([2, 4, 5]), 5, 0)).toBe(20);
  });

  it("names a place by slice, row and column", () => {
    expect(nameOfPlace(planeOf([2, 4, 5]), 6, 3)).toBe("slice 1, row 3, column 1");
    expect(nameOfPlace(planeOf([4, 5]), 4, 3)).toBe("row 3, column 4");
  });
});
