/** States of a unit: bits, weight, definitions. */
import { describe, expect, it } from "vitest";
import { STATE_NAMES } from "../src/api";
import {
  countOf,
  definitionOf,
  isInState,
  STATE_BITS,
  statesOf,
  weightiest,
  withoutImplied,
} from "../src/states";
import { makeRecording } from "./recordings";

describe("a unit", () => {
  it.each([
    [4, 5, false],
    [5, 5, true],
    [9, 5, true],
    [9, -1, false],
  ])("at record %i, dead since %i, is dead: %s", (record, since, isDead) => {
    expect(isInState("dead", STATE_BITS.silent, since, record)).toBe(isDead);
  });

  it.each([
    [STATE_BITS.silent | STATE_BITS.dormant, 0, "dead"],
    [STATE_BITS.silent | STATE_BITS.dormant, -1, "silent"],
    [STATE_BITS.dormant, -1, "dormant"],
    [STATE_BITS.saturated | STATE_BITS.nonfinite, -1, "nonfinite"],
    [STATE_BITS.saturated | STATE_BITS.silent, -1, "saturated"],
    [STATE_BITS.saturated | STATE_BITS.silent, 0, "saturated"],
    [0, -1, null],
  ] as const)("with bits %i, dead since %i, shows %s", (bits, since, state) => {
    expect(weightiest(bits, since, 3)).toBe(state);
  });
});

describe("the state a unit is counted under", () => {
  it("is the weightiest of all that it is in", () => {
    const bits = STATE_BITS.silent | STATE_BITS.dormant;
    const found = (["silent", "dead", "dormant"] as const).filter((state) =>
      isInState(state, bits, 0, 3),
    );
    expect(found).toEqual(["dead"]);
  });
});

describe("the states that are told of a unit", () => {
  const { silent, dormant, saturated } = STATE_BITS;

  it.each([
    [silent | dormant, 0, ["dead"]],
    [silent | dormant, -1, ["silent"]],
    [silent | saturated, -1, ["saturated", "silent"]],
    [silent | saturated, 0, ["saturated", "dead"]],
    [dormant, -1, ["dormant"]],
    [0, -1, []],
  ] as const)("with bits %i, dead since %i, are %j", (bits, since, told) => {
    expect(withoutImplied(statesOf(bits, since, 3))).toEqual(told);
  });
});

describe("the states", () => {
  const recording = makeRecording({
    count: (state, layer, record) => 100 * state + 10 * layer + record,
  });

  it.each(STATE_NAMES.map((name, row) => [name, row] as const))(
    "count %s in their row",
    (_, row) => {
      expect(countOf(recording, row, 0, 2)).toBe(100 * row + 2);
    },
  );

  it.each([
    ["silent", "1e-6"],
    ["dead", "3 records"],
    ["dormant", "0.025"],
    ["saturated", "95 %"],
    ["nonfinite", "NaN"],
  ] as const)("define %s with its threshold", (state, part) => {
    expect(definitionOf(state, recording.records.thresholds)).toContain(part);
  });
});
