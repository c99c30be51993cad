/** How far a map lies in its mask, and what is said of it. */
import { describe, expect, it } from "vitest";
import type { MapTable } from "../../../src/maps-api";
import {
  hasOverlap,
  overlapOf,
  shortOverlap,
  tellOverlap,
} from "../../../src/views/examples/overlap";

const NONE = Number.NaN;

function tableOf(figures: readonly (readonly [number, number, number])[]): MapTable {
  const column = (at: 0 | 1 | 2) => Float32Array.from(figures, (three) => three[at]);
  const count = figures.length;
  return {
    header: { method: "saliency", steps: ["0"] },
    values: new Float32Array(count),
    positions: 1,
    prediction: new Int32Array(count),
    probability: new Float32Array(count),
    correct: new Uint8Array(count),
    iou: column(0),
    groundTruthCoverage: column(1),
    saliencyCoverage: column(2),
  };
}

describe("the overlap of a map with its mask", () => {
  const table = tableOf([
    [0.25, 0.5, 0.75],
    [NONE, NONE, NONE],
    [0, 0, NONE],
  ]);

  it("is read at its place", () => {
    expect(overlapOf(table, 0)).toEqual({ iou: 0.25, ofMask: 0.5, ofSalient: 0.75 });
  });

  it("is none where there is no mask", () => {
    expect([overlapOf(table, 1), overlapOf(table, 9)]).toEqual([null, null]);
  });

  it("is one where nothing is salient, and says so", () => {
    const overlap = overlapOf(table, 2);
    expect(overlap && tellOverlap(overlap)).toContain("nothing of the mask");
  });

  it.each([
    [[[NONE, NONE, NONE]], false],
    [
      [
        [NONE, NONE, NONE],
        [0.1, 0, 0],
      ],
      true,
    ],
  ] as const)("is known of %o: %s", (figures, wanted) => {
    expect(hasOverlap(tableOf(figures))).toBe(wanted);
  });
});

describe("what is said of an overlap", () => {
  it.each([
    [0.9, 0.9, "sees the mask."],
    [0.2, 0.9, "a part of the mask"],
    [0.9, 0.2, "the mask and more"],
    [0.2, 0.2, "mostly what lies outside"],
  ])("with %s of the mask and %s of what is salient: %s", (ofMask, ofSalient, wanted) => {
    expect(tellOverlap({ iou: 0.3, ofMask, ofSalient })).toContain(wanted);
  });

  it("is short under a picture", () => {
    expect(shortOverlap({ iou: 0.256, ofMask: 1, ofSalient: 1 })).toBe("mask 0.26");
  });
});
