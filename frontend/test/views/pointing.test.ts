/** What a chart tells where it is pointed at, and what a strip shows. */
import { describe, expect, it } from "vitest";
import type { UnitTrace } from "../../src/api";
import { classReader, statisticsReader } from "../../src/views/unit/pointing";
import { partsOf, statesIn } from "../../src/views/unit/strip";

function trace(steps: readonly string[], values: readonly number[]): UnitTrace {
  return {
    header: {
      layer: "fc",
      unit: 0,
      statistics: ["mean"],
      steps: [...steps],
      deadSince: 2,
      events: [{ kind: "silent", record: 1, step: steps[1] ?? "", text: "silent since" }],
      classNames: ["cat", "dog"],
      classSteps: [...steps],
      classMethods: [],
    },
    values: Float32Array.from(values),
    states: Uint8Array.of(0, 1, 1),
    quantiles: new Float32Array(5 * values.length),
    rank: new Float32Array(values.length),
    classMeans: Float32Array.from([...values, ...values.map((value) => 10 * value)]),
    classAttributions: new Float32Array(),
  };
}

const A = trace(["0", "10", "20"], [1, 2, 3]);
const B = trace(["0", "8", "24"], [4, 5, 6]);

describe("pointing at a chart", () => {
  it("reads A, and B at its record before", () => {
    const { lines, stepB } = statisticsReader(A, B, ["mean"])({ step: "20", strip: null }) ?? {};
    expect([lines, stepB]).toEqual([[{ name: "mean", a: 3, b: 5 }], "8"]);
  });

  it("reads A alone where B is the same run", () => {
    const found = statisticsReader(A, null, ["mean"])({ step: "10", strip: null });
    expect(found?.lines).toEqual([{ name: "mean", a: 2, b: null }]);
  });

  it("tells what happened at the record", () => {
    const found = statisticsReader(A, null, ["mean"])({ step: "10", strip: null });
    expect(found?.events).toEqual(["silent since"]);
  });

  it("reads the class of a strip", () => {
    const found = classReader(A, "A", "response")({ step: "20", strip: "dog" });
    expect([found?.of, found?.lines[0]?.a]).toEqual(["dog", 30]);
  });

  it("reads nothing between strips", () => {
    expect(classReader(A, "A", "response")({ step: "20", strip: null })).toBeNull();
  });
});

describe("the strip of states", () => {
  it("has a part a state, as wide as its records", () => {
    expect(partsOf(A).map(({ state, from, to }) => [state, from, to])).toEqual([
      [null, 0, 1 / 3],
      ["silent", 1 / 3, 2 / 3],
      ["dead", 2 / 3, 1],
    ]);
  });

  it("has a key of the states that are on it", () => {
    expect(statesIn([A, B])).toEqual(["dead", "silent", null]);
  });
});
