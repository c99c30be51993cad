/** The filter that narrows views to some examples: what it holds for, the names it knows, what is wrong with it. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { Answers } from "./answers";
import type { Undo } from "./host";
import { isOfB, mapRecording, mapStep } from "./maps";
import { sentenceOf } from "./requests";
import { fetchFiltered } from "./responses-api";
import { currentStepA, currentStepB, filter, isVisible } from "./state";
import type { FilteredExamples } from "./wire";

/** Typing is over when no key has come for so long. */
const PAUSE_MS = 350;

const answers = new Answers<FilteredExamples>(256);
const wrong = signal<string | null>(null);
const typed = signal<string | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** What stands in the field; the filter itself once it is known to be one. */
export const filterText: ReadonlySignal<string> = computed(() => typed.value ?? filter.value);
/** What is wrong with the text, as the server says it; null where it is a filter. */
export const filterError: ReadonlySignal<string | null> = computed(
  () => wrong.value ?? answers.failure(nameOf(filter.value)),
);
/** The examples of the shown side that the filter holds for at its told step; null before it is known. */
export const filtered: ReadonlySignal<FilteredExamples | null> = computed(() =>
  answers.value(nameOf(filter.value)),
);
let latest: { readonly of: string; readonly found: ReadonlySet<number> } | null = null;

/**
 * Numbers of the examples that pass at the step; null: all do. While they are on their way, those
 * that passed before; all of them where the filter can't be used.
 */
export const passing: ReadonlySignal<ReadonlySet<number> | null> = computed(() => {
  const recording = mapRecording.value;
  if (filter.value === "" || filterError.value !== null || !recording) return null;
  const of = JSON.stringify(recording.key);
  const found = filtered.value;
  if (found) latest = { of, found: new Set(found.examples) };
  return latest?.of === of ? latest.found : null;
});

/** Names that filters know, with some of their values; empty before they are known. */
export const filterFacts = computed(
  () => (filtered.value ?? answers.value(nameOf("")))?.facts ?? [],
);

/** Take in what is typed; it becomes the filter after a pause, if the server takes it for one. */
export function typeFilter(text: string): void {
  typed.value = text;
  clearTimeout(timer);
  timer = setTimeout(() => void check(text), PAUSE_MS);
}

/** Make a text the filter at once. */
export function setFilter(text: string): void {
  typed.value = text;
  clearTimeout(timer);
  void check(text);
}

/** Keep what the filter holds for at the step, for as long as a view shows it. */
export function followFilter(): Undo {
  return effect(() => {
    const [key, step, text] = [mapRecording.value?.key, mapStep.value, filter.value];
    if (!key || step === null || !isVisible.value) return;
    for (const wanted of new Set([text, ""])) {
      const name = nameOf(wanted);
      if (name !== null) answers.want(name, () => fetchFiltered({ key, step }, wanted));
    }
  });
}

async function check(text: string): Promise<void> {
  const key = mapRecording.peek()?.key;
  const step = (isOfB.peek() ? currentStepB : currentStepA).peek();
  const wanted = text.trim();
  try {
    if (wanted !== "" && key && step !== null) await fetchFiltered({ key, step }, wanted);
    if (typed.peek() !== text) return;
    [wrong.value, filter.value, typed.value] = [null, wanted, null];
  } catch (error) {
    if (typed.peek() === text) wrong.value = sentenceOf(error);
  }
}

function nameOf(text: string): string | null {
  const recording = mapRecording.value;
  if (!recording || mapStep.value === null) return null;
  return JSON.stringify([recording.key, mapStep.value, text]);
}
