/** What the joint view draws: planes of hexagons with their colours, from the bins that have arrived. */
import { schemeTableau10 } from "d3-scale-chromatic";
import { colourOf, positionOf, type Scale } from "../../colour";
import { type HexPlane, layOutFacets, layOutPlane } from "../../layout/hexagons";
import type { Rect } from "../../layout/rect";
import { COOLWARM_LIGHT, MANAGUA_DARK, VIRIDIS } from "../../palettes";
import type { JointBins } from "../../responses-api";
import type { JointForm } from "../../state";

/** Planes that a screen has room for. */
export const MOST_FACETS = 24;
/** Classes with a colour of their own; the others are grey. */
export const COLOURED = schemeTableau10.length;
const OTHERS = "#8a8f98";

/** A hexagon that is drawn. */
export interface Hexagon {
  readonly bin: number;
  readonly x: number;
  readonly y: number;
  readonly fill: string;
  readonly opacity: number;
  /** Examples; of a difference, the signed difference of shares. */
  readonly figure: number;
}

/** One plane: of all examples, or of a group. */
export interface Facet {
  readonly title: string;
  readonly group: number | null;
  readonly examples: number;
  readonly plane: HexPlane;
  readonly hexagons: readonly Hexagon[];
}

/** How bins are shown. */
export interface Looks {
  readonly form: JointForm;
  readonly side: number;
  readonly isDifference: boolean;
  readonly isDark: boolean;
}

/** The planes of bins in a rectangle. */
export function facetsOf(found: JointBins, looks: Looks, area: Rect): readonly Facet[] {
  const { header } = found;
  const axes = [header.first, header.second] as const;
  const size = [header.size[0] ?? 1, header.size[1] ?? 1] as const;
  if (looks.form !== "facets") {
    const plane = layOutPlane(area, axes, size);
    const examples = header.sides[looks.side]?.examples ?? 0;
    const hexagons = hexagonsOf(found, looks, plane, null);
    return [{ title: "", group: null, examples, plane, hexagons }];
  }
  const groups = largestGroups(found, looks).slice(0, MOST_FACETS);
  const rects = layOutFacets(area, groups.length, { x: 14, y: 38 });
  return groups.map(({ group, examples }, place) => {
    const plane = layOutPlane(rects[place] ?? area, axes, size);
    const title = header.groups[group] ?? "";
    return { title, group, examples, plane, hexagons: hexagonsOf(found, looks, plane, group) };
  });
}

/** Groups that have examples, the classes in their order; where there are too many, the largest. */
export function largestGroups(
  found: JointBins,
  { side, isDifference }: Looks,
): readonly { readonly group: number; readonly examples: number }[] {
  const sides = isDifference ? found.header.sides.map((_, each) => each) : [side];
  const all = found.header.groups.map((_, group) => ({
    group,
    examples: Math.max(...sides.map((each) => examplesOf(found, each, group))),
  }));
  const there = all.filter(({ examples }) => examples > 0);
  const largest = there.toSorted((a, b) => b.examples - a.examples).slice(0, MOST_FACETS);
  return largest.toSorted((a, b) => a.group - b.group);
}

/** Examples of a group on a side. */
export function examplesOf(found: JointBins, side: number, group: number): number {
  const own = countsOf(found, side, group);
  return own.reduce((sum, count) => sum + count, 0);
}

/** The scale of the hexagons: the same at all records. */
export function scaleOfBins(found: JointBins, { isDifference, isDark }: Looks): Scale {
  if (isDifference) {
    const max = found.header.topShare || 1;
    const palette = isDark ? MANAGUA_DARK : COOLWARM_LIGHT;
    // Most differences are of few examples, a floor's is of many: both are to be seen.
    const most = Math.max(1, ...found.header.sides.map(({ examples }) => examples));
    const floor = Math.min(0.5 / most, max / 10);
    return { kind: "log", isDiverging: true, min: -max, max, floor, palette };
  }
  const max = Math.max(2, found.header.top);
  // From a half, so that a single example is told from none.
  return { kind: "log", isDiverging: false, min: 0, max, floor: 0.5, palette: VIRIDIS };
}

/** The colour of a class in the picture of classes. */
export function colourOfGroup(group: number): string {
  return schemeTableau10[group] ?? OTHERS;
}

/** Counts of a side and a group by hexagon. */
export function countsOf(found: JointBins, side: number, group: number): Uint32Array {
  const bins = found.x.length;
  const start = (side * found.header.groups.length + group) * bins;
  return found.counts.subarray(start, start + bins);
}

function hexagonsOf(
  found: JointBins,
  looks: Looks,
  plane: HexPlane,
  group: number | null,
): Hexagon[] {
  const scale = scaleOfBins(found, looks);
  const isColoured = looks.form === "colours" && !looks.isDifference;
  const figures = looks.isDifference ? differences(found, group) : totals(found, looks.side, group);
  const hexagons: Hexagon[] = [];
  figures.forEach((figure, bin) => {
    if (figure === null) return;
    const main = isColoured ? mainGroup(found, looks.side, bin) : 0;
    hexagons.push({
      bin,
      x: plane.x(found.x[bin] ?? 0),
      y: plane.y(found.y[bin] ?? 0),
      fill: isColoured ? colourOfGroup(main) : colourOf(scale, figure),
      opacity: isColoured ? 0.45 + 0.55 * positionOf(scale, figure) : 1,
      figure,
    });
  });
  return hexagons;
}

/** Examples by hexagon; null where there are none. */
function totals(found: JointBins, side: number, group: number | null): (number | null)[] {
  const groups = group === null ? found.header.groups.map((_, each) => each) : [group];
  const rows = groups.map((each) => countsOf(found, side, each));
  return Array.from(found.x, (_, bin) => {
    const sum = rows.reduce((total, row) => total + (row[bin] ?? 0), 0);
    return sum > 0 ? sum : null;
  });
}

/** A's share of examples less B's; null where neither has any. */
function differences(found: JointBins, group: number | null): (number | null)[] {
  const [a, b] = [0, 1].map((side) => totals(found, side, group));
  const [ofA, ofB] = found.header.sides.map(({ examples }) => Math.max(1, examples));
  return Array.from(found.x, (_, bin) => {
    const [here, there] = [a?.[bin] ?? null, b?.[bin] ?? null];
    if (here === null && there === null) return null;
    return (here ?? 0) / (ofA ?? 1) - (there ?? 0) / (ofB ?? 1);
  });
}

/** The group with most examples in a hexagon; of equal ones the first. */
export function mainGroup(found: JointBins, side: number, bin: number): number {
  let [main, most] = [0, 0];
  found.header.groups.forEach((_, group) => {
    const count = countsOf(found, side, group)[bin] ?? 0;
    if (count > most) [main, most] = [group, count];
  });
  return main;
}
