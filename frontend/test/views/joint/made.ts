/** Bins for tests: two sides, two classes, three hexagons, six examples. */
import type { JointBins } from "../../../src/responses-api";
import type { JointSide } from "../../../src/wire";

const NOTHING = { first: null, second: null, both: null };

function sideOf(run: string, examples: number): JointSide {
  return {
    run,
    step: "10",
    examples,
    known: 6,
    correlation: 0.5,
    lower: NOTHING,
    upper: NOTHING,
    explained: [null, null],
  };
}

/** Side A: hexagon 0 has 3 of class 0, hexagon 1 has 1 of each; B: hexagon 2 has two of class 1. */
export const MADE: JointBins = {
  header: {
    first: { layer: "fc", method: "", unit: 0, lower: 0, upper: 2 },
    second: { layer: "fc", method: "", unit: 1, lower: 0, upper: 2 },
    reduction: "mean",
    groups: ["cat", "dog"],
    sides: [sideOf("a", 5), sideOf("b", 2)],
    size: [1, 1],
    top: 3,
    topShare: 1,
    marginalTop: 1,
    trailSteps: [],
  },
  x: Float32Array.of(0, 1, 2),
  y: Float32Array.of(0, 1, 2),
  counts: Uint32Array.of(3, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2),
  marginalsX: new Uint32Array(4),
  marginalsY: new Uint32Array(4),
  examples: Int32Array.of(0, 2, 3, 5, 6, 8),
  labels: Int32Array.of(0, 0, 0, 0, 1, 1),
  binOf: Int32Array.of(0, 0, 0, 1, 1, -1, -1, -1, -1, -1, 2, 2),
  first: new Float32Array(12).fill(0.5),
  second: new Float32Array(12).fill(0.25),
  predictions: Int32Array.of(0, 1, 0, 0, 1, -1, 0, 0, 0, 0, 0, 1),
  correct: Uint8Array.of(1, 0, 1, 1, 1, 2, 1, 1, 1, 1, 0, 1),
  trail: new Float32Array(),
};
