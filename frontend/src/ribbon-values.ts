/** What a cell of the ribbon says: a layer's mean of a statistic, or its share of units in a state. */

import type { Mode } from "./address";
import { type Recording, STATE_NAMES, type StateName } from "./api";
import { heldRecord } from "./classes";
import { countedUnder } from "./states";
import { recordOf } from "./steps";

/** What the ribbon shows; its columns are always A's records. */
export interface RibbonSubject {
  readonly recording: Recording;
  readonly statistic: string;
  /** B, where it or the difference to it is shown. */
  readonly b: RibbonSideB | null;
}

/** The other side of a comparison, column by column. */
export interface RibbonSideB {
  readonly recording: Recording;
  /** int32[A's record]: the record of B that stands in this column. */
  readonly records: Int32Array;
  readonly isDifference: boolean;
}

/** What decides which record of B a column shows. */
export interface ChoiceOfB {
  readonly mode: Mode;
  readonly record: number;
  /** Whether B's step follows A's. */
  readonly isBound: boolean;
}

/**
 * B along A's records: its own course by steps, or one record of it that all are measured against.
 *
 * @returns null where only A is shown
 */
export function sideOfB(a: Recording, b: Recording | null, choice: ChoiceOfB): RibbonSideB | null {
  if (!b || choice.mode === "a") return null;
  const isDifference = choice.mode === "diff";
  const isOne = isDifference && !choice.isBound;
  const records = Int32Array.from(a.records.steps, (step) =>
    isOne ? choice.record : recordOf(b.records.steps, step),
  );
  return { recording: b, records, isDifference };
}

/** Mean of the statistic over a layer's units, of the side or difference that is shown; NaN for none. */
export function cellMean(subject: RibbonSubject, layer: number, record: number): number {
  const { recording, statistic, b } = subject;
  if (!b) return meanOf(recording, statistic, layer, record);
  const other = meanOf(b.recording, statistic, layer, b.records[record] ?? -1);
  return b.isDifference ? meanOf(recording, statistic, layer, record) - other : other;
}

/** Share of a layer's units that are counted under a state, of the side that is shown (A's for a difference). */
export function cellShare(
  subject: RibbonSubject,
  state: StateName,
  layer: number,
  record: number,
): number {
  const { recording, b } = subject;
  const isB = b !== null && !b.isDifference;
  const shown = isB ? b.recording : recording;
  const units = shown.records.layers[layer]?.units ?? 0;
  if (units === 0) return 0;
  const at = isB ? (b.records[record] ?? -1) : record;
  return countedUnder(shown, STATE_NAMES.indexOf(state), layer, at) / units;
}

/** A layer's mean of a statistic, NaN for none; what is recorded more rarely holds until the next. */
export function meanOf(
  recording: Recording,
  statistic: string,
  layer: number,
  record: number,
): number {
  const { layers, steps, statistics } = recording.records;
  const row = statistics.findIndex(({ name }) => name === statistic);
  if (row < 0 || record < 0) return Number.NaN;
  const held = heldRecord(recording, statistic, record);
  return recording.means[(row * layers.length + layer) * steps.length + held] ?? Number.NaN;
}
