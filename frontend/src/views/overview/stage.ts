/** The picture of all units: names as elements, bitmaps beneath them on the page, glyphs and outlines over all. */
import type { Recording } from "../../api";
import type { LayerShape } from "../../layout/modules";
import { contains, type Rect } from "../../layout/rect";
import { layOut, type Tile, type Treemap, tileAt } from "../../layout/treemap";
import type { UnitOrder } from "../../order";
import type { UnitPlace } from "../../state";
import type { Roles } from "../../theme";
import type { CountsOfPicture, Picture } from "./colouring";
import { frame, groupHeader, TileHeader } from "./headers";
import { bearsGlyphs, drawDeadOfB, drawMarks } from "./marks";
import { drawGaps, drawIndices, drawOutline, hasGaps, hasIndices } from "./overlay";
import { UnitTile } from "./tiles";
import { magnify, play, prefersCuts, shrink, stillOf } from "./zoom";

/** What a layout depends on. */
export interface Scene {
  readonly recording: Recording;
  /** Path of a module or name of a layer; empty for the model. */
  readonly focus: string;
  readonly width: number;
  readonly height: number;
  /** What the layers' areas are proportional to; null for their units. */
  readonly weights: readonly number[] | null;
}

/** What of a picture is drawn over it. */
export interface Highlights {
  readonly primary: UnitPlace | null;
  readonly hovered: UnitPlace | null;
}

/** How a picture is drawn. */
export interface Look {
  readonly roles: Roles;
  readonly order: UnitOrder;
  /** Whether units in a state wear its colour. */
  readonly showsStates: boolean;
}

/** A tile's header among the others. */
export interface FocusedHeader {
  readonly tile: Tile;
  /** The header so many tiles on, or null. */
  readonly beside: (by: number) => HTMLElement | null;
}

const MARGIN = 12;

/** Owns the elements of the overview's picture; told what to show, it asks for nothing. */
export class Stage {
  map: Treemap = { tiles: [], groups: [] };
  private tiles: readonly UnitTile[] = [];
  private headers: readonly TileHeader[] = [];
  private scene: Scene | null = null;
  private picture: Picture | null = null;
  private look: Look | null = null;
  private counts: CountsOfPicture = { shown: [], ofB: null };
  private drawnMarks = new Uint8Array();
  private drawnMarksOfB = new Uint8Array();
  private readonly plane = layerOf("plane");
  private readonly frames = layerOf("frames");
  private readonly names = layerOf("names");
  private readonly units = canvasOf();
  private readonly marks = canvasOf();
  private readonly overlay = canvasOf();

  constructor(private readonly host: HTMLElement) {
    // What moves lies on top: names over it would be blended with it anew in every frame.
    this.plane.append(this.frames, this.names, this.units, this.marks, this.overlay);
    host.append(this.plane);
  }

  /** Lay out a scene; a change of focus is a passage, everything else a cut. */
  show(scene: Scene): void {
    const before = this.scene;
    const isPassage = before !== null && before.focus !== scene.focus && !prefersCuts();
    const [old, still] = isPassage ? [this.map, stillOf(this.plane)] : [this.map, null];
    this.scene = scene;
    this.map = layOut(shapesOf(scene), areaOf(scene), scene.focus);
    this.build(scene);
    if (still && before) this.pass(still, old, before, scene);
  }

  /** Draw units and glyphs; the glyphs only where they changed. */
  draw(picture: Picture, look: Look): void {
    this.picture = picture;
    const isRestyled = this.look !== look;
    this.look = look;
    const context = this.units.getContext("2d");
    if (!context || !this.scene) return;
    prepare(context, this.scene);
    context.imageSmoothingEnabled = false;
    for (const tile of this.tiles) tile.blit(context, look.order.unitAt, picture);
    if (this.marks.hidden) return;
    const isStale =
      isRestyled ||
      this.numbered() ||
      !isEqual(picture.marks, this.drawnMarks) ||
      !isEqual(picture.marksOfB, this.drawnMarksOfB);
    if (isStale) this.drawGlyphs(picture, look);
  }

