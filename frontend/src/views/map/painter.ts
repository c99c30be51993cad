/** Draws the map on a canvas: shaded density, dots, pictures in squares, paths, and what is chosen. */
import type { StateName } from "../../api";
import { layOutAtlas } from "../../layout/atlas";
import { layOutDensity } from "../../layout/density";
import {
  type Camera,
  onScreen,
  type Places,
  pointsWithin,
  type Size,
  type Spot,
} from "../../layout/scatter";
import { canvasFont, type Roles } from "../../theme";
import type { Picture } from "./pictures";

/** All that is drawn. */
export interface MapPicture {
  readonly size: Size;
  readonly places: Places;
  readonly camera: Camera;
  readonly colours: readonly string[];
  readonly states: readonly (StateName | null)[];
  readonly isAtlas: boolean;
  /** Of the squares, in CSS pixels. */
  readonly cell: number;
  readonly pictureOf: (point: number) => Picture | null;
  /** In words where there is no picture. */
  readonly nameOf: (point: number) => string;
  /** Those that stand out; the others step back. Null: all are alike. */
  readonly chosen: ReadonlySet<number> | null;
  readonly pointed: number;
  readonly primary: number;
  /** Paths in the plane, each with the point at its end. */
  readonly tails: readonly { readonly point: number; readonly path: readonly Spot[] }[];
  readonly lasso: readonly Spot[];
  readonly roles: Roles;
}

/** More dots than this on the screen are drawn as density alone. */
export const MOST_DOTS = 2500;
/** Fewer are no crowd: they need no shade. */
const CROWD = 400;
const SQUARE = 6;
const SMOOTHING = 2;

