/** What the examples view saves: the cells that are seen or the example at large, and a row an answer. */
import { evidenceShapes } from "../../chrome/evidence-shapes";
import { positionOf } from "../../colour";
import type { Cell } from "../../csv";
import { type Drawing, type Shape, widthOf } from "../../drawing";
import type { ViewExport } from "../../export";
import { boxOf, type Cells, pictureRect } from "../../layout/filmstrip";
import { isOfB, mapRecord, mapRecording, shownMethod, shownTable } from "../../maps";
import { formatShare, formatValue } from "../../numbers";
import { cssOf } from "../../palettes";
import { mapOpacity } from "../../state";
import { roles } from "../../theme";
import { capital, titleOfMethod } from "../../titles";
import { tellStanding } from "./learning";
import { clippedText, ticksOf } from "./legend";
import { TOLD_SHARE } from "./map-scale";
import type { ExampleRow } from "./rows";
import {
  answerAt,
  hasMasks,
  nameOfClass,
  overlapAt,
  shownRows,
  shownView,
  stepOf,
  strip,
} from "./shown";
import { captionOf, type Film, paintCells } from "./strip-painter";

/** The export of the filmstrip, of the cells that are seen. */
export function stripExport(cellsOf: () => Cells): ViewExport {
  return {
    name: `examples-${shownMethod.peek()?.name ?? ""}`,
    title: () => `${capital(titleNow())} of tracked examples by step`,
    subject: titleNow,
    hasLegend: false,
    note: () => noteOf(cellsOf()),
    drawing: () => stripDrawing(cellsOf()),
    table: () => ({ columns: COLUMNS, rows: answerRows(shownRows.value) }),
  };
}

/** The export of the table: its picture is the filmstrip's, as far as it can be seen at once. */
export function tableExport(): ViewExport {
  return { ...stripExport(firstCells), name: "examples-table" };
}

const MOST = { rows: 24, columns: 24 };

/** The last records of the first examples. */
function firstCells(): Cells {
  const { rows, columns } = strip.value;
  const firstColumn = Math.max(0, columns - MOST.columns);
  return { firstRow: 0, endRow: Math.min(rows, MOST.rows), firstColumn, endColumn: columns };
}

/** The export of an example at large. */
export function detailExport(row: ExampleRow, placeOf: () => HTMLElement | null): ViewExport {
  return {
    name: `example${row.example}-${shownMethod.peek()?.name ?? ""}`,
    title: () => `${capital(titleNow())} of example ${row.example}`,
    subject: titleNow,
    hasLegend: false,
    drawing: () => {
      const place = placeOf();
      return place && detailDrawing(place);
    },
    table: () => ({ columns: COLUMNS, rows: answerRows([row]) }),
  };
}

function titleNow(): string {
  const method = shownMethod.value;
  const layer = method?.layer ? ` at ${method.layer}` : "";
  return `maps by ${titleOfMethod(method?.name ?? "?")}${layer}${isOfB.value ? " of B" : ""}`;
}

function noteOf({ firstColumn, endColumn, firstRow, endRow }: Cells): string | null {
  const { rows, columns } = strip.value;
  if (endColumn - firstColumn >= columns && endRow - firstRow >= rows) return null;
  return `${endRow - firstRow} of ${rows} examples at ${endColumn - firstColumn} of ${columns} records, those on the screen; the CSV file holds all.`;
}

const COLUMNS = [
  "example",
  "step",
  "label",
  "prediction",
  "probability",
  "right",
  "iou",
  "ground_truth_coverage",
  "saliency_coverage",
  "standing",
  "learned_at",
  "forgotten_at",
  "run",
] as const;

/** A row for every example and record. */
export function* answerRows(rows: readonly ExampleRow[]): Generator<Cell[]> {
  const steps = shownTable.value?.header.steps ?? [];
  const run = mapRecording.value?.records.run ?? "";
  for (const row of rows) {
    const at = (kind: string) => {
      const turn = row.turns.findLast((one) => one.kind === kind);
      return turn ? (steps[turn.record] ?? null) : null;
    };
    for (const [record, step] of steps.entries()) {
      const { prediction, probability, isRight } = answerAt(record, row);
      const right = isRight === null ? null : isRight ? "yes" : "no";
      const classes = [row.label < 0 ? null : nameOfClass(row.label), classOrNone(prediction)];
      const dates = [row.standing, at("learned"), at("forgotten")];
      const overlap = overlapCells(record, row);
      yield [row.example, step, ...classes, probability, right, ...overlap, ...dates, run];
    }
  }
}

