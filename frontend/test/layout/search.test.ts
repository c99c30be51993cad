/** Finding layers and units by what is typed. */
import { describe, expect, it } from "vitest";
import { find } from "../../src/layout/search";

const LAYERS = [
  { name: "conv1", units: 32 },
  { name: "encoder.conv1", units: 64 },
  { name: "encoder.conv10", units: 64 },
  { name: "encoder.layer#1", units: 8 },
  { name: "input", units: 0 },
];

function names(text: string): string[] {
  return find(LAYERS, text, 10).map(
    ({ layer, unit }) => `${LAYERS[layer]?.name}${unit === null ? "" : ` ${unit}`}`,
  );
}

describe("the search", () => {
  it.each([
    ["conv1", ["conv1", "encoder.conv1", "encoder.conv10"]],
    ["CONV10", ["encoder.conv10"]],
    ["enc lay", ["encoder.layer#1"]],
    ["conv1 37", ["encoder.conv1 37", "encoder.conv10 37"]],
    ["conv1 5", ["conv1 5", "encoder.conv1 5", "encoder.conv10 5"]],
    ["layer 8", []],
    ["input", []],
    ["nothing", []],
  ])("for %j finds %j", (text, found) => {
    expect(names(text)).toEqual(found);
  });

  it("shows every layer before anything is typed", () => {
    expect(names("")).toHaveLength(4);
  });

  it("returns at most as many as asked for", () => {
    expect(find(LAYERS, "conv", 2)).toHaveLength(2);
  });
});
