/** What happened to a unit, in words that hold today. */
import { describe, expect, it } from "vitest";
import { type Life, sentenceOfEvent } from "../src/life";
import type { EventKind, UnitEvent } from "../src/wire";

const STEPS = ["0", "8", "16", "24", "1000"];

function event(kind: EventKind, record: number): UnitEvent {
  return { kind, record, step: STEPS[record] ?? "", text: `${kind} since step ${STEPS[record]}` };
}

/** A life of these events; the states of its records are told where they count. */
function life(events: readonly UnitEvent[], states: readonly number[] = []): Life {
  return { events, steps: STEPS, states: Uint8Array.from(states) };
}

describe("an event", () => {
  it("that still holds is told as it came", () => {
    const silent = event("silent", 1);
    expect(sentenceOfEvent(silent, life([silent]))).toBe("silent since step 8");
  });

  it("that is over is told with its last step", () => {
    const events = [event("silent", 1), event("revived", 4)];
    expect(sentenceOfEvent(events[0] as UnitEvent, life(events))).toBe("silent from step 8 to 24");
  });

  it("of one record is told with its only step", () => {
    const events = [event("saturated", 3), event("unsaturated", 4)];
    expect(sentenceOfEvent(events[0] as UnitEvent, life(events))).toBe("saturated at step 24 only");
  });

  it("of a unit that is dormant no longer is told with its last step", () => {
    const dormant = event("dormant", 0);
    expect(sentenceOfEvent(dormant, life([dormant], [2, 2, 0, 2, 2]))).toBe(
      "dormant from step 0 to 8",
    );
  });

  it("of a unit that is dormant to the end is told as it came", () => {
    const dormant = event("dormant", 3);
    expect(sentenceOfEvent(dormant, life([dormant], [2, 2, 0, 2, 2]))).toBe(
      "dormant since step 24",
    );
  });

  it("is not ended by what came before it", () => {
    const events = [event("revived", 0), event("silent", 1)];
    expect(sentenceOfEvent(events[1] as UnitEvent, life(events))).toBe("silent since step 8");
  });
});
