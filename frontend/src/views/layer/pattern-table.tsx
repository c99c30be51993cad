/** The matrix as rows, for those who read rather than look: a unit a row, its mean response to each class. */
import { openUnit } from "../../actions";
import { formatValue } from "../../numbers";
import type { PatternTable } from "../../patterns-api";
import { wordOf, wordsOf } from "../../response-methods";
import { unit } from "../../state";
import { formatStep } from "../../steps";
import { type TableColumn, VALUE_LETTERS } from "./columns";
import { useTableExport } from "./exports";
import { classesWithExamples, nameOfNumber } from "./pattern-picture";
import { Table } from "./table";

/** A unit by its place among the answer's. */
export interface PatternRow {
  readonly place: number;
  readonly unit: number;
}

interface RowsProps {
  readonly layerName: string;
  readonly found: PatternTable;
}

export function PatternTableRows({ layerName, found }: RowsProps) {
  const rows = Array.from(found.units, (index, place) => ({ place, unit: index }));
  const columns = columnsFor(found);
  const step = formatStep(found.header.step);
  const title = `Mean ${wordsOf(found.header.method)} of ${layerName} by class at step ${step}`;
  useTableExport({ name: `${layerName}-classes`, title, rows, columns });
  return (
    <Table
      label={`Units of ${layerName} by class`}
      rows={rows}
      columns={columns}
      isChosen={(row) => row.unit === unit.value}
      onOpen={(row) => openUnit(layerName, row.unit)}
      onPoint={() => undefined}
    />
  );
}

/** Columns of the table and of the file. */
export function columnsFor(found: PatternTable): TableColumn<PatternRow>[] {
  const { header, selectivity, preferred, classMeans, units } = found;
  const selectivityOf = ({ place }: PatternRow) => selectivity[place] ?? Number.NaN;
  const preferredOf = ({ place }: PatternRow) => nameOfNumber(found, preferred[place] ?? -1) || "–";
  const classes = classesWithExamples(found).map((place): TableColumn<PatternRow> => {
    const meanOf = (row: PatternRow) => classMeans[place * units.length + row.place] ?? Number.NaN;
    const name = header.classes[place]?.name || "all examples";
    return {
      name: `class ${name}`,
      title: name,
      meaning: `Mean ${wordOf(header.method)} on ${name}`,
      key: meanOf,
      text: (row) => formatValue(meanOf(row)),
      letters: VALUE_LETTERS,
    };
  });
  return [
    {
      name: "unit",
      title: "unit",
      meaning: "Index along the layer's unit axis",
      key: (row) => row.unit,
      text: (row) => String(row.unit),
      letters: 5,
    },
    {
      name: "selectivity",
      title: "selectivity",
      meaning:
        "(largest mean − mean of the others) / (their sum), of responses by class; – where it is undefined",
      key: selectivityOf,
      text: (row) => formatValue(selectivityOf(row)),
      letters: 11,
    },
    {
      name: "preferred",
      title: "most for",
      meaning: "The class of the largest mean response",
      isText: true,
      key: preferredOf,
      text: preferredOf,
      letters: 10,
    },
    ...classes,
  ];
}
