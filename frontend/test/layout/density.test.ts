/** Densities: nothing is lost, and most is where the points are. */
import { describe, expect, it } from "vitest";
import { layOutDensity } from "../../src/layout/density";

const SIZE = { width: 100, height: 60 };
const total = (values: Float32Array) => values.reduce((a, b) => a + b, 0);

describe("a density", () => {
  it("counts every point that is seen, also near an edge", () => {
    const screen = Float32Array.of(1, 1, 50, 30, 99, 59, 150, 30, Number.NaN, 2);
    expect(total(layOutDensity(screen, SIZE, 5, 2).values)).toBeCloseTo(3, 5);
  });

  it("is highest where the points are", () => {
    const { values, columns, max } = layOutDensity(Float32Array.of(52, 32), SIZE, 5, 1);
    expect(values[6 * columns + 10]).toBe(max);
  });

  it("is the plain count where nothing is smoothed", () => {
    const { values, columns } = layOutDensity(Float32Array.of(52, 32, 53, 33), SIZE, 5, 0);
    expect(values[6 * columns + 10]).toBe(2);
  });
});
