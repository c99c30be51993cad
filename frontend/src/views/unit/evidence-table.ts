/** What one unit says for each class, as cells: its tracked examples at a record, and its means if it is pinned. */
import type { UnitEvidenceTable } from "../../evidence-api";
import { layOutTotals, type Total, type TwoSided } from "../../layout/evidence";
import type { TrackedExample } from "../../wire";

/** A tracked example with what the unit contributes to each class. */
export interface ExampleCells {
  readonly of: TrackedExample;
  readonly prediction: number;
  /** By class of the header; NaN where unknown. */
  readonly values: Float32Array;
}

/** A class with the mean over the probe set. */
export interface ClassMean {
  readonly number: number;
  readonly total: Total;
  readonly bar: TwoSided;
}

/** The tracked examples at a record, those of one label together. */
export function cellsOf(table: UnitEvidenceTable, record: number): readonly ExampleCells[] {
  const { examples, classes } = table.header;
  const rows = examples.map((of, place): ExampleCells => {
    const at = record * examples.length + place;
    const values = table.net.subarray(at * classes.length, (at + 1) * classes.length);
    return { of, prediction: table.prediction[at] ?? -1, values };
  });
  return rows.toSorted((a, b) => a.of.label - b.of.label || a.of.example - b.of.example);
}

/** The largest magnitude over all records, so that colours mean the same at every step; 0 of nothing. */
export function topOf({ net }: UnitEvidenceTable): number {
  return net.reduce((most, value) => {
    return Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most;
  }, 0);
}

/** The means of a pinned unit at a record; empty where there are none. */
export function meansOf(table: UnitEvidenceTable, record: number): readonly ClassMean[] {
  const { classes } = table.header;
  const totals = classes.map((_, at): Total => {
    const place = record * classes.length + at;
    const [net, against] = [
      table.mean[place] ?? Number.NaN,
      table.meanAgainst[place] ?? Number.NaN,
    ];
    return { net, against, favour: Math.max(0, net + against) };
  });
  if (!totals.some(({ net }) => Number.isFinite(net))) return [];
  return layOutTotals(totals).flatMap((bar, at): ClassMean[] => {
    const [number, total] = [classes[at], totals[at]];
    return number !== undefined && total ? [{ number, total, bar }] : [];
  });
}
