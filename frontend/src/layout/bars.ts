/** Bars of signed values on one line: where 0 lies, and how far each reaches from it, in shares of the width. */

/** A bar; a value that is no number has none. */
export interface Bar {
  readonly left: number;
  readonly width: number;
}

export interface Bars {
  /** Place of 0: at the left without negative values, at the right without positive ones. */
  readonly zero: number;
  readonly bars: readonly Bar[];
}

/** Lay values out from their common zero; all of the width goes to what they reach. */
export function layOutBars(values: readonly number[]): Bars {
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), 0);
  const high = finite.reduce((most, value) => Math.max(most, value), 0);
  const range = high - low || 1;
  const zero = (0 - low) / range;
  const bars = values.map((value): Bar => {
    if (!Number.isFinite(value)) return { left: zero, width: 0 };
    const width = Math.abs(value) / range;
    return { left: value < 0 ? zero - width : zero, width };
  });
  return { zero, bars };
}
