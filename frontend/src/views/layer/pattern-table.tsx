/** The matrix as rows, for those who read rather than look: a unit a row, its mean response to each class or subset. */
import { openUnit } from "../../actions";
import { formatValue } from "../../numbers";
import type { PatternTable } from "../../patterns-api";
import { wordOf, wordsOf } from "../../response-methods";
import { unit } from "../../state";
import { formatStep } from "../../steps";
import { type TableColumn, VALUE_LETTERS } from "./columns";
import { useTableExport } from "./exports";
import { classesWithExamples, nameOfNumber, titleOf } from "./pattern-picture";
import type { MatrixForm } from "./patterns";
import { Table } from "./table";

/** A unit by its place among the answer's. */
export interface PatternRow {
  readonly place: number;
  readonly unit: number;
}

interface RowsProps {
  readonly layerName: string;
  readonly form: MatrixForm;
  readonly found: PatternTable;
}

export function PatternTableRows({ layerName, form, found }: RowsProps) {
  const rows = Array.from(found.units, (index, place) => ({ place, unit: index }));
  const columns = columnsFor(found, form);
  const by = form === "subsets" ? "subset" : "class";
  const step = formatStep(found.header.step);
  const title = `Mean ${wordsOf(found.header.method)} of ${layerName} by ${by} at step ${step}`;
  useTableExport({
    name: `${layerName}-${form === "subsets" ? "subsets" : "classes"}`,
    title,
    rows,
    columns,
  });
  return (
    <Table
      label={`Units of ${layerName} by ${by}`}
      rows={rows}
      columns={columns}
      isChosen={(row) => row.unit === unit.value}
      onOpen={(row) => openUnit(layerName, row.unit)}
      onPoint={() => undefined}
    />
  );
}

/** Columns of the table and of the file. */
export function columnsFor(found: PatternTable, form: MatrixForm): TableColumn<PatternRow>[] {
  const { selectivity, preferred } = found;
  const selectivityOf = ({ place }: PatternRow) => selectivity[place] ?? Number.NaN;
  const preferredOf = ({ place }: PatternRow) => nameOfNumber(found, preferred[place] ?? -1) || "–";
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
    ...(form === "subsets" ? subsetColumns(found) : classColumns(found)),
  ];
}

function classColumns(found: PatternTable): TableColumn<PatternRow>[] {
  const { header, classMeans, units } = found;
  return classesWithExamples(found).map((place) => {
    const name = header.classes[place]?.name || "all examples";
    const meanOf = (row: PatternRow) => classMeans[place * units.length + row.place] ?? Number.NaN;
    return meanColumn(`class ${name}`, name, `Mean ${wordOf(header.method)} on ${name}`, meanOf);
  });
}

function subsetColumns({ header, subsetMeans, units }: PatternTable): TableColumn<PatternRow>[] {
  return header.subsets.map((subset, place) => {
    const meanOf = (row: PatternRow) => subsetMeans[place * units.length + row.place] ?? Number.NaN;
    const meaning = `Mean ${wordOf(header.method)} on examples with ${subset.filter}`;
    return meanColumn(`subset ${subset.name}`, titleOf(subset), meaning, meanOf);
  });
}

function meanColumn(
  name: string,
  title: string,
  meaning: string,
  key: (row: PatternRow) => number,
): TableColumn<PatternRow> {
  return {
    name,
    title,
    meaning,
    key,
    text: (row) => formatValue(key(row)),
    letters: VALUE_LETTERS,
  };
}
