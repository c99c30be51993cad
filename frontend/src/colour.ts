/** How a value becomes a colour: one scale over all steps and both sides of a comparison. */
import type { StateName } from "./api";
import { RATIO } from "./codes";
import {
  COOLWARM_LIGHT,
  cssOf,
  ENTRIES,
  MANAGUA_DARK,
  type Palette,
  packHex,
  VIRIDIS,
} from "./palettes";
import type { GridName, Statistic } from "./wire";

export type Theme = "light" | "dark";
/** How a user wants values spread over a scale. */
export type ScaleKind = "linear" | "log";

/** Colours of the states: told from every colour of viridis, also with a colour-vision deficiency. */
export const STATUS_COLOURS: Readonly<Record<StateName, string>> = {
  dead: "#d00000",
  saturated: "#ffffff",
  dormant: "#ff9e3d",
  silent: "#0b0b12",
  nonfinite: "#ff4fd8",
};

/** A logarithmic scale ends this share below its maximum; what is smaller takes the end's colour. */
const LOG_FLOOR = 1e-4;
/** The same for fractions, whose smallest steps are those of a probe set of a thousand examples. */
const FRACTION_FLOOR = 1e-3;

/** A byte's value may be this ratio off (columns.py). */
const ROUNDING = RATIO ** 0.5;
/** Ticks nearer than this ratio would write over each other; the lower end's text is the longest. */
const APART = 3;
const APART_FROM_FLOOR = 6;

/** A scale from values to the 256 colours of a palette; pure. */
export interface Scale {
  readonly kind: ScaleKind;
  /** Whether 0 lies in the middle and signs take different colours. */
  readonly isDiverging: boolean;
  readonly min: number;
  readonly max: number;
  /** Smallest magnitude told from 0 on a logarithmic scale; 0 on a linear one. */
  readonly floor: number;
  readonly palette: Palette;
}

/** What decides a scale. */
export interface ScaleChoice {
  readonly kind: ScaleKind;
  /** Whether differences of the statistic are shown, not its values. */
  readonly isDifference: boolean;
  readonly theme: Theme;
}

/** The scale of a statistic: its range is that of all records and layers, so colours never drift. */
export function makeScale(statistic: Pick<Statistic, "grid" | "top">, choice: ScaleChoice): Scale {
  const isFraction = statistic.grid === "fraction";
  const isDiverging = choice.isDifference || statistic.grid === "signed_log";
  const reached = Number.isFinite(statistic.top) && statistic.top > 0 ? statistic.top : 1;
  const max = isFraction ? 1 : reached;
  const share = isFraction ? FRACTION_FLOOR : LOG_FLOOR;
  const diverging = choice.theme === "dark" ? MANAGUA_DARK : COOLWARM_LIGHT;
  return {
    kind: choice.kind,
    isDiverging,
    min: isDiverging ? -max : 0,
    max,
    floor: choice.kind === "log" ? max * share : 0,
    palette: isDiverging ? diverging : VIRIDIS,
  };
}

/** The kind that shows a statistic well when the user has not chosen. */
export function defaultScaleKind(grid: GridName): ScaleKind {
  return grid === "fraction" || grid === "exact" ? "linear" : "log";
}

/** Where a value lies on its scale: 0 to 1, ends included; NaN for a value that is not finite. */
export function positionOf(scale: Scale, value: number): number {
  if (!Number.isFinite(value)) return Number.NaN;
  const share = magnitudeShare(scale, Math.abs(value));
  if (!scale.isDiverging) return value > 0 ? share : 0;
  return 0.5 + 0.5 * Math.sign(value) * share;
}

/** The value at a place (0 to 1) of a scale: the inverse of `positionOf`. */
export function valueAt(scale: Scale, position: number): number {
  const place = Math.max(0, Math.min(1, position));
  if (!scale.isDiverging) return magnitudeAt(scale, place);
  const share = Math.abs(place - 0.5) * 2;
  return Math.sign(place - 0.5) * (share === 0 ? 0 : magnitudeAt(scale, share));
}

/** Whether a value lies outside of the scale, by more than the grid's rounding, and shows its end. */
export function isOutside(scale: Scale, value: number): boolean {
  return value > scale.max * ROUNDING || value < scale.min * ROUNDING;
}

/** The pixel of a value; the colour of `nonfinite` for one that is not finite. */
export function pixelOf(scale: Scale, value: number): number {
  const position = positionOf(scale, value);
  if (Number.isNaN(position)) return packHex(STATUS_COLOURS.nonfinite);
  return scale.palette[Math.round(position * (ENTRIES - 1))] ?? 0;
}

/** The colour of a value as CSS writes it. */
export function colourOf(scale: Scale, value: number): string {
  return cssOf(pixelOf(scale, value));
}

/** Round values of a scale for its legend, ends included. */
export function legendTicks(scale: Scale): readonly number[] {
  const positive = scale.kind === "log" ? decades(scale) : [0, scale.max / 2, scale.max];
  if (!scale.isDiverging) return positive;
  const middle = scale.kind === "log" ? roundAt(scale, 0.5) : scale.max / 2;
  const inner = [middle, scale.max];
  return [...inner.toReversed().map((value) => -value), 0, ...inner];
}

/** The ends, and the powers of ten between that do not touch them. */
function decades(scale: Scale): number[] {
  const ticks = [scale.max];
  for (let value = roundAt(scale, 1); value > scale.floor * APART_FROM_FLOOR; value /= 10) {
    if (value < scale.max / APART) ticks.unshift(value);
  }
  return [scale.floor, ...ticks];
}

/** The power of ten at or below a place of a logarithmic scale. */
function roundAt(scale: Scale, share: number): number {
  return 10 ** Math.floor(Math.log10(magnitudeAt(scale, share)) + 1e-9);
}

function magnitudeShare(scale: Scale, magnitude: number): number {
  if (scale.kind === "linear") return Math.min(1, magnitude / scale.max);
  if (magnitude <= scale.floor) return 0;
  return Math.min(1, Math.log(magnitude / scale.floor) / Math.log(scale.max / scale.floor));
}

function magnitudeAt(scale: Scale, share: number): number {
  if (scale.kind === "linear") return share * scale.max;
  return scale.floor * (scale.max / scale.floor) ** share;
}
