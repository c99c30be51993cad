/** What units say for and against classes: sums, ranks and bars. */
import { describe, expect, it } from "vitest";
import {
  gapsOf,
  layOutSides,
  layOutTotals,
  rivalOf,
  speakersOf,
  totalOf,
} from "../../src/layout/evidence";

const of = (...values: number[]) => Float32Array.from(values);

describe("a total", () => {
  it("adds what is for and what is against", () => {
    // 4 of which 1 is against, and -2 of which 3 are: 5 and 1 are for.
    expect(totalOf(of(4, -2), of(1, 3))).toEqual({ favour: 6, against: 4, net: 2 });
  });

  it("leaves out what is not finite", () => {
    expect(totalOf(of(4, Number.NaN), of(0, 0)).net).toBe(4);
  });

  it("is no number where nothing is known", () => {
    expect(totalOf(of(Number.NaN), of(Number.NaN)).net).toBeNaN();
  });

  it("has nothing below 0 for the class, however the grid rounds", () => {
    expect(totalOf(of(-1.02), of(1)).favour).toBe(0);
  });
});

describe("speakers", () => {
  const found = speakersOf(of(0.5, -3, 0, 2, Number.NaN, -1), 2);

  it("for a class begin with the strongest", () => {
    expect(found.favour.map(({ unit }) => unit)).toEqual([3, 0]);
  });

  it("against it begin with the strongest, too", () => {
    expect(found.against.map(({ unit }) => unit)).toEqual([1, 5]);
  });

  it("are no more than asked for", () => {
    expect(speakersOf(of(1, 2, 3), 2).favour).toHaveLength(2);
  });
});

describe("gaps", () => {
  it("are ranked by their magnitude", () => {
    const gaps = gapsOf(of(1, -2, 0), of(0.5, 2, 0));
    expect(gaps.map(({ unit, value }) => [unit, value])).toEqual([
      [1, -4],
      [0, 0.5],
    ]);
  });

  it("leave out what is not known of both", () => {
    expect(gapsOf(of(1, 1), of(Number.NaN, 0)).map(({ unit }) => unit)).toEqual([1]);
  });
});

describe("bars of totals", () => {
  const [first, second] = layOutTotals([
    { favour: 3, against: 1, net: 2 },
    { favour: 1, against: 0, net: 1 },
  ]);

  it("share one zero", () => {
    expect([first?.zero, second?.zero]).toEqual([0.25, 0.25]);
  });

  it("reach as far as they speak", () => {
    expect([first?.left, first?.right, second?.right]).toEqual([0.25, 0.75, 0.25]);
  });

  it("mark the net", () => {
    expect([first?.net, second?.net]).toEqual([0.75, 0.5]);
  });

  it("have no width without numbers", () => {
    const nothing = { favour: Number.NaN, against: Number.NaN, net: Number.NaN };
    expect(layOutTotals([nothing])).toEqual([{ left: 0, zero: 0, right: 0, net: 0 }]);
  });

  it("of single values go to one side without a mark", () => {
    expect(layOutSides([-1, 3])).toEqual([
      { left: 0.25, zero: 0.25, right: 0, net: null },
      { left: 0, zero: 0.25, right: 0.75, net: null },
    ]);
  });
});

describe("the other class", () => {
  const nets = new Map([
    [0, 1],
    [3, 5],
    [8, 4],
  ]);

  it("is the chosen one", () => {
    expect(rivalOf(3, [0, 8], nets)).toBe(0);
  });

  it("is the label where the prediction is wrong", () => {
    expect(rivalOf(3, [null, 0], nets)).toBe(0);
  });

  it("is the next largest where it is right", () => {
    expect(rivalOf(3, [null, 3], nets)).toBe(8);
  });

  it("is none that was not explained", () => {
    expect(rivalOf(3, [7, -1], nets)).toBe(8);
  });

  it("is null where there is one class", () => {
    expect(rivalOf(3, [null], new Map([[3, 5]]))).toBeNull();
  });
});
