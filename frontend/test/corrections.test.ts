/** A selection that names what is not there. */

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOTHING_CHOSEN } from "../src/address";
import { corrections, dismiss, followCorrections, isRefused } from "../src/corrections";
import type { Undo } from "../src/host";
import { applySelection } from "../src/selection";
import * as state from "../src/state";
import { makeRecording } from "./recordings";

const RECORDING = makeRecording({
  layers: [
    ["net.conv1", 3],
    ["net.conv2/relu", 5],
  ],
  steps: ["0", "10", "20"],
});
const { key } = RECORDING;
const SUMMARY = {
  ...key,
  layers: 2,
  units: 8,
  records: 3,
  firstStep: "0",
  lastStep: "20",
  lastWallTime: 0,
  layoutId: "layout",
  probeHash: "hash",
};

let undo: Undo = () => {};

beforeEach(() => {
  applySelection(NOTHING_CHOSEN);
  state.runs.value = {
    version: "1",
    logdir: "/logs",
    source: "event files",
    runs: [{ name: key.run, recordings: [SUMMARY], problems: [] }],
  };
  state.recordingA.value = RECORDING;
  state.recordingB.value = RECORDING;
  for (const correction of corrections.value) dismiss(correction);
  undo = followCorrections();
});

afterEach(() => undo());

function texts(): string[] {
  return corrections.value.map(({ text }) => text);
}

describe("a step between two records", () => {
  it("becomes the record before it", () => {
    state.stepA.value = "17";
    expect(state.stepA.value).toBe("10");
  });

  it("is told", () => {
    state.stepA.value = "17";
    expect(texts()).toEqual(["No record at step 17: showing 10."]);
  });

  it("is told no more once another step is shown", () => {
    state.stepA.value = "17";
    state.stepA.value = "20";
    expect(texts()).toEqual([]);
  });

  it("is put right for B, too", () => {
    state.stepB.value = "3";
    expect(state.stepB.value).toBe("0");
  });

  it("is left alone until the recording that was asked for is here", () => {
    state.recordingA.value = { ...RECORDING, key: { ...key, run: "another" } };
    state.stepA.value = "17";
    expect(state.stepA.value).toBe("17");
  });
});

describe("a layer that is not there", () => {
  it("is chosen no more", () => {
    state.layerName.value = "conv2";
    expect(state.layerName.value).toBeNull();
  });

  it("is not gone back to", () => {
    state.layerName.value = "conv2";
    expect(isRefused("conv2")).toBe(true);
  });

  it("leads to the one that was meant", () => {
    state.layerName.value = "conv2";
    corrections.value[0]?.meant?.show();
    expect(state.layerName.value).toBe("net.conv2/relu");
  });

  it("is left to the unit view to tell", () => {
    state.view.value = "unit";
    state.layerName.value = "conv2";
    expect(state.layerName.value).toBe("conv2");
  });
});

describe("a zoom into nothing", () => {
  it("shows all layers", () => {
    state.focus.value = "conv2/relu";
    expect(state.focus.value).toBeNull();
  });

  it("leads to the layer that was meant", () => {
    state.focus.value = "conv2/relu";
    corrections.value[0]?.meant?.show();
    expect(state.focus.value).toBe("net.conv2/relu");
  });

  it("is none where it names a module", () => {
    state.focus.value = "net";
    expect(texts()).toEqual([]);
  });
});
