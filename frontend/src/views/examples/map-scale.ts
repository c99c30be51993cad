/** The one scale of a method's maps: the same over all steps and examples, so that colours never drift. */
import { quickselect } from "d3-array";
import { makeScale, type Scale, type Theme } from "../../colour";

/** Share of the values, by magnitude, that the scale tells apart; a few outliers must not grey all others. */
export const TOLD_SHARE = 0.995;

/** How far the values of maps reach. */
export interface MapRange {
  /** End of the scale: the magnitude that `TOLD_SHARE` of all values reach at most. */
  readonly end: number;
  /** The largest magnitude there is. */
  readonly largest: number;
  /** Values beyond the end, which take its colour. */
  readonly clipped: number;
  /** Values that are numbers. */
  readonly finite: number;
}

/** Measure maps; values that are no numbers are left out. */
export function rangeOf(values: Float32Array): MapRange {
  const magnitudes = new Float32Array(values.length);
  let [finite, largest] = [0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const magnitude = Math.abs(value);
    magnitudes[finite++] = magnitude;
    if (magnitude > largest) largest = magnitude;
  }
  const end = endOf(magnitudes.subarray(0, finite)) || largest;
  let clipped = 0;
  for (let place = 0; place < finite; place++) if ((magnitudes[place] ?? 0) > end) clipped++;
  return { end, largest, clipped, finite };
}

/** The scale of a range: symmetric around 0 for methods whose sign has a meaning. */
export function scaleOfMaps(range: MapRange, isSigned: boolean, theme: Theme): Scale {
  const grid = isSigned ? "signed_log" : "unsigned_log";
  return makeScale({ grid, top: range.end }, { kind: "linear", isDifference: false, theme });
}

/** Reorders the magnitudes. */
function endOf(magnitudes: Float32Array): number {
  if (magnitudes.length === 0) return 0;
  const place = Math.min(magnitudes.length - 1, Math.ceil(TOLD_SHARE * magnitudes.length) - 1);
  quickselect(magnitudes as unknown as number[], place);
  return magnitudes[place] ?? 0;
}
