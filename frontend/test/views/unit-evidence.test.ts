/** A unit's evidence as cells: by record, example and class, and means where it is pinned. */
import { describe, expect, it } from "vitest";
import type { UnitEvidenceTable } from "../../src/evidence-api";
import { cellsOf, meansOf, topOf } from "../../src/views/unit/evidence-table";

const NONE = Number.NaN;

/** Two records, two examples, two classes. */
const TABLE: UnitEvidenceTable = {
  header: {
    layer: "hidden",
    unit: 4,
    steps: ["0", "40"],
    method: "gradient_x_activation",
    classes: [3, 8],
    examples: [
      { example: 10, label: 8 },
      { example: 20, label: 3 },
    ],
    isPinned: true,
  },
  net: Float32Array.from([1, 2, 3, 4, 5, -6, 7, NONE]),
  mean: Float32Array.from([NONE, NONE, 2, -1]),
  meanAgainst: Float32Array.from([NONE, NONE, 1, 1]),
  prediction: Int32Array.from([8, 8, 3, 3]),
};

describe("the cells of a unit", () => {
  it("are those of the record, labels together", () => {
    const rows = cellsOf(TABLE, 1).map(({ of, values }) => [of.example, [...values]]);
    expect(rows).toEqual([
      [20, [7, NONE]],
      [10, [5, -6]],
    ]);
  });

  it("tell what was predicted there", () => {
    expect(cellsOf(TABLE, 1).map(({ prediction }) => prediction)).toEqual([3, 3]);
  });

  it("have one scale for all records", () => {
    expect(topOf(TABLE)).toBe(7);
  });
});

describe("the means of a pinned unit", () => {
  it("are those of the record", () => {
    expect(meansOf(TABLE, 1).map(({ number, total }) => [number, total])).toEqual([
      [3, { net: 2, against: 1, favour: 3 }],
      [8, { net: -1, against: 1, favour: 0 }],
    ]);
  });

  it("are none where none were recorded", () => {
    expect(meansOf(TABLE, 0)).toEqual([]);
  });
});
