/**
 * A Sankey diagram whose order is given: columns of nodes, and ribbons between them.
 *
 * A *stack* is a run of nodes that belong together, such as the units of a layer; a *lane* is the room
 * that ribbons between two stacks keep in every column that they pass; a *slot* is the least height
 * that a node takes, so that its label fits. Nothing is sorted or relaxed here: nodes stand in the
 * order of the list, ribbons at a node in the order of the nodes at their other ends.
 */
import type { Rect } from "./rect";

/** A node; those of a column stand in the order of the list, from top to bottom. */
export interface SankeyNode {
  readonly column: number;
  readonly stack: number;
  /** The share of a slot that it takes; less than 1 while it comes or goes. */
  readonly presence: number;
}

/** A link to a node in a later column. */
export interface SankeyLink {
  readonly source: number;
  readonly target: number;
  /** Signed; its magnitude is the ribbon's thickness. */
  readonly value: number;
}

export interface SankeyGraph {
  readonly nodes: readonly SankeyNode[];
  readonly links: readonly SankeyLink[];
}

/** Room and spaces, in CSS pixels. */
export interface SankeyFrame {
  readonly width: number;
  readonly height: number;
  /** Room to the right of the last column, for its labels. */
  readonly right: number;
  readonly bar: number;
  /** Least distance of columns; more of them than fit make the diagram wider than the frame. */
  readonly columnStep: number;
  readonly slot: number;
  readonly gap: number;
  readonly stackGap: number;
}

/** Pixels of an amount of 1, and the share of slots and gaps that there is room for. */
export interface SankeyScale {
  readonly pixels: number;
  readonly spacing: number;
}

/** What stands in a column: the amount of each node and lane, and which stack it belongs to. */
export interface ColumnItem {
  readonly stack: number;
  readonly amount: number;
  readonly presence: number;
}

/** The way of a link through the diagram. */
export interface SankeyRibbon {
  readonly link: number;
  readonly thickness: number;
  /** x and y of its middle at each end and at both sides of each lane: x0, y0, x1, y1, … */
  readonly points: readonly number[];
}

export interface SankeyGeometry {
  readonly width: number;
  /** Left edge of each column. */
  readonly columns: readonly number[];
  /** By node: the bar, whose height is the larger of what comes in and goes out. */
  readonly bars: readonly Rect[];
  /** By node: top and height of the room that is its own. */
  readonly slots: readonly { readonly y: number; readonly height: number }[];
  /** By link, in their order. */
  readonly ribbons: readonly SankeyRibbon[];
}

/** Slots and gaps take no more than this share of a crowded column. */
const MOST_SPACING = 0.6;
const HALVINGS = 40;
/** In place of a stack: lanes belong to none. */
const LANE = -1;

/** Lay the diagram out; columns are centred in height. */
export function layOutSankey(
  graph: SankeyGraph,
  frame: SankeyFrame,
  scale: SankeyScale,
): SankeyGeometry {
  const lanes = lanesOf(graph);
  const { columns, width } = columnPlaces(graph, frame);
  const amounts = nodeAmounts(graph);
  const bars: Rect[] = [];
  const slots: { y: number; height: number }[] = [];
  const laneTops = new Map<string, number>();
  itemsByColumn(graph, amounts, lanes).forEach((items, column) => {
    let y = (frame.height - heightOf(items, frame, scale)) / 2;
    items.forEach((item, place) => {
      y += gapBefore(items, place, frame) * scale.spacing;
      const height = item.amount * scale.pixels;
      const slot = slotOf(item, frame, scale);
      if (item.node !== null) {
        bars[item.node] = {
          x: columns[column]!,
          y: y + (slot - height) / 2,
          width: frame.bar,
          height,
        };
        slots[item.node] = { y, height: slot };
      } else laneTops.set(`${item.lane}/${column}`, y);
      y += slot;
    });
  });
  const room = { bars, columns, bar: frame.bar, laneTops };
  return { width, columns, bars, slots, ribbons: ribbonsOf(graph, lanes, room, scale.pixels) };
}

/** By column, from top to bottom: what takes room in it. */
export function columnItems(graph: SankeyGraph): readonly (readonly ColumnItem[])[] {
  return itemsByColumn(graph, nodeAmounts(graph), lanesOf(graph));
}

/** The largest scale at which all of these columns, of any number of diagrams, fit the frame. */
export function scaleThatFits(
  columns: readonly (readonly ColumnItem[])[],
  frame: SankeyFrame,
): SankeyScale {
  const bare = { pixels: 0, spacing: 1 };
  const least = columns.reduce((most, items) => Math.max(most, heightOf(items, frame, bare)), 0);
  const spacing = Math.min(1, (MOST_SPACING * frame.height) / Math.max(least, 1));
  const fits = (pixels: number) =>
    columns.every((items) => heightOf(items, frame, { pixels, spacing }) <= frame.height);
  const largest = columns.reduce((most, items) => Math.max(most, totalOf(items)), 0);
  if (largest === 0) return { pixels: 0, spacing };
  let [low, high] = [0, frame.height / largest];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return { pixels: low, spacing };
}

