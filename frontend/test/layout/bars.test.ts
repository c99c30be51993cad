/** Bars of signed values on one line. */
import { describe, expect, it } from "vitest";
import { layOutBars } from "../../src/layout/bars";

describe("bars", () => {
  it("have their zero at the left without negative values", () => {
    expect(layOutBars([1, 2]).zero).toBe(0);
  });

  it("have their zero at the right without positive ones", () => {
    expect(layOutBars([-1, -2]).zero).toBe(1);
  });

  it("reach to the left of it where they are negative", () => {
    expect(layOutBars([-1, 3]).bars).toEqual([
      { left: 0, width: 0.25 },
      { left: 0.25, width: 0.75 },
    ]);
  });

  it("have no width without a number", () => {
    expect(layOutBars([Number.NaN, 2]).bars[0]?.width).toBe(0);
  });

  it("have no width where all is 0", () => {
    expect(layOutBars([0, 0]).bars.map(({ width }) => width)).toEqual([0, 0]);
  });
});
