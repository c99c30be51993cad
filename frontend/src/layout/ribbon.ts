/** Where the ribbon's parts lie: rows are layers, columns are records; pure geometry in CSS pixels. */
import type { Rect } from "./rect";

/** What the ribbon has to fit. */
export interface RibbonInput {
  readonly width: number;
  readonly layers: number;
  readonly records: number;
  /** Whether loss or accuracy is drawn beneath. */
  readonly hasCurves: boolean;
  /** Whether the screen is so small that rows get half of their height. */
  readonly isLow: boolean;
}

/** The ribbon's parts. */
export interface RibbonLayout {
  readonly height: number;
  /** Baseline of the title, which has a line of its own. */
  readonly captionY: number;
  /** Top of the markers' flags, between the title and the picture. */
  readonly flagY: number;
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

const MAX_PICTURE = 120;
const MAX_ROW = 15;
const NAMED_ROW = 9;
const CAPTION = 13;
const FLAG = 15;
const CURVES = 26;
const GAP = 4;
const AXIS = 15;
const GUTTER = 118;
/** Room for "12 layers", and for the scale of the curves. */
const UNNAMED = 56;
const SCALE_OF_CURVES = 92;
const NARROW = 480;

/** Lay the ribbon out for a width; rows share at most 120 pixels. */
export function layOutRibbon(input: RibbonInput): RibbonLayout {
  const { layers, records, width } = input;
  const most = input.isLow ? 0.5 : 1;
  const rowHeight = Math.min(most * MAX_ROW, rowFor(layers, most * MAX_PICTURE));
  const hasNames = rowHeight >= NAMED_ROW;
  const unnamed = input.hasCurves ? SCALE_OF_CURVES : UNNAMED;
  const gutter = width < NARROW ? 0 : hasNames ? GUTTER : unnamed;
  const plotWidth = Math.max(1, width - gutter);
  const height = rowHeight * Math.max(1, layers);
  const picture = { x: gutter, y: CAPTION + FLAG, width: plotWidth, height };
  const top = picture.y + picture.height + GAP;
  const curves = { x: gutter, y: top, width: plotWidth, height: input.hasCurves ? CURVES : 0 };
  const axisY = top + (input.hasCurves ? CURVES + GAP : 0) + 9;
  return {
    height: axisY + AXIS - 9,
    captionY: CAPTION - 3,
    flagY: CAPTION,
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

/** Records whose steps are written on the axis: every so many, and the last, without touching. */
export function ribbonTicks(layout: RibbonLayout, labelWidth: number): readonly RibbonTick[] {
  const last = layout.records - 1;
  if (last < 0) return [];
  const room = Math.max(1, Math.floor(layout.picture.width / (labelWidth * 1.8)));
  const stride = strideFor(last / room);
  const inner = Array.from({ length: Math.ceil(last / stride) }, (_, place) => place * stride);
  const isFree = (record: number) => (last - record) * layout.columnWidth > labelWidth * 1.6;
  const records = [...inner.filter((record) => record === 0 || isFree(record)), last];
  return [...new Set(records)].map((record) => ({
    record,
    x: columnCentre(layout, record),
    anchor: record === 0 ? "start" : record === last ? "end" : "middle",
  }));
}

/** The least of 1, 2, 5, 10, 20, 50 … that is not below a number. */
function strideFor(least: number): number {
  let power = 1;
  while (10 * power < least) power *= 10;
  return [1, 2, 5, 10].map((digit) => digit * power).find((stride) => stride >= least) ?? power;
}

/** Whole pixels where rows allow it, so that no row is blurred. */
function rowFor(layers: number, room: number): number {
  const height = room / Math.max(1, layers);
  return height >= 2 ? Math.floor(height) : height;
}
