/** What lies over the units and does not change with the film: gaps between them, cursor, selection. */
import type { Rect } from "../../layout/rect";
import { canvasFont, type Roles } from "../../theme";
import type { UnitTile } from "./tiles";

/** Gaps are drawn from this size of a unit on, in CSS pixels. */
const GAP_FROM = 7;
const WIDE_GAP_FROM = 18;
/** Indices are written from this size of a unit on. */
const LABEL_FROM = { width: 34, height: 24 };

/** A place to outline. */
export interface Outline {
  readonly tile: UnitTile;
  readonly place: number;
}

/** Whether units are large enough for lines between them. */
export function hasGaps({ texel }: UnitTile): boolean {
  return Math.min(texel.width, texel.height) >= GAP_FROM;
}

/** Draw the lines between units that are large enough to be told apart. */
export function drawGaps(context: CanvasRenderingContext2D, tile: UnitTile, colour: string): void {
  if (!hasGaps(tile)) return;
  const { width, height } = tile.texel;
  context.strokeStyle = colour;
  context.lineWidth = Math.min(width, height) < WIDE_GAP_FROM ? 1 : 2;
  context.beginPath();
  const { x, y } = tile.body;
  for (let column = 1; column < tile.grid.columns; column++) {
    context.moveTo(x + column * width, y);
    context.lineTo(x + column * width, y + tile.body.height);
  }
  for (let row = 1; row < tile.grid.rows; row++) {
    context.moveTo(x, y + row * height);
    context.lineTo(x + tile.body.width, y + row * height);
  }
  context.stroke();
}

/** Whether units are large enough to bear their index. */
export function hasIndices(tile: UnitTile): boolean {
  const { width, height } = tile.texel;
  return tile.grid.perTexel === 1 && width >= LABEL_FROM.width && height >= LABEL_FROM.height;
}

/** Write the units' indices, dark on light colours and light on dark ones. */
export function drawIndices(
  context: CanvasRenderingContext2D,
  tile: UnitTile,
  order: Uint32Array,
  colours: Uint32Array,
): void {
  context.font = canvasFont(11, 500);
  context.textBaseline = "top";
  tile.own(order).forEach((unit, place) => {
    const { x, y } = tile.rectOf(place);
    const isLight = lightness(colours[tile.range.start + unit] ?? 0) > 0.5;
    context.fillStyle = isLight ? "rgb(10 14 22 / 80%)" : "rgb(255 255 255 / 88%)";
    context.fillText(String(unit), x + 6, y + 5);
  });
}

/** Perceived lightness of a packed colour, 0 to 1. */
function lightness(pixel: number): number {
  const [red, green, blue] = [pixel & 255, (pixel >>> 8) & 255, (pixel >>> 16) & 255];
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}

/** Outline a unit so that it is seen on every colour. */
export function drawOutline(
  context: CanvasRenderingContext2D,
  { tile, place }: Outline,
  roles: Roles,
  isPrimary: boolean,
): void {
  const rect = grown(tile.rectOf(place), isPrimary ? 2 : 1);
  context.lineWidth = isPrimary ? 5 : 3.5;
  context.strokeStyle = isPrimary ? roles.page : "rgb(0 0 0 / 70%)";
  strokeRounded(context, rect);
  context.lineWidth = isPrimary ? 2.5 : 1.5;
  context.strokeStyle = isPrimary ? roles.accent : "#ffffff";
  strokeRounded(context, rect);
}

/** A small unit is outlined with room around it. */
function grown(rect: Rect, by: number): Rect {
  const room = Math.max(by, 5 - Math.min(rect.width, rect.height) / 2);
  return {
    x: rect.x - room,
    y: rect.y - room,
    width: rect.width + 2 * room,
    height: rect.height + 2 * room,
  };
}

function strokeRounded(context: CanvasRenderingContext2D, rect: Rect): void {
  context.beginPath();
  context.roundRect(rect.x, rect.y, rect.width, rect.height, 3);
  context.stroke();
}
