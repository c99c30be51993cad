/** A group over the records: how strong it is as a band, how alike to the record before as a line. */

/** The geometry of a life line, in its own box. */
export interface LifeLine {
  /** The band from the bottom up to the strength, in SVG's syntax. */
  readonly band: string;
  /** The line of likeness; it is broken where that is unknown. */
  readonly line: string;
  /** By record; NaN where a record has not come. */
  readonly x: readonly number[];
}

/**
 * Lays out a group's life.
 *
 * @param strength of each record, NaN where it has not come.
 * @param alike of each record to the one before, 0 to 1, NaN where unknown.
 * @param top strength that reaches the upper edge.
 * @param size of the box.
 */
export function layOutLife(
  strength: readonly number[],
  alike: readonly number[],
  top: number,
  size: { readonly width: number; readonly height: number },
): LifeLine {
  const last = Math.max(1, strength.length - 1);
  const x = strength.map((_, record) =>
    strength.length === 1 ? size.width / 2 : (record / last) * size.width,
  );
  const y = (share: number) => size.height * (1 - Math.max(0, Math.min(1, share)));
  const heights = strength.map((each) =>
    Number.isFinite(each) ? y(each / (top || 1)) : Number.NaN,
  );
  return { band: bandOf(x, heights, size.height), line: lineOf(x, alike.map(y)), x };
}

/** The record nearest to a place. */
export function recordNear({ x }: LifeLine, at: number): number {
  let nearest = 0;
  x.forEach((place, record) => {
    if (Math.abs(place - at) < Math.abs((x[nearest] ?? 0) - at)) nearest = record;
  });
  return nearest;
}

/** Stretches between gaps, each as its places. */
function stretches(y: readonly number[]): number[][] {
  const found: number[][] = [];
  y.forEach((value, place) => {
    if (!Number.isFinite(value)) return;
    const current = found.at(-1);
    if (current && current.at(-1) === place - 1) current.push(place);
    else found.push([place]);
  });
  return found;
}

function pointsOf(x: readonly number[], y: readonly number[], places: readonly number[]): string {
  // A record alone is a short dash: a point would not be seen.
  const [only] = places;
  if (places.length === 1 && only !== undefined) {
    const [at, high] = [x[only] ?? 0, (y[only] ?? 0).toFixed(1)];
    return `${Math.max(0, at - 1.5).toFixed(1)} ${high}L${(at + 1.5).toFixed(1)} ${high}`;
  }
  return places
    .map((place) => `${(x[place] ?? 0).toFixed(1)} ${(y[place] ?? 0).toFixed(1)}`)
    .join("L");
}

function lineOf(x: readonly number[], y: readonly number[]): string {
  return stretches(y)
    .map((places) => `M${pointsOf(x, y, places)}`)
    .join("");
}

function bandOf(x: readonly number[], y: readonly number[], bottom: number): string {
  return stretches(y)
    .map((places) => {
      const [from, to] = [x[places[0] ?? 0] ?? 0, x[places.at(-1) ?? 0] ?? 0];
      const [left, right] = from === to ? [Math.max(0, from - 1.5), from + 1.5] : [from, to];
      return `M${left.toFixed(1)} ${bottom}L${pointsOf(x, y, places)}L${right.toFixed(1)} ${bottom}Z`;
    })
    .join("");
}