/** Height between the middle of a ribbon and a place on the diagram; NaN where it does not pass. */
export function ribbonOffset({ points }: SankeyRibbon, x: number, y: number): number {
  for (let at = 0; at + 3 < points.length; at += 2) {
    const [x0, y0, x1, y1] = [points[at]!, points[at + 1]!, points[at + 2]!, points[at + 3]!];
    if (x >= x0 && x <= x1) return y - (y0 + (y1 - y0) * eased((x - x0) / (x1 - x0 || 1)));
  }
  return Number.NaN;
}

/** The ribbon over a place, the thinnest of several; -1 for none. */
export function ribbonAt(
  ribbons: readonly SankeyRibbon[],
  x: number,
  y: number,
  reach: number,
): number {
  let [found, thinnest] = [-1, Number.POSITIVE_INFINITY];
  ribbons.forEach((ribbon, place) => {
    const within = Math.max(ribbon.thickness / 2, reach);
    if (ribbon.thickness >= thinnest || !(Math.abs(ribbonOffset(ribbon, x, y)) <= within)) return;
    [found, thinnest] = [place, ribbon.thickness];
  });
  return found;
}

/** Each layer's column: its longest path from a layer that nothing leads to; the last one stands last. */
export function longestPaths(
  layers: number,
  links: readonly { readonly source: number; readonly target: number }[],
): readonly number[] {
  const places = new Array<number>(layers).fill(0);
  // Links lead to later layers, so that their sources are placed by then.
  const inOrder = links.filter(({ source, target }) => source < target);
  for (const { source, target } of inOrder.toSorted((a, b) => a.target - b.target)) {
    places[target] = Math.max(places[target]!, places[source]! + 1);
  }
  if (layers > 0) places[layers - 1] = Math.max(...places);
  return places;
}

interface Item extends ColumnItem {
  /** A node, or else a lane. */
  readonly node: number | null;
  readonly lane: string;
}

