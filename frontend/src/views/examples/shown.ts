/** What the examples view shows, as signals: rows in order, the scale, how maps are drawn. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { passing } from "../../filter";
import { isNarrow, theme } from "../../host";
import type { Strip } from "../../layout/filmstrip";
import { planeOf } from "../../layout/plane";
import { mapList, mapRecord, mapRecording, shownMethod, shownTable, tableOf } from "../../maps";
import type { MapTable } from "../../maps-api";
import { example, exampleFilter, exampleSort, mapOpacity } from "../../state";
import { formatStep } from "../../steps";
import { roles } from "../../theme";
import type { MapMethod } from "../../wire";
import type { Lens, Subject } from "./cell";
import { greyOf, inputsVersion, textsOf } from "./inputs";
import { type MapRange, rangeOf, scaleOfMaps } from "./map-scale";
import { hasOverlap, type Overlap, overlapOf } from "./overlap";
import { MapPictures } from "./raster";
import { type Answer, answerOf, arrange, type ExampleRow, examplesOf, mapOf, rowsOf } from "./rows";
import { OVERLAP_LINE } from "./strip-painter";

/** All that is needed to draw a method's maps. */
export interface MethodView {
  readonly method: MapMethod;
  readonly range: MapRange;
  readonly lens: Lens;
  /** The map of a row at a record, with its input. */
  readonly subjectOf: (record: number, row: ExampleRow) => Subject;
}

/** The example that was shown at large last: who comes back from it finds its row. */
export const lastAtLarge = signal<number | null>(null);

/** The example that was pointed at last: the inspector tells it. */
export const pointedExample = signal<number | null>(null);

/** All tracked examples, as recorded. */
export const allRows: ReadonlySignal<readonly ExampleRow[]> = computed(() =>
  shownTable.value && mapList.value ? rowsOf(shownTable.value, mapList.value.examples) : [],
);

/** Whether any method has maps. */
export const hasMaps: ReadonlySignal<boolean> = computed(
  () => shownMethod.value !== null && (mapList.value?.steps.length ?? 0) > 0,
);

/** Those that the filter lets pass, in order; the same array while steps pass and leave them so. */
export const shownRows: ReadonlySignal<readonly ExampleRow[]> = computed(() => {
  const choice = {
    sort: exampleSort.value,
    filter: exampleFilter.value,
    passing: passing.value,
  };
  const record = mapRecord.value;
  const rows = arrange(
    allRows.value,
    choice,
    (row) => answerAt(record, row),
    (row) => overlapAt(record, row)?.iou ?? Number.NaN,
  );
  const isSame = rows.length === latest.length && rows.every((row, at) => row === latest[at]);
  if (!isSame) latest = rows;
  return latest;
});
let latest: readonly ExampleRow[] = [];

/** The row of the example that is shown at large, also where the filter leaves it out; null of none. */
export const chosenRow: ReadonlySignal<ExampleRow | null> = computed(
  () => allRows.value.find((row) => row.example === example.value) ?? null,
);

/** How the shown method's maps are drawn; null before they have come. */
export const shownView: ReadonlySignal<MethodView | null> = computed(() =>
  shownMethod.value ? viewOf(shownMethod.value) : null,
);

/** What the model answered to a row's example at a record of maps. */
export function answerAt(record: number, { place }: ExampleRow): Answer {
  const table = shownTable.value;
  if (table) return answerOf(table, record, place);
  return { prediction: -1, probability: Number.NaN, isRight: null };
}

/** Whether any example has a mask. */
export const hasMasks: ReadonlySignal<boolean> = computed(() => hasOverlap(shownTable.value));

/** How a row's map lies in its mask at a record of maps; null where there is none. */
export function overlapAt(
  record: number,
  { place }: ExampleRow,
  table: MapTable | null = shownTable.value,
): Overlap | null {
  return table && overlapOf(table, record * examplesOf(table) + place);
}

/** A class by its name; its number where it has none, a dash where there is no class. */
export function nameOfClass(index: number): string {
  if (index < 0) return "–";
  return mapRecording.value?.records.probeSet.classNames[index] ?? String(index);
}

