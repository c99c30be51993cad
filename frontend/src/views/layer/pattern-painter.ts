/** Paints a matrix of responses: its cells, the classes at its side, selectivity over its columns. */
import type { MatrixLayout, PlacedRun } from "../../layout/matrix";
import type { PatternTable } from "../../patterns-api";
import { canvasFont, type Roles } from "../../theme";

/** What is painted. */
export interface Picture {
  readonly layout: MatrixLayout;
  readonly texels: HTMLCanvasElement;
  readonly table: PatternTable;
  /** Under the columns. */
  readonly axis: string;
  readonly roles: Roles;
}

const TEXT = 11;
/** Runs of fewer CSS pixels have no line between them. */
const LEAST_APART = 5;

/** Paint at so many device pixels a CSS pixel. */
export function paintPicture(
  canvas: HTMLCanvasElement,
  size: { readonly width: number; readonly height: number },
  ratio: number,
  picture: Picture,
): void {
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(ratio, ratio);
  paintCells(context, picture);
  paintStrip(context, picture);
  paintSide(context, picture);
  paintAxis(context, picture);
}

function paintCells(context: CanvasRenderingContext2D, picture: Picture): void {
  const { body, rows, runs } = picture.layout;
  context.imageSmoothingEnabled = false;
  if (rows > 0) context.drawImage(picture.texels, body.x, body.y, body.width, body.height);
  context.fillStyle = picture.roles.page;
  const isApart = runs.length > 1 && runs.every(({ height }) => height >= LEAST_APART);
  for (const { y, from } of isApart ? runs : []) {
    if (from > 0) context.fillRect(body.x, y - 0.5, body.width, 1);
  }
  context.strokeStyle = picture.roles.strongBorder;
  context.lineWidth = 1;
  context.strokeRect(body.x - 0.5, body.y - 0.5, body.width + 1, body.height + 1);
}

/** A bar a unit; what is undefined is a grey column, not a bar of no height. */
function paintStrip(context: CanvasRenderingContext2D, { layout, table, roles }: Picture): void {
  const { strip, columns } = layout;
  const width = strip.width / Math.max(1, columns);
  context.fillStyle = roles.canvas;
  context.fillRect(strip.x, strip.y, strip.width, strip.height);
  for (let column = 0; column < columns; column++) {
    const value = table.selectivity[column] ?? Number.NaN;
    const x = strip.x + column * width;
    // Neighbours meet: a gap only where there is room for one.
    const wide = width > 5 ? width - 1 : width + 0.3;
    if (Number.isFinite(value)) {
      const height = Math.max(1, value * strip.height);
      context.fillStyle = roles.accent;
      context.fillRect(x, strip.y + strip.height - height, wide, height);
    } else {
      context.fillStyle = roles.strongBorder;
      context.fillRect(x, strip.y, wide, strip.height);
    }
  }
  context.fillStyle = roles.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.font = canvasFont(TEXT);
  context.fillText("selectivity", strip.x - 8, strip.y + strip.height / 2, strip.x - 10);
}

function paintSide(context: CanvasRenderingContext2D, { layout, roles }: Picture): void {
  const { side, runs } = layout;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.font = canvasFont(TEXT);
  runs.forEach((run, place) => {
    context.fillStyle = place % 2 === 0 ? roles.muted : roles.strongBorder;
    if (runs.length > 1) context.fillRect(side.width - 5, run.y, 3, Math.max(1, run.height - 0.5));
    context.fillStyle = roles.text;
    if (run.isNamed) paintName(context, run, side.width - 10);
  });
}

function paintName(context: CanvasRenderingContext2D, run: PlacedRun, right: number): void {
  context.fillText(cut(context, run.name, right - 2), right, run.y + run.height / 2);
}

/** The text as far as there is room for it. */
function cut(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let length = text.length - 1;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > width) length--;
  return `${text.slice(0, length)}…`;
}

function paintAxis(context: CanvasRenderingContext2D, { layout, axis, roles }: Picture): void {
  const { body } = layout;
  context.fillStyle = roles.muted;
  context.textAlign = "left";
  context.textBaseline = "top";
  context.font = canvasFont(TEXT);
  context.fillText(axis, body.x, body.y + body.height + 7);
}
