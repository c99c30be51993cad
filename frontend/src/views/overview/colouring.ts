/** What every unit looks like at a record: its colour, its state, and how much it wants to be seen. */
import type { Recording, StateName } from "../../api";
import { type LevelTables, NOT_FINITE } from "../../codes";
import { pixelOf, positionOf, type Scale, STATUS_COLOURS } from "../../colour";
import type { Frame } from "../../film";
import { packHex } from "../../palettes";
import { BY_WEIGHT, STATE_BITS } from "../../states";

/** Marks of units: 0 for none, else 1 + the state's place in `MARKS`. */
export const MARKS: readonly StateName[] = BY_WEIGHT;

/** The mark of a dead unit. */
export const DEAD = 1 + MARKS.indexOf("dead");
const STATUS_PIXELS = Uint32Array.of(0, ...MARKS.map((state) => packHex(STATUS_COLOURS[state])));
/** A dimmed unit keeps this share of its colour. */
const DIMMED = 0.13;
const MARK_WEIGHT = 1024;

/** Values of one side of a comparison, and the states that go with them. */
export interface Side {
  readonly recording: Recording;
  readonly values: Frame;
  readonly states: Frame | null;
  readonly tables: LevelTables;
}

/** Everything that decides the picture of one record. */
export interface Shot {
  /** The side whose units and states are shown. */
  readonly shown: Side;
  /** The side that is taken away from it, for a difference. */
  readonly minus: Side | null;
  readonly scale: Scale;
  readonly only: StateName | "all";
  /** Packed colour behind the units, towards which others than `only` are dimmed. */
  readonly surface: number;
  /** Layers for which the statistic was never recorded. */
  readonly unmeasured: ReadonlySet<number>;
  /** Packed colour of their units. */
  readonly blank: number;
}

/** The picture; all arrays by unit of all layers, made once a recording and written each frame. */
export interface Picture {
  readonly colours: Uint32Array;
  readonly weights: Uint16Array;
  /** Index of the state that a glyph shows: see `MARKS`. */
  readonly marks: Uint8Array;
  /** The same of the side that is taken away, in a difference; else nothing but 0. */
  readonly marksOfB: Uint8Array;
}

/** How many units of a layer bear each mark, by the mark's place in `MARKS`. */
export type MarkCounts = readonly number[];

/** Marks of a picture, layer by layer; of B only in a difference. */
export interface CountsOfPicture {
  readonly shown: readonly MarkCounts[];
  readonly ofB: readonly MarkCounts[] | null;
}

export function makePicture(units: number): Picture {
  return {
    colours: new Uint32Array(units),
    weights: new Uint16Array(units),
    marks: new Uint8Array(units),
    marksOfB: new Uint8Array(units),
  };
}

/** Colours of frames; keeps the tables that frames of one scale share. */
export class Colourist {
  private scale: Scale | null = null;
  private surface = 0;
  private readonly singles = new Map<number, LayerTable>();
  private bitTable: LayerTable | null = null;
  private readonly number = new Float32Array(1);
  private readonly bits = new Uint32Array(this.number.buffer);

  /** Write the picture of a shot; returns each layer's count of marks. */
  colour(shot: Shot, picture: Picture): CountsOfPicture {
    this.keepTables(shot);
    const counts = markSides(shot, picture);
    const { layers } = shot.shown.recording.records;
    for (let layer = 0; layer < layers.length; layer++) {
      if (isWithoutValues(shot, layer)) leaveBlank(shot, layer, picture);
      else if (shot.minus) this.colourDifference(shot, shot.minus, layer, picture);
      else this.colourValues(shot, layer, picture);
    }
    if (!shot.minus) showStates(picture);
    weighMarks(picture);
    if (shot.only !== "all") dimOthers(shot, shot.only, picture);
    return counts;
  }

  private keepTables({ scale, surface }: Shot): void {
    if (this.scale === scale && this.surface === surface) return;
    this.scale = scale;
    this.surface = surface;
    this.singles.clear();
    this.bitTable = null;
  }

  private colourValues({ shown, scale }: Shot, layer: number, picture: Picture): void {
    const offset = shown.values.offsets[layer] ?? 0;
    const table = this.singles.get(offset) ?? tableOf(scale, shown.tables.at(offset));
    this.singles.set(offset, table);
    const { codes } = shown.values;
    const [start, end] = rangeOf(shown.recording, layer);
    for (let unit = start; unit < end; unit++) {
      const code = codes[unit] ?? 0;
      picture.colours[unit] = table.pixels[code] ?? 0;
      picture.weights[unit] = table.weights[code] ?? 0;
    }
  }

  private colourDifference(shot: Shot, minus: Side, layer: number, picture: Picture): void {
    const { shown } = shot;
    const [start, end] = rangeOf(shown.recording, layer);
    const [offsetA, offsetB] = [shown.values.offsets[layer] ?? 0, minus.values.offsets[layer] ?? 0];
    const [a, b] = [shown.tables.at(offsetA), minus.tables.at(offsetB)];
    this.bitTable ??= differenceTable(shot.scale);
    const { pixels, weights } = this.bitTable;
    const [codesA, codesB] = [shown.values.codes, minus.values.codes];
    for (let unit = start; unit < end; unit++) {
      this.number[0] = (a[codesA[unit] ?? 0] ?? 0) - (b[codesB[unit] ?? 0] ?? 0);
      const high = (this.bits[0] ?? 0) >>> 16;
      picture.colours[unit] = pixels[high] ?? 0;
      picture.weights[unit] = weights[high] ?? 0;
    }
  }
}

interface LayerTable {
  /** By code; for differences by the upper half of a float32's bits. */
  readonly pixels: Uint32Array;
  readonly weights: Uint16Array;
}

