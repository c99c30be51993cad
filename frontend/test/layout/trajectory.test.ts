/** A share over steps. */
import { describe, expect, it } from "vitest";
import { layOutTrajectory, recordNear, runsOf } from "../../src/layout/trajectory";

const BOX = { left: 10, top: 5, width: 100, height: 50 };
const STEPS = ["0", "10", "100"];

describe("a trajectory", () => {
  it("has its points at their steps, shares upwards", () => {
    expect(layOutTrajectory(STEPS, [0, 0.5, 1], BOX)).toEqual([
      { record: 0, x: 10, y: 55 },
      { record: 1, x: 20, y: 30 },
      { record: 2, x: 110, y: 5 },
    ]);
  });

  it("leaves out what is not known, and breaks its line there", () => {
    const points = layOutTrajectory(["0", "1", "2", "3"], [0, Number.NaN, 1, 1], BOX);
    expect(runsOf(points).map((run) => run.map(({ record }) => record))).toEqual([[0], [2, 3]]);
  });

  it("puts an only record in the middle", () => {
    expect(layOutTrajectory(["7"], [1], BOX)).toEqual([{ record: 0, x: 60, y: 5 }]);
  });

  it.each([
    [0, 0],
    [16, 1],
    [60, 1],
    [90, 2],
  ])("is read at %i from record %i", (x, record) => {
    expect(recordNear(STEPS, x, BOX)).toBe(record);
  });
});
