/** The ribbon's picture: a texel a layer and record, and the curves beneath. */
import type { Recording, StateName } from "../api";
import { pixelOf, type Scale, STATUS_COLOURS } from "../colour";
import type { RibbonLayout } from "../layout/ribbon";
import { formatValue } from "../numbers";
import { cssOf, ENTRIES, mixPixels, type Palette, packHex, rampBetween } from "../palettes";
import { cellMean, cellShare, type RibbonSubject } from "../ribbon-values";
import type { Only } from "../state";
import { recordOf } from "../steps";
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
  const ramp = rampOf(only, roles);
  return (layer, record) => {
    const depth = depthOf(cellShare(subject, only, layer, record));
    return ramp[Math.round(depth * (ENTRIES - 1))] ?? 0;
  };
}

function rampOf(state: StateName, roles: Roles): Palette {
  return rampBetween(roles.canvas, colourOfShare(state, roles));
}

function depthOf(share: number): number {
  return share === 0 ? 0 : FAINTEST + (1 - FAINTEST) * share;
}

/** The state's colour, or the text's where that would be lost on the background of a theme. */
function colourOfShare(state: StateName, roles: Roles): string {
  return state === "silent" || state === "saturated" ? roles.text : STATUS_COLOURS[state];
}

/** Rows lower than this have no room for a sediment: their dead units tint them. */
const SEDIMENT_ROW = 6;
/** The lowest sediment that is seen, and the edge above it, in CSS pixels. */
const LEAST_SEDIMENT = 1.5;
const SEDIMENT_EDGE = 1;

/** Whether dead units are told by the text's colour, not by red. */
export function tintsInText(layout: RibbonLayout, scale: Scale): boolean {
  return layout.rowHeight < SEDIMENT_ROW && scale.isDiverging;
}

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
  if (look.only === "all" && isFlat) tintDead(pixels, subject, look);
  drawTexels(context, layout, pixels, look.roles);
  if (look.only === "all" && !isFlat) drawDead(context, layout, subject, look.roles);
  drawCaption(context, layout, look);
  drawNames(context, layout, recording, look.roles);
  drawCurves(context, layout, subject, look.roles);
}

function drawCaption(
  context: CanvasRenderingContext2D,
  { picture, captionY }: RibbonLayout,
  { caption, only, roles }: RibbonLook,
): void {
  context.fillStyle = roles.muted;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.font = canvasFont(10.5);
  const room = picture.width - (only === "all" ? 0 : RAMP.room);
  context.fillText(caption, picture.x, captionY, room);
  if (only === "all") return;
  const from = picture.x + Math.min(room, context.measureText(caption).width) + 14;
  drawRamp(context, from, captionY, rampOf(only, roles), roles);
}

const RAMP = { width: 64, height: 7, room: 150 };

