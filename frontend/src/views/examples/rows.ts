/** The tracked examples as rows: what the model answered, when each was learned, in which order they stand. */
import type { ExampleFilter, ExampleSort } from "../../address";
import type { MapTable } from "../../maps-api";
import type { TrackedExample } from "../../wire";
import { RIGHT, type Standing, standingOf, type Turn, turnsOf, WRONG } from "./learning";

/** What the model answered to an example at a record. */
export interface Answer {
  /** Index of the predicted class; -1 where unknown. */
  readonly prediction: number;
  /** Of the label; without labels, of the prediction. NaN where unknown. */
  readonly probability: number;
  /** null where unknown. */
  readonly isRight: boolean | null;
}

/** A tracked example, whichever record is shown. */
export interface ExampleRow {
  /** Place among the tracked examples, as recorded. */
  readonly place: number;
  /** Number in the probe set. */
  readonly example: number;
  /** Index of its class; -1 where there is none. */
  readonly label: number;
  readonly turns: readonly Turn[];
  readonly standing: Standing;
}

/** What the model answered to the example at a place of a record. */
export function answerOf(table: MapTable, record: number, place: number): Answer {
  const at = record * examplesOf(table) + place;
  const correct = table.correct[at];
  return {
    prediction: table.prediction[at] ?? -1,
    probability: table.probability[at] ?? Number.NaN,
    isRight: correct === RIGHT ? true : correct === WRONG ? false : null,
  };
}

/** Records in a row at which the same was predicted. */
export interface PredictionRun {
  readonly first: number;
  readonly last: number;
  readonly prediction: number;
  readonly isRight: boolean | null;
}

/** What was predicted from when to when; records at which it is unknown are passed over. */
export function predictionRuns(answers: readonly Answer[]): PredictionRun[] {
  const runs: PredictionRun[] = [];
  answers.forEach(({ prediction, isRight }, record) => {
    const run = runs.at(-1);
    if (prediction < 0) return;
    if (run?.prediction === prediction) runs[runs.length - 1] = { ...run, last: record };
    else runs.push({ first: record, last: record, prediction, isRight });
  });
  return runs;
}

/** An example's map at a record. */
export function mapOf(table: MapTable, record: number, place: number): Float32Array {
  const start = (record * examplesOf(table) + place) * table.positions;
  return table.values.subarray(start, start + table.positions);
}

/** How many examples a table holds. */
export function examplesOf(table: MapTable): number {
  const records = table.header.steps.length;
  return records === 0 ? 0 : table.correct.length / records;
}

/** All tracked examples, as recorded. */
export function rowsOf(table: MapTable, examples: readonly TrackedExample[]): ExampleRow[] {
  const count = examplesOf(table);
  const records = table.header.steps.length;
  return examples.slice(0, count).map(({ example, label }, place) => {
    const correct = Array.from(
      { length: records },
      (_, record) => table.correct[record * count + place] ?? 2,
    );
    const turns = turnsOf(correct);
    return { place, example, label, turns, standing: standingOf(turns, correct) };
  });
}

/** What is asked of the rows. */
export interface RowChoice {
  readonly sort: ExampleSort;
  readonly filter: ExampleFilter;
  /** Numbers of the examples that the expression holds for; null: all. */
  readonly passing: ReadonlySet<number> | null;
}

/**
 * The rows that a filter lets pass, in order; equal ones as recorded.
 *
 * @param overlap of a row's map with its mask, NaN where there is none
 */
export function arrange(
  rows: readonly ExampleRow[],
  choice: RowChoice,
  answer: (row: ExampleRow) => Answer,
  overlap: (row: ExampleRow) => number = () => Number.NaN,
): ExampleRow[] {
  const key = choice.sort === "overlap" ? overlap : keyOf(choice.sort, answer);
  return rows
    .filter((row) => choice.passing?.has(row.example) ?? true)
    .filter((row) => passes(row, choice.filter, answer))
    .sort((a, b) => compare(key(a), key(b)) || a.place - b.place);
}

function passes(
  row: ExampleRow,
  filter: ExampleFilter,
  answer: (row: ExampleRow) => Answer,
): boolean {
  if (filter === "wrong") return answer(row).isRight === false;
  return filter === "all" || row.turns.some(({ kind }) => kind === "forgotten");
}

function keyOf(sort: ExampleSort, answer: (row: ExampleRow) => Answer) {
  return (row: ExampleRow): number => {
    if (sort === "learned") return firstOf(row, "learned");
    if (sort === "forgotten") return firstOf(row, "forgotten");
    if (sort === "probability") return answer(row).probability;
    return sort === "label" ? row.label : row.place;
  };
}

function firstOf({ turns }: ExampleRow, kind: Turn["kind"]): number {
  return turns.find((turn) => turn.kind === kind)?.record ?? Number.NaN;
}

/** Rising; what is unknown stands last. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}
