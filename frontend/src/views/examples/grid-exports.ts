/** What the activation grids save: the page as it stands, and a row a cell. */
import type { Cell } from "../../csv";
import type { Drawing, Shape } from "../../drawing";
import type { ViewExport } from "../../export";
import { shownGrid } from "../../grids";
import type { GridTable } from "../../grids-api";
import { mapRecording } from "../../maps";
import { roles } from "../../theme";
import { keyText } from "./grid-bar";
import { paintGrid } from "./grid-painter";
import { cellRows } from "./grid-rows";
import { nameOfPosition, pictureOf } from "./grid-shown";
import { nameOfClass } from "./shown";

/** The export of the grids that stand inside of an element. */
export function gridExport(placeOf: () => HTMLElement | null): ViewExport {
  return {
    name: "activation-grid",
    title: () => `Activation grids of ${shownGrid.value?.header.layer ?? "?"}`,
    subject: () => {
      const grid = shownGrid.value;
      return grid ? keyText(grid).join("; ") : "activation grids";
    },
    hasLegend: false,
    drawing: () => {
      const [place, grid] = [placeOf(), shownGrid.value];
      return place ? drawingOf(place) : grid && wallOf(grid);
    },
    table: () => ({ columns: columnsOf(shownGrid.value), rows: rowsOf(shownGrid.value) }),
  };
}

function columnsOf(table: GridTable | null): string[] {
  const classes = table?.header.classes.map((number) => `to ${nameOfClass(number)}`) ?? [];
  const known = ["layer", "step", "example", "label", "position", "place", "norm", "colour"];
  return [...known, ...classes, "evidence_step", "run"];
}

function* rowsOf(table: GridTable | null): Generator<Cell[]> {
  if (!table) return;
  const { layer, step, shape, evidenceStep } = table.header;
  const run = mapRecording.value?.records.run ?? "";
  for (const { example, label, position, norm, colour, net } of cellRows(table)) {
    const name = label < 0 ? null : nameOfClass(label);
    const at = [example, name, position, nameOfPosition(shape, position)];
    yield [layer, step, ...at, norm, colour, ...net, evidenceStep, run];
  }
}

function drawingOf(place: HTMLElement): Drawing {
  const { left, top, width } = place.getBoundingClientRect();
  const origin = { left, top: top - place.scrollTop };
  const shapes = [
    ...boxes(place, ".two-sided i, .activation i, .grid-tokens i", origin),
    ...pictures(place, origin),
    ...bars(place, origin),
    ...texts(place, origin),
  ];
  // What is scrolled out of sight beside the cells stands in the file.
  const height = shapes.reduce((most, shape) => Math.max(most, bottomOf(shape)), 0) + 12;
  return { width, height, background: roles.value.page, shapes };
}

function bottomOf(shape: Shape): number {
  return "rect" in shape ? shape.rect.y + shape.rect.height : shape.y;
}

const SIDE = 150;
const CAPTION = 22;
const COLUMNS = 8;

/** All examples' cells where none stand on the page. */
function wallOf(table: GridTable): Drawing {
  const { examples } = table.header;
  const shapes = examples.flatMap(({ example, label }, place): Shape[] => {
    const source = document.createElement("canvas");
    [source.width, source.height] = [2 * SIDE, 2 * SIDE];
    const context = source.getContext("2d");
    const box = { x: 0, y: 0, width: 2 * SIDE, height: 2 * SIDE };
    if (context) paintGrid(context, pictureOf(table, place), box);
    const x = (place % COLUMNS) * (SIDE + 10);
    const y = Math.floor(place / COLUMNS) * (SIDE + CAPTION + 8);
    const text = label < 0 ? `example ${example}` : `${nameOfClass(label)}, example ${example}`;
    return [
      { kind: "text", x, y: y + 15, text, fill: roles.value.text, size: 12, maxWidth: SIDE },
      { kind: "image", rect: { x, y: y + CAPTION, width: SIDE, height: SIDE }, source },
    ];
  });
  const rows = Math.ceil(examples.length / COLUMNS);
  const width = Math.min(COLUMNS, examples.length) * (SIDE + 10);
  const height = rows * (SIDE + CAPTION + 8);
  return { width, height, background: roles.value.page, shapes };
}

interface Origin {
  readonly left: number;
  readonly top: number;
}

function all<T extends Element>(place: HTMLElement, selector: string): T[] {
  return [...place.querySelectorAll<T>(selector)].filter(
    (element) => element.getClientRects().length > 0,
  );
}

function boxes(place: HTMLElement, selector: string, origin: Origin): Shape[] {
  return all<HTMLElement>(place, selector).map((element) => {
    const fill = getComputedStyle(element).backgroundColor;
    return { kind: "rect", rect: rectOf(element, origin), fill };
  });
}

function pictures(place: HTMLElement, origin: Origin): Shape[] {
  return all<HTMLCanvasElement>(place, "canvas").map((source) => ({
    kind: "image",
    rect: rectOf(source, origin),
    source,
  }));
}

function bars(place: HTMLElement, origin: Origin): Shape[] {
  return all<SVGRectElement>(place, ".class-bars rect[fill]").map((element) => ({
    kind: "rect",
    rect: rectOf(element, origin),
    fill: element.getAttribute("fill") ?? "",
  }));
}

function texts(place: HTMLElement, origin: Origin): Shape[] {
  return all<HTMLElement>(place, "[data-draw=text]").map((element): Shape => {
    const { x, y, width, height } = rectOf(element, origin);
    const { fontSize, fontWeight, color, textAlign } = getComputedStyle(element);
    const size = Number.parseFloat(fontSize);
    const isRight = textAlign === "right";
    return {
      kind: "text",
      x: isRight ? x + width : x,
      y: y + height / 2 + 0.36 * size,
      anchor: isRight ? "end" : "start",
      text: wordsOf(element),
      fill: color,
      size,
      weight: Number(fontWeight) || 400,
      maxWidth: 1.15 * width,
    };
  });
}

function wordsOf(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement;
  for (const unseen of copy.querySelectorAll(".unseen, .segments")) unseen.remove();
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

function rectOf(element: Element, origin: Origin) {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: left - origin.left, y: top - origin.top, width, height };
}
