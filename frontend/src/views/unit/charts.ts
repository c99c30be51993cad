/** The charts of a unit, each a function from its traces to Observable Plot's options. */
import * as Plot from "@observablehq/plot";
import type { UnitTrace } from "../../api";
import type { Scale } from "../../colour";
import type { Roles } from "../../theme";
import { type Axis, SHARES, stepAxis, valueAxis } from "./axes";
import { classCells, eventMarks, rampMark } from "./marks";
import {
  type Band,
  type ClassFigure,
  extent,
  fan,
  has,
  isolatedBands,
  isolatedPoints,
  median,
  type Point,
  points,
  spread,
  stepsOf,
} from "./series";

/** What all charts of the view share. */
export interface ChartContext {
  readonly a: UnitTrace;
  /** Another run's unit, or null. */
  readonly b: UnitTrace | null;
  readonly roles: Roles;
  /** Whether steps are laid out logarithmically. */
  readonly isLog: boolean;
  /** Whether values are. */
  readonly isLogValues: boolean;
  readonly width: number;
}

const HEIGHT = 168;
/** Above the frame is a row of events, of a comparison two. */
const MARGIN = { left: 48, right: 14, top: 18, secondRow: 9, bottom: 34 };
const DASH = "5,4";

/** Mean with its standard deviation and extent: what the unit puts out. */
export function activationChart(context: ChartContext): Plot.PlotOptions {
  const { a, b, roles } = context;
  const bands = [extent(a), spread(a), b ? spread(b) : []];
  const lines = [points(a, "mean"), b ? points(b, "mean") : []];
  const marks = [
    ...area(extent(a), roles.sideA, 0.1),
    ...area(spread(a), roles.sideA, 0.22),
    ...(b ? area(spread(b), roles.sideB, 0.12) : []),
    ...pair(context, "mean"),
  ];
  const values = [
    ...bands.flat().flatMap(({ low, high }) => [low, high]),
    ...lines.flat().map(({ value }) => value),
  ];
  return framed(context, marks, "activation", valueAxis(values, context.isLogValues));
}

/** Shares: how often the unit is above 0, exactly 0, or near an end of its nonlinearity. */
export function shareChart(context: ChartContext): Plot.PlotOptions {
  const marks = shareLines(context.a).flatMap(({ name, opacity }) => pair(context, name, opacity));
  return framed(context, marks, "share", SHARES);
}

/** The shares that are drawn: the main one strong, the others behind it. */
export function shareLines(
  trace: UnitTrace,
): { readonly name: string; readonly opacity: number }[] {
  const drawn = ["frequency", "saturation"].filter((name) => has(trace, name));
  return drawn.map((name, place) => ({ name, opacity: place === 0 ? 1 : 0.5 }));
}

/**
 * Mean |activation|: the size of what the unit puts out, whatever its sign.
 *
 * Scaled by the unit itself: the layer's middle half may lie far above a weak unit, and is cut.
 */
export function sizeChart(context: ChartContext): Plot.PlotOptions {
  const { a, b, roles, isLogValues } = context;
  const marks = [
    Plot.areaY(fan(a, "mean_abs", 1, 3), {
      ...BAND,
      fill: roles.muted,
      fillOpacity: 0.2,
      clip: true,
    }),
    ...pair(context, "mean_abs"),
  ];
  const own = [...points(a, "mean_abs"), ...(b ? points(b, "mean_abs") : [])];
  const axis = valueAxis(
    own.map(({ value }) => value),
    isLogValues,
  );
  return framed(context, marks, "mean |activation|", axis);
}

/** The unit among the units of its layer, by one statistic. */
export function standingChart(context: ChartContext, statistic: string): Plot.PlotOptions {
  const { a, b, roles, isLogValues } = context;
  const all = fan(a, statistic, 0, 4);
  const marks = [
    ...area(all, roles.muted, 0.14),
    ...area(fan(a, statistic, 1, 3), roles.muted, 0.26),
    ...line(median(a, statistic), { stroke: roles.muted, strokeDasharray: "1.5,3" }),
    ...pair(context, statistic),
  ];
  const values = [
    ...all.flatMap(({ low, high }) => [low, high]),
    ...[a, ...(b ? [b] : [])].flatMap((trace) =>
      points(trace, statistic).map(({ value }) => value),
    ),
  ];
  return framed(context, marks, statistic, valueAxis(values, isLogValues));
}

