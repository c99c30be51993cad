/** The ribbon's picture: a texel a layer and record, and the curves beneath. */
import { type Recording, STATE_NAMES } from "../api";
import { makeScale, pixelOf, type Scale, STATUS_COLOURS, type Theme } from "../colour";
import type { RibbonLayout } from "../layout/ribbon";
import type { Only } from "../state";
import { countOf } from "../states";
import { canvasFont, type Roles } from "../theme";

/** What the ribbon shows of a recording. */
export interface RibbonSubject {
  readonly recording: Recording;
  readonly statistic: string;
  readonly only: Only;
  readonly scale: Scale;
  readonly theme: Theme;
}

const [SILENT, DEAD] = [STATE_NAMES.indexOf("silent"), STATE_NAMES.indexOf("dead")];

/**
 * A pixel for every layer and record, row by row: the layer's mean of the statistic, or the share
 * of its units in a state.
 */
export function ribbonPixels(subject: RibbonSubject): Uint32Array {
  const { layers, steps } = subject.recording.records;
  const pixelAt = subject.only === "all" ? meanPixel(subject) : sharePixel(subject);
  return Uint32Array.from({ length: layers.length * steps.length }, (_, place) =>
    pixelAt(Math.floor(place / steps.length), place % steps.length),
  );
}

type PixelAt = (layer: number, record: number) => number;

function meanPixel({ recording, statistic, scale }: RibbonSubject): PixelAt {
  const { layers, steps, statistics } = recording.records;
  const row = statistics.findIndex(({ name }) => name === statistic);
  return (layer, record) => {
    const mean = recording.means[(row * layers.length + layer) * steps.length + record];
    return mean === undefined || !Number.isFinite(mean) ? 0 : pixelOf(scale, mean);
  };
}

function sharePixel({ recording, only, theme }: RibbonSubject): PixelAt {
  const scale = makeScale(
    { grid: "fraction", top: 1 },
    { kind: "linear", isDifference: false, theme },
  );
  const state = (STATE_NAMES as readonly string[]).indexOf(only);
  return (layer, record) => {
    const units = recording.records.layers[layer]?.units ?? 0;
    return units === 0 ? 0 : pixelOf(scale, countOf(recording, state, layer, record) / units);
  };
}

/** The share of a layer's units that are silent at a record; dead ones are among them. */
export function silentShare(recording: Recording, layer: number, record: number): number {
  const units = recording.records.layers[layer]?.units ?? 0;
  if (units === 0) return 0;
  const silent = countOf(recording, SILENT, layer, record);
  return Math.max(silent, countOf(recording, DEAD, layer, record)) / units;
}

/** Draw all but the markers. */
export function drawRibbon(
  context: CanvasRenderingContext2D,
  layout: RibbonLayout,
  subject: RibbonSubject,
  roles: Roles,
): void {
  drawTexels(context, layout, ribbonPixels(subject), roles);
  if (subject.only === "all") drawDead(context, layout, subject.recording);
  drawNames(context, layout, subject.recording, roles);
  drawCurves(context, layout, subject.recording, roles);
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

/** Dead units as a sediment in red: as high in its row as their share of the layer. */
function drawDead(
  context: CanvasRenderingContext2D,
  { picture, rowHeight, columnWidth, layers, records }: RibbonLayout,
  recording: Recording,
): void {
  context.fillStyle = STATUS_COLOURS.dead;
  for (let layer = 0; layer < layers; layer++) {
    const units = recording.records.layers[layer]?.units ?? 0;
    const bottom = picture.y + (layer + 1) * rowHeight;
    for (let record = 0; record < records && units > 0; record++) {
      const dead = countOf(recording, DEAD, layer, record);
      if (dead === 0) continue;
      const height = Math.max(1, (dead / units) * rowHeight);
      context.fillRect(
        picture.x + record * columnWidth,
        bottom - height,
        columnWidth + 0.5,
        height,
      );
    }
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
export function curveColours(roles: Roles): { readonly accuracy: string; readonly loss: string } {
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
