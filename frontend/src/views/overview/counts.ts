/** The states of a layer's units in words: what its header counts, and what that means. */
import { formatCount } from "../../numbers";
import { mode, recordingA, recordingB } from "../../state";
import { COUNTED_ONCE, definitionOf } from "../../states";
import { titleOfState } from "../../titles";
import { MARKS } from "./colouring";
import { markCounts } from "./director";

/** A layer's counts in sentences, for a screen reader. */
export function describeCounts(layer: number): string {
  const recording = mode.value === "b" ? recordingB.value : recordingA.value;
  const facts = recording?.records.layers[layer];
  if (!recording || !facts) return "";
  const { thresholds } = recording.records;
  const told = MARKS.map((state, mark) => ({
    state,
    count: markCounts.value[layer]?.[mark] ?? 0,
  })).filter(({ count }) => count > 0);
  const counts = told.map(
    ({ state, count }) =>
      `${formatCount(count)} ${titleOfState(state)}. ${definitionOf(state, thresholds)}`,
  );
  const all = [`${facts.name}, ${formatCount(facts.units)} units.`, ...counts];
  return [...all, told.length > 0 ? COUNTED_ONCE : "None of them is in a state."].join(" ");
}
