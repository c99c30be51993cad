/** Whether A and B can be laid side by side, and what the tab says when not. */
import { describe, expect, it } from "vitest";
import { compareRecordings } from "../src/comparison";
import { type Made, makeRecording } from "./recordings";

function differences(b: Made, a: Made = {}): readonly string[] {
  const result = compareRecordings(makeRecording(a), makeRecording(b));
  return result.ok ? [] : result.differences;
}

describe("two recordings", () => {
  it("compare when layout and probe set are the same", () => {
    expect(compareRecordings(makeRecording(), makeRecording({ steps: ["5"] }))).toEqual({
      ok: true,
    });
  });

  it.each<[string, Made, string[]]>([
    ["other examples", { probeHash: "x" }, ["the probe sets hold different examples"]],
    [
      "another number of examples",
      { probeHash: "x", examples: 12 },
      ["the probe set has 10 examples in A and 12 in B"],
    ],
    [
      "wider layers",
      { layoutId: "x", layers: [["fc", 9]] },
      ["layer fc has 4 units in A and 9 in B"],
    ],
    [
      "other layers",
      { layoutId: "x", layers: [["head", 4]] },
      ["layer fc is only in A", "layer head is only in B"],
    ],
    [
      "only another order",
      { layoutId: "x" },
      ["the layers are the same but their order or connections differ"],
    ],
  ])("with %s are told apart", (_, b, expected) => {
    expect(differences(b)).toEqual(expected);
  });

  it("name a few of many differences and count the rest", () => {
    const layers = Array.from({ length: 20 }, (_, i) => [`l${i}`, 1] as const);
    expect(differences({ layoutId: "x", layers }).at(-1)).toBe("and 18 more");
  });
});
