/** Saves what is shown as a file: picture, vector picture or table, each with where it comes from. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { type RecordingKey, STATE_NAMES, type StateName } from "./api";
import { STATE_GLYPHS } from "./chrome/icons";
import { legendTicks, positionOf, STATUS_COLOURS } from "./colour";
import { type Table, toCsv } from "./csv";
import { type Drawing, type Shape, toCanvas, toSvg, widthOf } from "./drawing";
import type { Undo } from "./host";
import { EXACTNESS, formatValue } from "./numbers";
import { cssOf } from "./palettes";
import { coloured, currentStepA, currentStepB, hasB, keyA, keyB, mode, runs, scale } from "./state";
import { formatStep } from "./steps";
import { roles } from "./theme";
import { titleOfState } from "./titles";

/** What a view can save; the drawing is of its present size. */
export interface ViewExport {
  /** Part of the file's name. */
  readonly name: string;
  /** Title of the picture. */
  readonly title: () => string;
  /** What is shown, for its line of provenance; the statistic where it is left out. */
  readonly subject?: () => string;
  /** Whether colours of the picture are those of the legend. */
  readonly hasLegend: boolean;
  /** What the picture does not show, in a sentence; the panel says it. */
  readonly note?: () => string | null;
  readonly drawing: () => Drawing | null;
  readonly table: () => Table | Promise<Table>;
}

const offers = signal<readonly ViewExport[]>([]);

/** What the open view can save, or null. */
export const offered: ReadonlySignal<readonly ViewExport[]> = offers;

/** Offer an export while a view is open. */
export function offerExport(offer: ViewExport): Undo {
  offers.value = [...offers.peek(), offer];
  return () => {
    offers.value = offers.peek().filter((other) => other !== offer);
  };
}

/** Where a picture comes from, in one line: run, step, what is shown, version. */
export function provenance(offer: Pick<ViewExport, "subject"> = {}): string {
  const [a, b] = [keyA.value, keyB.value];
  const sideA = `${a?.run ?? "?"} at step ${formatStep(currentStepA.value ?? undefined)}`;
  const sideB = `${b?.run ?? "?"} at step ${formatStep(currentStepB.value ?? undefined)}`;
  const sides = hasB.value ? `A: ${sideA} · B: ${sideB}` : sideA;
  const values = `${mode.value === "diff" ? "A − B of " : ""}${coloured.value?.title ?? ""}`;
  const what = offer.subject?.() ?? values;
  const parts = [sides, what, ...namesOf(a), `tb_neuron ${runs.value?.version ?? ""}`];
  return parts.join(" · ");
}

/** Names that the recorder gives where nobody chose one: they tell nothing. */
const UNCHOSEN = { model: "model", probe: "probe" };

function namesOf(key: RecordingKey | null): string[] {
  const names: string[] = [];
  if (key && key.model !== UNCHOSEN.model) names.push(`model ${key.model}`);
  if (key && key.probe !== UNCHOSEN.probe) names.push(`probe set ${key.probe}`);
  return names;
}

/** Save the view as PNG, at two device pixels in a CSS pixel at least. */
export async function savePng(offer: ViewExport): Promise<void> {
  const drawing = framed(offer);
  if (!drawing) return;
  const canvas = await toCanvas(drawing, Math.max(2, window.devicePixelRatio || 1));
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/png");
  });
  if (!blob) throw new Error("the picture is too large for this browser; make the window smaller");
  download(blob, fileName(offer, "png"));
}

/** Save the view as SVG; units are an embedded picture, everything else is vectors and text. */
export async function saveSvg(offer: ViewExport): Promise<void> {
  const drawing = framed(offer);
  if (!drawing) return;
  download(new Blob([toSvg(drawing)], { type: "image/svg+xml" }), fileName(offer, "svg"));
}

/** Save the view's whole table as CSV. */
export async function saveCsv(offer: ViewExport): Promise<void> {
  const text = toCsv(await offer.table());
  download(new Blob([text], { type: "text/csv;charset=utf-8" }), fileName(offer, "csv"));
}

const EDGE = 18;
const HEAD = 42;
const FOOT = 44;
const LEGEND = 44;
const SMALL = 11;

