/** What the activation grids show, as signals and words: pictures of examples, classes, places. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { type Cell, shownGrid } from "../../grids";
import type { GridTable } from "../../grids-api";
import { theme } from "../../host";
import { placeOf } from "../../layout/activation-grid";
import { nameOfPlace, planeOf } from "../../layout/plane";
import { mapRecording } from "../../maps";
import { gridClass, isGridShaded } from "../../state";
import { roles } from "../../theme";
import type { GridLook, GridPicture } from "./grid-painter";
import { greyOf, inputsVersion } from "./inputs";

const LOOKS = {
  light: { favour: "#c0392b", against: "#3b6fd4" },
  dark: { favour: "#e5715f", against: "#6f9bf0" },
};

/** Colours of grids in the theme that is shown. */
export const gridLook: ReadonlySignal<GridLook> = computed(() => ({
  canvas: roles.value.canvas,
  ...LOOKS[theme.value],
}));

/** Whether it is known what positions of the shown layer contribute. */
export const hasAttributions: ReadonlySignal<boolean> = computed(
  () => (shownGrid.value?.header.classes.length ?? 0) > 0,
);

/** The class toward which an example's cells are read, by its number: the chosen, else the predicted one. */
export function classRead(table: GridTable, place: number): number | null {
  const { classes, examples } = table.header;
  const wishes = [gridClass.value, table.prediction[place], examples[place]?.label];
  return (
    wishes.find((wish) => typeof wish === "number" && classes.includes(wish)) ?? classes[0] ?? null
  );
}

/** An example's grid as it is drawn. */
export function pictureOf(table: GridTable, place: number): GridPicture {
  void inputsVersion.value;
  const { header } = table;
  const [recording, example] = [mapRecording.value, header.examples[place]?.example];
  const read = classRead(table, place);
  // A single cell is of no place in the input.
  const isImage = recording?.records.probeSet.input === "image" && table.positions > 1;
  return {
    table,
    place,
    plane: planeOf(header.shape),
    shaded: isGridShaded.value && read !== null ? header.classes.indexOf(read) : null,
    grey: recording && isImage && example !== undefined ? greyOf(recording, example) : null,
    look: gridLook.value,
  };
}

/** The place of a cell's example in a table; -1 where the table does not hold it. */
export function placeIn(table: GridTable, { example }: Pick<Cell, "example">): number {
  return table.header.examples.findIndex((one) => one.example === example);
}

/** What a position is called. */
export function nameOfPosition(shape: readonly number[], position: number): string {
  if (shape.length === 0) return "the whole layer";
  const plane = planeOf(shape);
  if (plane.rows === 1) return `position ${position}`;
  const { column, row } = placeOf(plane, position);
  return nameOfPlace(plane, column, row);
}
