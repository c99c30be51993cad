/** A picture as a list of shapes, which becomes a canvas or an SVG file: both exports of every view. */
import type { Rect } from "./layout/rect";
import { canvasFont } from "./theme";

/** A filled or outlined rectangle. */
export interface RectShape {
  readonly kind: "rect";
  readonly rect: Rect;
  readonly fill?: string;
  readonly stroke?: string;
  readonly radius?: number;
}

/** A line of text on a baseline. */
export interface TextShape {
  readonly kind: "text";
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly fill: string;
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: "start" | "middle" | "end";
  /** Longer text is cut with an ellipsis, in CSS pixels. */
  readonly maxWidth?: number;
}

/** A bitmap: units, which no vector format holds well. */
export interface ImageShape {
  readonly kind: "image";
  readonly rect: Rect;
  readonly source: HTMLCanvasElement | HTMLImageElement;
}

/** A chart that is SVG already. */
export interface SvgShape {
  readonly kind: "svg";
  readonly rect: Rect;
  readonly markup: string;
}

/** A path in SVG's syntax, moved and scaled; stroked, and filled where it says so. */
export interface PathShape {
  readonly kind: "path";
  readonly d: string;
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly stroke: string;
  readonly fill?: string;
}

export type Shape = RectShape | TextShape | ImageShape | SvgShape | PathShape;

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly background: string;
  readonly shapes: readonly Shape[];
}

const FONT = "Roboto, system-ui, 'Segoe UI', Arial, sans-serif";
/** Width of a letter over its size, for text that has to be cut without measuring. */
const LETTER = 0.56;

/** The drawing as the text of an SVG file. */
export function toSvg(drawing: Drawing): string {
  const { width, height, background } = drawing;
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const body = drawing.shapes.map(svgOf).join("\n");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${FONT}">`,
    `<rect width="${width}" height="${height}" fill="${background}"/>`,
    body,
    "</svg>",
    "",
  ].join("\n");
}

/** The drawing as a canvas, at a number of device pixels in a CSS pixel. */
export async function toCanvas(drawing: Drawing, pixelRatio: number): Promise<HTMLCanvasElement> {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(drawing.width * pixelRatio);
  canvas.height = Math.round(drawing.height * pixelRatio);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("the browser gave no canvas; close other tabs and export again");
  context.scale(pixelRatio, pixelRatio);
  context.fillStyle = drawing.background;
  context.fillRect(0, 0, drawing.width, drawing.height);
  context.imageSmoothingEnabled = false;
  for (const shape of drawing.shapes) await draw(context, shape);
  return canvas;
}

/** Text that is safe between tags and in attributes of XML. */
export function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text
    .replace(/[&<>"]/g, (letter) => entities[letter] ?? "")
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "");
}

/** About the width of a text, in CSS pixels. */
export function widthOf(text: string, size: number): number {
  return text.length * size * LETTER;
}

/** Text cut to about a width. */
export function clip(text: string, size: number, maxWidth: number | undefined): string {
  if (maxWidth === undefined || widthOf(text, size) <= maxWidth) return text;
  const letters = Math.floor(maxWidth / (size * LETTER)) - 1;
  return letters > 0 ? `${text.slice(0, letters)}…` : "";
}

function svgOf(shape: Shape): string {
  switch (shape.kind) {
    case "rect":
      return `<rect ${box(shape.rect)} rx="${shape.radius ?? 0}" fill="${shape.fill ?? "none"}" stroke="${shape.stroke ?? "none"}"/>`;
    case "text":
      return svgText(shape);
    case "image":
      return `<image ${box(shape.rect)} style="image-rendering:pixelated" href="${hrefOf(shape.source)}"/>`;
    case "svg":
      return `<svg ${box(shape.rect)}>${shape.markup}</svg>`;
    case "path":
      return `<path d="${shape.d}" transform="translate(${shape.x} ${shape.y}) scale(${shape.scale})" fill="${shape.fill ?? "none"}" stroke="${shape.stroke}" stroke-width="0.3" stroke-linecap="round"/>`;
  }
}

function svgText(shape: TextShape): string {
  const { size = 12, weight = 400, anchor = "start" } = shape;
  const text = escapeXml(clip(shape.text, size, shape.maxWidth));
  return `<text x="${shape.x}" y="${shape.y}" font-size="${size}" font-weight="${weight}" fill="${shape.fill}" text-anchor="${anchor}">${text}</text>`;
}

function box({ x, y, width, height }: Rect): string {
  return `x="${x}" y="${y}" width="${width}" height="${height}"`;
}

function hrefOf(source: HTMLCanvasElement | HTMLImageElement): string {
  return "toDataURL" in source ? source.toDataURL("image/png") : escapeXml(source.src);
}

async function draw(context: CanvasRenderingContext2D, shape: Shape): Promise<void> {
  switch (shape.kind) {
    case "rect":
      return drawRect(context, shape);
    case "text":
      return drawText(context, shape);
    case "image": {
      const { x, y, width, height } = shape.rect;
      context.drawImage(shape.source, x, y, width, height);
      return;
    }
    case "svg":
      return drawSvg(context, shape);
    case "path":
      return drawPath(context, shape);
  }
}

function drawRect(context: CanvasRenderingContext2D, shape: RectShape): void {
  const { x, y, width, height } = shape.rect;
  context.beginPath();
  context.roundRect(x, y, width, height, shape.radius ?? 0);
  if (shape.fill !== undefined) {
    context.fillStyle = shape.fill;
    context.fill();
  }
  if (shape.stroke === undefined) return;
  context.strokeStyle = shape.stroke;
  context.lineWidth = 1;
  context.stroke();
}

function drawText(context: CanvasRenderingContext2D, shape: TextShape): void {
  const size = shape.size ?? 12;
  context.font = canvasFont(size, shape.weight ?? 400);
  context.fillStyle = shape.fill;
  context.textAlign = shape.anchor === "middle" ? "center" : (shape.anchor ?? "start");
  context.fillText(clip(shape.text, size, shape.maxWidth), shape.x, shape.y);
}

async function drawSvg(context: CanvasRenderingContext2D, shape: SvgShape): Promise<void> {
  const { x, y, width, height } = shape.rect;
  const size = `width="${width}" height="${height}"`;
  const text = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${FONT}">${shape.markup}</svg>`;
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    context.drawImage(image, x, y, width, height);
  } finally {
    URL.revokeObjectURL(url);
  }
}

function drawPath(context: CanvasRenderingContext2D, shape: PathShape): void {
  context.save();
  context.translate(shape.x, shape.y);
  context.scale(shape.scale, shape.scale);
  context.strokeStyle = shape.stroke;
  context.lineWidth = 0.3;
  context.lineCap = "round";
  const path = new Path2D(shape.d);
  if (shape.fill !== undefined) {
    context.fillStyle = shape.fill;
    context.fill(path);
  }
  context.stroke(path);
  context.restore();
}
