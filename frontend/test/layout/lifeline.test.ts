import { describe, expect, test } from "vitest";
import { layOutLife, recordNear } from "../../src/layout/lifeline";

const SIZE = { width: 100, height: 40 };
const GAP = Number.NaN;

describe("a life line", () => {
  test("reaches the upper edge at the top strength", () => {
    const { band } = layOutLife([0.1, 0.4, 0.2], [GAP, 1, 1], 0.4, SIZE);
    expect(band).toBe("M0.0 40L0.0 30.0L50.0 0.0L100.0 20.0L100.0 40Z");
  });

  test("has its likeness from 0 below to 1 above", () => {
    expect(layOutLife([1, 1, 1], [GAP, 0, 1], 1, SIZE).line).toBe("M50.0 40.0L100.0 0.0");
  });

  test("is broken where a record has not come", () => {
    const { band, line } = layOutLife([1, 1, GAP, 1, 1], [0, 1, GAP, 0, 1], 1, SIZE);
    expect(band.match(/M/g)).toHaveLength(2);
    expect(line.match(/M/g)).toHaveLength(2);
  });

  test("shows a single record as a dash", () => {
    const { band, x } = layOutLife([0.5], [GAP], 1, SIZE);
    expect(x).toEqual([50]);
    expect(band).toContain("48.5");
  });

  test("of a silent layer lies at the bottom", () => {
    expect(layOutLife([0, 0], [GAP, GAP], 0, SIZE).band).toBe(
      "M0.0 40L0.0 40.0L100.0 40.0L100.0 40Z",
    );
  });
});

test("the record near a place is the nearest", () => {
  const life = layOutLife([1, 1, 1], [GAP, 1, 1], 1, SIZE);
  expect([0, 24, 26, 80].map((at) => recordNear(life, at))).toEqual([0, 0, 1, 2]);
});
