/** What words tell of the film: everything at rest, ten records a second while it plays. */

import { effect } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setRecord } from "../src/actions";
import { NOTHING_CHOSEN } from "../src/address";
import { applySelection } from "../src/selection";
import * as state from "../src/state";
import { beat, passFrame, toldRecordA, toldRecordB, toldStepA } from "../src/told";
import { makeRecording } from "./recordings";

const STEPS = ["0", "10", "20", "30", "40", "50", "60", "70", "80", "90"];
const RECORDING = makeRecording({ steps: STEPS });
/** The player's clock only grows, over all tests. */
let now = 0;
let unread: () => void;

function play(milliseconds: number): void {
  now += milliseconds;
  passFrame(now);
}

beforeEach(() => {
  applySelection({ ...NOTHING_CHOSEN, stepA: "first", stepB: "same" });
  state.playing.value = false;
  state.recordingA.value = RECORDING;
  state.recordingB.value = RECORDING;
  play(1000);
  // As on the page, somebody reads all along.
  unread = effect(() => void [toldRecordA.value, toldRecordB.value]);
});

afterEach(() => unread());

describe("the told record", () => {
  it("is the shown one at rest", () => {
    setRecord(4);
    expect(toldRecordA.value).toBe(4);
  });

  it("stays while the film plays on within a tenth of a second", () => {
    state.playing.value = true;
    setRecord(4);
    play(50);
    expect(toldRecordA.value).toBe(0);
  });

  it("is the shown one after a tenth of a second of the film", () => {
    state.playing.value = true;
    setRecord(4);
    play(100);
    expect(toldRecordA.value).toBe(4);
  });

  it("is the shown one as soon as the film stops", () => {
    state.playing.value = true;
    setRecord(4);
    state.playing.value = false;
    expect(toldRecordA.value).toBe(4);
  });

  it("is of the recording that is shown, also while the film plays", () => {
    state.playing.value = true;
    setRecord(8);
    play(100);
    state.recordingA.value = makeRecording({ steps: ["0", "10"] });
    expect(toldStepA.value).toBe("10");
  });

  it("is B's together with A's", () => {
    state.playing.value = true;
    setRecord(4);
    play(100);
    setRecord(5);
    expect([toldRecordA.value, toldRecordB.value]).toEqual([4, 4]);
  });
});

describe("the beat", () => {
  it("does not change at rest", () => {
    const before = beat.value;
    play(1000);
    expect(beat.value).toBe(before);
  });

  it("changes when the film stops", () => {
    state.playing.value = true;
    const before = beat.value;
    state.playing.value = false;
    expect(beat.value).not.toBe(before);
  });
});
