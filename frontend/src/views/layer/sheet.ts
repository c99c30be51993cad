/** A table as a drawing: columns as wide as what stands in them, with the glyphs and colours of its cells. */
import type { StateName } from "../../api";
import type { Drawing, Shape } from "../../drawing";
import { stateShapes } from "../../export";
import type { Roles } from "../../theme";
import { type ColumnGroup, columnGroups } from "./columns";

export interface SheetCell {
  readonly text: string;
  readonly state: StateName | null;
  /** Colour of the value, as CSS writes it. */
  readonly swatch: string | null;
}

export interface SheetColumn {
  /** Its title, in one or two lines. */
  readonly title: readonly string[];
  readonly isText: boolean;
  /** What it stands under, or empty. */
  readonly group?: string;
  readonly cells: readonly SheetCell[];
}

/** Width of a text in CSS pixels. */
export type Measure = (text: string, weight: number) => number;

export interface Sheet {
  readonly columns: readonly SheetColumn[];
  /** Said below the rows, or null. */
  readonly rest: string | null;
}

export const TEXT_SIZE = 12;
const HEAD_WEIGHT = 600;
const PADDING = 12;
/** Room for a glyph or a swatch before the text. */
const PICTURE = 18;
const ROW = 22;
const LINE = 15;

/** Lay a sheet out and draw it. */
export function drawSheet({ columns, rest }: Sheet, roles: Roles, measure: Measure): Drawing {
  const widths = columnWidths(columns, measure);
  const lines = Math.max(1, ...columns.map(({ title }) => title.length));
  const groups = columnGroups(columns);
  const over = groups.length > 0 ? LINE + 3 : 0;
  const head = over + lines * LINE + 8;
  const rows = Math.max(0, ...columns.map(({ cells }) => cells.length));
  const width = widths.reduce((sum, one) => sum + one, 0);
  const bottom = head + rows * ROW;
  const shapes = columns.flatMap((column, place) => {
    const left = widths.slice(0, place).reduce((sum, one) => sum + one, 0);
    const right = left + (widths[place] ?? 0);
    return drawColumn(column, { left: left + PADDING, right: right - PADDING, head }, roles);
  });
  shapes.push(...groupShapes(groups, widths, head, roles));
  for (let row = 0; row <= rows; row++) {
    const rect = { x: 0, y: head + row * ROW, width, height: 1 };
    shapes.push({ kind: "rect", rect, fill: row === 0 ? roles.strongBorder : roles.border });
  }
  if (rest !== null) {
    const place = { x: PADDING, y: bottom + LINE + 3 };
    shapes.push({ kind: "text", ...place, text: rest, fill: roles.muted, size: TEXT_SIZE });
  }
  const height = bottom + (rest === null ? 6 : ROW + 6);
  return { width, height, background: roles.page, shapes };
}

/** Titles of groups over their first column, and a line where each begins. */
function groupShapes(
  groups: readonly ColumnGroup[],
  widths: readonly number[],
  head: number,
  roles: Roles,
): Shape[] {
  let first = 0;
  return groups.flatMap(({ title, columns }): Shape[] => {
    const x = widths.slice(0, first).reduce((sum, one) => sum + one, 0);
    first += columns;
    if (title === "") return [];
    const rect = { x, y: 0, width: 1, height: head };
    const look = { fill: roles.text, size: TEXT_SIZE, weight: HEAD_WEIGHT };
    return [
      { kind: "rect", rect, fill: roles.border },
      { kind: "text", x: x + PADDING, y: LINE - 2, text: title, ...look },
    ];
  });
}

/** Widths of columns, their padding included. */
export function columnWidths(columns: readonly SheetColumn[], measure: Measure): number[] {
  return columns.map(({ title, cells }) => {
    const heads = title.map((line) => measure(line, HEAD_WEIGHT));
    const room = cells.some(({ state, swatch }) => state || swatch) ? PICTURE : 0;
    const bodies = cells.map(({ text }) => measure(text, 400) + room);
    return (
      Math.ceil([...heads, ...bodies].reduce((most, one) => Math.max(most, one), 0)) + 2 * PADDING
    );
  });
}

interface Place {
  readonly left: number;
  readonly right: number;
  readonly head: number;
}

function drawColumn({ title, isText, cells }: SheetColumn, place: Place, roles: Roles): Shape[] {
  const { left, right, head } = place;
  const aligned = isText
    ? ({ x: left, anchor: "start" } as const)
    : ({ x: right, anchor: "end" } as const);
  const heads = title.map((text, line): Shape => {
    const y = head - 9 - (title.length - 1 - line) * LINE;
    const look = { fill: roles.muted, size: TEXT_SIZE, weight: HEAD_WEIGHT };
    return { kind: "text", ...aligned, y, text, ...look };
  });
  const bodies = cells.flatMap(({ text, state, swatch }, row): Shape[] => {
    const y = head + row * ROW + 15;
    const shift = isText && state ? PICTURE : 0;
    const written = {
      ...aligned,
      x: aligned.x + shift,
      y,
      text,
      fill: roles.text,
      size: TEXT_SIZE,
    };
    return [
      ...(state ? stateShapes(state, left, y) : []),
      ...(swatch ? [swatchShape(swatch, left, y, roles)] : []),
      { kind: "text", ...written },
    ];
  });
  return [...heads, ...bodies];
}

function swatchShape(fill: string, x: number, y: number, roles: Roles): Shape {
  const rect = { x, y: y - 9, width: 10, height: 10 };
  return { kind: "rect", rect, fill, stroke: roles.strongBorder, radius: 2 };
}
