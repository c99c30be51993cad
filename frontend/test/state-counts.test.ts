/** Units counted once, and in every state that they are in. */
import { describe, expect, it } from "vitest";
import { countEach, hiding, type StateCounts } from "../src/state-counts";
import { makeRecording } from "./recordings";

const ONCE: StateCounts = { silent: 0, dead: 31, dormant: 13, saturated: 0, nonfinite: 0 };

describe("counts of states", () => {
  it("are of all layers together", () => {
    const layers = [["a", 4] as const, ["b", 4] as const];
    const recording = makeRecording({ layers, count: (state, layer) => 10 * state + layer });
    expect(countEach(recording, 1).silent).toBe(1);
  });

  it("tell which weightier states are among a lighter one", () => {
    expect(hiding("dormant", ONCE)).toEqual(["dead"]);
  });

  it("tell none where no unit is in a weightier state", () => {
    expect(hiding("dead", ONCE)).toEqual([]);
  });
});
