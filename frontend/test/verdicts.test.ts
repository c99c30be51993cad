/** Which verdict holds at a step. */
import { describe, expect, it } from "vitest";
import { verdictAt } from "../src/verdicts";

const verdicts = ["10", "9007199254740993"].map((step) => ({
  step,
  mark: "good" as const,
  figures: [],
}));

describe("the verdict at a step", () => {
  it.each([
    ["9", undefined],
    ["10", "10"],
    ["9007199254740992", "10"],
    ["9007199254740993", "9007199254740993"],
  ])("%s is that of %s", (step, wanted) => {
    expect(verdictAt({ verdicts }, step)?.step).toBe(wanted);
  });
});
