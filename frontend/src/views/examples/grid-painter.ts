/** Draws the activation grid of one example over its input: squares, or places shaded by attribution. */
import type { GridTable } from "../../grids-api";
import { placeOf, placeRect, shadeOf, squareIn } from "../../layout/activation-grid";
import type { Plane } from "../../layout/plane";
import type { Rect } from "../../layout/rect";
import { drawPixels } from "./cell";

/** One example's grid, and how it is seen. */
export interface GridPicture {
  readonly table: GridTable;
  /** Place of the example in the table. */
  readonly place: number;
  readonly plane: Plane;
  /** Place of the class toward which cells are shaded; null: their components' colours. */
  readonly shaded: number | null;
  /** The input without colours, or null. */
  readonly grey: HTMLCanvasElement | null;
  readonly look: GridLook;
}

/** Colours of a grid. */
export interface GridLook {
  readonly canvas: string;
  readonly favour: string;
  readonly against: string;
}

/** How much of the input is seen behind cells. */
const INPUT = { squares: 0.34, shades: 0.42 };

/** Draw a grid into a rectangle. */
export function paintGrid(
  context: CanvasRenderingContext2D,
  picture: GridPicture,
  box: Rect,
): void {
  const { table, plane, shaded, grey, look } = picture;
  context.fillStyle = look.canvas;
  context.fillRect(box.x, box.y, box.width, box.height);
  if (grey) {
    context.globalAlpha = shaded === null ? INPUT.squares : INPUT.shades;
    drawPixels(context, grey, box);
    context.globalAlpha = 1;
  }
  for (let position = 0; position < table.positions; position++) {
    const { column, row } = placeOf(plane, position);
    const place = placeRect(plane, box, column, row);
    if (shaded === null) paintSquare(context, picture, position, place);
    else paintShade(context, picture, netAt(picture, shaded, position), place);
  }
  context.globalAlpha = 1;
}

/** The norm of a position's vector. */
export function normAt({ table, place }: GridPicture, position: number): number {
  return table.norms[place * table.positions + position] ?? Number.NaN;
}

/** What a position contributes to a class, by the class's place. */
export function netAt({ table, place }: GridPicture, at: number, position: number): number {
  const start = (place * table.header.classes.length + at) * table.positions;
  return table.net[start + position] ?? Number.NaN;
}

/** A position's colour as CSS writes it. */
export function colourAt({ table, place }: GridPicture, position: number): string {
  const start = 3 * (place * table.positions + position);
  const [red = 0, green = 0, blue = 0] = table.colours.subarray(start, start + 3);
  return `rgb(${red} ${green} ${blue})`;
}

function paintSquare(
  context: CanvasRenderingContext2D,
  picture: GridPicture,
  position: number,
  place: Rect,
): void {
  const square = squareIn(place, normAt(picture, position), picture.table.header.top);
  context.fillStyle = colourAt(picture, position);
  context.fillRect(square.x, square.y, square.width, square.height);
}

function paintShade(
  context: CanvasRenderingContext2D,
  { table, look }: GridPicture,
  value: number,
  place: Rect,
): void {
  const shade = shadeOf(value, table.header.attributionTop);
  if (Number.isNaN(shade)) return;
  context.globalAlpha = 0.92 * Math.abs(shade);
  context.fillStyle = shade > 0 ? look.favour : look.against;
  context.fillRect(place.x, place.y, place.width, place.height);
}
