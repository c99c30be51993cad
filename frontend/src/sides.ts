/** The sides that the mode shows, as far as words tell of them: A, B, or both for their difference. */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { Recording } from "./api";
import { mode, recordingA, recordingB } from "./state";
import { toldRecordA, toldRecordB } from "./told";

export type SideName = "A" | "B";

/** A side, and where it stands. */
export interface ToldSide {
  readonly name: SideName;
  readonly recording: Recording;
  readonly record: number;
  readonly step: string | undefined;
}

/** What is told of, A first; none as long as nothing has been received of it. */
export const toldSides: ReadonlySignal<readonly ToldSide[]> = computed(() => {
  const a = sideOf("A", recordingA.value, toldRecordA);
  const b = mode.value === "a" ? null : sideOf("B", recordingB.value, toldRecordB);
  return [mode.value === "b" ? null : a, b].filter((side) => side !== null);
});

function sideOf(
  name: SideName,
  recording: Recording | null,
  record: ReadonlySignal<number>,
): ToldSide | null {
  if (!recording) return null;
  return { name, recording, record: record.value, step: recording.records.steps[record.value] };
}

/** The class that gives text a side's colour. */
export function classOf(name: SideName): string {
  return name === "A" ? "side-a" : "side-b";
}

/** A side by its letter and its run: what must be said where A is not meant. */
export function titleOfSide({ name, recording }: ToldSide): string {
  return `${name}: ${recording.key.run}`;
}
