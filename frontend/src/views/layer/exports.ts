/** What a layer table saves: its first rows as a picture, all rows as CSV. */
import { useEffect, useRef } from "preact/hooks";
import type { Cell, Table } from "../../csv";
import type { Drawing } from "../../drawing";
import { offerExport } from "../../export";
import { formatCount } from "../../numbers";
import { currentStepA, currentStepB, keyA, keyB, mode } from "../../state";
import { canvasFont, roles } from "../../theme";
import { type TableColumn, titleLines } from "./columns";
import { drawSheet, type Measure, TEXT_SIZE } from "./sheet";
import { inOrder } from "./table";

/** A table as it is shown. */
export interface ShownTable<Row> {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
}

/** Browsers draw no canvas of more than 16,384 pixels: of two a CSS pixel, that is 370 rows. */
const MOST_ROWS = 300;

/** Offer the table to the export panel for as long as it is shown. */
export function useTableExport<Row>(shown: ShownTable<Row>): void {
  const latest = useRef(shown);
  latest.current = shown;
  useEffect(
    () =>
      offerExport({
        name: shown.name,
        title: () => latest.current.title,
        hasLegend: false,
        note: () => restOf(latest.current),
        drawing: () => drawingOf(latest.current),
        table: () => tableOf(latest.current),
      }),
    [shown.name],
  );
}

function tableOf<Row>(shown: ShownTable<Row>): Table {
  const columns = [...shown.columns.map(({ name }) => name), "shows", "run_a", "step_a"];
  return { columns: [...columns, "run_b", "step_b"], rows: rowsOf(shown) };
}

function* rowsOf<Row>({ rows, columns }: ShownTable<Row>): Generator<Cell[]> {
  const a = [keyA.value?.run ?? "", currentStepA.value ?? ""];
  const b = mode.value === "a" ? ["", ""] : [keyB.value?.run ?? "", currentStepB.value ?? ""];
  for (const row of inOrder(rows, columns)) {
    yield [...columns.map(({ key, stored }) => (stored ?? key)(row)), mode.value, ...a, ...b];
  }
}

/** What the picture leaves out, in a sentence, or null. */
function restOf<Row>({ rows }: ShownTable<Row>): string | null {
  if (rows.length <= MOST_ROWS) return null;
  return `The first ${MOST_ROWS} of ${formatCount(rows.length)} rows in this order; the CSV file holds all.`;
}

function drawingOf<Row>(shown: ShownTable<Row>): Drawing {
  const rows = inOrder(shown.rows, shown.columns).slice(0, MOST_ROWS);
  const columns = shown.columns.map((column) => ({
    title: titleLines(column.title),
    isText: column.isText ?? false,
    group: column.group ?? "",
    cells: rows.map((row) => ({
      text: column.text(row),
      state: column.state?.(row) ?? null,
      swatch: column.swatch?.(row) ?? null,
    })),
  }));
  return drawSheet({ columns, rest: restOf(shown) }, roles.value, canvasMeasure());
}

function canvasMeasure(): Measure {
  const context = document.createElement("canvas").getContext("2d");
  return (text, weight) => {
    if (!context) return text.length * TEXT_SIZE * 0.6;
    context.font = canvasFont(TEXT_SIZE, weight);
    return context.measureText(text).width;
  };
}
