/** Maps as pixels. */
import { positionOf, type Scale, STATUS_COLOURS } from "../../colour";
import { type Plane, positionAt } from "../../layout/plane";
import { ENTRIES, packHex } from "../../palettes";

const NOT_FINITE = packHex(STATUS_COLOURS.nonfinite);

/** Colour every place of a plane: RGBA pixels, row by row. */
export function rasterOf(values: Float32Array, plane: Plane, scale: Scale): Uint32Array {
  const pixels = new Uint32Array(plane.rows * plane.columns);
  for (let row = 0; row < plane.rows; row++) {
    for (let column = 0; column < plane.columns; column++) {
      const value = values[positionAt(plane, column, row)] ?? Number.NaN;
      pixels[row * plane.columns + column] = pixelAt(scale, value);
    }
  }
  return pixels;
}

function pixelAt(scale: Scale, value: number): number {
  const position = positionOf(scale, value);
  if (Number.isNaN(position)) return NOT_FINITE;
  return scale.palette[Math.round(position * (ENTRIES - 1))] ?? 0;
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