/** The links that keep one lane together. */
interface Lane {
  readonly name: string;
  /** Stacks. */
  readonly source: number;
  readonly target: number;
  /** Columns. */
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

/** By name: links between two stacks that are more than a column apart. */
function lanesOf({ nodes, links }: SankeyGraph): ReadonlyMap<string, Lane> {
  const lanes = new Map<string, Lane>();
  for (const { source, target, value } of links) {
    const [from, to] = [nodes[source]!, nodes[target]!];
    if (to.column - from.column < 2) continue;
    const name = laneName(from, to);
    const amount = (lanes.get(name)?.amount ?? 0) + Math.abs(value);
    const stacks = { source: from.stack, target: to.stack };
    lanes.set(name, { name, ...stacks, from: from.column, to: to.column, amount });
  }
  const inOrder = [...lanes.values()].toSorted(
    (a, b) => a.source - b.source || a.target - b.target,
  );
  return new Map(inOrder.map((lane) => [lane.name, lane]));
}

function laneName(from: SankeyNode, to: SankeyNode): string {
  return `${from.stack}>${to.stack}`;
}

function nodeAmounts({ nodes, links }: SankeyGraph): readonly number[] {
  const [incoming, outgoing] = [new Float64Array(nodes.length), new Float64Array(nodes.length)];
  for (const { source, target, value } of links) {
    outgoing[source]! += Math.abs(value);
    incoming[target]! += Math.abs(value);
  }
  return nodes.map((_, node) => Math.max(incoming[node]!, outgoing[node]!));
}

function itemsByColumn(
  { nodes }: SankeyGraph,
  amounts: readonly number[],
  lanes: ReadonlyMap<string, Lane>,
): Item[][] {
  const count = nodes.reduce((most, { column }) => Math.max(most, column + 1), 0);
  const items: Item[][] = Array.from({ length: count }, () => []);
  nodes.forEach(({ column, stack, presence }, node) => {
    items[column]!.push({ node, stack, presence, amount: amounts[node]!, lane: "" });
  });
  for (const { name, from, to, amount } of lanes.values()) {
    for (let column = from + 1; column < to; column++) {
      items[column]!.push({ node: null, stack: LANE, presence: 1, amount, lane: name });
    }
  }
  return items;
}

function gapBefore(items: readonly ColumnItem[], place: number, frame: SankeyFrame): number {
  const [before, item] = [items[place - 1], items[place]!];
  if (!before) return 0;
  const isSame = before.stack === item.stack && item.stack !== LANE;
  return item.presence * (isSame ? frame.gap : frame.stackGap);
}

function slotOf(item: ColumnItem, { slot }: SankeyFrame, { pixels, spacing }: SankeyScale): number {
  const least = item.stack === LANE ? 0 : item.presence * slot * spacing;
  return Math.max(item.amount * pixels, least);
}

function heightOf(items: readonly ColumnItem[], frame: SankeyFrame, scale: SankeyScale): number {
  return items.reduce(
    (sum, item, place) =>
      sum + gapBefore(items, place, frame) * scale.spacing + slotOf(item, frame, scale),
    0,
  );
}

function totalOf(items: readonly ColumnItem[]): number {
  return items.reduce((sum, { amount }) => sum + amount, 0);
}

function columnPlaces(
  { nodes }: SankeyGraph,
  frame: SankeyFrame,
): { readonly columns: readonly number[]; readonly width: number } {
  const count = nodes.reduce((most, { column }) => Math.max(most, column + 1), 0);
  const free = frame.width - frame.right - frame.bar;
  const step = count > 1 ? Math.max(frame.columnStep, free / (count - 1)) : 0;
  const columns = Array.from({ length: count }, (_, column) => column * step);
  return { columns, width: Math.max(frame.width, (columns.at(-1) ?? 0) + frame.bar + frame.right) };
}

interface Room {
  readonly bars: readonly Rect[];
  readonly columns: readonly number[];
  readonly bar: number;
  readonly laneTops: ReadonlyMap<string, number>;
}

function ribbonsOf(
  graph: SankeyGraph,
  lanes: ReadonlyMap<string, Lane>,
  room: Room,
  pixels: number,
): SankeyRibbon[] {
  const { nodes, links } = graph;
  const starts = edgesOf(graph, "source", "target", room.bars, pixels);
  const ends = edgesOf(graph, "target", "source", room.bars, pixels);
  const passed = new Map<string, number>();
  const inLane = linksInOrder(graph, "source", "target");
  const offsets = new Float64Array(links.length);
  for (const link of inLane) {
    const { source, target, value } = links[link]!;
    const name = laneName(nodes[source]!, nodes[target]!);
    if (!lanes.has(name)) continue;
    offsets[link] = passed.get(name) ?? 0;
    passed.set(name, offsets[link]! + Math.abs(value));
  }
  return links.map(({ source, target, value }, link) => {
    const [from, to] = [nodes[source]!, nodes[target]!];
    const points = [room.columns[from.column]! + room.bar, starts[link]!];
    for (let column = from.column + 1; column < to.column; column++) {
      const top = room.laneTops.get(`${laneName(from, to)}/${column}`) ?? 0;
      const y = top + (offsets[link]! + Math.abs(value) / 2) * pixels;
      points.push(room.columns[column]!, y, room.columns[column]! + room.bar, y);
    }
    points.push(room.columns[to.column]!, ends[link]!);
    return { link, thickness: Math.abs(value) * pixels, points };
  });
}

type End = "source" | "target";

/** By link: the height of its middle at one of its ends; those of a node are centred on its bar. */
function edgesOf(
  graph: SankeyGraph,
  end: End,
  other: End,
  bars: readonly Rect[],
  pixels: number,
): Float64Array {
  const { links, nodes } = graph;
  const totals = new Float64Array(nodes.length);
  for (const link of links) totals[link[end]]! += Math.abs(link.value) * pixels;
  const next = bars.map(({ y, height }, node) => y + (height - totals[node]!) / 2);
  const middles = new Float64Array(links.length);
  for (const place of linksInOrder(graph, end, other)) {
    const link = links[place]!;
    const thickness = Math.abs(link.value) * pixels;
    middles[place] = next[link[end]]! + thickness / 2;
    next[link[end]]! += thickness;
  }
  return middles;
}

/** Links by the node at one end, then by where they go: neighbours first, those that take lanes below. */
function linksInOrder({ nodes, links }: SankeyGraph, end: End, other: End): number[] {
  const span = ({ source, target }: SankeyLink) => nodes[target]!.column - nodes[source]!.column;
  return links
    .map((_, place) => place)
    .sort((left, right) => {
      const [a, b] = [links[left]!, links[right]!];
      const isLane = Number(span(a) > 1) - Number(span(b) > 1);
      return a[end] - b[end] || isLane || a[other] - b[other];
    });
}

/** Height of a ribbon's edge on its way (0 to 1): a cubic Bézier with level ends and its knees halfway. */
function eased(way: number): number {
  let [low, high] = [0, 1];
  for (let halving = 0; halving < 24; halving++) {
    const t = (low + high) / 2;
    const x = 1.5 * t * (1 - t) + t ** 3;
    if (x < way) low = t;
    else high = t;
  }
  const t = (low + high) / 2;
  return t * t * (3 - 2 * t);
}
