/** What units say for and against classes, summed, ranked and laid out as bars; numbers alone. */

/** The units of a layer together, toward one class. */
export interface Total {
  /** Sum of what is positive. */
  readonly favour: number;
  /** Magnitude of the sum of what is negative. */
  readonly against: number;
  /** One less the other. */
  readonly net: number;
}

/** A unit with what it contributes. */
export interface Speaker {
  readonly unit: number;
  readonly value: number;
}

/** A unit with what it contributes to two classes. */
export interface Gap {
  readonly unit: number;
  readonly first: number;
  readonly second: number;
  /** What speaks for the first class rather than the second. */
  readonly value: number;
}

/** A bar to both sides of a common zero, in shares of the width. */
export interface TwoSided {
  readonly left: number;
  readonly zero: number;
  readonly right: number;
  /** Where the net lies; null where the bar is of one number. */
  readonly net: number | null;
}

/** Sum over units what they contribute, and its negative part; what is not finite is left out. */
export function totalOf(net: Float32Array, against: Float32Array): Total {
  let [sum, negative, isKnown] = [0, 0, false];
  net.forEach((value, unit) => {
    const part = against[unit] ?? Number.NaN;
    if (!Number.isFinite(value) || !Number.isFinite(part)) return;
    sum += value;
    negative += part;
    isKnown = true;
  });
  if (!isKnown) return { favour: Number.NaN, against: Number.NaN, net: Number.NaN };
  return { favour: Math.max(0, sum + negative), against: negative, net: sum };
}

/** The units that speak most for a class, and most against it; at most so many each. */
export function speakersOf(
  net: Float32Array,
  most: number,
): { readonly favour: readonly Speaker[]; readonly against: readonly Speaker[] } {
  const known = [...net]
    .map((value, unit): Speaker => ({ unit, value }))
    .filter(({ value }) => Number.isFinite(value) && value !== 0)
    .toSorted((a, b) => b.value - a.value || a.unit - b.unit);
  const favour = known.filter(({ value }) => value > 0).slice(0, most);
  const against = known.filter(({ value }) => value < 0).toReversed();
  return { favour, against: against.slice(0, most) };
}

/** Units by how much more they speak for one class than for another, the largest difference first. */
export function gapsOf(first: Float32Array, second: Float32Array): readonly Gap[] {
  return [...first]
    .map((value, unit): Gap => {
      const other = second[unit] ?? Number.NaN;
      return { unit, first: value, second: other, value: value - other };
    })
    .filter(({ value }) => Number.isFinite(value) && value !== 0)
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.unit - b.unit);
}

/** Lay totals out on one scale, from a zero that they share. */
export function layOutTotals(totals: readonly Total[]): readonly TwoSided[] {
  const reach = (pick: (total: Total) => number) =>
    totals.reduce((most, total) => Math.max(most, finite(pick(total))), 0);
  const left = reach(({ against }) => against);
  const range = left + reach(({ favour }) => favour) || 1;
  const zero = left / range;
  return totals.map(({ favour, against, net }) => ({
    left: finite(against) / range,
    zero,
    right: finite(favour) / range,
    net: zero + finite(net) / range,
  }));
}

/** Lay single values out in the same way. */
export function layOutSides(values: readonly number[]): readonly TwoSided[] {
  const totals = values.map((value) => ({
    favour: Math.max(0, value),
    against: Math.max(0, -value),
    net: value,
  }));
  return layOutTotals(totals).map((bar) => ({ ...bar, net: null }));
}

/**
 * The class that a prediction is held against: the chosen one, the label where it is another, else
 * the one with the largest total beside it; null where there is no other.
 */
export function rivalOf(
  prediction: number,
  wishes: readonly (number | null)[],
  nets: ReadonlyMap<number, number>,
): number | null {
  for (const wish of wishes) {
    if (wish !== null && wish !== prediction && nets.has(wish)) return wish;
  }
  const others = [...nets].filter(([number]) => number !== prediction);
  const best = others.toSorted((a, b) => rank(b[1]) - rank(a[1]))[0];
  return best?.[0] ?? null;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function rank(net: number): number {
  return Number.isFinite(net) ? net : Number.NEGATIVE_INFINITY;
}
