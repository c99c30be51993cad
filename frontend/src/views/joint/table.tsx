/** The counted examples as rows, on the screen and in the file. */
import type { Table as CsvTable } from "../../csv";
import { formatValue } from "../../numbers";
import { titleOfRespondent } from "../../responses";
import type { JointBins } from "../../responses-api";
import { example } from "../../state";
import { glyphOf } from "../examples/strip-painter";
import { type TableColumn, VALUE_LETTERS } from "../layer/columns";
import { Table } from "../layer/table";
import { follow, nameOfClass, shownRecording } from "./examples";
import { chosenBin } from "./plane";
import { shownSide } from "./records";
import { type JointRow, jointRows, rowsIn } from "./rows";

export function ExamplesTable({ found }: { readonly found: JointBins }) {
  const chosen = chosenBin.value;
  const all = jointRows(found, shownSide.value);
  const rows = chosen ? rowsIn(all, chosen.bin, chosen.group) : all;
  return (
    <Table
      label="Examples and their two responses; Enter follows one"
      rows={rows}
      columns={columnsFor(found)}
      isChosen={(row) => row.example === example.value}
      onOpen={(row) => follow(row.example)}
      onPoint={() => undefined}
    />
  );
}

function columnsFor(found: JointBins): TableColumn<JointRow>[] {
  const recording = shownRecording();
  const response = (
    name: string,
    title: string,
    of: (row: JointRow) => number,
  ): TableColumn<JointRow> => ({
    name,
    title,
    meaning: `Response of ${title}`,
    key: of,
    text: (row) => formatValue(of(row)),
    letters: VALUE_LETTERS,
  });
  const word = (
    name: string,
    meaning: string,
    text: (row: JointRow) => string,
  ): TableColumn<JointRow> => ({
    name,
    title: name,
    meaning,
    isText: true,
    key: text,
    text,
    letters: 12,
  });
  const { first, second } = found.header;
  return [
    {
      name: "example",
      title: "example",
      meaning: "Number in the probe set",
      key: (row) => row.example,
      text: (row) => String(row.example),
      letters: 7,
    },
    word("label", "The example's class", (row) => nameOfClass(recording, row.label)),
    word("prediction", "The class that the model predicted: ✓ right, ✗ wrong", (row) =>
      row.prediction < 0
        ? "–"
        : `${glyphOf(row.isRight)} ${nameOfClass(recording, row.prediction)}`,
    ),
    response("first", titleOfRespondent(first), (row) => row.first),
    response("second", titleOfRespondent(second), (row) => row.second),
  ];
}

/** The rows of a file: of every side, each example that is counted. */
export function examplesFile(found: JointBins | null): CsvTable {
  const method = found?.header.first.method || "activation";
  const columns = ["run", "step", "responses", "example", "label", "prediction", "first", "second"];
  const rows =
    found?.header.sides.flatMap(({ run, step }, side) =>
      jointRows(found, side).map((row) => [
        run,
        step,
        method,
        row.example,
        row.label,
        row.prediction,
        row.first,
        row.second,
      ]),
    ) ?? [];
  return { columns, rows };
}
