/**
 * A record of flow as nodes and links: which units stand for themselves, what joins "other", what
 * biases and normalisation add; and what of it all is not shown.
 *
 * A node of kind "bias" is the source of what a layer's units have beyond their incoming links.
 */
import type { FlowRecord } from "../../flow-api";
import { longestPaths, type SankeyNode } from "../../layout/sankey";
import type { UnitGroup } from "../../wire";
import { countNotFinite, finite, sumOf } from "./amounts";
import { groupNodes, keysOfGroups } from "./group-nodes";

export type NodeKind = "unit" | "group" | "none" | "other" | "bias";

/** A node of the diagram. */
export interface FlowNode extends SankeyNode {
  /** The same node at every step has the same. */
  readonly key: string;
  readonly kind: NodeKind;
  /** The layer by position; of a bias node, the layer that it feeds. */
  readonly layer: number;
  /** -1 for what is not one unit. */
  readonly unit: number;
  /** A group of the layer's units, from 0; -1 for what is none. */
  readonly group: number;
  /** Whether it is a unit that the recording always shows. */
  readonly isPinned: boolean;
  /** How many units it stands for; 0 for a bias. */
  readonly units: number;
  /** Signed mean over the examples. */
  readonly attribution: number;
  /** Mean |attribution|, of several units summed over them; of a bias, summed over its targets. */
  readonly magnitude: number;
  /** A number by which it stands among the nodes of its layer. */
  readonly place: number;
}

/** A link between two nodes, by their places in the list. */
export interface FlowLink {
  readonly source: number;
  readonly target: number;
  readonly value: number;
  /** Between groups, the part below 0 of what was summed. */
  readonly against?: number;
}

/** What a layer holds, and how much of that its own nodes show. */
export interface LayerTotals {
  readonly name: string;
  readonly units: number;
  readonly column: number;
  /** Units that stand for themselves, or are told apart within the groups. */
  readonly shown: number;
  /** The groups that are its nodes; none where its units are. */
  readonly groups: readonly UnitGroup[];
  /** Step of the responses that these are of; empty without. */
  readonly groupStep: string;
  /** Of all units: signed mean, and mean |attribution|. */
  readonly attribution: number;
  readonly magnitude: number;
  /** Mean |attribution| of the units that stand for themselves. */
  readonly shownMagnitude: number;
}

export interface FlowGraph {
  readonly step: string;
  readonly method: string;
  readonly layers: readonly LayerTotals[];
  readonly columns: number;
  /** Columns from left to right; in each, layers in order with "other" last, then biases. */
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
  /** Recorded amounts that are NaN or infinite, and so are left out. */
  readonly notFinite: number;
}

/** The order of a layer's units, and which of them are shown: neither depends on the step. */
export interface Ranking {
  /** A number by which the units of a layer stand from top to bottom. */
  readonly place: (layer: string, unit: number) => number;
  /** A number by which those are chosen that stand for themselves, the least first. */
  readonly rank: (layer: string, unit: number) => number;
}

/** Beyond every place and rank that the anchor gives. */
const UNKNOWN = 1e6;

/** Order and choice by what units had at one record: the largest attribution first, or by number. */
export function rankingBy(anchor: FlowRecord | null, order: "attribution" | "unit"): Ranking {
  const places = anchor ? ranks(anchor, anchor.attributions) : new Map<string, number>();
  const choice = anchor ? ranks(anchor, anchor.magnitudes) : new Map<string, number>();
  // A unit that the anchor knows nothing of comes after those that it knows, by number.
  const known = (found: ReadonlyMap<string, number>) => (layer: string, unit: number) =>
    found.get(keyOfUnit(layer, unit)) ?? UNKNOWN + unit;
  return { place: order === "unit" ? (_, unit) => unit : known(places), rank: known(choice) };
}

/** By unit: its place among the units of its layer, the largest value first. */
function ranks(record: FlowRecord, values: Float32Array): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  eachLayer(record, (layer, start) => {
    const { name } = layer;
    const shown = numbersOf(layer);
    const places = shown.map((_, at) => at);
    const value = (at: number) => finite(values[start + at]);
    places
      .toSorted((a, b) => value(b) - value(a) || a - b)
      .forEach((at, rank) => {
        found.set(keyOfUnit(name, shown[at]!), rank);
      });
  });
  return found;
}

/**
 * The nodes and links of a record.
 *
 * @param most units of each layer that stand for themselves at most, beside the pinned; the others are one node.
 */
