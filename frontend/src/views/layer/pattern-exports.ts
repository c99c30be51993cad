/** What the matrix saves: its picture, and its cells as rows. */
import { useEffect, useRef } from "preact/hooks";
import type { Cell, Table } from "../../csv";
import type { Drawing } from "../../drawing";
import { offerExport } from "../../export";
import type { PatternTable } from "../../patterns-api";
import { wordsOf } from "../../response-methods";
import { filter } from "../../state";
import { formatStep } from "../../steps";
import { roles } from "../../theme";
import { type Picture, paintPicture } from "./pattern-painter";
import { cellsOfExamples, scaleOfPatterns } from "./pattern-picture";
import { shownRecording } from "./pattern-records";
import { columnsFor } from "./pattern-table";
import type { MatrixForm } from "./patterns";

/** The matrix as it is shown. */
export interface ShownMatrix {
  readonly layerName: string;
  readonly form: MatrixForm;
  readonly size: { readonly width: number; readonly height: number };
  readonly picture: Picture;
}

const RATIO = 2;

/** Offer the matrix to the export panel for as long as it is shown. */
export function useMatrixExport(shown: ShownMatrix): void {
  const latest = useRef(shown);
  latest.current = shown;
  const { layerName, form } = shown;
  useEffect(
    () =>
      offerExport({
        name: `${layerName}-${form}`,
        title: () => titleOf(latest.current),
        subject: () => subjectOf(latest.current),
        hasLegend: false,
        drawing: () => drawingOf(latest.current),
        table: () => tableOf(latest.current),
      }),
    [layerName, form],
  );
}

function titleOf({ layerName, form }: ShownMatrix): string {
  return form === "patterns" ? `Responses of ${layerName}` : `Mean responses of ${layerName}`;
}

function subjectOf({ picture }: ShownMatrix): string {
  const { header } = picture.table;
  const only = filter.value === "" ? "" : `, examples with ${filter.value}`;
  return `${wordsOf(header.method)} at step ${formatStep(header.step)}, order of step ${formatStep(header.anchor)}${only}`;
}

function drawingOf({ size, picture }: ShownMatrix): Drawing {
  const source = document.createElement("canvas");
  paintPicture(source, size, RATIO, picture);
  const rect = { x: 0, y: 0, ...size };
  const shapes = [{ kind: "image", rect, source } as const];
  return { ...size, background: roles.value.page, shapes };
}

function tableOf({ form, picture }: ShownMatrix): Table {
  return form === "patterns" ? exampleRows(picture.table) : unitRows(picture.table, form);
}

/** An example a row, its response of each unit. */
export function exampleRows(table: PatternTable): Table {
  const { header, units, examples, labels, predictions } = table;
  const run = shownRecording.value?.records.run ?? "";
  const cells = cellsOfExamples(table, scaleOfPatterns(table, "linear", "light"));
  const names = Array.from(units, (unit) => `unit_${unit}`);
  function* rows(): Generator<Cell[]> {
    for (const [row, example] of examples.entries()) {
      const first = row * units.length;
      const values = Array.from(units, (_, column) => cells.valueAt(first + column));
      yield [
        run,
        header.step,
        header.method || "activation",
        example,
        labels[row] ?? -1,
        predictions[row] ?? -1,
        ...values,
      ];
    }
  }
  return {
    columns: ["run", "step", "responses", "example", "label", "prediction", ...names],
    rows: rows(),
  };
}

function unitRows(table: PatternTable, form: MatrixForm): Table {
  const columns = columnsFor(table, form);
  const run = shownRecording.value?.records.run ?? "";
  const rows = Array.from(table.units, (unit, place) => [
    ...columns.map(({ key }) => key({ place, unit })),
    run,
    table.header.step,
    table.header.method || "activation",
  ]);
  return { columns: [...columns.map(({ name }) => name), "run", "step", "responses"], rows };
}
