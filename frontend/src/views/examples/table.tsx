/** What the model answered to every tracked example at every record of maps, as rows. */
import { useEffect } from "preact/hooks";
import { setStepOf } from "../../actions";
import { offerExport } from "../../export";
import { isOfB, mapRecord, shownTable } from "../../maps";
import { formatShare } from "../../numbers";
import { formatStep } from "../../steps";
import type { TableColumn } from "../layer/columns";
import { Table } from "../layer/table";
import { tableExport } from "./exports";
import { DEFINITION, tellStanding } from "./learning";
import { OVERLAP_MEANING, tellOverlap } from "./overlap";
import type { Answer, ExampleRow } from "./rows";
import { answerAt, hasMasks, nameOfClass, overlapAt, shownRows, stepOf } from "./shown";
import { glyphOf } from "./strip-painter";

interface AnswerRow extends Answer {
  readonly row: ExampleRow;
  readonly record: number;
}

/** A click on a row goes to its step. */
export function AnswersTable() {
  useEffect(() => offerExport(tableExport()), []);
  const steps = shownTable.value?.header.steps ?? [];
  const rows = shownRows.value.flatMap((row) =>
    steps.map((_, record): AnswerRow => ({ row, record, ...answerAt(record, row) })),
  );
  return (
    <div class="answers-table">
      <Table
        label="Answers to tracked examples"
        rows={rows}
        columns={columnsOf(steps)}
        isChosen={({ record }) => record === mapRecord.value}
        onOpen={({ record }) => setStepOf(isOfB.value ? "B" : "A", steps[record] ?? "last")}
        onPoint={() => undefined}
      />
    </div>
  );
}

function columnsOf(steps: readonly string[]): TableColumn<AnswerRow>[] {
  const letters = formatStep(steps.at(-1)).length;
  return [
    {
      name: "example",
      title: "example",
      meaning: "Number in the probe set",
      key: ({ row }) => row.example,
      text: ({ row }) => String(row.example),
      letters: 7,
    },
    {
      name: "step",
      title: "step",
      meaning: "Step of the record; a click shows it",
      key: ({ record }) => record,
      text: ({ record }) => stepOf(record),
      letters,
    },
    textColumn("label", "The example's class", ({ row }) => nameOfClass(row.label)),
    textColumn(
      "prediction",
      "The class that the model predicted: ✓ right, ✗ wrong",
      ({ prediction, isRight }) => `${glyphOf(isRight)} ${nameOfClass(prediction)}`,
    ),
    {
      name: "probability",
      title: "probability",
      meaning: "Of the label; without labels, of the prediction",
      key: ({ probability }) => probability,
      text: ({ probability }) => formatShare(probability),
      letters: 11,
    },
    ...(hasMasks.value ? [overlapColumn()] : []),
    textColumn("standing", DEFINITION, ({ row }) => tellStanding(row.standing, row.turns, stepOf)),
  ];
}

function overlapColumn(): TableColumn<AnswerRow> {
  return {
    name: "overlap",
    title: "overlap with mask",
    meaning: OVERLAP_MEANING,
    key: ({ row, record }) => overlapAt(record, row)?.iou ?? Number.NaN,
    text: ({ row, record }) => overlapAt(record, row)?.iou.toFixed(2) ?? "–",
    letters: 5,
    hint: ({ row, record }) => {
      const overlap = overlapAt(record, row);
      return overlap ? tellOverlap(overlap) : "This example has no mask.";
    },
  };
}

function textColumn(
  name: string,
  meaning: string,
  text: (row: AnswerRow) => string,
): TableColumn<AnswerRow> {
  const letters = name === "standing" ? 22 : 12;
  return { name, title: name, meaning, isText: true, key: text, text, letters };
}