export function makeGraph(record: FlowRecord, ranking: Ranking, most: number): FlowGraph {
  const { header } = record;
  const columnOf = longestPaths(header.layers.length, header.links);
  const parts = partsOf(record, ranking, most, columnOf);
  const inOrder = parts.nodes.toSorted(compareNodes);
  const placeOf = new Map(inOrder.map(({ key }, place) => [key, place]));
  const links = gather(record, parts.keyAt, placeOf);
  const columns = Math.max(0, ...columnOf) + 1;
  const notFinite = record.links.reduce((sum, values) => sum + countNotFinite(values), 0);
  const { step, method } = header;
  return { step, method, layers: parts.layers, columns, nodes: inOrder, links, notFinite };
}

/** From left to right, then from top to bottom. */
export function compareNodes(a: FlowNode, b: FlowNode): number {
  const isBias = Number(a.kind === "bias") - Number(b.kind === "bias");
  return a.column - b.column || isBias || a.layer - b.layer || a.place - b.place;
}

interface Parts {
  readonly nodes: readonly FlowNode[];
  readonly layers: readonly LayerTotals[];
  /** By layer: the key of the node that each recorded unit, the rest included, belongs to. */
  readonly keyAt: readonly (readonly string[])[];
}

/** A layer of a record, with where its units begin among those of all layers. */
export interface Placed {
  readonly name: string;
  readonly units: number;
  readonly recorded: readonly number[];
  readonly groups: readonly UnitGroup[];
  readonly groupStep: string;
  /** Of the recorded, how many are in no group. */
  readonly ungrouped: number;
  /** Those of the recorded that are always shown. */
  readonly pinned: ReadonlySet<number>;
  readonly layer: number;
  readonly column: number;
  readonly start: number;
}

function partsOf(
  record: FlowRecord,
  ranking: Ranking,
  most: number,
  columnOf: readonly number[],
): Parts {
  const [nodes, layers, keyAt]: [FlowNode[], LayerTotals[], string[][]] = [[], [], []];
  const targets = new Set(record.header.links.map(({ target }) => target));
  eachLayer(record, ({ pinned: pins, shown, ungrouped: ungroupedUnits, ...rest }, start, layer) => {
    const { name, units, groups } = rest;
    const [pinned, column, ungrouped] = [
      new Set(pins),
      columnOf[layer] ?? 0,
      ungroupedUnits.length,
    ];
    const placed = { ...rest, recorded: shown, ungrouped, pinned, layer, column, start };
    const isGrouped = groups.length > 0;
    const own = isGrouped
      ? groupNodes(record, placed, ranking)
      : ownNodes(record, placed, ranking, most);
    const totals = totalsOf(record, placed, own);
    layers.push(totals);
    nodes.push(...own);
    if (totals.shown < units) nodes.push(otherNode(placed, totals, own));
    if (targets.has(layer)) nodes.push(biasNode(record, placed));
    const keys = new Set(own.map(({ key }) => key));
    const keyOf = (unit: number) =>
      keys.has(keyOfUnit(name, unit)) ? keyOfUnit(name, unit) : keyOfOther(name);
    const inOrder = isGrouped ? keysOfGroups(name, groups.length) : shown.map(keyOf);
    keyAt.push([...inOrder, keyOfOther(name)]);
  });
  return { nodes, layers, keyAt };
}

export function keyOfUnit(layer: string, unit: number): string {
  return `${layer}\n${unit}`;
}

function keyOfOther(layer: string): string {
  return `${layer}\nother`;
}

function keyOfBias(layer: string): string {
  return `${layer}\nbias`;
}

/** The units that stand for themselves: the pinned, and the first of the others. */
function ownNodes(record: FlowRecord, at: Placed, ranking: Ranking, most: number): FlowNode[] {
  const { name, recorded, pinned, layer, column, start } = at;
  const others = recorded
    .filter((unit) => !pinned.has(unit))
    .toSorted((a, b) => ranking.rank(name, a) - ranking.rank(name, b));
  return [...pinned, ...others.slice(0, most)].map((unit) => {
    const index = start + recorded.indexOf(unit);
    return {
      key: keyOfUnit(name, unit),
      kind: "unit",
      column,
      stack: 2 * layer,
      presence: 1,
      layer,
      unit,
      group: -1,
      isPinned: pinned.has(unit),
      units: 1,
      attribution: finite(record.attributions[index]),
      magnitude: finite(record.magnitudes[index]),
      place: ranking.place(name, unit),
    };
  });
}

function totalsOf(record: FlowRecord, at: Placed, own: readonly FlowNode[]): LayerTotals {
  const isGrouped = at.groups.length > 0;
  const count = isGrouped ? at.groups.length + 2 : at.recorded.length + 1;
  return {
    name: at.name,
    units: at.units,
    column: at.column,
    shown: isGrouped ? at.recorded.length : own.length,
    groups: at.groups,
    groupStep: at.groupStep,
    attribution: sumOf(record.attributions, at.start, count),
    magnitude: sumOf(record.magnitudes, at.start, count),
    shownMagnitude: own.reduce((sum, { magnitude }) => sum + magnitude, 0),
  };
}

