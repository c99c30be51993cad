/** Maps as pixels. */
import { type Scale, STATUS_COLOURS } from "../../colour";
import { type Plane, positionAt } from "../../layout/plane";
import { ENTRIES, packHex } from "../../palettes";

const NOT_FINITE = packHex(STATUS_COLOURS.nonfinite);

/**
 * Colour every place of a plane: RGBA pixels, row by row.
 *
 * @param scale a linear one: scrolling colours a million values, so none is asked for its place alone.
 */
export function rasterOf(values: Float32Array, plane: Plane, scale: Scale): Uint32Array {
  const { rows, columns } = plane;
  const pixels = new Uint32Array(rows * columns);
  const zero = (ENTRIES - 1) * (scale.isDiverging ? 0.5 : 0);
  const slope = (ENTRIES - 1 - zero) / scale.max;
  for (let at = 0; at < pixels.length; at++) {
    const position = plane.slices === 1 ? at : positionAt(plane, at % columns, (at / columns) | 0);
    const entry = zero + slope * (values[position] ?? Number.NaN);
    const kept = entry < 0 ? 0 : entry > ENTRIES - 1 ? ENTRIES - 1 : entry;
    pixels[at] = Number.isNaN(kept) ? NOT_FINITE : (scale.palette[(kept + 0.5) | 0] ?? 0);
  }
  return pixels;
}

/** Keeps the pictures of maps, the latest ones. */
export class MapPictures {
  private readonly kept = new Map<string, HTMLCanvasElement>();

  constructor(
    private readonly plane: Plane,
    private readonly scale: Scale,
    /** An example's map at a record. */
    private readonly valuesOf: (record: number, place: number) => Float32Array,
  ) {}

  /** A canvas with a pixel for each position. */
  at(record: number, place: number): HTMLCanvasElement {
    const name = `${record} ${place}`;
    const known = this.kept.get(name);
    if (known) return known;
    const made = canvasOf(this.valuesOf(record, place), this.plane, this.scale);
    this.kept.set(name, made);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST && oldest !== undefined) this.kept.delete(oldest);
    return made;
  }
}

const MOST = 2500;

/** A map as a canvas with a pixel for each position. */
export function canvasOf(values: Float32Array, plane: Plane, scale: Scale): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [plane.columns, plane.rows];
  const image = new ImageData(plane.columns, plane.rows);
  new Uint32Array(image.data.buffer).set(rasterOf(values, plane, scale));
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}
