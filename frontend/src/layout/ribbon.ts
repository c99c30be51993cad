/** Where the ribbon's parts lie: rows are layers, columns are records; pure geometry in CSS pixels. */
import type { Rect } from "./rect";

/** What the ribbon has to fit. */
export interface RibbonInput {
  readonly width: number;
  readonly layers: number;
  readonly records: number;
  /** Whether loss or accuracy is drawn beneath. */
  readonly hasCurves: boolean;
}

/** The ribbon's parts. */
export interface RibbonLayout {
  readonly height: number;
  /** Room for the names of layers, left of the picture. */
  readonly gutter: number;
  readonly picture: Rect;
  readonly rowHeight: number;
  readonly columnWidth: number;
  readonly records: number;
  readonly layers: number;
  /** Loss and accuracy; of height 0 without them. */
  readonly curves: Rect;
  /** Baseline of the step labels. */
  readonly axisY: number;
  /** Whether rows are high enough for the names of layers. */
  readonly hasNames: boolean;
}

/** A label of the step axis. */
export interface RibbonTick {
  readonly record: number;
  readonly x: number;
  readonly anchor: "start" | "middle" | "end";
}

const MAX_PICTURE = 132;
const MAX_ROW = 15;
const NAMED_ROW = 9;
const FLAG = 15;
const CURVES = 26;
const GAP = 4;
const AXIS = 15;
const GUTTER = 118;
const NARROW = 560;

/** Lay the ribbon out for a width; rows share at most 132 pixels. */
export function layOutRibbon(input: RibbonInput): RibbonLayout {
  const { layers, records, width } = input;
  const rowHeight = layers === 0 ? MAX_ROW : Math.min(MAX_ROW, rowFor(layers));
  const hasNames = rowHeight >= NAMED_ROW;
  const gutter = width < NARROW ? 0 : hasNames ? GUTTER : 56;
  const plotWidth = Math.max(1, width - gutter);
  const picture = { x: gutter, y: FLAG, width: plotWidth, height: rowHeight * Math.max(1, layers) };
  const top = picture.y + picture.height + GAP;
  const curves = { x: gutter, y: top, width: plotWidth, height: input.hasCurves ? CURVES : 0 };
  const axisY = top + (input.hasCurves ? CURVES + GAP : 0) + 9;
  return {
    height: axisY + AXIS - 9,
    gutter,
    picture,
    rowHeight,
    columnWidth: plotWidth / Math.max(1, records),
    records,
    layers,
    curves,
    axisY,
    hasNames: hasNames && gutter > 0,
  };
}

/** The record of the column under x; the nearest one outside of the picture. */
export function recordAt(layout: RibbonLayout, x: number): number {
  const column = Math.floor((x - layout.picture.x) / layout.columnWidth);
  return Math.max(0, Math.min(layout.records - 1, column));
}

/** The layer (a row) under y, or null outside of the picture. */
export function rowAt(layout: RibbonLayout, y: number): number | null {
  const row = Math.floor((y - layout.picture.y) / layout.rowHeight);
  return row >= 0 && row < layout.layers ? row : null;
}

/** The middle of a record's column. */
export function columnCentre(layout: RibbonLayout, record: number): number {
  return layout.picture.x + (record + 0.5) * layout.columnWidth;
}

/** Records whose steps are written on the axis: the ends, and evenly between them without touching. */
export function ribbonTicks(layout: RibbonLayout, labelWidth: number): readonly RibbonTick[] {
  const last = layout.records - 1;
  if (last < 0) return [];
  const room = Math.max(1, Math.floor(layout.picture.width / (labelWidth * 1.8)));
  const intervals = Math.min(last, room);
  const records = Array.from({ length: intervals + 1 }, (_, place) =>
    Math.round((place * last) / Math.max(1, intervals)),
  );
  return records.map((record) => ({
    record,
    x: columnCentre(layout, record),
    anchor: record === 0 ? "start" : record === last ? "end" : "middle",
  }));
}

/** Whole pixels where rows allow it, so that no row is blurred. */
function rowFor(layers: number): number {
  const height = MAX_PICTURE / layers;
  return height >= 2 ? Math.floor(height) : height;
}
