/** The examples of bins as rows: responses, label, prediction; plain values. */
import type { JointBins } from "../../responses-api";

/** An example at the shown record. */
export interface JointRow {
  readonly example: number;
  readonly label: number;
  readonly prediction: number;
  /** null where it is unknown. */
  readonly isRight: boolean | null;
  readonly first: number;
  readonly second: number;
  readonly bin: number;
  /** Its class among those that counts are told apart by; unlabelled examples are the last. */
  readonly group: number;
}

/** The examples that are counted on a side, in their order. */
export function jointRows(found: JointBins, side: number): readonly JointRow[] {
  const count = found.examples.length;
  const last = found.header.groups.length - 1;
  return Array.from(found.examples, (example, place): JointRow => {
    const at = side * count + place;
    const correct = found.correct[at] ?? 2;
    return {
      example,
      label: found.labels[place] ?? -1,
      prediction: found.predictions[at] ?? -1,
      isRight: correct === 2 ? null : correct === 1,
      first: found.first[at] ?? Number.NaN,
      second: found.second[at] ?? Number.NaN,
      bin: found.binOf[at] ?? -1,
      group: Math.min(last, (found.labels[place] ?? -1) < 0 ? last : (found.labels[place] ?? 0)),
    };
  }).filter(({ bin }) => bin >= 0);
}

/** Those in a hexagon, and of a group where one is meant. */
export function rowsIn(
  rows: readonly JointRow[],
  bin: number,
  group: number | null,
): readonly JointRow[] {
  return rows.filter((row) => row.bin === bin && (group === null || row.group === group));
}
