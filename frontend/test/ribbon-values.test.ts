/** What the ribbon's cells say of A, of B along A's steps, and of their difference. */
import { describe, expect, it } from "vitest";
import { type ChoiceOfB, cellMean, cellShare, sideOfB } from "../src/ribbon-values";
import { makeRecording } from "./recordings";

const DEAD = 1;
const A = makeRecording({
  layers: [
    ["one", 4],
    ["two", 8],
  ],
  steps: ["0", "10", "20", "30"],
  mean: (layer, record) => 100 * layer + record,
  countOnce: (state, layer, record) => (state === DEAD ? layer + record : 0),
});
const B = makeRecording({
  layers: [
    ["one", 4],
    ["two", 8],
  ],
  steps: ["5", "20"],
  mean: (layer, record) => 1000 * (layer + 1) + 10 * record,
  countOnce: (state) => (state === DEAD ? 2 : 0),
});

function subject(choice: Partial<ChoiceOfB>) {
  const b = sideOfB(A, B, { mode: "a", record: 0, isBound: true, ...choice });
  return { recording: A, statistic: "mean", b };
}

describe("a cell of the ribbon", () => {
  it("is A's mean when A is shown", () => {
    expect(cellMean(subject({}), 1, 2)).toBe(102);
  });

  it.each([
    [0, 1000],
    [1, 1000],
    [2, 1010],
    [3, 1010],
  ])("in column %i is B's mean at A's step when B is shown", (record, mean) => {
    expect(cellMean(subject({ mode: "b" }), 0, record)).toBe(mean);
  });

  it("is A minus B at the same step when B follows A", () => {
    expect(cellMean(subject({ mode: "diff" }), 1, 3)).toBe(103 - 2010);
  });

  it("is A minus one record of B when B stands still", () => {
    const fixed = subject({ mode: "diff", isBound: false, record: 1 });
    expect([0, 3].map((record) => cellMean(fixed, 0, record))).toEqual([0 - 1010, 3 - 1010]);
  });

  it("is no number for a statistic that was not recorded", () => {
    expect(cellMean({ ...subject({}), statistic: "std" }, 0, 0)).toBeNaN();
  });

  it.each([
    ["a", (1 + 2) / 8],
    ["diff", (1 + 2) / 8],
    ["b", 2 / 8],
  ] as const)("has the share of dead units of the side that mode %s shows", (mode, share) => {
    expect(cellShare(subject({ mode }), "dead", 1, 2)).toBe(share);
  });
});
