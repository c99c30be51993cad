/** What the cells of a matrix of responses are: values, colours, and what is painted. */
import { LevelTables } from "../../codes";
import { makeScale, pixelOf, type Scale, type Theme } from "../../colour";
import { type MatrixLayout, type Run, runsOf, type Texels, texelsOf } from "../../layout/matrix";
import { formatCount } from "../../numbers";
import type { PatternTable } from "../../patterns-api";
import type { ScaleKind } from "../../state";
import type { PatternSubset } from "../../wire";

/** A matrix of responses: examples by units, or classes by units. */
export interface Cells {
  readonly rows: number;
  readonly columns: number;
  readonly runs: readonly Run[];
  /** A cell's value, by row × columns + column. */
  readonly valueAt: (cell: number) => number;
  /** Its pixel. */
  readonly pixelAt: (cell: number) => number;
}

/** The scale of a layer's responses: the same over all records, and for means of them. */
export function scaleOfPatterns({ header }: PatternTable, kind: ScaleKind, theme: Theme): Scale {
  const { lower, upper, method } = header;
  // Attributions have a sign by what they are, also where one of the two does not occur.
  const grid = lower < 0 || method !== "" ? "signed_log" : "unsigned_log";
  const top = Math.max(upper, -lower);
  return makeScale({ grid, top }, { kind, isDifference: false, theme });
}

/** Examples by units. */
export function cellsOfExamples(table: PatternTable, scale: Scale): Cells {
  const { header, codes, offsets, units, examples } = table;
  const columns = units.length;
  const levels = new LevelTables(header.grid);
  const known = new Map<Float32Array, Uint32Array>();
  const values = Array.from(offsets, (offset) => levels.at(offset));
  const pixels = values.map((own) => {
    const found = known.get(own) ?? Uint32Array.from(own, (value) => pixelOf(scale, value));
    known.set(own, found);
    return found;
  });
  const classOf = classesOf(table);
  return {
    rows: examples.length,
    columns,
    runs: runsOf(classOf, (number) => nameOfNumber(table, number)),
    valueAt: (cell) => values[cell % columns]?.[codes[cell] ?? 0] ?? Number.NaN,
    pixelAt: (cell) => pixels[cell % columns]?.[codes[cell] ?? 0] ?? 0,
  };
}

/** Classes by units; those without examples are left out. */
export function cellsOfClasses(table: PatternTable, scale: Scale): Cells {
  const { header, classMeans, units } = table;
  const columns = units.length;
  const present = classesWithExamples(table);
  const placeOf = (cell: number) =>
    (present[Math.floor(cell / columns)] ?? 0) * columns + (cell % columns);
  const valueAt = (cell: number) => classMeans[placeOf(cell)] ?? Number.NaN;
  return {
    rows: present.length,
    columns,
    runs: present.map((place, row) => ({
      name: header.classes[place]?.name ?? "",
      from: row,
      end: row + 1,
    })),
    valueAt,
    pixelAt: (cell) => pixelOf(scale, valueAt(cell)),
  };
}

/** Saved subsets by units; one without examples is a row of nothing, not of 0. */
export function cellsOfSubsets(table: PatternTable, scale: Scale): Cells {
  const { header, subsetMeans, units } = table;
  const valueAt = (cell: number) => subsetMeans[cell] ?? Number.NaN;
  return {
    rows: header.subsets.length,
    columns: units.length,
    runs: header.subsets.map((subset, row) => ({ name: titleOf(subset), from: row, end: row + 1 })),
    valueAt,
    pixelAt: (cell) => {
      const isEmpty = header.subsets[Math.floor(cell / units.length)]?.examples === 0;
      return isEmpty ? 0 : pixelOf(scale, valueAt(cell));
    },
  };
}

/** A subset, the number of examples that its means are of first: a long name is cut at its end. */
export function titleOf({ name, examples, problem }: PatternSubset): string {
  if (problem !== "") return `not here · ${name}`;
  return `${examples === 0 ? "empty" : formatCount(examples)} · ${name}`;
}

/** Places, among the header's classes, of those that some example counts to. */
export function classesWithExamples({ header }: PatternTable): number[] {
  return header.classes.flatMap(({ examples }, place) => (examples > 0 ? [place] : []));
}

/** The class that each example counts to; without labels and predictions none. */
export function classesOf({ header, labels, examples, predictions }: PatternTable): Int32Array {
  if (header.by === "label") return labels;
  // Rows stand by the anchor's predictions, which this record's may have left.
  const inOrder = header.classes.flatMap(({ number, examples: count }) =>
    Array.from({ length: count }, () => number),
  );
  if (header.by === "prediction" && inOrder.length === predictions.length) {
    return Int32Array.from(inOrder);
  }
  return new Int32Array(examples.length).fill(-1);
}

/** A class by its number. */
export function nameOfNumber({ header }: PatternTable, number: number): string {
  return header.classes.find((each) => each.number === number)?.name ?? "";
}

/** Which cell each texel shows, at so many device pixels a CSS pixel. */
export function texelsIn(cells: Cells, layout: MatrixLayout, ratio: number): Texels {
  const { width, height } = layout.body;
  return texelsOf(cells, { width: width * ratio, height: height * ratio }, (cell) => {
    const value = cells.valueAt(cell);
    // What is no number is seen before all others.
    return Number.isFinite(value) ? Math.abs(value) : Number.POSITIVE_INFINITY;
  });
}

/** The texels as a canvas of one pixel each. */
export function paintTexels(cells: Cells, { across, down, shown }: Texels): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, across), Math.max(1, down)];
  const context = canvas.getContext("2d");
  if (!context || across * down === 0) return canvas;
  const image = context.createImageData(across, down);
  const pixels = new Uint32Array(image.data.buffer);
  shown.forEach((cell, texel) => {
    pixels[texel] = cells.pixelAt(cell);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}
