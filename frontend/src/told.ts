/**
 * The records that words and numbers tell of: the shown ones, and while the film plays those that
 * were shown at the last beat. Nobody reads sixty numbers a second, and each of them would have the
 * browser lay out and paint the page around the picture anew.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { playing, recordA, recordB, recordingA, recordingB } from "./state";

const BEAT_MS = 100;
const beats = signal(0);
let last = Number.NEGATIVE_INFINITY;

/** Changes when what is told must be told anew; read it in an effect that tells something. */
export const beat: ReadonlySignal<number> = computed(() => (playing.value ? beats.value : -1));
/** A's record as far as it is told; -1 where there is none. */
export const toldRecordA: ReadonlySignal<number> = told(recordA);
/** B's record as far as it is told; -1 where there is none. */
export const toldRecordB: ReadonlySignal<number> = told(recordB);
/** Decimal step of A's told record. */
export const toldStepA: ReadonlySignal<string | null> = computed(
  () => recordingA.value?.records.steps[toldRecordA.value] ?? null,
);
/** Decimal step of B's told record. */
export const toldStepB: ReadonlySignal<string | null> = computed(
  () => recordingB.value?.records.steps[toldRecordB.value] ?? null,
);

/**
 * Let the player say that a frame has passed; ten times a second that is a beat.
 *
 * @param now milliseconds, of a clock that only grows.
 */
export function passFrame(now: number): void {
  if (now - last < BEAT_MS) return;
  last = now;
  beats.value++;
}

function told(record: ReadonlySignal<number>): ReadonlySignal<number> {
  return computed(() => {
    // A record of another recording must never be told of this one.
    void [recordingA.value, recordingB.value];
    return beat.value < 0 ? record.value : record.peek();
  });
}
