import { describe, expect, test } from "vitest";
import type { GroupTable } from "../../src/patterns-api";
import { groupRows, mapOf, topStrength } from "../../src/views/layer/group-rows";

const HEADER: GroupTable["header"] = {
  layer: "fc",
  method: "",
  step: "2",
  steps: ["0", "1", "2"],
  anchor: "2",
  count: 2,
  drawn: 3,
  of: 3,
  error: 0.1,
  by: "label",
  classes: [
    { number: 4, name: "owl", examples: 2 },
    { number: -1, name: "no class", examples: 0 },
  ],
  mapStep: "2",
  mapShape: [1, 2],
  mapExamples: [5, 9],
  mapUnits: 4,
};

/** Two groups of four units on three examples. */
function table(strength: readonly number[]): GroupTable {
  return {
    header: HEADER,
    units: Int32Array.of(0, 3, 7, 9),
    examples: Int32Array.of(2, 5, 9),
    weights: Float32Array.of(0.5, 1, 0, 0.05, 0, 0, 0, 0),
    activity: Float32Array.of(1, 3, 2, 0, 0, 0),
    against: new Float32Array(),
    strength: Float32Array.from(strength),
    alike: Float32Array.of(0.75, Number.NaN),
    profile: Float32Array.of(2, Number.NaN, 0, Number.NaN),
    maps: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
  };
}

const shown = table([0.75, 0]);
const rows = groupRows(shown, [table([0.5, 0]), null, shown]);

describe("a group", () => {
  test("has its units by falling weight, those without any left out", () => {
    expect(rows[0]?.units.map(({ number }) => number)).toEqual([3, 0, 9]);
  });

  test("counts as members those from a tenth of the largest weight", () => {
    expect(rows[0]?.members).toBe(2);
  });

  test("has its examples by falling activity", () => {
    expect(rows[0]?.examples.map(({ number }) => number)).toEqual([5, 9, 2]);
  });

  test("shows those alone that pass the filter", () => {
    const [first] = groupRows(shown, [], new Set([2, 5]));
    expect(first?.examples.map(({ number }) => number)).toEqual([5, 2]);
  });

  test("has a life with a gap where a record has not come", () => {
    expect(rows[0]?.strengths).toEqual([0.5, Number.NaN, 0.75]);
  });

  test("that is silent has neither units nor examples", () => {
    expect([rows[1]?.units, rows[1]?.examples]).toEqual([[], []]);
  });

  test("finds its own map of an example", () => {
    expect([...mapOf(shown, 1, 1)]).toEqual([6, 7]);
  });
});

test("life lines reach up to the strongest of all records", () => {
  expect(topStrength(rows)).toBe(0.75);
});

test("life lines of a silent layer have some height", () => {
  expect(topStrength(groupRows(table([0, 0]), []))).toBe(1);
});
