/** Axes of a unit's charts. */
import { describe, expect, it } from "vitest";
import { stepAxis, valueAxis } from "../../src/views/unit/axes";

describe("the axis of steps", () => {
  it("has whole ticks where few steps would have fractions", () => {
    expect(stepAxis([0, 1, 2], false, 1100).ticks).toEqual([0, 1, 2]);
  });

  it("has one tick for a run of one record", () => {
    expect(stepAxis([5], false, 500).ticks).toEqual([5]);
  });

  it("has step 0 beside powers of ten where it is logarithmic", () => {
    expect(stepAxis([0, 3, 1000], true, 500).ticks).toEqual([0, 10, 100, 1000]);
  });
});

describe("the axis of values", () => {
  it("begins at 0", () => {
    expect(valueAxis([0.3, 0.9], false).domain).toEqual([0, 1]);
  });

  it("holds what is below 0", () => {
    expect(valueAxis([-0.9, 0.3], false).domain).toEqual([-1, 0.5]);
  });

  it("has ticks within its domain", () => {
    const { domain, ticks } = valueAxis([0, 0.0716], false);
    expect(ticks.every((tick) => tick >= domain[0] && tick <= domain[1])).toBe(true);
  });

  it("has an extent where all is 0, and passes over what is no number", () => {
    expect(valueAxis([0, Number.NaN], false).domain).toEqual([0, 1]);
  });

  it("has powers of ten on both sides of 0 where it is logarithmic", () => {
    expect(valueAxis([-1, 2], true).ticks).toEqual([-0.01, -0.1, -1, 0, 0.01, 0.1, 1]);
  });
});
