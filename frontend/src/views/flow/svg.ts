/** The diagram as SVG: ribbons and bars as the canvas draws them, hatching included. */
import type { SankeyGeometry, SankeyRibbon } from "../../layout/sankey";
import type { FlowGraph } from "./graph";
import type { FlowColours } from "./palette";

export interface DiagramParts {
  readonly graph: FlowGraph;
  readonly geometry: SankeyGeometry;
  readonly colours: FlowColours;
  readonly least: number;
  readonly margin: number;
}

const OPACITY = 0.42;
const THINNEST = 0.5;

/** The markup inside of an `svg` element. */
export function diagramMarkup({ graph, geometry, colours, least, margin }: DiagramParts): string {
  const ribbons = geometry.ribbons
    .filter(({ link }) => Math.abs(graph.links[link]!.value) >= Math.max(least, Number.MIN_VALUE))
    .toSorted((a, b) => b.thickness - a.thickness)
    .map((ribbon) => ribbonMarkup(ribbon, graph.links[ribbon.link]!.value < 0));
  const bars = graph.nodes.map((_, place) => barMarkup(graph, geometry, colours, place));
  return [
    `<defs>${hatching(colours.against)}</defs>`,
    `<g transform="translate(${margin} ${margin})">`,
    `<g fill="${colours.towards}">${ribbons.join("")}</g>`,
    bars.join(""),
    "</g>",
  ].join("");
}

const HATCHED = 'fill="url(#against)"';

function hatching(colour: string): string {
  return [
    '<pattern id="against" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">',
    `<rect width="6" height="6" fill="${colour}" fill-opacity="0.5"/>`,
    `<rect width="2" height="6" fill="${colour}"/></pattern>`,
  ].join("");
}

function ribbonMarkup(ribbon: SankeyRibbon, isAgainst: boolean): string {
  const fill = isAgainst ? ` ${HATCHED}` : "";
  return `<path d="${ribbonPath(ribbon)}" fill-opacity="${OPACITY}"${fill}/>`;
}

function ribbonPath({ points, thickness }: SankeyRibbon): string {
  const half = Math.max(thickness, THINNEST) / 2;
  const last = points.length - 2;
  const parts = [`M${short(points[0]!)} ${short(points[1]! - half)}`];
  for (let at = 2; at <= last; at += 2) parts.push(curve(points, at - 2, at, -half));
  parts.push(`L${short(points[last]!)} ${short(points[last + 1]! + half)}`);
  for (let at = last - 2; at >= 0; at -= 2) parts.push(curve(points, at + 2, at, half));
  return `${parts.join("")}Z`;
}

function curve(points: readonly number[], from: number, to: number, shift: number): string {
  const [x0, y0, x1, y1] = [points[from]!, points[from + 1]!, points[to]!, points[to + 1]!];
  const knee = (x0 + x1) / 2;
  const places = [knee, y0 + shift, knee, y1 + shift, x1, y1 + shift];
  return `C${places.map(short).join(" ")}`;
}

function barMarkup(
  { nodes }: FlowGraph,
  { bars }: SankeyGeometry,
  { towards, against, roles }: FlowColours,
  place: number,
): string {
  const [node, { x, y, width, height }] = [nodes[place]!, bars[place]!];
  const tall = Math.max(height, 1.5);
  const box = `x="${short(x)}" y="${short(y - (tall - height) / 2)}" width="${width}" height="${short(tall)}" rx="${short(Math.min(2.5, tall / 2))}"`;
  if (node.kind === "bias") return `<rect ${box} fill="${roles.page}" stroke="${roles.muted}"/>`;
  if (node.kind === "other" || node.kind === "none") return `<rect ${box} fill="${roles.muted}"/>`;
  return `<rect ${box} ${node.attribution < 0 ? HATCHED : `fill="${towards}"`} stroke="${node.attribution < 0 ? against : "none"}"/>`;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
