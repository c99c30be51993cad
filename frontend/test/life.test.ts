/** What happened to a unit, in words that hold today. */
import { describe, expect, it } from "vitest";
import { sentenceOfEvent } from "../src/life";
import type { EventKind, UnitEvent } from "../src/wire";

const STEPS = ["0", "8", "16", "24", "1000"];

function event(kind: EventKind, record: number): UnitEvent {
  return { kind, record, step: STEPS[record] ?? "", text: `${kind} since step ${STEPS[record]}` };
}

describe("an event", () => {
  it("that still holds is told as it came", () => {
    const silent = event("silent", 1);
    expect(sentenceOfEvent(silent, [silent], STEPS)).toBe("silent since step 8");
  });

  it("that is over is told with its last step", () => {
    const events = [event("silent", 1), event("revived", 4)];
    expect(sentenceOfEvent(events[0] as UnitEvent, events, STEPS)).toBe("silent from step 8 to 24");
  });

  it("of one record is told with its only step", () => {
    const events = [event("saturated", 3), event("unsaturated", 4)];
    expect(sentenceOfEvent(events[0] as UnitEvent, events, STEPS)).toBe(
      "saturated at step 24 only",
    );
  });

  it("is not ended by what came before it", () => {
    const events = [event("revived", 0), event("silent", 1)];
    expect(sentenceOfEvent(events[1] as UnitEvent, events, STEPS)).toBe("silent since step 8");
  });
});