/** A record of maps by its step, for people. */
export function stepOf(record: number): string {
  return formatStep(shownTable.value?.header.steps[record]);
}

/** How a method's maps are drawn; null before they have come. */
export function viewOf(method: MapMethod): MethodView | null {
  const [table, recording] = [tableOf(method), mapRecording.value];
  if (!table || !recording) return null;
  const range = rangeIn(table.values);
  const plane = planeOf(method.shape);
  const scale = scaleIn(method, range);
  const pictures = picturesIn(table.values, () => {
    return new MapPictures(plane, scale, (record, place) => mapOf(table, record, place));
  });
  const isImage = method.form === "image";
  return {
    method,
    range,
    lens: { form: method.form, plane, scale, opacity: mapOpacity.value / 100, roles: roles.value },
    subjectOf: (record, row) => ({
      values: mapOf(table, record, row.place),
      picture: isImage ? pictures.at(record, row.place) : null,
      grey: isImage ? greyOf(recording, row.example) : null,
      texts: method.form === "tokens" ? textsOf(recording, row.example, table.positions) : [],
    }),
  };
}

/** Sizes of the filmstrip for the shown method. */
export const strip: ReadonlySignal<Strip> = computed(() => {
  const method = shownMethod.value;
  const size = sizeOfCell(method, isNarrow.value);
  const rows = shownRows.value.length;
  const columns = shownTable.value?.header.steps.length ?? 0;
  const caption = needsTwoLines(size.width) ? 29 : 17;
  const overlap = hasMasks.value ? OVERLAP_LINE : 0;
  return { rows, columns, ...size, caption: caption + overlap, gap: 8 };
});

/** Changes when anything that is drawn does, the steps apart. */
export const looks = computed(() => [
  inputsVersion.value,
  shownView.value,
  shownRows.value,
  strip.value,
]);

/** Letters beside each other under a picture: glyph, class and probability. */
const LETTER = 7.2;

/** Whether a prediction needs a line of its own. */
function needsTwoLines(width: number): boolean {
  const names = mapRecording.value?.records.probeSet.classNames ?? [];
  const longest = names.reduce((most, { length }) => Math.max(most, length), 1);
  return (longest + 7) * LETTER > width;
}

const CELL = 60;
const WIDEST = 2.4;

function sizeOfCell(
  method: MapMethod | null,
  isSmall: boolean,
): { readonly width: number; readonly height: number } {
  const side = isSmall ? 48 : CELL;
  if (method?.form === "tokens") return { width: 2.4 * side, height: 40 };
  if (method?.form === "signal") return { width: 1.6 * side, height: 0.8 * side };
  if (method?.form === "features") return { width: 1.3 * side, height: side };
  const { columns, rows } = planeOf(method?.shape ?? [1, 1]);
  const aspect = Math.max(1 / WIDEST, Math.min(WIDEST, columns / rows));
  const width = aspect < 1 ? side : Math.round(side * Math.sqrt(aspect));
  return { width, height: Math.round(width / aspect) };
}

// What is derived from a table is kept as long as the table: opacity and rows change far more often.
const ranges = new WeakMap<Float32Array, MapRange>();
const scales = new WeakMap<MapRange, { readonly name: string; readonly scale: Lens["scale"] }>();
const pictureCaches = new WeakMap<Float32Array, { name: string; pictures: MapPictures }>();

function rangeIn(values: Float32Array): MapRange {
  const known = ranges.get(values) ?? rangeOf(values);
  ranges.set(values, known);
  return known;
}

function scaleIn(method: MapMethod, range: MapRange): Lens["scale"] {
  const known = scales.get(range);
  if (known?.name === theme.value) return known.scale;
  const scale = scaleOfMaps(range, method.isSigned, theme.value);
  scales.set(range, { name: theme.value, scale });
  return scale;
}

function picturesIn(values: Float32Array, make: () => MapPictures): MapPictures {
  const known = pictureCaches.get(values);
  if (known?.name === theme.value) return known.pictures;
  const pictures = make();
  pictureCaches.set(values, { name: theme.value, pictures });
  return pictures;
}