  /** Draw gaps, indices and outlines. */
  highlight({ primary, hovered }: Highlights): void {
    const context = this.overlay.getContext("2d");
    const { look, scene } = this;
    if (!context || !scene || !look) return;
    this.overlay.hidden = !hovered && !primary && !this.tiles.some(hasGaps);
    prepare(context, scene);
    for (const tile of this.tiles) {
      drawGaps(context, tile, look.roles.surface);
    }
    for (const [place, isPrimary] of [
      [hovered, false],
      [primary, true],
    ] as const) {
      const tile = place && this.tileOf(place.layer);
      if (!place || !tile) continue;
      const rank = look.order.rankOf[tile.range.start + place.unit] ?? 0;
      drawOutline(context, { tile, place: rank }, look.roles, isPrimary);
    }
  }

  /** Show each layer's marks in its header; in a difference A's, and the dead of B. */
  count(counts: CountsOfPicture): void {
    const { shown, ofB } = counts;
    this.counts = counts;
    for (const header of this.headers) {
      const { layer } = header.tile;
      header.show(shown[layer] ?? [], ofB && (ofB[layer] ?? []));
    }
  }

  /** The unit under a point of the stage, or null. */
  unitAt(x: number, y: number): UnitPlace | null {
    const tile = this.tiles.find(({ body }) => contains(body, x, y));
    if (!tile || !this.picture || !this.look) return null;
    const unit = tile.unitAt(x, y, this.look.order.unitAt, this.picture);
    return unit === null ? null : { layer: tile.tile.layer, unit };
  }

  /** The layer whose header is under a point, or null. */
  headerAt(x: number, y: number): Tile | null {
    const tile = tileAt(this.map, x, y);
    return tile && contains(tile.header, x, y) ? tile : null;
  }

  /** The header of a tile that has the focus or was pressed, and the way to its neighbours, or null. */
  headerOf(target: EventTarget | null): FocusedHeader | null {
    const place = this.headers.findIndex(({ element }) => element === target);
    const header = this.headers[place];
    if (!header) return null;
    const beside = (by: number) => this.headers[place + by]?.element ?? null;
    return { tile: header.tile, beside };
  }

  /** Where a unit is drawn, or null when its layer is not shown. */
  rectOf(place: UnitPlace): Rect | null {
    const tile = this.tileOf(place.layer);
    if (!tile || !this.look) return null;
    return tile.rectOf(this.look.order.rankOf[tile.range.start + place.unit] ?? 0);
  }

  /** The unit beside one, or at the edge the first of the next layer or the last of the one before. */
  neighbour(from: UnitPlace | null, columns: number, rows: number): UnitPlace | null {
    const order = this.look?.order;
    const shown = this.tiles.filter(({ range }) => range.units > 0);
    const place = shown.findIndex(({ tile }) => tile.layer === from?.layer);
    const tile = shown[place];
    if (!order) return null;
    if (!tile || !from) return firstOf(shown[0], order);
    const rank = order.rankOf[tile.range.start + from.unit] ?? 0;
    const next = tile.move(rank, columns, rows);
    if (next !== rank) return { layer: from.layer, unit: tile.own(order.unitAt)[next] ?? 0 };
    const beyond = shown[place + (columns + rows > 0 ? 1 : -1)];
    return beyond ? firstOf(beyond, order) : from;
  }

  /** Grow the picture into a unit, as when its view opens; the picture stays as it is. */
  async enter(place: UnitPlace): Promise<void> {
    const [rect, { scene }] = [this.rectOf(place), this];
    if (!rect || !scene || prefersCuts()) return;
    const area = { x: 0, y: 0, width: scene.width, height: scene.height };
    const still = stillOf(this.plane);
    this.host.append(still);
    this.plane.style.visibility = "hidden";
    const [leaving, entering] = [still, this.plane];
    await play({ leaving, entering, leavesTo: magnify(rect, area), entersFrom: "none" });
    this.plane.style.visibility = "";
  }

  /** The canvases, lowest first, for an export. */
  get canvases(): readonly HTMLCanvasElement[] {
    return [this.units, this.marks, this.overlay];
  }