/** All units that don't stand for themselves. */
function otherNode(
  { name, layer, column }: Placed,
  { units, shown, attribution, magnitude, shownMagnitude }: LayerTotals,
  own: readonly FlowNode[],
): FlowNode {
  return {
    key: keyOfOther(name),
    kind: "other",
    column,
    stack: 2 * layer,
    presence: 1,
    layer,
    unit: -1,
    group: -1,
    isPinned: false,
    units: units - shown,
    attribution: own.reduce((left, node) => left - node.attribution, attribution),
    magnitude: Math.max(0, magnitude - shownMagnitude),
    place: Number.POSITIVE_INFINITY,
  };
}

/** The source of what units have beyond their incoming links; it stands a column before them. */
function biasNode(record: FlowRecord, at: Placed): FlowNode {
  const { name, layer, column, recorded, groups, start } = at;
  const count = groups.length > 0 ? groups.length + 2 : recorded.length + 1;
  const remainders = record.remainders.subarray(start, start + count);
  return {
    key: keyOfBias(name),
    kind: "bias",
    column: Math.max(0, column - 1),
    stack: 2 * layer + 1,
    presence: 1,
    layer,
    unit: -1,
    group: -1,
    isPinned: false,
    units: 0,
    attribution: remainders.reduce((sum, value) => sum + finite(value), 0),
    magnitude: remainders.reduce((sum, value) => sum + Math.abs(finite(value)), 0),
    place: 0,
  };
}

/** The links between nodes: those of units that share a node are summed, with their signs. */
function gather(
  record: FlowRecord,
  keyAt: readonly (readonly string[])[],
  placeOf: ReadonlyMap<string, number>,
): FlowLink[] {
  const sums = new Map<number, { value: number; against: number }>();
  const count = placeOf.size;
  const add = (from: string, to: string, value: number, below = Math.max(0, -value)) => {
    const [source, target] = [placeOf.get(from), placeOf.get(to)];
    const isNothing = finite(value) === 0 && finite(below) === 0;
    if (source === undefined || target === undefined || isNothing) return;
    const place = source * count + target;
    const before = sums.get(place) ?? { value: 0, against: 0 };
    sums.set(place, {
      value: before.value + finite(value),
      against: before.against + finite(below),
    });
  };
  record.header.links.forEach(({ source, target }, link) => {
    const [sources, targets] = [keyAt[source] ?? [], keyAt[target] ?? []];
    sources.forEach((from, row) => {
      targets.forEach((to, column) => {
        const at = row * targets.length + column;
        add(from, to, record.links[link]?.[at] ?? 0, record.against[link]?.[at]);
      });
    });
  });
  eachLayer(record, ({ name }, start, layer) => {
    keyAt[layer]?.forEach((to, at) => {
      add(keyOfBias(name), to, record.remainders[start + at] ?? 0);
    });
  });
  const hasGroups = record.against.length > 0;
  return [...sums]
    .map(([place, { value, against }]) => ({
      source: Math.floor(place / count),
      target: place % count,
      value,
      ...(hasGroups && { against }),
    }))
    .toSorted((a, b) => a.source - b.source || a.target - b.target);
}

/** Links that are not drawn, and how much of all |flow| they are. */
export interface LeftOut {
  readonly links: number;
  readonly all: number;
  /** 0 to 1. */
  readonly share: number;
}

/** The largest magnitude of a link; 0 without any. */
export function largestLink(links: readonly FlowLink[]): number {
  return links.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
}

/** What a threshold, as a percentage of the largest link, leaves out. */
export function leftOutBelow(links: readonly FlowLink[], percentage: number): LeftOut {
  const least = (largestLink(links) * percentage) / 100;
  let [count, amount, total] = [0, 0, 0];
  for (const { value } of links) {
    const magnitude = Math.abs(value);
    total += magnitude;
    if (magnitude >= least) continue;
    count++;
    amount += magnitude;
  }
  return { links: count, all: links.length, share: total > 0 ? amount / total : 0 };
}

type RecordedLayer = FlowRecord["header"]["layers"][number];

/** The numbers of a layer's nodes but the rest: its shown units; or its groups, and one for no group. */
function numbersOf({ shown, groups }: RecordedLayer): readonly number[] {
  return groups.length > 0 ? Array.from({ length: groups.length + 1 }, (_, at) => at) : shown;
}

/** Call with each layer, where its units begin among those of all layers, and its position. */
function eachLayer(
  record: FlowRecord,
  use: (layer: RecordedLayer, start: number, position: number) => void,
): void {
  let start = 0;
  record.header.layers.forEach((layer, position) => {
    use(layer, start, position);
    start += numbersOf(layer).length + 1;
  });
}
