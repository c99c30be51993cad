/** What happened to a unit, in words that hold today: a spell that is over is told with its end. */
import { STATE_BITS } from "./states";
import { formatStep } from "./steps";
import type { EventKind, UnitEvent } from "./wire";

/** What ends a spell; other kinds are told as they came, or end with their state. */
const ENDS: Partial<Readonly<Record<EventKind, EventKind>>> = {
  silent: "revived",
  saturated: "unsaturated",
};

/** What is known of a unit's life. */
export interface Life {
  readonly events: readonly UnitEvent[];
  /** Of all records. */
  readonly steps: readonly string[];
  /** Bits of its states at each record. */
  readonly states: Uint8Array;
}

/** A unit's life as its trace holds it. */
export function lifeOf(trace: {
  readonly header: Pick<Life, "events" | "steps">;
  readonly states: Uint8Array;
}): Life {
  const { events, steps } = trace.header;
  return { events, steps, states: trace.states };
}

/** The sentence of an event; "silent from step 8 to 24" rather than "silent since step 8" when it is over. */
export function sentenceOfEvent(event: UnitEvent, life: Life): string {
  const end = endOf(event, life);
  if (end === null) return event.text;
  const last = life.steps[end - 1] ?? event.step;
  if (last === event.step) return `${event.kind} at step ${formatStep(event.step)} only`;
  return `${event.kind} from step ${formatStep(event.step)} to ${formatStep(last)}`;
}

/** The first record after a spell: that of the event that tells its end, or the first without its state. */
function endOf({ kind, record }: UnitEvent, { events, states }: Life): number | null {
  if (kind === "dormant") {
    const end = states.findIndex(
      (bits, place) => place > record && (bits & STATE_BITS.dormant) === 0,
    );
    return end < 0 ? null : end;
  }
  const ending = ENDS[kind];
  if (ending === undefined) return null;
  return events.find((each) => each.kind === ending && each.record > record)?.record ?? null;
}
