/** Rows of the layer tables: plain values, and their order. */
import type { LayerTable, Recording, StateName } from "../../api";
import { STATE_NAMES } from "../../api";
import { meanOf } from "../../ribbon-values";
import { countedUnder, weightiest } from "../../states";

/** A unit of the chosen layer. */
export interface UnitRow {
  readonly unit: number;
  readonly state: StateName | null;
  /** Record since which it is silent, or -1. */
  readonly silentSince: number;
  /** By statistic of the table. */
  readonly values: readonly number[];
  /** How differently it responds to a second probe set; left out without one. */
  readonly drift?: number;
  /** How far its top examples changed since the record before; left out where that is not known. */
  readonly meaningDrift?: number;
}

/** A layer of the model. */
export interface LayerRow {
  readonly layer: number;
  readonly name: string;
  readonly kind: string;
  readonly units: number;
  /** By `STATE_NAMES`. */
  readonly counts: readonly number[];
  /** Mean of the chosen statistic over its units. */
  readonly mean: number;
}

/** A column to sort by; `name` is its heading's. */
export interface Sorting {
  readonly name: string;
  readonly isDescending: boolean;
}

/** Read a sorting from the address: a name, with `-` before it for falling values. */
export function parseSorting(text: string | null): Sorting | null {
  if (text === null || text === "") return null;
  const isDescending = text.startsWith("-");
  return { name: isDescending ? text.slice(1) : text, isDescending };
}

/** Write a sorting for the address. */
export function formatSorting({ name, isDescending }: Sorting): string {
  return isDescending ? `-${name}` : name;
}

/** What a click on a heading asks for: falling first, then rising, then none. */
export function nextSorting(now: Sorting | null, name: string): Sorting | null {
  if (now?.name !== name) return { name, isDescending: true };
  return now.isDescending ? { name, isDescending: false } : null;
}

/**
 * The units of a layer, in index order.
 *
 * @param table what is shown.
 * @param minus what is taken away from its values, for a difference, or null.
 */
export function unitRows(table: LayerTable, minus: LayerTable | null): UnitRow[] {
  const { statistics, record } = table.header;
  const places = statistics.map((name) => minus?.header.statistics.indexOf(name) ?? -1);
  const units = table.states.length;
  return Array.from({ length: units }, (_, unit) => ({
    unit,
    state: weightiest(table.states[unit] ?? 0, table.deadSince[unit] ?? -1, record),
    silentSince: table.silentSince[unit] ?? -1,
    values: statistics.map((_name, statistic) => {
      const value = table.values[statistic * units + unit] ?? Number.NaN;
      if (!minus) return value;
      const place = places[statistic] ?? -1;
      return place < 0 ? Number.NaN : value - (minus.values[place * units + unit] ?? Number.NaN);
    }),
  }));
}

/** The layers of a model at a record. */
export function layerRows(recording: Recording, record: number, statistic: string): LayerRow[] {
  const { layers } = recording.records;
  return layers.map(({ name, kind, units }, layer) => ({
    layer,
    name,
    kind,
    units,
    counts: STATE_NAMES.map((_, state) => countedUnder(recording, state, layer, record)),
    mean: meanOf(recording, statistic, layer, record),
  }));
}

/** Rows from whose counts and means those of the same layers of B are taken away. */
export function withDifference(
  rows: readonly LayerRow[],
  others: readonly LayerRow[],
): readonly LayerRow[] {
  return rows.map((row, place) => {
    const other = others[place];
    if (!other) return row;
    const counts = row.counts.map((count, state) => count - (other.counts[state] ?? 0));
    return { ...row, counts, mean: row.mean - other.mean };
  });
}

/** A copy of rows in order of a key; rows without a number come last either way. */
export function sorted<Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => number | string,
  isDescending: boolean,
): Row[] {
  const sign = isDescending ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(keyOf(a), keyOf(b), sign));
}

function compare(a: number | string, b: number | string, sign: number): number {
  if (typeof a === "string" || typeof b === "string") return String(a).localeCompare(String(b));
  if (Number.isNaN(a) || Number.isNaN(b))
    return sign * (Number(Number.isNaN(a)) - Number(Number.isNaN(b)));
  return a - b;
}
