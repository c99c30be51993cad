/** The anchor order: units sorted within their layer once, at one record, then kept still. */
import type { Recording } from "./api";
import { LevelTables } from "./codes";
import type { Frame } from "./film";
import { indexOrder, orderByCodes, placesOf } from "./layout/order";
import type { GridName } from "./wire";

/** A permutation of the units of all layers that never leaves a layer. */
export interface UnitOrder {
  /** uint32[place]: unit (an index within its layer) shown at this place of all layers. */
  readonly unitAt: Uint32Array;
  /** uint32[unit of all layers]: the unit's place within its layer. */
  readonly rankOf: Uint32Array;
}

/** Units as they come. */
export function naturalOrder(recording: Recording): UnitOrder {
  return layerByLayer(recording, (_, units) => indexOrder(units));
}

/** Units by falling value of a frame; those without a number last, equals as they come. */
export function orderBy(recording: Recording, grid: GridName, frame: Frame): UnitOrder {
  const tables = new LevelTables(grid);
  return layerByLayer(recording, (layer, units, start) => {
    const codes = frame.codes.subarray(start, start + units);
    return orderByCodes(codes, tables.at(frame.offsets[layer] ?? 0));
  });
}

type OrderLayer = (layer: number, units: number, start: number) => Uint32Array;

function layerByLayer(recording: Recording, orderLayer: OrderLayer): UnitOrder {
  const unitAt = new Uint32Array(recording.units);
  const rankOf = new Uint32Array(recording.units);
  recording.records.layers.forEach(({ units }, layer) => {
    const start = recording.unitStart[layer] ?? 0;
    const order = orderLayer(layer, units, start);
    unitAt.set(order, start);
    rankOf.set(placesOf(order), start);
  });
  return { unitAt, rankOf };
}
