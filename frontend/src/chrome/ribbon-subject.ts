/** What the ribbon shows, now: the selection's recordings along A's records. */
import type { Recording } from "../api";
import { type RibbonSubject, sideOfB } from "../ribbon-values";
import {
  comparison,
  effectiveStepB,
  mode,
  recordA,
  recordB,
  recordingA,
  recordingB,
  statistic,
} from "../state";
import { recordOf } from "../steps";

/** A recording with what it is compared to. */
export function shownSubject(recording: Recording): RibbonSubject {
  const b = comparison.value.ok ? recordingB.value : null;
  const isBound = effectiveStepB.value === "same";
  // A bound B is read column by column: its own record would only repaint each frame.
  const record = isBound ? recordA.peek() : recordB.value;
  const side = sideOfB(recording, b, { mode: mode.value, record, isBound });
  return { recording, statistic: statistic.value?.name ?? "", b: side };
}

/** The column of A's records in which B's step lies. */
export function placeOfB(): number {
  const step = recordingB.value?.records.steps[recordB.value];
  return step === undefined ? 0 : recordOf(recordingA.value?.records.steps ?? [], step);
}
