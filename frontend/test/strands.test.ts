/** Sources and targets of a unit, read from a flow. */
import { describe, expect, it } from "vitest";
import type { FlowRecord } from "../src/flow-api";
import { strandsOf } from "../src/strands";

const UNGROUPED = { groups: [], groupStep: "", ungrouped: [] };

/** Two layers of which two units each are shown, and the model's two answers. */
const FLOW: FlowRecord = {
  header: {
    step: "40",
    group: "all",
    examples: 8,
    method: "gradient_x_activation",
    target: "label",
    layers: [
      { name: "first", units: 5, shown: [1, 3], pinned: [], ...UNGROUPED },
      { name: "second", units: 2, shown: [0, 1], pinned: [], ...UNGROUPED },
      { name: "output", units: 2, shown: [0, 1], pinned: [], ...UNGROUPED },
    ],
    links: [
      { source: 0, target: 1 },
      { source: 1, target: 2 },
    ],
  },
  against: [],
  links: [
    Float32Array.of(1, 10, 0, -3, 20, 0, 4, 30, 0),
    Float32Array.of(5, 6, 0, 7, -8, 0, 0, 0, 0),
  ],
  attributions: new Float32Array(9),
  magnitudes: new Float32Array(9),
  remainders: Float32Array.of(Number.NaN, Number.NaN, Number.NaN, 2, 40, 0, 0, 0, 0),
};

function told(strands: readonly { layer: string; unit: number | null; value: number }[] = []) {
  return strands.map(({ layer, unit, value }) => [layer, unit, value]);
}

describe("the sources of a unit", () => {
  it("are the units that lead to it, then the rest of their layer and what comes from biases", () => {
    expect(told(strandsOf(FLOW, "second", 0)?.sources)).toEqual([
      ["first", 3, -3],
      ["first", 1, 1],
      ["first", null, 4],
      ["second", null, 2],
    ]);
  });

  it("have shares that make up all", () => {
    const shares = strandsOf(FLOW, "second", 1)?.sources.map(({ share }) => share) ?? [];
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  });

  it("are none in the first layer", () => {
    expect(strandsOf(FLOW, "first", 1)?.sources).toEqual([]);
  });
});

describe("the targets of a unit", () => {
  it("are the units that it leads to, the strongest first", () => {
    expect(told(strandsOf(FLOW, "second", 1)?.targets)).toEqual([
      ["output", 1, -8],
      ["output", 0, 7],
    ]);
  });

  it("lead back to it", () => {
    const [target] = strandsOf(FLOW, "first", 3)?.targets ?? [];
    const back = strandsOf(FLOW, target?.layer ?? "", target?.unit ?? -1)?.sources;
    expect(told(back)).toContainEqual(["first", 3, target?.value]);
  });
});

describe("a unit without links", () => {
  it("is told to be among the rest of its layer", () => {
    expect(strandsOf(FLOW, "first", 0)).toMatchObject({ isOwn: false, shown: 2 });
  });

  it("has none where its layer takes no part", () => {
    expect(strandsOf(FLOW, "third", 0)).toBeNull();
  });
});
