/** Cells of activation grids as rows. */
import { describe, expect, it } from "vitest";
import type { GridTable } from "../../../src/grids-api";
import { cellRows } from "../../../src/views/examples/grid-rows";

const TABLE: GridTable = {
  header: {
    layer: "conv",
    step: "8",
    steps: ["8"],
    anchor: "8",
    shape: [2],
    examples: [
      { example: 4, label: 1 },
      { example: 9, label: -1 },
    ],
    units: 3,
    kept: 3,
    top: 4,
    explained: [0.5, 0.2, 0.1],
    evidenceStep: "8",
    method: "gradient_x_activation",
    classes: [0, 1],
    attributionTop: 7,
  },
  positions: 2,
  norms: Float32Array.of(1, 2, 3, 4),
  colours: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
  net: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
  prediction: Int32Array.of(1, 0),
  probability: Float32Array.of(0.5, 0.5),
  correct: Uint8Array.of(1, 2),
};

describe("rows of cells", () => {
  const rows = cellRows(TABLE);

  it("are one a position of each example", () => {
    expect(rows.map(({ example, position }) => [example, position])).toEqual([
      [4, 0],
      [4, 1],
      [9, 0],
      [9, 1],
    ]);
  });

  it("hold norm and colour", () => {
    expect([rows[2]?.norm, rows[2]?.colour]).toEqual([3, "rgb(7 8 9)"]);
  });

  it("hold what the position contributes to each class", () => {
    expect(rows[3]?.net).toEqual([5, 7]);
  });
});
