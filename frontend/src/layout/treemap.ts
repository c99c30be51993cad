/**
 * Where modules and layers stand in the overview: rows of tiles, read like text from input to output.
 *
 * A strip treemap (Bederson, Shneiderman, Wattenberg 2002, "Ordered and quantum treemaps"): children
 * keep their order, and rows are broken where tiles come out closest to the wanted shape. The breaks
 * are found by dynamic programming, not greedily, so that the last row is as good as the first.
 * Squarifying would give rounder tiles and lose the order in which a network runs.
 */

import { type LayerShape, layersOf, type ModuleTree, moduleTree } from "./modules";
import { cutTop, inset, type Rect } from "./rect";

/** A layer's place: its name stands in the header, its units in the body. */
export interface Tile {
  readonly layer: number;
  readonly label: string;
  readonly depth: number;
  readonly frame: Rect;
  readonly header: Rect;
  readonly body: Rect;
}

/** A module's place around the tiles of its layers. */
export interface Group {
  readonly path: string;
  readonly label: string;
  readonly depth: number;
  readonly frame: Rect;
  readonly header: Rect;
  readonly layers: readonly number[];
}

export interface Treemap {
  readonly tiles: readonly Tile[];
  readonly groups: readonly Group[];
}

/** Lengths of the layout, in CSS pixels. */
export interface Measures {
  readonly tileHeader: number;
  readonly groupHeader: number;
  readonly gap: number;
  readonly padding: number;
}

export const MEASURES: Measures = { tileHeader: 26, groupHeader: 22, gap: 8, padding: 6 };

/** The smallest share of the mean tile that a layer is given, however small it is. */
export const FLOOR = 0.4;
/** Wanted width of a tile over its height: a name fits, and units stay about square. */
const ASPECT = 1.5;
/** A tile below this is hard to read, in CSS pixels. */
const READABLE = { width: 118, height: 66 };

/** A tile is no narrower than this where its row has the room, in CSS pixels. */
const NARROWEST = 84;
/** How often weights are corrected for the room that headers take. */
const ROUNDS = 4;

interface Plan {
  readonly weights: readonly number[];
  readonly measures: Measures;
  readonly tiles: Tile[];
  readonly groups: Group[];
}

/**
 * Lays out all layers below a module.
 *
 * @param layers in execution order.
 * @param area to fill.
 * @param under path of the module (or name of the layer) to show; everything where empty.
 */
export function layOut(
  layers: readonly LayerShape[],
  area: Rect,
  under = "",
  measures: Measures = MEASURES,
): Treemap {
  const tree = moduleTree(layers, under);
  const wanted = weigh(layers, tree);
  let weights: readonly number[] = wanted;
  let plan = planOf(tree, area, weights, measures);
  for (let round = 0; round < ROUNDS; round++) {
    weights = corrected(weights, wanted, plan.tiles);
    plan = planOf(tree, area, weights, measures);
  }
  return { tiles: plan.tiles, groups: plan.groups };
}

