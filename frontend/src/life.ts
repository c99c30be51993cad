/** What happened to a unit, in words that hold today: a spell that is over is told with its end. */
import { formatStep } from "./steps";
import type { EventKind, UnitEvent } from "./wire";

/** What ends a spell; other kinds are told as they came. */
const ENDS: Partial<Readonly<Record<EventKind, EventKind>>> = {
  silent: "revived",
  saturated: "unsaturated",
};

/**
 * The sentence of an event; "silent from step 8 to 24" rather than "silent since step 8" when it is over.
 *
 * @param steps of all records: a spell ends with the record before the one that tells its end
 */
export function sentenceOfEvent(
  event: UnitEvent,
  events: readonly UnitEvent[],
  steps: readonly string[],
): string {
  const ending = ENDS[event.kind];
  const end = events.find(({ kind, record }) => kind === ending && record > event.record);
  if (ending === undefined || !end) return event.text;
  const last = steps[end.record - 1] ?? event.step;
  if (last === event.step) return `${event.kind} at step ${formatStep(event.step)} only`;
  return `${event.kind} from step ${formatStep(event.step)} to ${formatStep(last)}`;
}
