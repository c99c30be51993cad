/** The one scale of a method's maps. */
import { describe, expect, it } from "vitest";
import { positionOf } from "../../../src/colour";
import { rangeOf, scaleOfMaps } from "../../../src/views/examples/map-scale";

const THOUSAND = Float32Array.from({ length: 1000 }, (_, place) => (place % 2 ? 1 : -1) * place);

describe("the range of maps", () => {
  it("ends at the magnitude that 99.5 % do not exceed", () => {
    expect(rangeOf(THOUSAND).end).toBe(994);
  });

  it("counts what lies beyond its end", () => {
    expect(rangeOf(THOUSAND).clipped).toBe(5);
  });

  it("tells the largest magnitude", () => {
    expect(rangeOf(THOUSAND).largest).toBe(999);
  });

  it("leaves out what is no number", () => {
    const { end, finite } = rangeOf(Float32Array.of(1, Number.NaN, -2, Number.POSITIVE_INFINITY));
    expect([end, finite]).toEqual([2, 2]);
  });

  it("is that of the largest where nearly all values are 0", () => {
    const values = new Float32Array(1000);
    values[3] = 7;
    expect(rangeOf(values)).toMatchObject({ end: 7, clipped: 0 });
  });

  it("leaves the values in their order", () => {
    const values = Float32Array.of(3, 1, 2);
    rangeOf(values);
    expect([...values]).toEqual([3, 1, 2]);
  });

  it("of nothing has no end", () => {
    expect(rangeOf(new Float32Array())).toEqual({ end: 0, largest: 0, clipped: 0, finite: 0 });
  });
});

describe("the scale of maps", () => {
  const range = { end: 2, largest: 5, clipped: 1, finite: 9 };

  it("is symmetric around 0 where the sign has a meaning", () => {
    const scale = scaleOfMaps(range, true, "light");
    expect([-2, 0, 2].map((value) => positionOf(scale, value))).toEqual([0, 0.5, 1]);
  });

  it("begins at 0 where it has none", () => {
    const scale = scaleOfMaps(range, false, "light");
    expect([0, 1, 2].map((value) => positionOf(scale, value))).toEqual([0, 0.5, 1]);
  });

  it("gives what lies beyond the colour of its end", () => {
    expect(positionOf(scaleOfMaps(range, true, "dark"), -5)).toBe(0);
  });
});
