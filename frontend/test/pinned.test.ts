/** A link that opens the same for everybody. */

import { beforeEach, describe, expect, it } from "vitest";
import { formatHash, NOTHING_CHOSEN, parseHash } from "../src/address";
import { pinnedSelection } from "../src/pinned";
import { applySelection } from "../src/selection";
import * as state from "../src/state";
import type { RecordingSummary, Runs } from "../src/wire";
import { makeRecording } from "./recordings";

const SUMMARY: RecordingSummary = {
  model: "model",
  probe: "probe",
  layers: 1,
  units: 4,
  records: 3,
  firstStep: "0",
  lastStep: "20",
  lastWallTime: 0,
  layoutId: "layout",
  probeHash: "hash",
};

const RUNS: Runs = {
  version: "1",
  logdir: "/logs",
  source: "event files",
  runs: [
    { name: "one", recordings: [SUMMARY], problems: [] },
    { name: "two", recordings: [SUMMARY], problems: [] },
    { name: "gan", recordings: [{ ...SUMMARY, model: "g" }], problems: [] },
  ],
};

beforeEach(() => {
  applySelection(NOTHING_CHOSEN);
  state.runs.value = RUNS;
  state.recordingA.value = makeRecording();
  state.recordingB.value = makeRecording({ steps: ["0", "15"] });
  state.firstSeenLast.value = "10";
});

describe("a pinned selection", () => {
  it("names all that was left to defaults", () => {
    expect(pinnedSelection()).toMatchObject({
      runA: "one",
      stepA: "20",
      model: "model",
      probe: "probe",
      statistic: "mean",
      scale: "log",
      anchor: "10",
    });
  });

  it("leaves B out where it takes no part", () => {
    expect([pinnedSelection().runB, pinnedSelection().stepB]).toEqual([null, null]);
  });

  it("names B where it takes part", () => {
    state.runB.value = "two";
    state.stepB.value = "last";
    expect([pinnedSelection().runB, pinnedSelection().stepB]).toEqual(["two", "15"]);
  });

  it("keeps B bound to A's step where that can be no other", () => {
    state.runB.value = "two";
    state.stepA.value = "10";
    expect(pinnedSelection().stepB).toBe("same");
  });

  it("unbinds B where a later record of it could come to stand at A's step", () => {
    state.runB.value = "two";
    expect(pinnedSelection().stepB).toBe("15");
  });

  it("does not name A's model where B's is another", () => {
    state.runB.value = "gan";
    expect(pinnedSelection().model).toBeNull();
  });

  it("comes back from its address", () => {
    const pinned = pinnedSelection();
    expect(parseHash(formatHash("tb_neuron", "tb_neuron", pinned), "tb_neuron")).toEqual(pinned);
  });
});