  private build(scene: Scene): void {
    const { layers } = scene.recording.records;
    const ratio = pixelRatio();
    for (const canvas of this.canvases) resize(canvas, scene, ratio);
    this.tiles = this.map.tiles.map((tile) => {
      const start = scene.recording.unitStart[tile.layer] ?? 0;
      return new UnitTile(tile, { start, units: layers[tile.layer]?.units ?? 0 }, ratio);
    });
    this.headers = this.map.tiles.map((tile) => {
      const { name, units } = layers[tile.layer] ?? { name: "", units: 0 };
      return new TileHeader(tile, units, name);
    });
    this.frames.replaceChildren(
      ...this.map.groups.map((group) => frame(group.frame, `group depth-${group.depth % 3}`)),
      ...this.map.tiles.map((tile) => frame(tile.frame, "tile")),
    );
    // One stop for the keyboard: arrow keys lead from header to header.
    const [first] = this.headers;
    if (first) first.element.tabIndex = 0;
    this.names.replaceChildren(
      ...this.map.groups.map(groupHeader),
      ...this.headers.map(({ element }) => element),
    );
    // A canvas that holds nothing would still be laid over the units in every frame.
    this.marks.hidden = !this.tiles.some(bearsGlyphs);
    this.drawnMarks = new Uint8Array();
    this.count(this.counts);
    if (this.picture && this.look) this.draw(this.picture, this.look);
  }

  /** Going in, the chosen part grows into the area; going out, the area shrinks back into its part. */
  private pass(still: HTMLElement, old: Treemap, before: Scene, scene: Scene): void {
    const area = areaOf(scene);
    const goesIn = partOf(old, before.recording, scene.focus);
    const part = goesIn ?? partOf(this.map, scene.recording, before.focus) ?? area;
    this.host.append(still);
    const [there, back] = [magnify(part, area), shrink(part, area)];
    void play({
      leaving: still,
      entering: this.plane,
      leavesTo: goesIn ? there : back,
      entersFrom: goesIn ? back : there,
    });
  }

  private drawGlyphs(picture: Picture, look: Look): void {
    const context = this.marks.getContext("2d");
    if (!context || !this.scene) return;
    prepare(context, this.scene);
    const style = { onStatusColour: look.showsStates };
    for (const tile of this.tiles) {
      drawMarks(context, tile, look.order.unitAt, picture.marks, style);
      if (!look.showsStates) drawDeadOfB(context, tile, look.order.unitAt, picture.marksOfB);
    }
    const numbered = this.numbered();
    if (numbered) drawIndices(context, numbered, look.order.unitAt, picture.colours);
    this.drawnMarks = picture.marks.slice();
    this.drawnMarksOfB = picture.marksOfB.slice();
  }

  /** The tile whose units bear their index: the only one, when they are large enough. */
  private numbered(): UnitTile | null {
    const [only] = this.tiles;
    return only && this.tiles.length === 1 && hasIndices(only) ? only : null;
  }

  private tileOf(layer: number): UnitTile | undefined {
    return this.tiles.find(({ tile }) => tile.layer === layer);
  }
}

function firstOf(tile: UnitTile | undefined, order: UnitOrder): UnitPlace | null {
  return tile ? { layer: tile.tile.layer, unit: tile.own(order.unitAt)[0] ?? 0 } : null;
}

function partOf(map: Treemap, recording: Recording, path: string): Rect | null {
  const tile = map.tiles.find(({ layer }) => recording.records.layers[layer]?.name === path);
  return tile?.frame ?? map.groups.find((group) => group.path === path)?.frame ?? null;
}

function shapesOf({ recording, weights }: Scene): readonly LayerShape[] {
  const { layers } = recording.records;
  return weights
    ? layers.map(({ name, units }, layer) => ({ name, units, weight: weights[layer] ?? 0 }))
    : layers;
}

function areaOf({ width, height }: Scene): Rect {
  return {
    x: MARGIN,
    y: MARGIN,
    width: Math.max(1, width - 2 * MARGIN),
    height: Math.max(1, height - 2 * MARGIN),
  };
}

function layerOf(className: string): HTMLDivElement {
  const element = document.createElement("div");
  element.className = className;
  return element;
}

function canvasOf(): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

function pixelRatio(): number {
  return window.devicePixelRatio || 1;
}

function resize(canvas: HTMLCanvasElement, { width, height }: Scene, ratio: number): void {
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

function prepare(context: CanvasRenderingContext2D, { width, height }: Scene): void {
  const ratio = pixelRatio();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let unit = 0; unit < a.length; unit++) {
    if (a[unit] !== b[unit]) return false;
  }
  return true;
}
