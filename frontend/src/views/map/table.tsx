/** The map as rows: where each point lies, and how far it came since the record before. */
import { useEffect } from "preact/hooks";
import { offerExport } from "../../export";
import { formatValue } from "../../numbers";
import { planeRecord, shownPlane } from "../../planes";
import { pointKind } from "../../state";
import { type TableColumn, VALUE_LETTERS } from "../layer/columns";
import { Table } from "../layer/table";
import { openPoint } from "./choosing";
import { mapExport } from "./exports";
import { type MapRow, rowsNow } from "./rows";
import { chosenPoints, nameOfClass } from "./shown";

export function MapTable() {
  useEffect(() => offerExport(mapExport()), []);
  const rows = rowsNow();
  return (
    <div class="answers-table">
      <Table
        label={`Places of ${pointKind.value}`}
        rows={rows}
        columns={columnsOf(rows)}
        subset={`${shownPlane.value?.header.layer}`}
        isChosen={({ point }) => chosenPoints.value?.has(point) ?? false}
        onOpen={({ point }) => openPoint(point)}
        onPoint={() => undefined}
      />
    </div>
  );
}

function columnsOf(rows: readonly MapRow[]): TableColumn<MapRow>[] {
  const kind = pointKind.value === "units" ? "unit" : "example";
  const columns: TableColumn<MapRow>[] = [
    {
      name: kind,
      title: kind,
      meaning: kind === "unit" ? "Index within the layer" : "Number in the probe set",
      key: ({ number }) => number,
      text: ({ number }) => String(number),
      letters: 7,
    },
    figure("x", "Along the first axis of the anchor", ({ x }) => x),
    figure("y", "Along the second axis of the anchor", ({ y }) => y),
    figure(
      "moved",
      planeRecord.value > 0
        ? "Distance since the record before, both aligned to the anchor"
        : "There is no record before",
      ({ moved }) => moved,
    ),
  ];
  const hasClasses = rows.some(({ label, prediction }) => label >= 0 || prediction >= 0);
  return hasClasses
    ? [
        ...columns,
        named("label", ({ label }) => label),
        named("prediction", (row) => row.prediction),
      ]
    : columns;
}

function figure(name: string, meaning: string, key: (row: MapRow) => number): TableColumn<MapRow> {
  const text = (row: MapRow) => formatValue(key(row));
  return { name, title: name, meaning, key, text, letters: VALUE_LETTERS };
}

function named(name: "label" | "prediction", of: (row: MapRow) => number): TableColumn<MapRow> {
  const meaning =
    name === "label" ? "The example's class" : "The class that the model predicts at this step";
  const text = (row: MapRow) => nameOfClass(of(row));
  return { name, title: name, meaning, isText: true, key: of, text, letters: 12 };
}
