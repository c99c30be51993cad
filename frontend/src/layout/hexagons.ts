/** A plane of hexagons as geometry: scales in, places and outlines out. */
import { nice, ticks } from "d3-array";
import type { Rect } from "./rect";

/** The scale of one side of the plane. */
export interface PlaneAxis {
  readonly lower: number;
  readonly upper: number;
}

/** Where a plane's values lie, in CSS pixels. */
export interface HexPlane {
  readonly rect: Rect;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** A hexagon around the origin, as the points of a polygon. */
  readonly outline: readonly (readonly [x: number, y: number])[];
}

/**
 * The plane in a rectangle, with room for the hexagons at its edges.
 *
 * @param axes scales, horizontal and vertical
 * @param size width of a hexagon and height of a row, on the scales
 */
export function layOutPlane(
  rect: Rect,
  axes: readonly [PlaneAxis, PlaneAxis],
  size: readonly [number, number],
): HexPlane {
  const [across, up] = axes;
  const [wide, high] = size;
  const [left, right] = [across.lower - wide * 0.75, across.upper + wide * 0.75];
  const [bottom, top] = [up.lower - high * 0.85, up.upper + high * 0.85];
  const [perX, perY] = [rect.width / (right - left), rect.height / (top - bottom)];
  const [w, h] = [(wide * perX) / 2, (high * perY * 2) / 3];
  return {
    rect,
    x: (value) => rect.x + (value - left) * perX,
    y: (value) => rect.y + rect.height - (value - bottom) * perY,
    outline: [
      [0, -h],
      [w, -h / 2],
      [w, h / 2],
      [0, h],
      [-w, h / 2],
      [-w, -h / 2],
    ],
  };
}

/** The hexagon as an SVG path around the origin, drawn smaller by a share. */
export function outlinePath({ outline }: HexPlane, share = 1): string {
  const points = outline.map(([x, y]) => `${round(x * share)} ${round(y * share)}`);
  return `M${points.join("L")}Z`;
}

/** The hexagon with the centre nearest to a place, among those that hold something; -1 beyond all. */
export function hexagonAt(
  plane: HexPlane,
  centres: { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> },
  isThere: (bin: number) => boolean,
  at: { readonly x: number; readonly y: number },
): number {
  const [w, h] = [plane.outline[1]?.[0] ?? 1, plane.outline[3]?.[1] ?? 1];
  let [nearest, least] = [-1, 1];
  for (let bin = 0; bin < centres.x.length; bin++) {
    if (!isThere(bin)) continue;
    const across = (at.x - plane.x(centres.x[bin] ?? 0)) / w;
    const up = (at.y - plane.y(centres.y[bin] ?? 0)) / h;
    const distance = across * across * 0.75 + up * up;
    if (distance < least) [nearest, least] = [bin, distance];
  }
  return nearest;
}

/** Round values of an axis within its scale. */
export function axisTicks({ lower, upper }: PlaneAxis, most: number): readonly number[] {
  const [from, to] = nice(lower, upper, most);
  return ticks(from, to, most).filter((value) => value >= lower && value <= upper);
}

/** A grid of equal rectangles for a number of parts: as many columns as keeps them near a shape. */
export function layOutFacets(
  area: Rect,
  count: number,
  gap: { readonly x: number; readonly y: number },
): readonly Rect[] {
  if (count === 0) return [];
  const shapeOf = (columns: number) => {
    const rows = Math.ceil(count / columns);
    const width = (area.width - gap.x * (columns - 1)) / columns;
    const height = (area.height - gap.y * (rows - 1)) / rows;
    return { columns, width, height };
  };
  const choices = Array.from({ length: count }, (_, place) => shapeOf(place + 1));
  const size = ({ width, height }: { width: number; height: number }) =>
    Math.min(width, height * 1.25);
  const best = choices.reduce((a, b) => (size(b) > size(a) ? b : a));
  return Array.from({ length: count }, (_, place) => ({
    x: area.x + (place % best.columns) * (best.width + gap.x),
    y: area.y + Math.floor(place / best.columns) * (best.height + gap.y),
    width: best.width,
    height: best.height,
  }));
}

/** Bars of a marginal: where each part begins and ends along its axis, and how long its bar is. */
export interface MarginalBar {
  readonly from: number;
  readonly to: number;
  /** Share of the room that there is. */
  readonly length: number;
}

/**
 * Bars of shares of examples in equal parts of an axis.
 *
 * @param examples that are counted in all
 * @param top the share that takes all room
 */
export function layOutMarginal(
  counts: readonly number[],
  { lower, upper }: PlaneAxis,
  examples: number,
  top: number,
): readonly MarginalBar[] {
  const width = (upper - lower) / counts.length;
  return counts.map((count, part) => ({
    from: lower + part * width,
    to: lower + (part + 1) * width,
    // By the root: where all examples once were in one part, what is left would not be seen.
    length: examples > 0 && top > 0 ? Math.sqrt(Math.min(1, count / examples / top)) : 0,
  }));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