function overlapCells(record: number, row: ExampleRow): Cell[] {
  const overlap = overlapAt(record, row);
  return overlap ? [overlap.iou, overlap.ofMask, overlap.ofSalient] : [null, null, null];
}

function classOrNone(index: number): string | null {
  return index < 0 ? null : nameOfClass(index);
}

const LABELS = 150;
const STEPS = 22;
const LEGEND = 54;

function stripDrawing(cells: Cells): Drawing | null {
  const view = shownView.value;
  if (!view) return null;
  const film: Film = {
    strip: strip.value,
    rows: shownRows.value,
    view,
    answer: answerAt,
    overlap: hasMasks.value ? overlapAt : null,
    nameOfClass,
  };
  const box = boxOf(film.strip, cells);
  const source = document.createElement("canvas");
  // Captions are texts of the drawing: painted ones would be pixels of a vector picture.
  const bare = { ...film, answer: () => NO_ANSWER, overlap: film.overlap && (() => null) };
  paintCells(source, bare, cells, 2);
  const image: Shape = {
    kind: "image",
    rect: { x: LABELS, y: STEPS, width: box.width, height: box.height },
    source,
  };
  const move = { x: LABELS - box.x, y: STEPS - box.y };
  const shapes = [image, ...stepShapes(film, cells, move), ...rowShapes(film, cells, move)];
  const height = STEPS + box.height + LEGEND;
  const width = Math.max(LABELS + box.width, 640);
  shapes.push(...legendShapes(0, STEPS + box.height + 14));
  return { width, height, background: roles.value.page, shapes };
}

const NO_ANSWER = { prediction: -1, probability: Number.NaN, isRight: null };

interface Move {
  readonly x: number;
  readonly y: number;
}

function stepShapes(film: Film, cells: Cells, move: Move): Shape[] {
  const { muted, text, sideA } = roles.value;
  return places(cells.firstColumn, cells.endColumn).flatMap((column): Shape[] => {
    const rect = pictureRect(film.strip, cells.firstRow, column);
    const isNow = column === mapRecord.value;
    const x = rect.x + move.x + rect.width / 2;
    const step: Shape = {
      kind: "text",
      x,
      y: 14,
      text: stepOf(column),
      fill: isNow ? text : muted,
      size: 11,
      weight: isNow ? 600 : 400,
      anchor: "middle",
    };
    const mark = { x: rect.x + move.x, y: STEPS, width: rect.width, height: 2 };
    return isNow ? [step, { kind: "rect", rect: mark, fill: sideA }] : [step];
  });
}

function rowShapes(film: Film, cells: Cells, move: Move): Shape[] {
  const { muted, text } = roles.value;
  return places(cells.firstRow, cells.endRow).flatMap((at): Shape[] => {
    const row = film.rows[at];
    if (!row) return [];
    const { y } = pictureRect(film.strip, at, 0);
    const label = row.label < 0 ? `example ${row.example}` : nameOfClass(row.label);
    const lines = [label, `example ${row.example}`, tellStanding(row.standing, row.turns, stepOf)];
    const names = lines.map((line, place): Shape => {
      const fill = place === 0 ? text : muted;
      const weight = place === 0 ? 600 : 400;
      const below = y + move.y + 14 + 15 * place;
      return { kind: "text", x: 0, y: below, text: line, fill, size: 11, weight, maxWidth: LABELS };
    });
    return [...names, ...captionShapes(film, cells, at, move)];
  });
}

function captionShapes(film: Film, cells: Cells, at: number, move: Move): Shape[] {
  const row = film.rows[at];
  if (!row) return [];
  return places(cells.firstColumn, cells.endColumn).flatMap((column) => {
    const { x, y, width } = pictureRect(film.strip, at, column);
    return captionOf(film, row, column).map((caption): Shape => {
      const anchor = caption.isRight ? "end" : "start";
      const place = { x: x + move.x + (caption.isRight ? width : 0), y: y + move.y + caption.y };
      const { text, fill, size, weight } = caption;
      return { kind: "text", ...place, text, fill, size, weight, anchor, maxWidth: caption.width };
    });
  });
}

