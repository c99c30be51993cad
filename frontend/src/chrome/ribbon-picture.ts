/** The ribbon's picture: a texel a layer and record, and the curves beneath. */
import type { Recording, StateName } from "../api";
import { pixelOf, type Scale, STATUS_COLOURS } from "../colour";
import type { RibbonLayout } from "../layout/ribbon";
import { ENTRIES, mixPixels, packHex, rampBetween } from "../palettes";
import { cellMean, cellShare, type RibbonSubject } from "../ribbon-values";
import type { Only } from "../state";
import { canvasFont, type Roles } from "../theme";

/** What the ribbon shows, and how it is coloured. */
export interface RibbonLook {
  readonly only: Only;
  readonly scale: Scale;
  readonly caption: string;
  readonly roles: Roles;
}

/** A pixel for every layer and record, row by row. */
export function ribbonPixels(subject: RibbonSubject, look: RibbonLook): Uint32Array {
  const { layers, steps } = subject.recording.records;
  const pixelAt = look.only === "all" ? meanPixel(subject, look) : sharePixel(subject, look);
  return Uint32Array.from({ length: layers.length * steps.length }, (_, place) =>
    pixelAt(Math.floor(place / steps.length), place % steps.length),
  );
}

type PixelAt = (layer: number, record: number) => number;

function meanPixel(subject: RibbonSubject, { scale }: RibbonLook): PixelAt {
  return (layer, record) => {
    const mean = cellMean(subject, layer, record);
    return Number.isFinite(mean) ? pixelOf(scale, mean) : 0;
  };
}

/** The least share that is seen: one unit of many must not vanish. */
const FAINTEST = 0.18;

function sharePixel(subject: RibbonSubject, { only, roles }: RibbonLook): PixelAt {
  if (only === "all") return () => 0;
  const ramp = rampBetween(roles.canvas, colourOfShare(only, roles));
  return (layer, record) => {
    const share = cellShare(subject, only, layer, record);
    const depth = share === 0 ? 0 : FAINTEST + (1 - FAINTEST) * share;
    return ramp[Math.round(depth * (ENTRIES - 1))] ?? 0;
  };
}

/** The state's colour, or the text's where that would be lost on the background of a theme. */
function colourOfShare(state: StateName, roles: Roles): string {
  return state === "silent" || state === "saturated" ? roles.text : STATUS_COLOURS[state];
}

/** Rows lower than this have no room for a sediment: their dead units tint them. */
const SEDIMENT_ROW = 6;

/** Draw all but the markers. */
export function drawRibbon(
  context: CanvasRenderingContext2D,
  layout: RibbonLayout,
  subject: RibbonSubject,
  look: RibbonLook,
): void {
  const { recording } = subject;
  const isFlat = layout.rowHeight < SEDIMENT_ROW;
  const pixels = ribbonPixels(subject, look);
  if (look.only === "all" && isFlat) tintDead(pixels, subject);
  drawTexels(context, layout, pixels, look.roles);
  if (look.only === "all" && !isFlat) drawDead(context, layout, subject);
  drawCaption(context, layout, look);
  drawNames(context, layout, recording, look.roles);
  drawCurves(context, layout, recording, look.roles);
  drawAccuracyOfB(context, layout, subject, look.roles);
}

function drawCaption(
  context: CanvasRenderingContext2D,
  { picture }: RibbonLayout,
  { caption, roles }: RibbonLook,
): void {
  context.fillStyle = roles.muted;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.font = canvasFont(10.5);
  context.fillText(caption, picture.x, picture.y - 5, picture.width);
}

function drawTexels(
  context: CanvasRenderingContext2D,
  { picture, layers, records }: RibbonLayout,
  pixels: Uint32Array,
  roles: Roles,
): void {
  context.fillStyle = roles.canvas;
  context.fillRect(picture.x, picture.y, picture.width, picture.height);
  if (layers === 0 || records === 0) return;
  const texels = new OffscreenCanvas(records, layers);
  const image = new ImageData(new Uint8ClampedArray(pixels.slice().buffer), records, layers);
  texels.getContext("2d")?.putImageData(image, 0, 0);
  // More records or layers than pixels are averaged; fewer keep their edges.
  const ratio = context.getTransform().a;
  context.imageSmoothingEnabled =
    records > picture.width * ratio || layers > picture.height * ratio;
  context.drawImage(texels, picture.x, picture.y, picture.width, picture.height);
}

