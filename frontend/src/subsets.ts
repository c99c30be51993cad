/** Saved subsets: filters under names, kept by this browser for a probe set, and in the address. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import {
  formatSubsets,
  parseSubsets,
  refusalOfSubsets,
  type Subset,
  withinLimits,
  withoutDoubles,
} from "./choices";
import { PLUGIN, readStored, type Undo, writeStored } from "./host";
import { mapRecording } from "./maps";
import { subsets } from "./state";

/** What this browser keeps for the probe set that is shown. */
const stored = signal("");

/** Filters name examples and facts of one probe set: each has subsets of its own. */
const place: ReadonlySignal<string | null> = computed(() => {
  const hash = mapRecording.value?.records.probeSet.hash;
  return hash === undefined ? null : `${PLUGIN}.subsets.${hash}`;
});

/** The address's subsets, then those that this browser keeps beside them. */
export const savedSubsets: ReadonlySignal<readonly Subset[]> = computed(() =>
  withoutDoubles([...parseSubsets(subsets.value), ...parseSubsets(stored.value)]),
);

/** Those that are shown, as a text for the server and for links; empty for none. */
export const subsetText: ReadonlySignal<string> = computed(() =>
  formatSubsets(withinLimits(savedSubsets.value)),
);

/** Read what this browser keeps whenever another probe set is shown. */
export function followSubsets(): Undo {
  return effect(() => {
    stored.value = place.value === null ? "" : readStored(place.value);
  });
}

/** Save a filter under a name, or give a saved one another filter; why it can't be, or null. */
export function saveSubset(name: string, filter: string): string | null {
  const others = savedSubsets.peek();
  const isKnown = others.some((each) => each.name === name);
  const one = { name, filter };
  return keep(isKnown ? others.map((each) => (each.name === name ? one : each)) : [...others, one]);
}

/** Give a subset another name, where it stands; why it can't have it, or null. */
export function renameSubset(before: string, name: string): string | null {
  const known = savedSubsets.peek();
  if (name !== before && known.some((each) => each.name === name)) {
    return `Another subset is named ${name}.`;
  }
  return keep(known.map((each) => (each.name === before ? { ...each, name } : each)));
}

/** Forget a subset. */
export function deleteSubset(name: string): void {
  keep(savedSubsets.peek().filter((each) => each.name !== name));
}

function keep(next: readonly Subset[]): string | null {
  // A link may bring more than fit: deleting one of them is no reason to refuse.
  const refusal = next.length < savedSubsets.peek().length ? null : refusalOfSubsets(next);
  if (refusal !== null) return refusal;
  const text = formatSubsets(next);
  subsets.value = text;
  stored.value = text;
  if (place.peek() !== null) writeStored(place.peek() ?? "", text);
  return null;
}
