/** What a file is called, and what it says of where it comes from. */

import { beforeEach, describe, expect, it } from "vitest";
import { NOTHING_CHOSEN } from "../src/address";
import { nameOfFile, provenance } from "../src/export";
import { applySelection } from "../src/selection";
import * as state from "../src/state";
import { makeRecording } from "./recordings";

const RECORDING = makeRecording();

function showRecording(model: string, probe: string): void {
  const rest = { layers: 1, units: 4, records: 3, firstStep: "0", lastStep: "20", lastWallTime: 0 };
  const summary = { model, probe, ...rest, layoutId: "layout", probeHash: "hash" };
  state.runs.value = {
    version: "1",
    logdir: "/logs",
    source: "event files",
    runs: [{ name: "run", recordings: [summary], problems: [] }],
  };
  state.recordingA.value = { ...RECORDING, key: { run: "run", model, probe } };
}

beforeEach(() => applySelection(NOTHING_CHOSEN));

describe("a file", () => {
  it("is called by its parts, without what a name cannot hold", () => {
    expect(nameOfFile(["a b", "net.fc/relu-unit3", "step10"], "png")).toBe(
      "neurons-a-b-net.fc-relu-unit3-step10.png",
    );
  });

  it("does not tell of names that nobody chose", () => {
    showRecording("model", "probe");
    expect(provenance()).toBe("run at step 20 · mean · tb_neuron 1");
  });

  it("tells of names that somebody chose", () => {
    showRecording("generator", "validation");
    expect(provenance()).toBe(
      "run at step 20 · mean · model generator · probe set validation · tb_neuron 1",
    );
  });
});
