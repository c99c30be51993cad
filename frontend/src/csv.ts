/** Tables as text: comma-separated values after RFC 4180. */
import { roundStored } from "./numbers";

export type Cell = string | number | null;

/** A table to export. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly Cell[]>;
}

/** The table as text; what is not finite or unknown is an empty field. */
export function toCsv({ columns, rows }: Table): string {
  const lines = [columns.map(field).join(",")];
  for (const row of rows) lines.push(row.map(field).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function field(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? String(rounded(cell)) : "";
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Indices and counts are whole and exact; whatever else a table holds was stored as a byte. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : roundStored(value);
}