/** The scale of shares: the legend's is that of the units above. */
function drawRamp(
  context: CanvasRenderingContext2D,
  from: number,
  baseline: number,
  ramp: Palette,
  roles: Roles,
): void {
  const x = from + 22;
  for (let column = 0; column < RAMP.width; column++) {
    const entry = Math.round(depthOf(column / (RAMP.width - 1)) * (ENTRIES - 1));
    context.fillStyle = cssOf(ramp[entry] ?? 0);
    context.fillRect(x + column, baseline - RAMP.height, 1, RAMP.height);
  }
  context.fillStyle = roles.muted;
  context.fillText("0 %", from, baseline);
  context.fillText("100 %", x + RAMP.width + 5, baseline);
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

/** Dead units as a tint: as much red in a cell as their share of the layer; the text's colour on a scale with reds. */
function tintDead(pixels: Uint32Array, subject: RibbonSubject, { scale, roles }: RibbonLook): void {
  const records = subject.recording.records.steps.length;
  const ink = packHex(scale.isDiverging ? roles.text : STATUS_COLOURS.dead);
  pixels.forEach((pixel, place) => {
    const share = cellShare(subject, "dead", Math.floor(place / records), place % records);
    if (share > 0) pixels[place] = mixPixels(pixel, ink, depthOf(share));
  });
}

/** Dead units as a sediment in red: as high in its row as their share of the layer. */
function drawDead(
  context: CanvasRenderingContext2D,
  { picture, rowHeight, columnWidth, layers, records }: RibbonLayout,
  subject: RibbonSubject,
  roles: Roles,
): void {
  for (let layer = 0; layer < layers; layer++) {
    const bottom = picture.y + (layer + 1) * rowHeight;
    eachStretch(
      records,
      (record) => cellShare(subject, "dead", layer, record),
      (share, from, to) => {
        if (share === 0) return;
        const height = Math.min(rowHeight, Math.max(LEAST_SEDIMENT, share * rowHeight));
        const [x, width] = [picture.x + from * columnWidth, (to - from) * columnWidth];
        // A red row would swallow it without an edge.
        const edge = Math.min(SEDIMENT_EDGE, rowHeight - height);
        context.fillStyle = roles.page;
        context.fillRect(x, bottom - height - edge, width, edge);
        context.fillStyle = STATUS_COLOURS.dead;
        context.fillRect(x, bottom - height, width, height);
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

/** A side's curves along A's steps. */
interface SideCurves {
  readonly accuracy: Float32Array;
  readonly loss: Float32Array;
  readonly colours: { readonly accuracy: string; readonly loss: string };
}

/** Accuracy from 0 to 1, loss from 0 to the largest of all shown. */
function drawCurves(
  context: CanvasRenderingContext2D,
  layout: RibbonLayout,
  subject: RibbonSubject,
  roles: Roles,
): void {
  if (layout.curves.height === 0) return;
  const sides = curvesOf(subject, roles);
  const largest = sides.reduce((most, { loss }) => largestOf(loss, most), 0) || 1;
  for (const { accuracy, loss, colours } of sides) {
    const scaled = loss.map((value) => value / largest);
    drawCurve(context, layout, scaled, colours.loss, LOSS_DASH);
    drawCurve(context, layout, accuracy, colours.accuracy, []);
  }
  drawScaleOfCurves(context, layout, sides, roles, largest);
}

const LOSS_DASH = [3, 2];

/** The curves of the side that is shown; of both, in their colours, for a difference of two runs. */
function curvesOf({ recording, b }: RibbonSubject, roles: Roles): readonly SideCurves[] {
  const { accuracy, loss } = recording;
  const inOne = (colour: string) => ({ accuracy: colour, loss: colour });
  if (!b) return [{ accuracy, loss, colours: { accuracy: roles.text, loss: roles.muted } }];
  const ofB = { ...alongSteps(recording, b.recording), colours: inOne(roles.sideB) };
  if (!b.isDifference) return [ofB];
  const ofA = { accuracy, loss, colours: inOne(roles.sideA) };
  return b.recording === recording ? [ofA] : [ofA, ofB];
}

/** B's curves read at A's steps. */
function alongSteps(a: Recording, b: Recording): Pick<SideCurves, "accuracy" | "loss"> {
  const records = a.records.steps.map((step) => recordOf(b.records.steps, step));
  const read = (values: Float32Array) =>
    Float32Array.from(records, (record) => values[record] ?? Number.NaN);
  return { accuracy: read(b.accuracy), loss: read(b.loss) };
}

function largestOf(values: Float32Array, most: number): number {
  return values.reduce((found, value) => (value > found ? value : found), most);
}

function drawScaleOfCurves(
  context: CanvasRenderingContext2D,
  { gutter, curves }: RibbonLayout,
  sides: readonly SideCurves[],
  roles: Roles,
  largest: number,
): void {
  if (gutter === 0) return;
  const isThere = (name: "accuracy" | "loss") =>
    sides.some((side) => side[name].some(Number.isFinite));
  context.fillStyle = roles.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.font = canvasFont(10.5);
  const said = [
    ...(isThere("accuracy") ? ["accuracy 0 – 1"] : []),
    ...(isThere("loss") ? [`loss 0 – ${formatValue(largest)}`] : []),
  ];
  said.forEach((text, line) => {
    const y = curves.y + (curves.height * (line + 0.5)) / said.length;
    context.fillText(text, gutter - 8, y);
  });
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
