/** Activation grids: squares by norm, places under a point and beside each other, units in order. */
import { describe, expect, it } from "vitest";
import {
  largestOf,
  placeOf,
  placeRect,
  positionBeside,
  positionUnder,
  shadeOf,
  sortUnits,
  squareIn,
} from "../../src/layout/activation-grid";
import { planeOf, positionAt } from "../../src/layout/plane";

const plane = planeOf([3, 4]);
const box = { x: 10, y: 20, width: 80, height: 60 };

describe("a square", () => {
  const place = placeRect(plane, box, 1, 2);

  it("lies in the middle of its place", () => {
    const { x, y, width, height } = squareIn(place, 1, 2);
    expect([x + width / 2, y + height / 2]).toEqual([40, 70]);
  });

  it("has a side in proportion to the norm", () => {
    expect(squareIn(place, 1, 4).width).toBeCloseTo(squareIn(place, 4, 4).width / 4);
  });

  it.each([0, Number.NaN, -1])("of norm %d is nothing", (norm) => {
    expect(squareIn(place, norm, 4).width).toBe(0);
  });

  it("never leaves its place", () => {
    expect(squareIn(place, 9, 4).width).toBeLessThanOrEqual(place.width);
  });
});

describe("a position", () => {
  it.each([
    [[3, 4], 7],
    [[2, 3, 4], 17],
    [[9], 5],
  ])("of shape %j is found again at its place", (shape, position) => {
    const own = planeOf(shape);
    const { column, row } = placeOf(own, position);
    expect(positionAt(own, column, row)).toBe(position);
  });

  it("lies under a point of the picture", () => {
    expect(positionUnder(plane, box, 10 + 45, 20 + 25)).toBe(1 * 4 + 2);
  });

  it("does not lie under a point outside", () => {
    expect(positionUnder(plane, box, 5, 25)).toBeNull();
  });

  it.each([
    ["ArrowRight", 6],
    ["ArrowLeft", 4],
    ["ArrowUp", 1],
    ["ArrowDown", 9],
  ])("has another beside it at %s", (key, expected) => {
    expect(positionBeside(plane, 5, key)).toBe(expected);
  });

  it("stays at an edge", () => {
    expect(positionBeside(plane, 3, "ArrowRight")).toBe(3);
  });

  it("has nothing beside it at another key", () => {
    expect(positionBeside(plane, 3, "Enter")).toBeNull();
  });

  it("is the largest where its norm is, what is not finite left out", () => {
    expect(largestOf(Float32Array.of(Number.NaN, 1, 3, 2))).toBe(2);
  });
});

describe("units", () => {
  const units = [
    { unit: 0, activation: 1, net: [5, -1] },
    { unit: 1, activation: Number.NaN, net: [Number.NaN, 2] },
    { unit: 2, activation: 3, net: [-4, 2] },
  ];
  const order = (place: number | null) => sortUnits(units, place).map(({ unit }) => unit);

  it("stand by falling activation, the unknown last", () => {
    expect(order(null)).toEqual([2, 0, 1]);
  });

  it("stand by falling attribution to a class", () => {
    expect(order(0)).toEqual([0, 2, 1]);
  });

  it("stand by number where they are equal", () => {
    expect(order(1)).toEqual([1, 2, 0]);
  });
});

describe("a shade", () => {
  it("is full at the top and keeps the sign", () => {
    expect([shadeOf(4, 4), shadeOf(-9, 4)]).toEqual([1, -1]);
  });

  it("grows with the root", () => {
    expect(shadeOf(1, 4)).toBeCloseTo(0.5);
  });

  it("is none where the value is unknown", () => {
    expect(shadeOf(Number.NaN, 4)).toBeNaN();
  });
});
