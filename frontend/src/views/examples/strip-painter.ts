/** Draws some cells of the filmstrip: maps, and under each what the model answered. */
import { boxOf, type Cells, pictureRect, type Strip } from "../../layout/filmstrip";
import { formatRoughShare } from "../../numbers";
import { canvasFont, type Roles } from "../../theme";
import { drawMap } from "./cell";
import { type Overlap, shortOverlap } from "./overlap";
import type { Answer, ExampleRow } from "./rows";
import type { MethodView } from "./shown";

/** What is drawn. */
export interface Film {
  readonly strip: Strip;
  readonly rows: readonly ExampleRow[];
  readonly view: MethodView;
  readonly answer: (record: number, row: ExampleRow) => Answer;
  /** How maps lie in their masks; null where no example has one. */
  readonly overlap: ((record: number, row: ExampleRow) => Overlap | null) | null;
  readonly nameOfClass: (index: number) => string;
}

/** Draw cells on a canvas that lies at their corner, at a number of device pixels in a CSS pixel. */
export function paintCells(
  canvas: HTMLCanvasElement,
  film: Film,
  cells: Cells,
  pixelRatio: number,
): void {
  const box = boxOf(film.strip, cells);
  const [width, height] = [Math.round(box.width * pixelRatio), Math.round(box.height * pixelRatio)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(pixelRatio, 0, 0, pixelRatio, -box.x * pixelRatio, -box.y * pixelRatio);
  for (let row = cells.firstRow; row < cells.endRow; row++) {
    for (let column = cells.firstColumn; column < cells.endColumn; column++) {
      paintCell(context, film, row, column);
    }
  }
}

function paintCell(
  context: CanvasRenderingContext2D,
  film: Film,
  row: number,
  column: number,
): void {
  const example = film.rows[row];
  if (!example) return;
  const rect = pictureRect(film.strip, row, column);
  drawMap(context, film.view.lens, film.view.subjectOf(column, example), rect);
  for (const { text, ...look } of captionOf(film, example, column)) {
    context.fillStyle = look.fill;
    context.font = canvasFont(look.size, look.weight);
    context.textAlign = look.isRight ? "right" : "left";
    context.fillText(text, rect.x + (look.isRight ? rect.width : 0), look.y + rect.y, look.width);
  }
}

/** A text under a picture, placed from the picture's corner. */
export interface CaptionText {
  readonly text: string;
  readonly isRight: boolean;
  readonly y: number;
  readonly width: number;
  readonly size: number;
  readonly weight: number;
  readonly fill: string;
}

/** Height of the line on the overlap with a mask. */
export const OVERLAP_LINE = 13;

/** Prediction with its glyph at the left, the label's probability at the right or below; last, the overlap. */
export function captionOf(film: Film, example: ExampleRow, record: number): CaptionText[] {
  const { strip, view } = film;
  const { prediction, probability, isRight } = film.answer(record, example);
  const { roles } = view.lens;
  const overlap = film.overlap?.(record, example);
  const isTwoLines = strip.caption - (film.overlap ? OVERLAP_LINE : 0) > 20;
  const shared = { size: 11, width: strip.width };
  const first: CaptionText = {
    ...shared,
    text: `${glyphOf(isRight)} ${film.nameOfClass(prediction)}`,
    isRight: false,
    y: strip.height + 12,
    weight: 600,
    fill: colourOfAnswer(isRight, roles),
  };
  const second: CaptionText = {
    ...shared,
    text: formatRoughShare(probability),
    isRight: !isTwoLines,
    y: strip.height + (isTwoLines ? 24 : 12),
    weight: 400,
    fill: roles.muted,
  };
  const last: CaptionText = {
    ...second,
    text: overlap ? shortOverlap(overlap) : "",
    isRight: false,
    y: strip.height + strip.caption - 5,
  };
  return [...(prediction < 0 ? [] : [first, second]), ...(overlap ? [last] : [])];
}

/** A glyph for right, wrong or unknown: never the colour alone. */
export function glyphOf(isRight: boolean | null): string {
  return isRight === null ? "·" : isRight ? "✓" : "✗";
}

/** The colour of an answer. */
export function colourOfAnswer(isRight: boolean | null, roles: Roles): string {
  return isRight === null ? roles.muted : isRight ? roles.accent : roles.danger;
}
