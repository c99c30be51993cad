import { describe, expect, it } from "vitest";
import type { UnitTrace } from "../../src/api";
import { activationChart, type ChartContext, shareChart } from "../../src/views/unit/charts";
import { ROLES } from "./roles";

function traceTo(steps: readonly string[]): UnitTrace {
  const statistics = ["mean", "std", "min", "max", "frequency"];
  const { length } = steps;
  return {
    header: {
      layer: "fc",
      unit: 0,
      statistics,
      steps: [...steps],
      deadSince: -1,
      events: [],
      classNames: [],
      classSteps: [],
      classMethods: [],
    },
    values: new Float32Array(statistics.length * length).fill(0.5),
    states: new Uint8Array(length),
    quantiles: new Float32Array(statistics.length * 5 * length),
    rank: new Float32Array(statistics.length * length),
    classMeans: new Float32Array(),
    classAttributions: new Float32Array(),
  };
}

function context(a: UnitTrace, b: UnitTrace | null, isLog = false): ChartContext {
  return { a, b, roles: ROLES, isLog, isLogValues: false, width: 500 };
}

const SHORT = traceTo(["20", "60", "124"]);
const LONG = traceTo(["0", "100", "276"]);

describe("the step axis of a unit's charts", () => {
  it("reaches to where the longer run of B ends", () => {
    expect(activationChart(context(SHORT, LONG)).x?.domain).toEqual([0, 276]);
  });

  it("keeps A's steps where B's run is the shorter one", () => {
    expect(activationChart(context(LONG, SHORT)).x?.domain).toEqual([0, 276]);
  });

  it("is A's own without a comparison", () => {
    expect(shareChart(context(SHORT, null)).x?.domain).toEqual([20, 124]);
  });

  it("holds both runs on a logarithmic axis too", () => {
    expect(activationChart(context(SHORT, LONG, true)).x?.domain).toEqual([0, 276]);
  });

  it("has room for a run of one record", () => {
    const one = traceTo(["5"]);
    expect(activationChart(context(one, null)).x?.domain).toEqual([4.5, 5.5]);
  });
});
