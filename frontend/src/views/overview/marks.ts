/** Glyphs on marked units: what a colour says is said by a shape, too. */
import type { StateName } from "../../api";
import { STATUS_COLOURS } from "../../colour";
import { DEAD, MARKS } from "./colouring";
import type { UnitTile } from "./tiles";

/** A unit smaller than this shows its colour alone, in CSS pixels. */
export const SMALLEST = 6;
/** Glyphs grow with their units up to this radius. */
const LARGEST_RADIUS = 9;

const INK: Readonly<Record<StateName, string>> = {
  dead: "#ffffff",
  silent: "#ffffff",
  saturated: "#10131a",
  dormant: "#10131a",
  nonfinite: "#10131a",
};
/** On a difference the colour tells the value, so glyphs need a halo to be seen on any of them. */
const HALO = "rgb(255 255 255 / 85%)";

/** How glyphs are drawn. */
export interface GlyphStyle {
  /** Whether units wear the colour of their state; not so in a difference. */
  readonly onStatusColour: boolean;
}

/** Whether units are large enough to bear a glyph. */
export function bearsGlyphs(tile: UnitTile): boolean {
  return sizeOf(tile) >= SMALLEST && tile.grid.perTexel === 1;
}

function sizeOf({ texel }: UnitTile): number {
  return Math.min(texel.width, texel.height);
}

/** Draw the glyphs of a layer's marked units. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  tile: UnitTile,
  order: Uint32Array,
  marks: Uint8Array,
  style: GlyphStyle,
): void {
  if (!bearsGlyphs(tile)) return;
  const radius = Math.min(LARGEST_RADIUS, sizeOf(tile) * 0.34);
  const paths = collect(tile, order, marks, radius);
  context.lineWidth = Math.max(1.2, radius * 0.34);
  context.lineCap = "round";
  paths.forEach((path, mark) => {
    const state = MARKS[mark - 1];
    if (state === undefined) return;
    drawState(context, path, state, style);
  });
}

/** Share of a unit's cell that a corner takes, and its limits in CSS pixels. */
const CORNER = { share: 0.36, least: 4, most: 13 };

/** In a difference glyphs are A's; a unit that is dead in B has its upper right corner cut off in red. */
export function drawDeadOfB(
  context: CanvasRenderingContext2D,
  tile: UnitTile,
  order: Uint32Array,
  marksOfB: Uint8Array,
): void {
  if (!bearsGlyphs(tile)) return;
  const size = Math.min(CORNER.most, Math.max(CORNER.least, CORNER.share * sizeOf(tile)));
  const [corners, cuts] = [new Path2D(), new Path2D()];
  tile.own(order).forEach((unit, place) => {
    if (marksOfB[tile.range.start + unit] !== DEAD) return;
    const { x, y, width } = tile.rectOf(place);
    const right = x + width;
    corners.addPath(triangle(right, y, size));
    cuts.moveTo(right - size, y);
    cuts.lineTo(right, y + size);
  });
  context.fillStyle = STATUS_COLOURS.dead;
  context.fill(corners);
  // On the reds of a scale the corner itself would be lost.
  context.strokeStyle = HALO;
  context.lineWidth = Math.max(1, size * 0.16);
  context.stroke(cuts);
}

function triangle(right: number, top: number, size: number): Path2D {
  const path = new Path2D();
  path.moveTo(right - size, top);
  path.lineTo(right, top);
  path.lineTo(right, top + size);
  path.closePath();
  return path;
}

function drawState(
  context: CanvasRenderingContext2D,
  path: Path2D,
  state: StateName,
  style: GlyphStyle,
): void {
  if (!style.onStatusColour) {
    const { lineWidth } = context;
    context.strokeStyle = HALO;
    context.lineWidth = lineWidth + 2;
    context.stroke(path);
    context.lineWidth = lineWidth;
  }
  const ink = style.onStatusColour ? INK[state] : "#10131a";
  context.strokeStyle = ink;
  context.fillStyle = ink;
  if (state === "saturated") context.fill(path);
  else context.stroke(path);
}

function collect(
  tile: UnitTile,
  order: Uint32Array,
  marks: Uint8Array,
  radius: number,
): ReadonlyMap<number, Path2D> {
  const paths = new Map<number, Path2D>();
  const own = tile.own(order);
  for (let place = 0; place < own.length; place++) {
    const mark = marks[tile.range.start + (own[place] ?? 0)] ?? 0;
    if (mark === 0) continue;
    const path = paths.get(mark) ?? new Path2D();
    paths.set(mark, path);
    const { x, y, width, height } = tile.rectOf(place);
    addGlyph(path, MARKS[mark - 1] ?? "dead", { x: x + width / 2, y: y + height / 2, radius });
  }
  return paths;
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

function addGlyph(path: Path2D, state: StateName, { x, y, radius }: Spot): void {
  const reach = radius * 0.8;
  switch (state) {
    case "dead":
      path.moveTo(x - reach, y - reach);
      path.lineTo(x + reach, y + reach);
      path.moveTo(x + reach, y - reach);
      path.lineTo(x - reach, y + reach);
      return;
    case "silent":
      path.moveTo(x + reach, y);
      path.arc(x, y, reach, 0, 2 * Math.PI);
      return;
    case "saturated":
      path.moveTo(x + reach * 0.75, y);
      path.arc(x, y, reach * 0.75, 0, 2 * Math.PI);
      return;
    case "dormant":
      path.moveTo(x - reach, y);
      path.lineTo(x + reach, y);
      return;
    case "nonfinite":
      path.moveTo(x, y - reach);
      path.lineTo(x, y + reach * 0.3);
      path.moveTo(x, y + reach * 0.9);
      path.lineTo(x, y + reach * 0.92);
  }
}
