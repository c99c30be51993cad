/** A question whose answer is shown unless it was taken back, and by what a kept answer is known. */
import type { Signal } from "@preact/signals";
import type { Recording } from "./api";
import type { Undo } from "./host";
import { sentenceOf } from "./requests";

/**
 * Ask after a pause and show the answer; taken back, nothing is shown.
 *
 * @param problem holds what went wrong, in a sentence; null after an answer.
 * @param pause milliseconds, in which whoever moves on asks for nothing.
 */
export function askFor<T>(
  find: (asked: AbortSignal) => Promise<T>,
  show: (found: T) => void,
  problem: Signal<string | null>,
  pause = 0,
): Undo {
  const asked = new AbortController();
  const wait = setTimeout(() => {
    find(asked.signal).then(
      (found) => {
        if (asked.signal.aborted) return;
        show(found);
        problem.value = null;
      },
      (error: unknown) => {
        if (!asked.signal.aborted) problem.value = sentenceOf(error);
      },
    );
  }, pause);
  return () => {
    clearTimeout(wait);
    asked.abort();
  };
}

/** A recording by its key and layout, as answers of it are kept. */
export function nameOf(recording: Recording | null): string {
  return JSON.stringify([recording?.key, recording?.records.layoutId]);
}

/** Another one once records have come or were written anew. */
export function versionOf({ records }: Recording): string {
  return JSON.stringify([records.chunkHashes.at(-1), records.steps.length]);
}