function places(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, place) => from + place);
}

const BAR = { width: 236, height: 9 };

/** The scale of the maps, and how it was chosen. */
function legendShapes(x: number, y: number): Shape[] {
  const view = shownView.value;
  if (!view) return [];
  const { scale, opacity } = view.lens;
  const { muted, text } = roles.value;
  const bars = places(0, 64).map((place): Shape => {
    const step = BAR.width / 64;
    const fill = cssOf(scale.palette[place * 4 + 2] ?? 0);
    return { kind: "rect", rect: { x: x + place * step, y, width: step + 0.5, height: 9 }, fill };
  });
  const ticks = ticksOf(scale).map((value): Shape => {
    const share = positionOf(scale, value);
    const anchor = share < 0.02 ? "start" : share > 0.98 ? "end" : "middle";
    const place = { x: x + BAR.width * share, y: y + 22 };
    return { kind: "text", ...place, text: formatValue(value), fill: muted, size: 10, anchor };
  });
  const told = `linear, one scale for all steps and examples; ends where ${formatShare(TOLD_SHARE)} of magnitudes do, ${clippedText(view.range)}`;
  const covers = `map covers ${mapOpacity.value} % of the input`;
  const lines = opacity < 1 && view.lens.form === "image" ? [told, covers] : [told];
  const said = lines.map((line, place): Shape => {
    const at = { x: x + BAR.width + 14, y: y + 9 + 15 * place };
    return { kind: "text", ...at, text: line, fill: place === 0 ? text : muted, size: 11 };
  });
  return [...bars, ...ticks, ...said];
}

/** The example as it stands on the page: its texts, pictures and chart, each where it is. */
function detailDrawing(place: HTMLElement): Drawing {
  const { left, top, width } = place.getBoundingClientRect();
  const origin = { x: left, y: top - place.scrollTop };
  const shapes: Shape[] = [];
  for (const element of place.querySelectorAll<HTMLElement>("[data-draw=text], .word")) {
    shapes.push(...textShapes(element, origin));
  }
  for (const source of place.querySelectorAll("canvas")) {
    shapes.push({ kind: "image", rect: rectOf(source, origin), source });
  }
  for (const chart of place.querySelectorAll("svg")) {
    const markup = new XMLSerializer().serializeToString(chart);
    shapes.push({ kind: "svg", rect: rectOf(chart, origin), markup });
  }
  shapes.push(...evidenceShapes(place, origin));
  const { scrollHeight } = place;
  shapes.push(...legendShapes(16, scrollHeight + 10));
  const height = scrollHeight + LEGEND;
  return { width: Math.max(width, 640), height, background: roles.value.page, shapes };
}

function textShapes(element: HTMLElement, origin: Move): Shape[] {
  const rect = rectOf(element, origin);
  const { color, fontSize, fontWeight, backgroundColor, paddingLeft } = getComputedStyle(element);
  const size = Number.parseFloat(fontSize);
  const lines = linesOf(element.textContent ?? "", rect, size);
  const middle = rect.y + rect.height / 2 + size * 0.36;
  const texts = lines.map((text, line): Shape => {
    const y = middle + (line - (lines.length - 1) / 2) * size * 1.25;
    const x = rect.x + Number.parseFloat(paddingLeft);
    return { kind: "text", x, y, text, fill: color, size, weight: Number(fontWeight) || 400 };
  });
  if (!element.classList.contains("word")) return texts;
  return [{ kind: "rect", rect, fill: backgroundColor, radius: 3 }, ...texts];
}

/** A text in the lines that the page gives it: as many words in each as there is room for. */
function linesOf(text: string, { width, height }: Size, size: number): string[] {
  if (height < 2 * size) return [text];
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = [lines.at(-1), word].filter(Boolean).join(" ");
    if (lines.length > 0 && widthOf(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function rectOf(element: Element, origin: Move) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left - origin.x, y: top - origin.y, width, height };
}