/** How far the unit's top examples changed from record to record; nothing at the first. */
export function driftChart(
  context: ChartContext,
  ofA: readonly Point[],
  ofB: readonly Point[],
): Plot.PlotOptions {
  const { sideA, sideB } = context.roles;
  const marks = [
    ...line(ofB, { stroke: sideB, strokeDasharray: DASH }),
    ...line(ofA, { stroke: sideA }),
  ];
  return framed(context, marks, "meaning drift", SHARES);
}

/** What the strips of classes show. */
export interface ClassPicture {
  /** The side whose responses are shown. */
  readonly trace: UnitTrace;
  readonly figure: ClassFigure;
  /** Classes from top to bottom. */
  readonly names: readonly string[];
  /** One scale for both sides. */
  readonly scale: Scale;
}

/** Mean response to each class, or attribution: a strip a class, time to the right. */
export function classChart(context: ChartContext, picture: ClassPicture): Plot.PlotOptions {
  const { names, scale } = picture;
  const cells = Plot.rect(classCells(picture), {
    x1: "from",
    x2: "to",
    y: "name",
    fill: "colour",
    insetTop: 1,
    insetBottom: 1,
    shapeRendering: "crispEdges",
  });
  const longest = Math.max(0, ...names.map(({ length }) => length));
  const rows = Math.max(7, Math.min(20, 200 / names.length)) * names.length;
  const marks = [cells, rampMark(scale, context.roles.muted)];
  return {
    ...framed(context, marks, "class", null),
    height: MARGIN.top + MARGIN.bottom + rows,
    marginLeft: Math.min(140, Math.max(MARGIN.left, 14 + longest * 6.4)),
    y: { type: "band", domain: names, label: null, tickSize: 0 },
  };
}

/** Axes, grid and events around marks; strips of classes have no values on their axis, and so none of these. */
export function framed(
  context: ChartContext,
  marks: readonly Plot.Markish[],
  name: string,
  y: Axis | null,
): Plot.PlotOptions {
  const { a, b, roles, width, isLog } = context;
  const zero = Plot.ruleY([0], { stroke: roles.strongBorder });
  const grid = y ? [Plot.gridY(y.ticks, { stroke: roles.border, strokeOpacity: 1 }), zero] : [];
  const events = y ? eventMarks([a, ...(b ? [b] : [])], roles) : [];
  const all = [a, ...(b ? [b] : [])].flatMap(stepsOf);
  return {
    width,
    height: HEIGHT + (b && y ? MARGIN.secondRow : 0),
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top + (b && y ? MARGIN.secondRow : 0),
    marginBottom: MARGIN.bottom,
    style: { background: "none", color: roles.muted, fontSize: "11px", overflow: "visible" },
    x: { ...stepAxis(all, isLog, width), label: "step", labelArrow: "none", labelOffset: 31 },
    ...(y ? { y } : {}),
    marks: [...grid, ...marks, ...events],
    ariaLabel: `${name} by step`,
  };
}

const BAND = { x: "step", y1: "low", y2: "high" } as const;

/** A band; a record without a neighbour is a bar, for an area of one point has no extent. */
export function area(data: readonly Band[], fill: string, fillOpacity: number): Plot.Markish[] {
  return [
    Plot.areaY(data, { ...BAND, fill, fillOpacity }),
    Plot.ruleX(isolatedBands(data), {
      ...BAND,
      stroke: fill,
      strokeOpacity: fillOpacity,
      strokeWidth: 7,
    }),
  ];
}

/** A statistic of A over that of B. */
export function pair(
  { a, b, roles }: ChartContext,
  name: string,
  strokeOpacity = 1,
): Plot.Markish[] {
  const ofB = { stroke: roles.sideB, strokeDasharray: DASH, strokeOpacity };
  return [
    ...(b ? line(points(b, name), ofB) : []),
    ...line(points(a, name), { stroke: roles.sideA, strokeOpacity }),
  ];
}

interface Stroke {
  readonly stroke: string;
  readonly strokeDasharray?: string;
  readonly strokeOpacity?: number;
}

/** A line, with a dot where a point has no neighbour. */
export function line(data: readonly Point[], stroke: Stroke): Plot.Markish[] {
  const place = { x: "step", y: "value" } as const;
  return [
    Plot.line(data, { ...place, strokeWidth: 1.8, ...stroke }),
    Plot.dot(isolatedPoints(data), {
      ...place,
      r: 3,
      fill: stroke.stroke,
      fillOpacity: stroke.strokeOpacity ?? 1,
    }),
  ];
}
