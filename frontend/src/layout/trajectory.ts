/** A share over steps as points of a chart: numbers in, places out. */

/** The chart's inner rectangle, in CSS pixels. */
export interface ChartBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface ChartPoint {
  readonly record: number;
  readonly x: number;
  readonly y: number;
}

/** Points of the shares (0 to 1) that are known, at places along the steps. */
export function layOutTrajectory(
  steps: readonly string[],
  shares: readonly number[],
  box: ChartBox,
): ChartPoint[] {
  return shares.flatMap((share, record) => {
    if (!Number.isFinite(share)) return [];
    const y = box.top + box.height * (1 - Math.max(0, Math.min(1, share)));
    return [{ record, x: xOfRecord(steps, record, box), y }];
  });
}

/** Where a record stands; the only record stands in the middle. */
export function xOfRecord(steps: readonly string[], record: number, box: ChartBox): number {
  const [first, last] = [Number(steps[0] ?? 0), Number(steps.at(-1) ?? 0)];
  if (first === last) return box.left + box.width / 2;
  return box.left + (box.width * (Number(steps[record] ?? first) - first)) / (last - first);
}

/** The record nearest to a place; -1 of none. */
export function recordNear(steps: readonly string[], x: number, box: ChartBox): number {
  let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
  steps.forEach((_, record) => {
    const distance = Math.abs(xOfRecord(steps, record, box) - x);
    if (distance < least) [nearest, least] = [record, distance];
  });
  return nearest;
}

/** The points as runs of neighbouring records: a gap is no line. */
export function runsOf(points: readonly ChartPoint[]): ChartPoint[][] {
  const runs: ChartPoint[][] = [];
  for (const point of points) {
    const run = runs.at(-1);
    if (run?.at(-1)?.record === point.record - 1) run.push(point);
    else runs.push([point]);
  }
  return runs;
}
