import { describe, expect, it } from "vitest";
import type { UnitTrace } from "../../src/api";
import {
  classRecord,
  classSeries,
  extent,
  fan,
  has,
  isolatedPoints,
  middles,
  nearestStep,
  points,
  rankAt,
  spread,
  stretches,
  strongestClasses,
  traceRows,
  valuesOf,
} from "../../src/views/unit/series";

const STATISTICS = ["mean", "std", "min", "max", "zeros"];

/** Three records of five statistics; value = 10 · statistic + record, `zeros` never recorded. */
function madeTrace(): UnitTrace {
  const values = Float32Array.from({ length: 15 }, (_, i) =>
    i < 12 ? 10 * Math.floor(i / 3) + (i % 3) : Number.NaN,
  );
  return {
    header: {
      layer: "fc",
      unit: 4,
      statistics: STATISTICS,
      steps: ["0", "100", "200"],
      deadSince: 2,
      events: [],
      classNames: ["cat", "dog", "owl"],
      classSteps: ["0", "200"],
      classMethods: [],
    },
    values,
    states: Uint8Array.of(0, 1, 1),
    quantiles: Float32Array.from({ length: 75 }, (_, i) => i),
    rank: Float32Array.from({ length: 15 }, (_, i) => i / 15),
    classMeans: Float32Array.of(1, 2, 5, -9, 0, 3),
    classAttributions: new Float32Array(),
  };
}

describe("what is told class by class", () => {
  const [first, second] = [
    { method: "gradient", target: "label" },
    { method: "captum:LayerDeepLift", target: "label" },
  ];
  const made = madeTrace();
  const trace = {
    ...made,
    header: { ...made.header, classMethods: [first, second] },
    classAttributions: Float32Array.from({ length: 12 }, (_, i) => i),
  };

  it("is that of the method", () => {
    expect(Array.from(classSeries(trace, "dog", second))).toEqual([8, 9]);
  });

  it("is empty for a method that was not recorded so", () => {
    expect(classSeries(trace, "dog", { ...first, target: "loss" })).toHaveLength(0);
  });
});

describe("a unit's trace", () => {
  it("gives the values of a statistic", () => {
    expect(Array.from(valuesOf(madeTrace(), "std"))).toEqual([10, 11, 12]);
  });

  it("gives nothing for a statistic that is not there", () => {
    expect(valuesOf(madeTrace(), "frequency")).toHaveLength(0);
  });

  it("does not have a statistic without any number", () => {
    expect(has(madeTrace(), "zeros")).toBe(false);
  });

  it("places points at their steps", () => {
    expect(points(madeTrace(), "mean")[1]).toEqual({ step: 100, value: 1 });
  });

  it("spans from minimum to maximum", () => {
    expect(extent(madeTrace())[2]).toEqual({ step: 200, low: 22, high: 32 });
  });

  it("spreads by one standard deviation to both sides", () => {
    const trace = madeTrace();
    trace.values.set([-50, -50, -50], 6);
    expect(spread(trace)[0]).toEqual({ step: 0, low: -10, high: 10 });
  });

  it("spreads no further than to minimum and maximum", () => {
    const trace = madeTrace();
    trace.values.set([-2, -2, -2], 6);
    trace.values.set([3, 3, 3], 9);
    expect(spread(trace)[0]).toEqual({ step: 0, low: -2, high: 3 });
  });

  it("gives a class's means by its name", () => {
    expect(Array.from(classSeries(madeTrace(), "dog"))).toEqual([5, -9]);
  });

  it("fans between the layer's quantiles", () => {
    expect(fan(madeTrace(), "std", 1, 3)[0]).toEqual({ step: 0, low: 18, high: 24 });
  });

  it("ranks the unit at a record", () => {
    expect(rankAt(madeTrace(), "std", 1)).toBeCloseTo(4 / 15);
  });

  it("has no rank by a statistic that is not there", () => {
    expect(rankAt(madeTrace(), "frequency", 0)).toBeNaN();
  });

  it("keeps the strongest classes in their own order", () => {
    expect(strongestClasses(madeTrace(), 2).map(({ name }) => name)).toEqual(["dog", "owl"]);
  });

  it.each([
    ["0", 0],
    ["150", 0],
    ["200", 1],
    ["9007199254740993", 1],
  ])("finds the class record at or before step %s", (step, record) => {
    expect(classRecord(madeTrace(), step)).toBe(record);
  });

  it("cuts a life where the state changes, also from silent to dead", () => {
    expect(stretches(madeTrace())).toEqual([
      { bits: 0, isDead: false, first: 0, end: 1 },
      { bits: 1, isDead: false, first: 1, end: 2 },
      { bits: 1, isDead: true, first: 2, end: 3 },
    ]);
  });

  it("writes a row a record, with class means where there are some", () => {
    expect([...traceRows("run", madeTrace())][2]).toEqual([
      "run",
      "fc",
      4,
      "200",
      1,
      2,
      12,
      22,
      32,
      Number.NaN,
      2,
      -9,
      3,
    ]);
  });

  it("leaves class means empty at other records", () => {
    expect([...traceRows("run", madeTrace())][1]?.slice(-3)).toEqual([null, null, null]);
  });
});

describe("points without a neighbour", () => {
  it.each([
    [[1], [0]],
    [[1, 2], []],
    [
      [1, Number.NaN, 3, 4, Number.NaN, 6],
      [0, 5],
    ],
    [[Number.NaN], []],
  ])("of %j are those at %j", (values, places) => {
    const data = values.map((value, step) => ({ step, value }));
    expect(isolatedPoints(data).map(({ step }) => step)).toEqual(places);
  });
});

describe("cells around steps", () => {
  it.each([
    [
      [0, 10, 30],
      [0, 5, 20, 30],
    ],
    [[5], [4.5, 5.5]],
    [[], []],
  ])("%j have edges %j", (steps, edges) => {
    expect(middles(steps, steps.at(-1) ?? 0)).toEqual(edges);
  });
});

describe("the nearest step", () => {
  it.each([
    [4, "0"],
    [6, "10"],
    [1e9, "20"],
  ])("to %f is %s", (place, step) => {
    expect(nearestStep(["0", "10", "20"], place)).toBe(step);
  });

  it("is none without steps", () => {
    expect(nearestStep([], 1)).toBeNull();
  });
});
