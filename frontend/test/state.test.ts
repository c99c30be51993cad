/** The one selection: what stands for what was not chosen, and what the actions change. */

import { beforeEach, describe, expect, it } from "vitest";
import * as actions from "../src/actions";
import { formatHash, NOTHING_CHOSEN, parseHash } from "../src/address";
import { applySelection, currentSelection } from "../src/selection";
import * as state from "../src/state";
import type { RecordingSummary, Runs } from "../src/wire";
import { makeRecording } from "./recordings";

const LAYERS = [
  ["input", 0],
  ["conv", 3],
  ["fc", 5],
] as const;
const A = makeRecording({ layers: LAYERS, steps: ["0", "10", "20", "30"] });
const B = makeRecording({ layers: LAYERS, steps: ["0", "15", "30"] });

function summary(model: string, probe: string): RecordingSummary {
  return {
    model,
    probe,
    layers: 3,
    units: 8,
    records: 4,
    firstStep: "0",
    lastStep: "30",
    lastWallTime: 0,
    layoutId: "layout",
    probeHash: "hash",
  };
}

const RUNS: Runs = {
  version: "1",
  logdir: "/logs",
  source: "event files",
  runs: [
    { name: "empty", recordings: [], problems: [] },
    { name: "one", recordings: [summary("model", "probe")], problems: [] },
    { name: "gan", recordings: [summary("g", "probe"), summary("d", "probe")], problems: [] },
  ],
};

beforeEach(() => {
  applySelection(NOTHING_CHOSEN);
  state.hovered.value = null;
  state.playing.value = false;
  state.runs.value = RUNS;
  state.recordingA.value = A;
  state.recordingB.value = B;
});

describe("the recordings", () => {
  it("are those of the first run with data when nothing was chosen", () => {
    expect(state.keyA.value).toEqual({ run: "one", model: "model", probe: "probe" });
  });

  it("are A's for B when no run was chosen for B", () => {
    expect(state.keyB.value).toEqual(state.keyA.value);
  });

  it("are those of the model that was chosen", () => {
    state.runA.value = "gan";
    state.modelName.value = "d";
    expect(state.keyA.value).toEqual({ run: "gan", model: "d", probe: "probe" });
  });

  it.each([
    ["run", () => (state.runA.value = "gone")],
    ["model", () => (state.modelName.value = "gone")],
    ["probe set", () => (state.probeName.value = "gone")],
  ])("are none for a %s that is not there", (_, choose) => {
    choose();
    expect(state.keyA.value).toBeNull();
  });
});

describe("B's step", () => {
  it("is the first of the same run", () => {
    expect(state.currentStepB.value).toBe("0");
  });

  it("follows A's in another run, to the record at or before it", () => {
    state.runB.value = "gan";
    actions.setRecord(2);
    expect(state.currentStepB.value).toBe("15");
  });

  it("stays where it was put", () => {
    state.stepB.value = "30";
    actions.setRecord(0);
    expect(state.currentStepB.value).toBe("30");
  });
});

describe("moving in time", () => {
  it("ends at the last record, and stays there while the run grows", () => {
    actions.setRecord(99);
    state.recordingA.value = makeRecording({
      layers: LAYERS,
      steps: ["0", "10", "20", "30", "40"],
    });
    expect(state.currentStepA.value).toBe("40");
  });

  it("stays at a record that is not the last while the run grows", () => {
    actions.setRecord(2);
    state.recordingA.value = makeRecording({
      layers: LAYERS,
      steps: ["0", "10", "20", "30", "40"],
    });
    expect(state.currentStepA.value).toBe("20");
  });

  it("goes by records", () => {
    actions.setRecord(3);
    actions.stepBy(-2);
    expect(state.currentStepA.value).toBe("10");
  });

  it("begins anew when played from the end", () => {
    actions.togglePlaying();
    expect([state.recordA.value, state.playing.value]).toEqual([0, true]);
  });
});

describe("moving in the network", () => {
  it("opens the first layer with units when none was chosen", () => {
    state.unit.value = 0;
    actions.openView("unit");
    expect(state.layerName.value).toBe("conv");
  });

  it("goes from unit to layer to overview to nothing", () => {
    actions.openUnit("fc", 2);
    const places: string[] = [];
    for (let i = 0; i < 4; i++) {
      actions.goUp();
      places.push(`${state.view.value} ${state.layerName.value} ${state.unit.value}`);
    }
    expect(places).toEqual([
      "layer fc 2",
      "overview fc 2",
      "overview fc null",
      "overview null null",
    ]);
  });

  it("goes in to the unit that is pointed at", () => {
    state.hovered.value = { layer: 2, unit: 4 };
    actions.goIn();
    expect([state.view.value, state.layerName.value, state.unit.value]).toEqual(["unit", "fc", 4]);
  });

  it.each([
    [1, "fc"],
    [-1, "conv"],
  ] as const)("moves by %i layer past those without units", (by, name) => {
    state.layerName.value = "conv";
    actions.moveLayer(by);
    expect(state.layerName.value).toBe(name);
  });
});

describe("the two sides", () => {
  it("change places", () => {
    state.runB.value = "gan";
    actions.setRecord(1);
    actions.swap();
    expect([state.runA.value, state.stepA.value, state.runB.value, state.stepB.value]).toEqual([
      "gan",
      "0",
      "one",
      "10",
    ]);
  });

  it("keep what is shown as B", () => {
    actions.setRecord(2);
    actions.setBHere();
    expect([state.runB.value, state.stepB.value]).toEqual(["one", "20"]);
  });

  it("show A again when the difference is asked for twice", () => {
    actions.show("diff");
    actions.show("diff");
    expect(state.mode.value).toBe("a");
  });
});

describe("the selection", () => {
  it("is the same after a way through the address", () => {
    actions.openUnit("fc", 3);
    actions.setRecord(1);
    state.statisticName.value = "mean";
    const before = currentSelection();
    applySelection(NOTHING_CHOSEN);
    applySelection(parseHash(formatHash("", "tb_neuron", before), "tb_neuron"));
    expect(currentSelection()).toEqual(before);
  });

  it("takes the first statistic where frequency was not recorded", () => {
    expect(state.statistic.value?.name).toBe("mean");
  });
});
