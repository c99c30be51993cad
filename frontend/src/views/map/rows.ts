/** The map's points as rows, for the table and for files. */
import { placesAt } from "../../layout/scatter";
import { planeRecord, shownPlane } from "../../planes";
import { classOf, numberOf, placesNow } from "./shown";

export interface MapRow {
  /** By its place in the table of planes. */
  readonly point: number;
  /** Of the unit or the example. */
  readonly number: number;
  readonly x: number;
  readonly y: number;
  /** Distance since the record before; NaN without one. */
  readonly moved: number;
  readonly label: number;
  readonly prediction: number;
}

/** All points at the shown record, those without a place too. */
export function rowsNow(): MapRow[] {
  const [table, record, places] = [shownPlane.value, planeRecord.value, placesNow.value];
  if (!table) return [];
  const before = record > 0 ? placesAt(table.places, record - 1, table.points.length) : null;
  return Array.from(table.points, (_, point) => {
    const [x = Number.NaN, y = Number.NaN] = [places[2 * point], places[2 * point + 1]];
    const dx = x - (before?.[2 * point] ?? Number.NaN);
    const dy = y - (before?.[2 * point + 1] ?? Number.NaN);
    return {
      point,
      number: numberOf(point),
      x,
      y,
      moved: Math.hypot(dx, dy),
      label: classOf(point, "label"),
      prediction: classOf(point, "prediction"),
    };
  });
}