/**
 * Differences take any value, not one of 256: the sign, the exponent and seven bits of the fraction
 * tell it to 0.8 %, which is finer than the palette, and spare a logarithm for each unit.
 */
function differenceTable(scale: Scale): LayerTable {
  const bits = Uint32Array.from({ length: 65_536 }, (_, high) => ((high << 16) | 0x8000) >>> 0);
  const values = new Float32Array(bits.buffer);
  // Exactly 0 has no fraction to be in the middle of.
  values[0] = 0;
  values[0x8000] = 0;
  return tableOf(scale, values);
}

function tableOf(scale: Scale, levels: Float32Array): LayerTable {
  return {
    pixels: Uint32Array.from(levels, (value) => pixelOf(scale, value)),
    weights: Uint16Array.from(levels, (value) => weightOf(scale, value)),
  };
}

/** 0 to 511 by distance from nothing: what stands out wins a shared texel. */
function weightOf(scale: Scale, value: number): number {
  const position = positionOf(scale, value);
  if (Number.isNaN(position)) return 511;
  return Math.round(510 * (scale.isDiverging ? Math.abs(2 * position - 1) : position));
}

/** Whether a layer was never measured, or not yet: of rarer statistics the first records have none. */
function isWithoutValues({ shown, minus, unmeasured }: Shot, layer: number): boolean {
  return (
    unmeasured.has(layer) || isAllMissing(shown, layer) || (!!minus && isAllMissing(minus, layer))
  );
}

/** A unit that is not finite wears that state's colour anyway: no number of a whole layer means none. */
function isAllMissing({ recording, values }: Side, layer: number): boolean {
  const [start, end] = rangeOf(recording, layer);
  for (let unit = start; unit < end; unit++) {
    if (values.codes[unit] !== NOT_FINITE) return false;
  }
  return true;
}

function leaveBlank({ shown, blank }: Shot, layer: number, picture: Picture): void {
  const [start, end] = rangeOf(shown.recording, layer);
  picture.colours.fill(blank, start, end);
  picture.weights.fill(0, start, end);
}

function rangeOf(recording: Recording, layer: number): [number, number] {
  return [recording.unitStart[layer] ?? 0, recording.unitStart[layer + 1] ?? 0];
}

/** Mark by bits: the weightiest state but dead, which no bit tells. */
const MARK_OF_BITS = Uint8Array.from({ length: 16 }, (_, bits) => {
  const state = MARKS.findIndex((name) => name !== "dead" && (bits & STATE_BITS[name]) !== 0);
  return state + 1;
});

/** What marks are read from. */
export type Marked = Pick<Side, "recording" | "states"> & { readonly values: { record: number } };

/** Write the mark of every unit at the record of its states. */
export function markUnits(side: Marked, marks: Uint8Array): void {
  const { deadSince } = side.recording;
  const { record } = side.states ?? side.values;
  const bits = side.states?.codes;
  for (let unit = 0; unit < marks.length; unit++) {
    const mark = MARK_OF_BITS[(bits?.[unit] ?? 0) & 15] ?? 0;
    const since = deadSince[unit] ?? -1;
    const isDead = since >= 0 && since <= record;
    marks[unit] = isDead && (mark === 0 || mark > DEAD) ? DEAD : mark;
  }
}

/** Marks and their counts, before any of them is dimmed away. */
function markSides({ shown, minus }: Shot, { marks, marksOfB }: Picture): CountsOfPicture {
  markUnits(shown, marks);
  if (minus) markUnits(minus, marksOfB);
  else marksOfB.fill(0);
  return {
    shown: countMarks(shown.recording, marks),
    ofB: minus && countMarks(minus.recording, marksOfB),
  };
}

/** Count each unit once, by the mark it bears. */
export function countMarks(recording: Recording, marks: Uint8Array): MarkCounts[] {
  return recording.records.layers.map((_, layer) => {
    const counts = [0, ...MARKS.map(() => 0)];
    const [start, end] = rangeOf(recording, layer);
    for (let unit = start; unit < end; unit++) {
      const mark = marks[unit] ?? 0;
      counts[mark] = (counts[mark] ?? 0) + 1;
    }
    return counts.slice(1);
  });
}

function showStates({ colours, marks }: Picture): void {
  for (let unit = 0; unit < marks.length; unit++) {
    const mark = marks[unit] ?? 0;
    if (mark !== 0) colours[unit] = STATUS_PIXELS[mark] ?? 0;
  }
}

/** A marked unit beats every value, and the weightier state the lighter one. */
function weighMarks({ weights, marks }: Picture): void {
  for (let unit = 0; unit < marks.length; unit++) {
    const mark = marks[unit] ?? 0;
    if (mark === 0) continue;
    weights[unit] = (weights[unit] ?? 0) + MARK_WEIGHT * (1 + MARKS.length - mark);
  }
}

/** Dim what is not counted under a state: what stays lit is as many as the state's chip says. */
function dimOthers(shot: Shot, only: StateName, picture: Picture): void {
  const { colours, weights, marks, marksOfB } = picture;
  const kept = 1 + MARKS.indexOf(only);
  for (let unit = 0; unit < colours.length; unit++) {
    if (marks[unit] === kept) continue;
    colours[unit] = mix(colours[unit] ?? 0, shot.surface);
    weights[unit] = 0;
    marks[unit] = 0;
    marksOfB[unit] = 0;
  }
}

function mix(colour: number, surface: number): number {
  let mixed = 0xff000000;
  for (let shift = 0; shift < 24; shift += 8) {
    const [own, other] = [(colour >>> shift) & 255, (surface >>> shift) & 255];
    mixed |= Math.round(own * DIMMED + other * (1 - DIMMED)) << shift;
  }
  return mixed >>> 0;
}