/** Draw at a number of device pixels in a CSS pixel. */
export function paintMap(canvas: HTMLCanvasElement, picture: MapPicture, pixelRatio: number): void {
  const { width, height } = picture.size;
  const [wide, high] = [Math.round(width * pixelRatio), Math.round(height * pixelRatio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.clearRect(0, 0, width, height);
  const screen = onScreen(picture.places, picture.camera);
  if (picture.isAtlas) paintAtlas(context, picture, screen);
  else paintPoints(context, picture, screen);
  paintTails(context, picture);
  paintRings(context, picture, screen);
  paintLasso(context, picture);
}

/** How large a dot is among so many. */
export function dotRadius(seen: number): number {
  return Math.max(1.4, Math.min(5.5, 42 / Math.sqrt(seen + 1) + 1.2));
}

function paintPoints(context: CanvasRenderingContext2D, picture: MapPicture, screen: Places): void {
  const seen = pointsWithin(screen, picture.size);
  if (seen.length > CROWD) shade(context, picture, screen);
  const shown = seen.length > MOST_DOTS ? seen.filter((at) => picture.chosen?.has(at)) : seen;
  const radius = dotRadius(seen.length);
  // The chosen ones last: they must not be covered.
  const isBehind = (at: number) =>
    picture.chosen !== null &&
    !picture.chosen.has(at) &&
    at !== picture.primary &&
    at !== picture.pointed;
  const behind = shown.filter(isBehind);
  const before = shown.filter((at) => !isBehind(at));
  context.globalAlpha = 0.22;
  for (const point of behind) dot(context, picture, screen, point, radius);
  context.globalAlpha = seen.length > CROWD ? 0.8 : 0.92;
  for (const point of before) dot(context, picture, screen, point, radius);
  context.globalAlpha = 1;
  // Dead units respond alike, so they lie on one spot, under others: their crosses go on top.
  for (const point of shown) {
    if (picture.states[point] !== "dead") continue;
    const [x = 0, y = 0] = [screen[2 * point], screen[2 * point + 1]];
    cross(context, { x, y }, radius + 1, picture.roles.danger);
  }
}

function dot(
  context: CanvasRenderingContext2D,
  { colours, states, roles }: MapPicture,
  screen: Places,
  point: number,
  radius: number,
): void {
  if (states[point] === "dead") return;
  const [x = 0, y = 0] = [screen[2 * point], screen[2 * point + 1]];
  context.fillStyle = colours[point] ?? roles.muted;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  if (radius < 2) return;
  context.lineWidth = 0.7;
  context.strokeStyle = roles.page;
  context.stroke();
}

/** Dead units are crossed out, as everywhere. */
function cross(
  context: CanvasRenderingContext2D,
  { x, y }: Spot,
  reach: number,
  colour: string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.4;
  context.beginPath();
  context.moveTo(x - reach, y - reach);
  context.lineTo(x + reach, y + reach);
  context.moveTo(x - reach, y + reach);
  context.lineTo(x + reach, y - reach);
  context.stroke();
}

function shade(context: CanvasRenderingContext2D, picture: MapPicture, screen: Places): void {
  const density = layOutDensity(screen, picture.size, SQUARE, SMOOTHING);
  if (density.max === 0) return;
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [density.columns, density.rows];
  const inner = sheet.getContext("2d");
  if (!inner) return;
  const image = inner.createImageData(density.columns, density.rows);
  const [red, green, blue] = channels(picture.roles.accent);
  density.values.forEach((value, at) => {
    // Magnitudes of crowds differ by orders: the root shows thin ones, too.
    const share = Math.sqrt(value / density.max);
    image.data.set([red, green, blue, Math.round(150 * share)], 4 * at);
  });
  inner.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(sheet, 0, 0, density.columns * SQUARE, density.rows * SQUARE);
}

function channels(hex: string): [number, number, number] {
  const number = Number.parseInt(hex.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

function paintAtlas(context: CanvasRenderingContext2D, picture: MapPicture, screen: Places): void {
  for (const { x, y, side, point } of layOutAtlas(screen, picture.size, picture.cell)) {
    const inner = side - 4;
    const [left, top] = [x - inner / 2, y - inner / 2];
    const isBehind = picture.chosen !== null && !picture.chosen.has(point);
    context.globalAlpha = isBehind ? 0.3 : 1;
    context.fillStyle = picture.roles.canvas;
    context.fillRect(left, top, inner, inner);
    const found = picture.pictureOf(point);
    if (found) drawPart(context, found, { x: left, y: top }, inner);
    else paintName(context, picture, picture.nameOf(point), { x, y }, inner);
    context.strokeStyle = picture.colours[point] ?? picture.roles.muted;
    context.lineWidth = 2;
    context.strokeRect(left - 1, top - 1, inner + 2, inner + 2);
    if (picture.states[point] === "dead") cross(context, { x, y }, inner / 2, picture.roles.danger);
  }
  context.globalAlpha = 1;
}

/** Few pixels as the squares they are; the longer side fills the cell. */
function drawPart(
  context: CanvasRenderingContext2D,
  { image, part }: Picture,
  corner: Spot,
  side: number,
): void {
  const ratio = side / Math.max(part.width, part.height);
  const [width, height] = [part.width * ratio, part.height * ratio];
  context.imageSmoothingEnabled = part.width > side * 1.5;
  const [x, y] = [corner.x + (side - width) / 2, corner.y + (side - height) / 2];
  context.drawImage(image, part.x, part.y, part.width, part.height, x, y, width, height);
}

function paintName(
  context: CanvasRenderingContext2D,
  { roles }: MapPicture,
  name: string,
  { x, y }: Spot,
  width: number,
): void {
  context.fillStyle = roles.muted;
  context.font = canvasFont(10);
  context.textAlign = "center";
  context.fillText(name, x, y + 3.5, width);
}

function paintTails(context: CanvasRenderingContext2D, picture: MapPicture): void {
  const { camera, tails, colours, roles } = picture;
  context.lineWidth = 1.6;
  context.lineCap = "round";
  for (const { point, path } of tails) {
    context.strokeStyle = picture.isAtlas ? roles.text : (colours[point] ?? roles.text);
    path.slice(1).forEach((to, at) => {
      const from = path[at] ?? to;
      // What is longer ago fades.
      context.globalAlpha = 0.15 + 0.75 * ((at + 1) / path.length);
      context.beginPath();
      context.moveTo(camera.x + from.x * camera.scale, camera.y - from.y * camera.scale);
      context.lineTo(camera.x + to.x * camera.scale, camera.y - to.y * camera.scale);
      context.stroke();
    });
  }
  context.globalAlpha = 1;
}

function paintRings(context: CanvasRenderingContext2D, picture: MapPicture, screen: Places): void {
  const { roles, pointed, primary, chosen, size } = picture;
  const radius = dotRadius(pointsWithin(screen, size).length) + 2.5;
  const ring = (point: number, colour: string, width: number) => {
    const [x = Number.NaN, y = Number.NaN] = [screen[2 * point], screen[2 * point + 1]];
    if (!Number.isFinite(x + y)) return;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  };
  if (chosen && chosen.size <= 64) for (const point of chosen) ring(point, roles.accent, 1.4);
  if (primary >= 0) ring(primary, roles.sideA, 2.4);
  if (pointed >= 0) ring(pointed, roles.text, 2);
}

function paintLasso(context: CanvasRenderingContext2D, { lasso, roles }: MapPicture): void {
  if (lasso.length < 2) return;
  context.beginPath();
  for (const { x, y } of lasso) context.lineTo(x, y);
  context.closePath();
  context.fillStyle = roles.accent;
  context.globalAlpha = 0.12;
  context.fill();
  context.globalAlpha = 1;
  context.setLineDash([5, 4]);
  context.strokeStyle = roles.accent;
  context.lineWidth = 1.5;
  context.stroke();
  context.setLineDash([]);
}
