/** How many units are in which state: counted once, under the weightiest, as the cells show them. */
import { type Recording, STATE_NAMES, type StateName } from "./api";
import { arrived, statesFilmOf } from "./film";
import { countOf } from "./states";
import { countMarks, MARKS, markUnits } from "./views/overview/colouring";

/** Units of a whole recording by state. */
export type StateCounts = Readonly<Record<StateName, number>>;

/** Each unit under its weightiest state, at a record; null until its frame has arrived. */
export function countOnce(recording: Recording, record: number): StateCounts | null {
  void arrived.value;
  const states = record < 0 ? null : statesFilmOf(recording).frame(record);
  if (!states || states.codes.length !== recording.units) return null;
  const marks = new Uint8Array(recording.units);
  markUnits({ recording, states, values: states }, marks);
  const byLayer = countMarks(recording, marks);
  return named((state) => {
    const mark = MARKS.indexOf(state);
    return byLayer.reduce((sum, counts) => sum + (counts[mark] ?? 0), 0);
  });
}

/** Each unit under every state that it is in. */
export function countEach(recording: Recording, record: number): StateCounts {
  return named((state) =>
    recording.records.layers.reduce(
      (sum, _, layer) => sum + countOf(recording, STATE_NAMES.indexOf(state), layer, record),
      0,
    ),
  );
}

/** Weightier states that hide a lighter one. */
const HIDING: Readonly<Record<StateName, readonly StateName[]>> = {
  dormant: ["saturated", "dead", "silent"],
  silent: ["saturated", "dead"],
  dead: ["saturated"],
  saturated: ["nonfinite"],
  nonfinite: [],
};

/** The states under which units are counted that are in a lighter one as well. */
export function hiding(state: StateName, once: StateCounts): readonly StateName[] {
  return HIDING[state].filter((weightier) => once[weightier] > 0);
}

function named(count: (state: StateName) => number): StateCounts {
  return Object.fromEntries(STATE_NAMES.map((state) => [state, count(state)])) as StateCounts;
}
