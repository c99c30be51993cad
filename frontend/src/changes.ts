/** What changed its mind in the chosen layer of A: fetched with the layer, for the Unit and Layer views. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { fetchChanges, sentenceOf } from "./api";
import { shownAttribution } from "./attributions";
import type { Undo } from "./host";
import { formatShare } from "./numbers";
import { isVisible, layer, recordingA } from "./state";
import { formatStep } from "./steps";
import type { Changes, UnitChange } from "./wire";

const found = signal<{ readonly name: string; readonly changes: Changes } | null>(null);
const problem = signal<string | null>(null);

/** What is asked for, by a name that another recording, layer or method changes; empty for nothing. */
const wanted = computed(() => {
  const [recording, name, of] = [recordingA.value, layer.value?.name, shownAttribution.value];
  if (!recording || name === undefined || !of) return "";
  return JSON.stringify([recording.key, name, of, recording.records.chunkHashes.at(-1)]);
});

/** Changes of the chosen layer's units; null before they have come, or without attributions. */
export const layerChanges: ReadonlySignal<Changes | null> = computed(() =>
  found.value?.name === wanted.value ? found.value.changes : null,
);
/** Why they could not be had, in a sentence. */
export const changesProblem: ReadonlySignal<string | null> = problem;

/** Keep them at the selection. */
export function followChanges(): Undo {
  return effect(() => {
    const [name, recording, layerName] = [wanted.value, recordingA.peek(), layer.peek()?.name];
    const of = shownAttribution.peek();
    if (name === "" || found.peek()?.name === name || !isVisible.value) return undefined;
    if (!recording || layerName === undefined || !of) return undefined;
    const asked = new AbortController();
    fetchChanges(recording.key, layerName, of, asked.signal).then(
      (changes) => {
        found.value = { name, changes };
        problem.value = null;
      },
      (error: unknown) => {
        if (!asked.signal.aborted) problem.value = sentenceOf(error);
      },
    );
    return () => asked.abort();
  });
}

/** A change in a sentence, as the events of a life are told. */
export function sentenceOfChange({ kind, before, after, step }: UnitChange): string {
  const when = `at step ${formatStep(step)}`;
  if (kind === "sign") return `mean attribution turned from ${before} to ${after} ${when}`;
  return `main class ${after} in place of ${before} ${when}`;
}

/** What counts as a change, in sentences. */
export function ruleOfChanges({ signShare, classMargin, hasClasses }: Changes): string {
  const sign =
    `A sign counts where |mean attribution| exceeds ${formatShare(signShare)} of the layer’s mean ` +
    "|attribution|, before the change and after it.";
  if (!hasClasses) return `${sign} Attribution was not recorded class by class.`;
  return (
    `${sign} The main class is that of the largest mean attribution; another takes over once it leads ` +
    `by more than ${formatShare(classMargin)} of the layer’s mean |attribution|.`
  );
}