/** The view's drawing with title, legend and provenance around it. */
function framed(offer: ViewExport): Drawing | null {
  const inner = offer.drawing();
  if (!inner) return null;
  const foot = (offer.hasLegend ? LEGEND : 0) + FOOT;
  const said = [provenance(offer), EXACTNESS];
  const widest = Math.max(inner.width, ...said.map((line) => widthOf(line, SMALL)));
  const width = widest + 2 * EDGE;
  const height = inner.height + HEAD + foot;
  const moved = inner.shapes.map((shape) => moveBy(shape, EDGE, HEAD));
  const { text, muted, page } = roles.value;
  const title: Shape = {
    kind: "text",
    x: EDGE,
    y: 27,
    text: offer.title(),
    fill: text,
    size: 16,
    weight: 600,
  };
  const lines = said.map((line, place): Shape => {
    const y = height - 26 + 15 * place;
    return { kind: "text", x: EDGE, y, text: line, fill: muted, size: SMALL };
  });
  const legend = offer.hasLegend ? legendShapes(EDGE, HEAD + inner.height + 8) : [];
  return { width, height, background: page, shapes: [title, ...moved, ...legend, ...lines] };
}

const BAR = { width: 236, height: 10 };

function legendShapes(x: number, y: number): Shape[] {
  const shown = scale.value;
  const { muted, text } = roles.value;
  const entries = Array.from({ length: 64 }, (_, place) => shown.palette[place * 4 + 2] ?? 0);
  const step = BAR.width / entries.length;
  const bars = entries.map((pixel, place): Shape => {
    const rect = { x: x + place * step, y, width: step + 0.5, height: BAR.height };
    return { kind: "rect", rect, fill: cssOf(pixel) };
  });
  const ticks = legendTicks(shown).map((value): Shape => {
    const at = x + BAR.width * positionOf(shown, value);
    const anchor = at < x + 5 ? "start" : at > x + BAR.width - 5 ? "end" : "middle";
    const label = formatValue(value);
    return { kind: "text", x: at, y: y + 23, text: label, fill: muted, size: 10, anchor };
  });
  const kind = shown.kind === "log" ? "logarithmic" : "linear";
  const name = `${coloured.value?.title ?? ""}, ${kind}, one scale for all steps${coloured.value?.className == null ? "" : " and classes"}`;
  const place = { x: x + BAR.width + 14, y: y + 9 };
  return [
    ...bars,
    ...ticks,
    { kind: "text", ...place, text: name, fill: text, size: 12 },
    ...STATE_NAMES.flatMap((state, at) => stateKey(state, place.x + at * 88, y + 24)),
  ];
}

function stateKey(state: StateName, x: number, y: number): Shape[] {
  const text = titleOfState(state);
  const name: Shape = { kind: "text", x: x + 17, y, text, fill: roles.value.muted, size: 11 };
  return [...stateShapes(state, x, y), name];
}

/** A state's glyph on a tile of its colour, before a text on the baseline `y`. */
export function stateShapes(state: StateName, x: number, y: number): Shape[] {
  const rect = { x, y: y - 10, width: 12, height: 12 };
  return [
    { kind: "rect", rect, fill: STATUS_COLOURS[state], stroke: "#7b8494", radius: 2 },
    glyphShape(state, x + 6, y - 4, 5),
  ];
}

/** A state's glyph in an export. */
export function glyphShape(state: StateName, x: number, y: number, size: number): Shape {
  const stroke = state === "dead" || state === "silent" ? "#ffffff" : "#10131a";
  const fill = state === "saturated" ? { fill: stroke } : {};
  return { kind: "path", d: STATE_GLYPHS[state], x, y, scale: size, stroke, ...fill };
}

function moveBy(shape: Shape, x: number, y: number): Shape {
  if ("rect" in shape) {
    const rect = { ...shape.rect, x: shape.rect.x + x, y: shape.rect.y + y };
    return { ...shape, rect };
  }
  return { ...shape, x: shape.x + x, y: shape.y + y };
}

function fileName(offer: ViewExport, extension: string): string {
  const parts = [keyA.value?.run ?? "run", offer.name, `step${currentStepA.value ?? ""}`];
  if (hasB.value) parts.push("and", keyB.value?.run ?? "run", `step${currentStepB.value ?? ""}`);
  return nameOfFile(parts, extension);
}

/** A name from parts, with nothing in it that a file system or a shell reads as more than a name. */
export function nameOfFile(parts: readonly string[], extension: string): string {
  const safe = parts.map((part) => part.replace(/[^\p{L}\p{N}._-]+/gu, "-"));
  return `neurons-${safe.join("-")}.${extension}`;
}

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the blob after the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
