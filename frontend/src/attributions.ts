/** Which attributions a recording holds, and whose figures are shown where only one's can be. */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { Recording } from "./api";
import { attribution, recordingA, statistic } from "./state";
import { titleOfMethod, titleOfTarget } from "./titles";

/** A method, and what it explains. */
export interface Attribution {
  readonly method: string;
  readonly target: string;
}

/** The attributions of a recording, in the order in which they were recorded. */
export function attributionsIn({ records }: Recording): readonly Attribution[] {
  const found = new Map<string, Attribution>();
  for (const { method, target } of records.statistics) {
    if (method !== "") found.set(keyOfAttribution({ method, target }), { method, target });
  }
  return [...found.values()];
}

/** An attribution in the address. */
export function keyOfAttribution({ method, target }: Attribution): string {
  return `${method}:${target}`;
}

/** The name of one of its statistics. */
export function figureOf(of: Attribution, figure: string): string {
  return `${keyOfAttribution(of)}:${figure}`;
}

/** An attribution for people. */
export function titleOfAttribution({ method, target }: Attribution): string {
  return `${titleOfMethod(method)}, toward ${titleOfTarget(target)}`;
}

/** The chosen attribution; else the one that colours units; else the first. Null without any. */
export const shownAttribution: ReadonlySignal<Attribution | null> = computed(() => {
  const known = recordingA.value ? attributionsIn(recordingA.value) : [];
  const coloured = statistic.value?.method ? keyOfAttribution(statistic.value) : null;
  const named = (key: string | null) => known.find((one) => keyOfAttribution(one) === key);
  return named(attribution.value) ?? named(coloured) ?? known[0] ?? null;
});
