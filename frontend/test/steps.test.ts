/** Steps as decimal strings, also beyond 2^53. */
import { describe, expect, it } from "vitest";
import { formatStep, recordOf, stepInstead } from "../src/steps";

const STEPS = ["0", "10", "20", "9007199254740992", "9007199254740993"];

describe("the record of a step", () => {
  it.each([
    ["0", 0],
    ["9", 0],
    ["10", 1],
    ["19", 1],
    ["25", 2],
    ["9007199254740992", 3],
    ["9007199254740993", 4],
    ["99999999999999999999", 4],
    ["-5", 0],
    ["first", 0],
    ["last", 4],
  ])("of %s is %i", (step, record) => {
    expect(recordOf(STEPS, step)).toBe(record);
  });

  it("is -1 where there is no record", () => {
    expect(recordOf([], "10")).toBe(-1);
  });
});

describe("a step without a record", () => {
  it.each([
    ["7", "0"],
    ["19", "10"],
    ["99999999999999999999", "9007199254740993"],
    ["-5", "0"],
  ])("at %s is shown as %s", (step, instead) => {
    expect(stepInstead(STEPS, step)).toBe(instead);
  });

  it.each(["10", "010", "last", "first", "9007199254740993"])("is not %s", (step) => {
    expect(stepInstead(STEPS, step)).toBeNull();
  });

  it("has nothing in its place where there is no record", () => {
    expect(stepInstead([], "10")).toBeNull();
  });
});

describe("a step for people", () => {
  it.each([
    ["0", "0"],
    ["999", "999"],
    ["12000", "12,000"],
    ["9007199254740993", "9,007,199,254,740,993"],
    ["-1234", "-1,234"],
  ])("of %s is %s", (step, text) => {
    expect(formatStep(step)).toBe(text);
  });

  it("is a dash where there is none", () => {
    expect(formatStep(undefined)).toBe("–");
  });
});
