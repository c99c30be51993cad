/** The units of one layer on the screen: a small bitmap, one texel a unit, blown up to its rectangle. */
import { inset, type Rect, snap } from "../../layout/rect";
import {
  extremeIn,
  moveCursor,
  paint,
  type TexelGrid,
  texelAt,
  texelGrid,
  texelRect,
  type UnitColours,
} from "../../layout/texels";
import type { Tile } from "../../layout/treemap";

/** Where the units of a layer lie among those of all layers. */
export interface UnitRange {
  readonly start: number;
  readonly units: number;
}

/** Room between a tile's frame and its units, in CSS pixels. */
const PADDING = 7;

/** One layer's units: their bitmap, and which of them is where. */
export class UnitTile {
  readonly body: Rect;
  readonly grid: TexelGrid;
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D | null;
  private readonly image: ImageData;
  private readonly pixels: Uint32Array;

  /**
   * @param tile the layer's place.
   * @param range of its units.
   * @param pixelRatio device pixels in a CSS pixel.
   */
  constructor(
    readonly tile: Tile,
    readonly range: UnitRange,
    pixelRatio: number,
  ) {
    this.body = bodyOf(tile, pixelRatio);
    this.grid = texelGrid(range.units, this.body.width * pixelRatio, this.body.height * pixelRatio);
    this.canvas = document.createElement("canvas");
    this.canvas.width = this.grid.columns;
    this.canvas.height = this.grid.rows;
    this.context = this.canvas.getContext("2d");
    this.image = new ImageData(this.grid.columns, this.grid.rows);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /** Paint the units into the bitmap and the bitmap into its rectangle. */
  blit(target: CanvasRenderingContext2D, order: Uint32Array, picture: UnitColours): void {
    if (this.body.width <= 0 || this.body.height <= 0) return;
    paint(this.grid, this.pixels, this.own(order), this.view(picture));
    this.context?.putImageData(this.image, 0, 0);
    const { x, y, width, height } = this.body;
    target.drawImage(this.canvas, x, y, width, height);
  }

  /** The unit under a point, or null. */
  unitAt(x: number, y: number, order: Uint32Array, picture: UnitColours): number | null {
    const texel = texelAt(this.grid, this.body, x, y);
    if (texel < 0) return null;
    return extremeIn(this.grid, texel, this.own(order), this.view(picture).weights);
  }

  /** The rectangle of the texel that shows a place of the order. */
  rectOf(place: number): Rect {
    return texelRect(this.grid, this.body, place);
  }

  /** Width and height of a texel, in CSS pixels. */
  get texel(): { readonly width: number; readonly height: number } {
    const { columns, rows } = this.grid;
    return { width: this.body.width / columns, height: this.body.height / rows };
  }

  /** The place that the cursor reaches, or the same one at an edge. */
  move(place: number, columns: number, rows: number): number {
    return moveCursor(this.grid, place, columns, rows);
  }

  /** unit[place] of this layer, cut from that of all layers. */
  own(order: Uint32Array): Uint32Array {
    const { start, units } = this.range;
    return order.subarray(start, start + units);
  }

  private view({ colours, weights }: UnitColours): UnitColours {
    const { start, units } = this.range;
    return {
      colours: colours.subarray(start, start + units),
      weights: weights.subarray(start, start + units),
    };
  }
}

function bodyOf({ body }: Tile, pixelRatio: number): Rect {
  const padding = Math.min(PADDING, body.width * 0.06, body.height * 0.12);
  const sides = inset(body, padding);
  return snap({ ...sides, y: body.y, height: Math.max(0, body.height - padding) }, pixelRatio);
}
