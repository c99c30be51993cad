/** What a layer table saves: the rows on the screen as a picture, all rows as CSV. */
import { useEffect, useRef } from "preact/hooks";
import type { Cell, Table } from "../../csv";
import type { Drawing, Shape } from "../../drawing";
import { offerExport } from "../../export";
import { formatValue } from "../../numbers";
import { currentStepA, currentStepB, keyA, keyB, mode } from "../../state";
import { roles } from "../../theme";
import { inOrder, type TableColumn } from "./table";

/** A table as it is shown. */
export interface ShownTable<Row> {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
}

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
    yield [...columns.map(({ key, text }) => (text ?? key)(row)), mode.value, ...a, ...b];
  }
}

const ROW = 22;
const MOST_ROWS = 60;
const WIDTHS = { text: 150, number: 88 };

function drawingOf<Row>({ rows, columns }: ShownTable<Row>): Drawing {
  const { text, muted, border, page } = roles.value;
  const ends = columnEnds(columns);
  const shown = inOrder(rows, columns).slice(0, MOST_ROWS);
  const width = (ends.at(-1) ?? 0) + 8;
  const shapes: Shape[] = columns.map((column, place) =>
    cellShape(column, ends, place, { y: 15, text: column.name, fill: muted, weight: 600 }),
  );
  shown.forEach((row, line) => {
    const y = (line + 1) * ROW;
    shapes.push({ kind: "rect", rect: { x: 0, y, width, height: 1 }, fill: border });
    columns.forEach((column, place) => {
      const value = (column.text ?? column.key)(row);
      const written = typeof value === "number" ? formatValue(value) : value;
      shapes.push(cellShape(column, ends, place, { y: y + 15, text: written, fill: text }));
    });
  });
  const rest = rows.length - shown.length;
  const last = (shown.length + 1) * ROW + 15;
  if (rest > 0) {
    shapes.push({ kind: "text", x: 0, y: last, text: `and ${rest} more rows`, fill: muted });
  }
  return { width, height: last + 8, background: page, shapes };
}

function columnEnds<Row>(columns: readonly TableColumn<Row>[]): number[] {
  let end = 0;
  return columns.map(({ isText }) => {
    end += isText ? WIDTHS.text : WIDTHS.number;
    return end;
  });
}

interface Written {
  readonly y: number;
  readonly text: string;
  readonly fill: string;
  readonly weight?: number;
}

function cellShape<Row>(
  { isText }: TableColumn<Row>,
  ends: readonly number[],
  place: number,
  written: Written,
): Shape {
  const width = isText ? WIDTHS.text : WIDTHS.number;
  const end = ends[place] ?? 0;
  const x = isText ? end - width : end;
  return { kind: "text", x, anchor: isText ? "start" : "end", maxWidth: width - 8, ...written };
}
