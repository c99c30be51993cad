/** The atlas: each square shows its middle's nearest point, larger where there are more. */
import { describe, expect, it } from "vitest";
import { layOutAtlas } from "../../src/layout/atlas";

const SIZE = { width: 200, height: 100 };
const SCREEN = Float32Array.of(10, 10, 24, 27, 30, 30, 140, 60, Number.NaN, 1, 500, 1);

describe("an atlas", () => {
  it("has a cell for each square that holds a point", () => {
    expect(layOutAtlas(SCREEN, SIZE, 50).map(({ x, y }) => [x, y])).toEqual([
      [25, 25],
      [125, 75],
    ]);
  });

  it("shows the point nearest to the middle", () => {
    expect(layOutAtlas(SCREEN, SIZE, 50).map(({ point }) => point)).toEqual([1, 3]);
  });

  it("counts the points of a cell", () => {
    expect(layOutAtlas(SCREEN, SIZE, 50).map(({ count }) => count)).toEqual([3, 1]);
  });

  it("draws the fullest cell as large as its square and a single point half as large", () => {
    expect(layOutAtlas(SCREEN, SIZE, 50).map(({ side }) => side)).toEqual([50, 25]);
  });
});