/** Dead units as a tint: as much red in a cell as their share of the layer. */
function tintDead(pixels: Uint32Array, subject: RibbonSubject): void {
  const records = subject.recording.records.steps.length;
  const red = packHex(STATUS_COLOURS.dead);
  pixels.forEach((pixel, place) => {
    const share = cellShare(subject, "dead", Math.floor(place / records), place % records);
    if (share > 0) pixels[place] = mixPixels(pixel, red, FAINTEST + (1 - FAINTEST) * share);
  });
}

/** Dead units as a sediment in red: as high in its row as their share of the layer. */
function drawDead(
  context: CanvasRenderingContext2D,
  { picture, rowHeight, columnWidth, layers, records }: RibbonLayout,
  subject: RibbonSubject,
): void {
  context.fillStyle = STATUS_COLOURS.dead;
  for (let layer = 0; layer < layers; layer++) {
    const bottom = picture.y + (layer + 1) * rowHeight;
    eachStretch(
      records,
      (record) => cellShare(subject, "dead", layer, record),
      (share, from, to) => {
        if (share === 0) return;
        const height = Math.max(1, share * rowHeight);
        const x = picture.x + from * columnWidth;
        context.fillRect(x, bottom - height, (to - from) * columnWidth, height);
      },
    );
  }
}

/** Neighbours of one value together: a layer's dead stay the same for long. */
function eachStretch(
  length: number,
  valueAt: (place: number) => number,
  visit: (value: number, from: number, to: number) => void,
): void {
  let from = 0;
  for (let place = 1; place <= length; place++) {
    if (place < length && valueAt(place) === valueAt(from)) continue;
    visit(valueAt(from), from, place);
    from = place;
  }
}

function drawNames(
  context: CanvasRenderingContext2D,
  layout: RibbonLayout,
  recording: Recording,
  roles: Roles,
): void {
  if (layout.gutter === 0) return;
  context.fillStyle = roles.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.font = canvasFont(10.5);
  const right = layout.gutter - 8;
  if (!layout.hasNames) {
    const middle = layout.picture.y + layout.picture.height / 2;
    context.fillText(`${layout.layers}`, right, middle - 6);
    context.fillText("layers", right, middle + 7);
    return;
  }
  recording.records.layers.forEach(({ name }, row) => {
    const middle = layout.picture.y + (row + 0.5) * layout.rowHeight + 0.5;
    context.fillText(shorten(context, name, right), right, middle);
  });
}

/** A name's end is what tells layers apart: it is kept. */
function shorten(context: CanvasRenderingContext2D, name: string, width: number): string {
  if (context.measureText(name).width <= width) return name;
  let kept = name;
  while (kept.length > 1 && context.measureText(`…${kept}`).width > width) kept = kept.slice(1);
  return `…${kept}`;
}

/** Colours of the probe set's curves. */
function curveColours(roles: Roles): { readonly accuracy: string; readonly loss: string } {
  return { accuracy: roles.text, loss: roles.muted };
}

function drawCurves(
  context: CanvasRenderingContext2D,
  layout: RibbonLayout,
  recording: Recording,
  roles: Roles,
): void {
  if (layout.curves.height === 0) return;
  const colours = curveColours(roles);
  const largest = Math.max(0, ...recording.loss.filter(Number.isFinite));
  const scaled = recording.loss.map((loss) => loss / (largest || 1));
  drawCurve(context, layout, scaled, colours.loss, [3, 2]);
  drawCurve(context, layout, recording.accuracy, colours.accuracy, []);
}

/** B's accuracy along A's steps, where B is another run. */
function drawAccuracyOfB(
  context: CanvasRenderingContext2D,
  layout: RibbonLayout,
  { recording, b }: RibbonSubject,
  roles: Roles,
): void {
  const isOther = b !== null && b.recording !== recording && new Set(b.records).size > 1;
  if (!isOther || layout.curves.height === 0) return;
  const accuracy = Float32Array.from(
    b.records,
    (record) => b.recording.accuracy[record] ?? Number.NaN,
  );
  drawCurve(context, layout, accuracy, roles.sideB, []);
}

/** A curve from 0 (bottom) to 1 (top), broken where there is no number. */
function drawCurve(
  context: CanvasRenderingContext2D,
  { curves, columnWidth }: RibbonLayout,
  values: Float32Array,
  colour: string,
  dash: readonly number[],
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  context.setLineDash([...dash]);
  context.beginPath();
  let isDown = false;
  values.forEach((value, record) => {
    const x = curves.x + (record + 0.5) * columnWidth;
    const y = curves.y + 2 + (1 - Math.min(1, Math.max(0, value))) * (curves.height - 4);
    if (!Number.isFinite(value)) isDown = false;
    else if (isDown) context.lineTo(x, y);
    else context.moveTo(x, y);
    isDown = Number.isFinite(value);
  });
  context.stroke();
  context.setLineDash([]);
}
