/** When an example was learned and forgotten. */
import { describe, expect, it } from "vitest";
import { standingOf, tellStanding, tellTurns, turnsOf } from "../../../src/views/examples/learning";

const step = (record: number) => String(10 * record);

describe("turns", () => {
  it("date learning to the first of two right records in a row", () => {
    expect(turnsOf([0, 1, 0, 1, 1])).toEqual([{ kind: "learned", record: 3 }]);
  });

  it("do not count one right record alone", () => {
    expect(turnsOf([0, 1, 0, 0, 1])).toEqual([]);
  });

  it("do not count one wrong record among right ones", () => {
    expect(turnsOf([1, 1, 0, 1, 1])).toEqual([{ kind: "learned", record: 0 }]);
  });

  it("date forgetting to the first of two wrong records in a row after learning", () => {
    expect(turnsOf([0, 0, 1, 1, 0, 0, 0])).toEqual([
      { kind: "learned", record: 2 },
      { kind: "forgotten", record: 4 },
    ]);
  });

  it("tell learning again", () => {
    expect(turnsOf([1, 1, 0, 0, 1, 1]).map(({ kind }) => kind)).toEqual([
      "learned",
      "forgotten",
      "learned",
    ]);
  });

  it("pass over records at which it is not known", () => {
    expect(turnsOf([0, 1, 2, 1])).toEqual([{ kind: "learned", record: 1 }]);
  });
});

describe("a standing", () => {
  it.each([
    [[0, 0, 0], "never"],
    [[0, 1, 1], "learned"],
    [[1, 1, 0, 0], "forgotten"],
    [[2, 2], "unknown"],
    [[], "unknown"],
  ] as const)("of %j is %s", (correct, standing) => {
    expect(standingOf(turnsOf(correct), correct)).toBe(standing);
  });

  it.each([
    [[0, 1, 1], "learned at step 10"],
    [[1, 1, 0, 0], "forgotten at 20"],
    [[1, 1, 0, 0, 1, 1], "learned again at 40"],
    [[0, 0], "never learned"],
    [[2, 2], ""],
  ] as const)("of %j is told as %j", (correct, text) => {
    const turns = turnsOf(correct);
    expect(tellStanding(standingOf(turns, correct), turns, step)).toBe(text);
  });
});

describe("all turns", () => {
  it("are told in order", () => {
    expect(tellTurns(turnsOf([1, 1, 0, 0, 1, 1]), step)).toBe(
      "learned at step 0, forgotten at step 20, learned again at step 40",
    );
  });
});
