/** Draws a map into a rectangle of a canvas: over its input, behind words, as bars or as a line. */
import { positionOf, type Scale } from "../../colour";
import { layOutBars } from "../../layout/bars";
import type { Plane } from "../../layout/plane";
import type { Rect } from "../../layout/rect";
import { wrapWords } from "../../layout/words";
import { cssOf, ENTRIES, mixPixels, packHex } from "../../palettes";
import { canvasFont, type Roles } from "../../theme";

/** How maps of one method are drawn. */
export interface Lens {
  /** "image", "tokens", "signal" or "features". */
  readonly form: string;
  readonly plane: Plane;
  readonly scale: Scale;
  /** Share of the input that a map covers. */
  readonly opacity: number;
  readonly roles: Roles;
}

/** One map and what it is of. */
export interface Subject {
  readonly values: Float32Array;
  /** A pixel for each position; of images only. */
  readonly picture: HTMLCanvasElement | null;
  /** The input without colours, or null. */
  readonly grey: HTMLCanvasElement | null;
  /** Of tokens only. */
  readonly texts: readonly string[];
}

/** Draw a map at small size or at large. */
export function drawMap(
  context: CanvasRenderingContext2D,
  lens: Lens,
  subject: Subject,
  rect: Rect,
): void {
  if (lens.form === "image") drawImage(context, lens, subject, rect);
  else if (lens.form === "tokens") drawWords(context, lens, subject, rect);
  else if (lens.form === "features") drawBars(context, lens, subject.values, rect);
  else drawLine(context, lens, subject.values, rect);
}

/** Draw a picture of few pixels as the squares they are; one of many, as the averages that fit. */
export function drawPixels(
  context: CanvasRenderingContext2D,
  source: HTMLCanvasElement,
  { x, y, width, height }: Rect,
): void {
  context.imageSmoothingEnabled = source.width > width * 2;
  context.drawImage(source, x, y, width, height);
}

/** Ink that is read on a colour. */
export function inkOn(pixel: number): string {
  const [red, green, blue] = [pixel & 255, (pixel >>> 8) & 255, (pixel >>> 16) & 255];
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#10131a" : "#ffffff";
}

/** The colour behind a word: the value's, mixed into the page as far as maps cover their input. */
export function pixelBehind({ scale, opacity, roles }: Lens, value: number): number {
  const position = positionOf(scale, value);
  const page = packHex(roles.page);
  if (Number.isNaN(position)) return page;
  return mixPixels(page, scale.palette[Math.round(position * (ENTRIES - 1))] ?? 0, opacity);
}

function drawImage(
  context: CanvasRenderingContext2D,
  lens: Lens,
  { picture, grey }: Subject,
  rect: Rect,
): void {
  context.fillStyle = lens.roles.canvas;
  context.fillRect(rect.x, rect.y, rect.width, rect.height);
  if (grey) drawPixels(context, grey, rect);
  if (!picture) return;
  context.globalAlpha = lens.opacity;
  drawPixels(context, picture, rect);
  context.globalAlpha = 1;
}

const WORD = { size: 9.5, height: 13, padding: 2 };

function drawWords(
  context: CanvasRenderingContext2D,
  lens: Lens,
  { values, texts }: Subject,
  rect: Rect,
): void {
  context.font = canvasFont(WORD.size);
  context.textAlign = "left";
  const widths = texts.map((text) => context.measureText(text).width + 2 * WORD.padding);
  const boxes = wrapWords(widths, rect, WORD.height);
  boxes.forEach((box, place) => {
    const pixel = pixelBehind(lens, values[place] ?? Number.NaN);
    context.fillStyle = cssOf(pixel);
    context.fillRect(box.x, box.y, box.width, WORD.height - 1);
    context.fillStyle = inkOn(pixel);
    context.fillText(texts[place] ?? "", box.x + WORD.padding, box.y + 9.5, box.width);
  });
  if (boxes.length === texts.length) return;
  context.fillStyle = lens.roles.muted;
  context.fillText("…", rect.x + rect.width - 9, rect.y + rect.height - 3);
}

function drawBars(
  context: CanvasRenderingContext2D,
  { scale, roles }: Lens,
  values: Float32Array,
  rect: Rect,
): void {
  context.fillStyle = roles.canvas;
  context.fillRect(rect.x, rect.y, rect.width, rect.height);
  // The ends take part in the layout, so that all bars are of the scale, not of this map.
  const { zero, bars } = layOutBars([scale.min, scale.max, ...clipped(values, scale)]);
  const size = rect.height / Math.max(1, values.length);
  bars.slice(2).forEach(({ left, width }, place) => {
    const position = positionOf(scale, values[place] ?? 0);
    if (Number.isNaN(position)) return;
    context.fillStyle = cssOf(scale.palette[Math.round(position * (ENTRIES - 1))] ?? 0);
    const thick = Math.max(1, size - (size > 4 ? 1.5 : 0));
    context.fillRect(rect.x + left * rect.width, rect.y + place * size, width * rect.width, thick);
  });
  if (size >= NUMBERED) drawNumbers(context, values.length, roles, rect);
  context.fillStyle = roles.muted;
  context.fillRect(rect.x + zero * rect.width - 0.5, rect.y, 1, rect.height);
}

/** Height from which on a bar has room for its feature's number. */
const NUMBERED = 14;

function drawNumbers(
  context: CanvasRenderingContext2D,
  count: number,
  roles: Roles,
  { x, y, height }: Rect,
): void {
  context.font = canvasFont(11);
  context.textAlign = "left";
  context.fillStyle = roles.muted;
  for (let place = 0; place < count; place++) {
    context.fillText(String(place), x + 6, y + ((place + 0.5) * height) / count + 4);
  }
}

function drawLine(
  context: CanvasRenderingContext2D,
  { scale, roles }: Lens,
  values: Float32Array,
  { x, y, width, height }: Rect,
): void {
  context.fillStyle = roles.canvas;
  context.fillRect(x, y, width, height);
  const range = scale.max - scale.min || 1;
  const at = (value: number) => y + height - ((value - scale.min) / range) * height;
  context.fillStyle = roles.strongBorder;
  context.fillRect(x, at(0) - 0.5, width, 1);
  context.strokeStyle = roles.accent;
  context.lineWidth = 1.3;
  context.beginPath();
  clipped(values, scale).forEach((value, place) => {
    if (!Number.isFinite(value)) return;
    context.lineTo(x + ((place + 0.5) / values.length) * width, at(value));
  });
  context.stroke();
}

function clipped(values: Float32Array, { min, max }: Scale): number[] {
  return Array.from(values, (value) => Math.max(min, Math.min(max, value)));
}
