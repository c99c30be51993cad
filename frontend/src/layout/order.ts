/** In which order the units of a layer stand: by a statistic at an anchor step, then kept still. */

/**
 * Returns the units sorted by value, largest first; equal values keep their index order, and what
 * is not finite comes last.
 *
 * Codes of a byte are sorted by counting, so that a layer of a million units takes milliseconds.
 *
 * @param codes one a unit.
 * @param table value of each of the 256 codes; NaN where a code is no number.
 * @returns unit[place].
 */
export function orderByCodes(codes: Uint8Array, table: Float32Array): Uint32Array {
  const rank = rankCodes(table);
  const starts = new Uint32Array(257);
  const slotOf = (unit: number): number => rank[codes[unit] ?? 0] ?? 0;
  for (let unit = 0; unit < codes.length; unit++) add(starts, slotOf(unit) + 1, 1);
  for (let slot = 0; slot < 256; slot++) add(starts, slot + 1, starts[slot] ?? 0);
  const order = new Uint32Array(codes.length);
  for (let unit = 0; unit < codes.length; unit++) {
    order[starts[slotOf(unit)] ?? 0] = unit;
    add(starts, slotOf(unit), 1);
  }
  return order;
}

/** Returns the units in index order. */
export function indexOrder(units: number): Uint32Array {
  return Uint32Array.from({ length: units }, (_, unit) => unit);
}

/** Returns place[unit] of an order unit[place]. */
export function placesOf(order: Uint32Array): Uint32Array {
  const places = new Uint32Array(order.length);
  order.forEach((unit, place) => {
    places[unit] = place;
  });
  return places;
}

/**
 * Returns rows sorted by a key, equal keys by row; NaN always comes last.
 *
 * @param keys one a row.
 */
export function sortRows(keys: Float64Array | Float32Array, descending: boolean): Uint32Array {
  const rows = indexOrder(keys.length);
  const sign = descending ? -1 : 1;
  return rows.sort((a, b) => {
    const [left, right] = [keys[a] ?? Number.NaN, keys[b] ?? Number.NaN];
    if (Number.isNaN(left) || Number.isNaN(right)) {
      return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || a - b;
    }
    return left === right ? a - b : sign * (left - right);
  });
}

function add(counts: Uint32Array, slot: number, by: number): void {
  counts[slot] = (counts[slot] ?? 0) + by;
}

function rankCodes(table: Float32Array): Uint8Array {
  const codes = Array.from({ length: 256 }, (_, code) => code);
  const value = (code: number): number => {
    const number = table[code] ?? Number.NaN;
    return Number.isNaN(number) ? Number.NEGATIVE_INFINITY : number;
  };
  codes.sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    return left === right ? a - b : right > left ? 1 : -1;
  });
  const rank = new Uint8Array(256);
  codes.forEach((code, place) => {
    rank[code] = place;
  });
  return rank;
}
