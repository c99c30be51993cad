/** What the map shows, as signals: points and their places now, who is chosen, where one looks. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { type Pins, parsePins } from "../../choices";
import { passing } from "../../filter";
import {
  boundsOf,
  type Camera,
  cameraOn,
  countPlaced,
  onScreen,
  type Places,
  placesAt,
  pointsWithin,
  type Size,
} from "../../layout/scatter";
import { planeLayer, planeRecord, planeRecording, shownPlane } from "../../planes";
import { layerName, pins, pointKind, unit } from "../../state";

/** Room around the outermost points, in CSS pixels. */
const MARGIN = 34;

/** Of the stage, in CSS pixels. */
export const stageSize = signal<Size>({ width: 0, height: 0 });
/** Where one looks; null: at everything. */
export const moved = signal<Camera | null>(null);
/** Whether a drag draws a lasso rather than moving the plane. */
export const isLasso = signal(false);
/** The point under the pointer, by its place in the table; -1 of none. */
export const pointedAt = signal(-1);
/** Where the pointer is, in CSS pixels of the stage. */
export const pointer = signal({ x: 0, y: 0 });
/** What the last lasso came to, in a sentence. */
export const said = signal<string | null>(null);

/** Places of the shown record; empty before they have come. */
export const placesNow: ReadonlySignal<Places> = computed(() => {
  const [table, record] = [shownPlane.value, planeRecord.value];
  return table && record >= 0
    ? placesAt(table.places, record, table.points.length)
    : new Float32Array();
});

/** The camera that shows all points of all records: it stays while the film plays. */
export const whole: ReadonlySignal<Camera> = computed(() => {
  const bounds = shownPlane.value && boundsOf(shownPlane.value.places);
  const size = stageSize.value;
  return cameraOn(bounds ?? { left: -1, bottom: -1, right: 1, top: 1 }, size, MARGIN);
});

export const camera: ReadonlySignal<Camera> = computed(() => moved.value ?? whole.value);
/** How much nearer than everything one is. */
export const nearness: ReadonlySignal<number> = computed(
  () => camera.value.scale / whole.value.scale,
);

/** How many points have a place at the shown record. */
export const placedNow: ReadonlySignal<number> = computed(() => countPlaced(placesNow.value));

/** How many of them are in view. */
export const seenNow: ReadonlySignal<number> = computed(
  () => pointsWithin(onScreen(placesNow.value, camera.value), stageSize.value).length,
);

/** Whether the shown record is still being laid out. */
export const isAwaited: ReadonlySignal<boolean> = computed(() => {
  const header = shownPlane.value?.header;
  return header !== undefined && placedNow.value === 0 && header.done < header.steps.length;
});

/** The pins of the shown layer's units. */
export const pinsHere: ReadonlySignal<Pins | null> = computed(() => {
  const found = parsePins(pins.value);
  return pointKind.value === "units" && found?.layer === planeLayer.value ? found : null;
});

/** The chosen points, by their places in the table; null where none are. */
export const chosenPoints: ReadonlySignal<ReadonlySet<number> | null> = computed(() => {
  const table = shownPlane.value;
  const numbers = chosenNumbers();
  if (!table || !numbers) return null;
  const found = [...table.points.keys()].filter((at) => numbers.has(table.points[at] ?? -1));
  return new Set(found);
});

function chosenNumbers(): ReadonlySet<number> | null {
  if (pointKind.value === "units") {
    const found = pinsHere.value;
    return found && new Set(found.units);
  }
  return passing.value;
}

/** The points whose path is drawn: the pointed one, the primary unit, and pins. */
export const tailed: ReadonlySignal<readonly number[]> = computed(() => {
  const found = new Set<number>();
  if (pointedAt.value >= 0) found.add(pointedAt.value);
  const primary = primaryPoint.value;
  if (primary >= 0) found.add(primary);
  if (pinsHere.value) for (const point of chosenPoints.value ?? []) found.add(point);
  return [...found];
});

/** The selected unit's point; -1 where it is none of the shown ones. */
export const primaryPoint: ReadonlySignal<number> = computed(() => {
  if (pointKind.value !== "units" || layerName.value !== planeLayer.value) return -1;
  return unit.value === null ? -1 : (shownPlane.value?.points.indexOf(unit.value) ?? -1);
});

/** The number of a point in its layer or probe set. */
export function numberOf(point: number): number {
  return shownPlane.value?.points[point] ?? -1;
}

/** A point by what it stands for. */
export function nameOf(point: number): string {
  return `${pointKind.value === "units" ? "unit" : "example"} ${numberOf(point)}`;
}

/** A class by its name; its number where it has none, a dash where there is no class. */
export function nameOfClass(index: number): string {
  if (index < 0) return "–";
  return planeRecording.value?.records.probeSet.classNames[index] ?? String(index);
}

/** A point's label, or its prediction at the shown record; -1 where unknown. */
export function classOf(point: number, of: "label" | "prediction"): number {
  const table = shownPlane.value;
  if (!table || table.labels.length === 0) return -1;
  if (of === "label") return table.labels[point] ?? -1;
  return table.predictions[planeRecord.value * table.points.length + point] ?? -1;
}
