/** Draws the flow on a canvas: ribbons behind, bars before; what is not pointed at steps back. */
import type { SankeyGeometry, SankeyRibbon } from "../../layout/sankey";
import type { FlowGraph, FlowNode } from "./graph";
import type { FlowColours } from "./palette";

/** What is drawn. */
export interface FlowPicture {
  readonly graph: FlowGraph;
  readonly geometry: SankeyGeometry;
  readonly colours: FlowColours;
  /** Smaller links are not drawn. */
  readonly least: number;
  /** Links that are pointed at, by their place; null: all are alike. */
  readonly lit: ReadonlySet<number> | null;
  /** The nodes at their ends. */
  readonly litNodes: ReadonlySet<number>;
  /** The node that is selected; -1 for none. */
  readonly chosen: number;
}

/** The part of the picture that is seen, in CSS pixels. */
export interface Sight {
  readonly left: number;
  readonly width: number;
  readonly height: number;
  readonly margin: number;
  readonly pixelRatio: number;
}

/** Opacity of ribbons: alike, pointed at, stepped back. */
const PLAIN = 0.42;
const LIT = 0.78;
const FADED = 0.07;
/** Thinner ribbons have no room for hatching. */
const HATCHED_FROM = 2.5;
/** A thinner one would not be seen at all. */
const THINNEST = 0.5;
const HATCH = 6;

export function drawFlow(canvas: HTMLCanvasElement, picture: FlowPicture, sight: Sight): void {
  const context = fitted(canvas, sight);
  if (!context) return;
  context.translate(sight.margin - sight.left, sight.margin);
  const hatch = hatchOf(context, picture.colours);
  const seen = picture.geometry.ribbons.filter((ribbon) => isSeen(ribbon, picture, sight));
  // Large ones first: small ones stay visible over them.
  seen.sort((a, b) => b.thickness - a.thickness);
  for (const isLit of [false, true]) {
    for (const ribbon of seen) {
      if ((picture.lit?.has(ribbon.link) ?? false) !== isLit) continue;
      const opacity = picture.lit === null ? PLAIN : isLit ? LIT : FADED;
      drawRibbon(context, ribbon, picture, { opacity, hatch });
    }
  }
  picture.graph.nodes.forEach((node, place) => {
    drawBar(context, node, place, picture, hatch);
  });
}

function fitted(canvas: HTMLCanvasElement, sight: Sight): CanvasRenderingContext2D | null {
  const { width, height, pixelRatio } = sight;
  const [wide, high] = [Math.round(width * pixelRatio), Math.round(height * pixelRatio)];
  if (canvas.width !== wide || canvas.height !== high) {
    [canvas.width, canvas.height] = [wide, high];
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  }
  const context = canvas.getContext("2d");
  context?.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}

function isSeen({ link, points }: SankeyRibbon, picture: FlowPicture, sight: Sight): boolean {
  const value = Math.abs(picture.graph.links[link]!.value);
  if (value < picture.least || value === 0) return false;
  return points[0]! <= sight.left + sight.width && points.at(-2)! >= sight.left - sight.margin;
}

interface Ink {
  readonly opacity: number;
  readonly hatch: CanvasPattern | null;
}

function drawRibbon(
  context: CanvasRenderingContext2D,
  ribbon: SankeyRibbon,
  { graph, colours }: FlowPicture,
  { opacity, hatch }: Ink,
): void {
  const isAgainst = graph.links[ribbon.link]!.value < 0;
  traceRibbon(context, ribbon);
  context.globalAlpha = opacity;
  context.fillStyle = isAgainst ? colours.against : colours.towards;
  if (isAgainst && hatch && ribbon.thickness >= HATCHED_FROM) {
    context.globalAlpha = opacity * 0.5;
    context.fill();
    context.globalAlpha = opacity;
    context.fillStyle = hatch;
  }
  context.fill();
}

/** The outline of a ribbon: curves between columns, straight through lanes. */
function traceRibbon(context: CanvasRenderingContext2D, { points, thickness }: SankeyRibbon): void {
  const half = Math.max(thickness, THINNEST) / 2;
  const last = points.length - 2;
  context.beginPath();
  context.moveTo(points[0]!, points[1]! - half);
  for (let at = 2; at <= last; at += 2) curve(context, points, at - 2, at, -half);
  context.lineTo(points[last]!, points[last + 1]! + half);
  for (let at = last - 2; at >= 0; at -= 2) curve(context, points, at + 2, at, half);
  context.closePath();
}

function curve(
  context: CanvasRenderingContext2D,
  points: readonly number[],
  from: number,
  to: number,
  shift: number,
): void {
  const [x0, y0, x1, y1] = [points[from]!, points[from + 1]!, points[to]!, points[to + 1]!];
  const knee = (x0 + x1) / 2;
  context.bezierCurveTo(knee, y0 + shift, knee, y1 + shift, x1, y1 + shift);
}

function drawBar(
  context: CanvasRenderingContext2D,
  node: FlowNode,
  place: number,
  { geometry, colours, lit, litNodes, chosen }: FlowPicture,
  hatch: CanvasPattern | null,
): void {
  const { x, y, width, height } = geometry.bars[place]!;
  const tall = Math.max(height, 1.5);
  const top = y - (tall - height) / 2;
  context.globalAlpha = (lit === null || litNodes.has(place) ? 1 : 0.3) * node.presence;
  context.beginPath();
  context.roundRect(x, top, width, tall, Math.min(2.5, tall / 2));
  const { roles } = colours;
  if (node.kind === "bias") {
    context.fillStyle = roles.page;
    context.fill();
    context.strokeStyle = roles.muted;
    context.lineWidth = 1.2;
    context.stroke();
    return;
  }
  const isAgainst = node.attribution < 0;
  const isPlain = node.kind === "other" || node.kind === "none" || node.attribution === 0;
  context.fillStyle = isPlain ? roles.muted : isAgainst ? colours.against : colours.towards;
  context.fill();
  if (!isPlain && isAgainst && hatch) drawCuts(context, roles.page);
  if (place === chosen) outline(context, x - 2.5, top - 2.5, width + 5, tall + 5, roles.text);
}

/** Lines over a bar of negative attribution, as the ribbons' hatching. */
function drawCuts(context: CanvasRenderingContext2D, colour: string): void {
  const pattern = stripes(colour, 0.75);
  const made = pattern && context.createPattern(pattern, "repeat");
  if (!made) return;
  context.fillStyle = made;
  context.fill();
}

function outline(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
): void {
  context.globalAlpha = 1;
  context.beginPath();
  context.roundRect(x, y, width, height, 4);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
}

let hatches: { readonly colour: string; readonly tile: HTMLCanvasElement | null } | null = null;

function hatchOf(
  context: CanvasRenderingContext2D,
  { against }: FlowColours,
): CanvasPattern | null {
  if (hatches?.colour !== against) hatches = { colour: against, tile: stripes(against, 1) };
  return hatches.tile && context.createPattern(hatches.tile, "repeat");
}

/** A tile of slanting stripes. */
function stripes(colour: string, opacity: number): HTMLCanvasElement | null {
  const tile = document.createElement("canvas");
  [tile.width, tile.height] = [HATCH, HATCH];
  const context = tile.getContext("2d");
  if (!context) return null;
  context.globalAlpha = opacity;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  for (const shift of [-HATCH, 0, HATCH]) {
    context.moveTo(shift - 1, HATCH + 1);
    context.lineTo(shift + HATCH + 1, -1);
  }
  context.stroke();
  return tile;
}