/** Returns each layer's area as a share: by units or by given weights, with a floor so that small layers stay visible. */
export function weigh(layers: readonly LayerShape[], tree: readonly ModuleTree[]): number[] {
  const shown = layersOf(tree);
  const given = shown.map((index) => layers[index]?.weight ?? 0);
  const units = shown.map((index) => Math.max(1, layers[index]?.units ?? 0));
  const sizes = given.some((weight) => weight > 0) ? given : units;
  const floor = (FLOOR * sizes.reduce((sum, size) => sum + size, 0)) / Math.max(1, shown.length);
  const weights = layers.map(() => 0);
  shown.forEach((index, i) => {
    weights[index] = Math.max(sizes[i] ?? 0, floor);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/**
 * Breaks items into rows that fill an area, in order.
 *
 * @param weights positive; areas are proportional to them.
 * @returns one rectangle an item.
 */
export function strips(weights: readonly number[], area: Rect, gap: number): Rect[] {
  const breaks = rowBreaks(weights, area);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rects: Rect[] = [];
  const free = Math.max(0, area.height - gap * (breaks.length - 1));
  let y = area.y;
  let first = 0;
  for (const end of breaks) {
    const row = weights.slice(first, end);
    const share = row.reduce((sum, weight) => sum + weight, 0);
    const height = (free * share) / total;
    rects.push(...fillRow(row, { x: area.x, y, width: area.width, height }, gap));
    y += height + gap;
    first = end;
  }
  return rects;
}

/** Returns the tile at a point, if any. */
export function tileAt(map: Treemap, x: number, y: number): Tile | null {
  for (const tile of map.tiles) {
    const { frame } = tile;
    if (x >= frame.x && y >= frame.y && x < frame.x + frame.width && y < frame.y + frame.height) {
      return tile;
    }
  }
  return null;
}

function planOf(
  tree: readonly ModuleTree[],
  area: Rect,
  weights: readonly number[],
  measures: Measures,
): Plan {
  const plan: Plan = { weights, measures, tiles: [], groups: [] };
  place(tree, area, 0, plan);
  return plan;
}

/** Headers take more of a nested tile than of others: what they took is given back as weight. */
function corrected(
  weights: readonly number[],
  wanted: readonly number[],
  tiles: readonly Tile[],
): number[] {
  const areas = tiles.map(({ body }) => Math.max(1, body.width) * Math.max(1, body.height));
  const total = areas.reduce((sum, area) => sum + area, 0);
  const next = [...weights];
  tiles.forEach(({ layer }, i) => {
    const lack = ((wanted[layer] ?? 0) * total) / (areas[i] ?? 1);
    next[layer] = (weights[layer] ?? 0) * Math.min(3, Math.max(0.4, lack)) ** 0.7;
  });
  const sum = next.reduce((all, weight) => all + weight, 0);
  return next.map((weight) => weight / sum);
}

function place(tree: readonly ModuleTree[], area: Rect, depth: number, plan: Plan): void {
  const weights = tree.map((node) =>
    layersOf([node]).reduce((sum, index) => sum + (plan.weights[index] ?? 0), 0),
  );
  const rects = strips(weights, area, plan.measures.gap);
  tree.forEach((node, i) => {
    const frame = rects[i];
    if (frame === undefined) return;
    if (node.kind === "layer") {
      plan.tiles.push(tileIn(node.layer, node.label, frame, depth, plan.measures));
      return;
    }
    const { top, rest } = cutTop(frame, headerHeight(frame, plan.measures.groupHeader));
    const { path, label } = node;
    plan.groups.push({ path, label, depth, frame, header: top, layers: layersOf([node]) });
    place(node.children, belowHeader(rest, plan.measures.padding), depth + 1, plan);
  });
}

function tileIn(
  layer: number,
  label: string,
  frame: Rect,
  depth: number,
  measures: Measures,
): Tile {
  const { top, rest } = cutTop(frame, headerHeight(frame, measures.tileHeader));
  return { layer, label, depth, frame, header: top, body: rest };
}

/** A header takes at most half of its frame: units matter more than their name. */
function headerHeight(frame: Rect, wanted: number): number {
  return frame.height >= 2 * wanted ? wanted : Math.min(wanted, frame.height / 2);
}

function belowHeader(rest: Rect, padding: number): Rect {
  const inner = inset(rest, padding);
  return { ...inner, y: rest.y, height: Math.max(0, rest.height - padding) };
}

function fillRow(row: readonly number[], strip: Rect, gap: number): Rect[] {
  const share = row.reduce((sum, weight) => sum + weight, 0);
  const free = Math.max(0, strip.width - gap * (row.length - 1));
  const widths = widened(
    row.map((weight) => (free * weight) / share),
    free,
  );
  let x = strip.x;
  return widths.map((width) => {
    const rect = { x, y: strip.y, width, height: strip.height };
    x += width + gap;
    return rect;
  });
}

/** Gives every tile of a row room for a name, at the cost of the wide ones. */
function widened(widths: readonly number[], free: number): number[] {
  const least = Math.min(NARROWEST, (0.7 * free) / widths.length);
  const missing = widths.reduce((sum, width) => sum + Math.max(0, least - width), 0);
  const spare = widths.reduce((sum, width) => sum + Math.max(0, width - least), 0);
  const kept = spare > 0 ? 1 - missing / spare : 1;
  return widths.map((width) => (width <= least ? least : least + (width - least) * kept));
}

/** Returns the end of each row (exclusive), the rows' total cost being the least there is. */
function rowBreaks(weights: readonly number[], area: Rect): number[] {
  const count = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scale = (area.width * area.height) / total;
  const best = [0];
  const from = [0];
  for (let end = 1; end <= count; end++) {
    best[end] = Number.POSITIVE_INFINITY;
    for (let first = end - 1; first >= 0; first--) {
      const cost = (best[first] ?? 0) + rowCost(weights.slice(first, end), scale, area.width);
      if (cost < (best[end] ?? 0)) {
        best[end] = cost;
        from[end] = first;
      }
    }
  }
  const breaks: number[] = [];
  for (let end = count; end > 0; end = from[end] ?? 0) breaks.unshift(end);
  return breaks;
}

function rowCost(row: readonly number[], scale: number, width: number): number {
  const share = row.reduce((sum, weight) => sum + weight, 0);
  const height = (share * scale) / width;
  return row.reduce((sum, weight) => {
    const tileWidth = (weight / share) * width;
    return sum + shapeCost(tileWidth, height);
  }, 0);
}

function shapeCost(width: number, height: number): number {
  const ratio = Math.log(width / height / ASPECT);
  const narrow = Math.max(0, READABLE.width / width - 1);
  const low = Math.max(0, READABLE.height / height - 1);
  return ratio * ratio + 4 * narrow * narrow + 4 * low * low;
}
