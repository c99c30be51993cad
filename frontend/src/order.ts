/** The anchor order: units sorted within their layer once, at one record, then kept still. */
import type { Recording } from "./api";
import { LevelTables } from "./codes";
import type { Frame } from "./film";
import type { GridName } from "./wire";

/** A permutation of the units of all layers that never leaves a layer. */
export interface UnitOrder {
  /** int32[place]: unit (an index within its layer) shown at this place of all layers. */
  readonly unitAt: Int32Array;
  /** int32[place]: place within its layer of the unit at this index of all layers. */
  readonly rankOf: Int32Array;
}

/** Units as they come. */
export function naturalOrder(recording: Recording): UnitOrder {
  const unitAt = new Int32Array(recording.units);
  eachLayer(recording, (start, end) => {
    for (let place = start; place < end; place++) unitAt[place] = place - start;
  });
  return { unitAt, rankOf: unitAt.slice() };
}

/** Units by falling value of a frame; those without a number last, equals as they come. */
export function orderBy(recording: Recording, grid: GridName, frame: Frame): UnitOrder {
  const tables = new LevelTables(grid);
  const unitAt = new Int32Array(recording.units);
  const rankOf = new Int32Array(recording.units);
  eachLayer(recording, (start, end, layer) => {
    const table = tables.at(frame.offsets[layer] ?? 0);
    const keys = Float32Array.from(frame.codes.subarray(start, end), (code) => keyOf(table, code));
    const units = Int32Array.from(keys, (_, unit) => unit);
    units.sort((a, b) => (keys[b] ?? 0) - (keys[a] ?? 0) || a - b);
    units.forEach((unit, rank) => {
      unitAt[start + rank] = unit;
      rankOf[start + unit] = rank;
    });
  });
  return { unitAt, rankOf };
}

// Subtracting infinities gives NaN, so the end of the order is a large finite number.
const LAST = -3e38;

function keyOf(table: Float32Array, code: number): number {
  const value = table[code] ?? Number.NaN;
  return Number.isFinite(value) ? value : LAST;
}

function eachLayer(
  recording: Recording,
  visit: (start: number, end: number, layer: number) => void,
): void {
  recording.records.layers.forEach((layer, index) => {
    const start = recording.unitStart[index] ?? 0;
    visit(start, start + layer.units, index);
  });
}
