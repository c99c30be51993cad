/** Rows of the layer tables. */
import { describe, expect, it } from "vitest";
import { layerColumns } from "../../src/views/layer/columns";
import { layerRows, withDifference } from "../../src/views/layer/rows";
import { makeRecording } from "../recordings";

const A = makeRecording({ mean: () => 0.5, countOnce: (state) => state });
const B = makeRecording({ mean: () => 0.75, countOnce: () => 2 });
const [ROW] = withDifference(layerRows(A, 0, "mean"), layerRows(B, 0, "mean"));

describe("the difference of two tables of layers", () => {
  const columns = layerColumns(A, "mean", true);
  const said = (name: string) =>
    columns.filter((column) => column.name === name).map(({ text }) => ROW && text(ROW))[0];

  it.each([
    ["silent", "−2"],
    ["dormant", "0"],
    ["nonfinite", "+2"],
    ["average mean", "−0.25"],
    ["units", "4"],
  ])("says in column %s: %s", (name, text) => {
    expect(said(name)).toBe(text);
  });

  it("says over its columns that it is one", () => {
    expect(columns.find(({ name }) => name === "average mean")?.title).toBe(
      "Δ layer average of mean",
    );
  });
});
