/** The charts of a unit, each a function from its trace to Observable Plot's options. */
import * as Plot from "@observablehq/plot";
import type { UnitTrace } from "../../api";
import { colourOf, type Scale } from "../../colour";
import { formatValue } from "../../numbers";
import { formatStep } from "../../steps";
import type { Roles } from "../../theme";
import { extent, fan, has, median, type Point, points, spread, strongestClasses } from "./series";

/** What all charts of the view share. */
export interface ChartContext {
  readonly a: UnitTrace;
  /** Another run's unit, or null. */
  readonly b: UnitTrace | null;
  readonly roles: Roles;
  readonly isLog: boolean;
  readonly width: number;
}

const HEIGHT = 156;
const MARGIN = { left: 48, right: 14, top: 12, bottom: 26 };
const DASH = "5,4";
const MOST_CLASSES = 24;
const MOST_COLUMNS = 180;

/** Mean with its standard deviation and extent: what the unit puts out. */
export function activationChart(context: ChartContext): Plot.PlotOptions {
  const { a, b, roles } = context;
  const marks: Plot.Markish[] = [
    Plot.ruleY([0], { stroke: roles.strongBorder }),
    area(extent(a), roles.sideA, 0.1),
    area(spread(a), roles.sideA, 0.22),
  ];
  if (b) marks.push(area(spread(b), roles.sideB, 0.12), line(points(b, "mean"), roles.sideB, DASH));
  marks.push(line(points(a, "mean"), roles.sideA));
  return framed(context, marks, "activation");
}

/** Shares: how often the unit is above 0, exactly 0, or near an end of its nonlinearity. */
export function shareChart(context: ChartContext): Plot.PlotOptions {
  const { a, b, roles } = context;
  const marks: Plot.Markish[] = [];
  for (const { name, opacity } of shareLines(a)) {
    if (b) marks.push(line(points(b, name), roles.sideB, DASH, opacity));
    marks.push(line(points(a, name), roles.sideA, undefined, opacity));
  }
  const y = { domain: [0, 1], ticks: 5, tickFormat: (share: number) => `${100 * share} %` };
  return { ...framed(context, marks, "share"), y: { ...axisY, ...y } };
}

/** The shares that are drawn: the main one strong, the others behind it. */
export function shareLines(
  trace: UnitTrace,
): { readonly name: string; readonly opacity: number }[] {
  const drawn = ["frequency", "saturation"].filter((name) => has(trace, name));
  return drawn.map((name, place) => ({ name, opacity: place === 0 ? 1 : 0.5 }));
}

/** Mean |activation|: the size of what the unit puts out, whatever its sign. */
export function sizeChart(context: ChartContext): Plot.PlotOptions {
  const { a, b, roles } = context;
  const marks: Plot.Markish[] = [
    Plot.ruleY([0], { stroke: roles.strongBorder }),
    area(fan(a, "mean_abs", 1, 3), roles.muted, 0.2),
  ];
  if (b) marks.push(line(points(b, "mean_abs"), roles.sideB, DASH));
  marks.push(line(points(a, "mean_abs"), roles.sideA));
  return framed(context, marks, "mean |activation|");
}

/** The unit among the units of its layer, by one statistic. */
export function standingChart(context: ChartContext, statistic: string): Plot.PlotOptions {
  const { a, b, roles } = context;
  const marks: Plot.Markish[] = [
    area(fan(a, statistic, 0, 4), roles.muted, 0.14),
    area(fan(a, statistic, 1, 3), roles.muted, 0.26),
    line(median(a, statistic), roles.muted, "1.5,3"),
  ];
  if (b) marks.push(line(points(b, statistic), roles.sideB, DASH));
  marks.push(line(points(a, statistic), roles.sideA));
  return framed(context, marks, statistic);
}

interface ClassCell {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** Mean response to each class: a strip a class, time to the right. */
export function classChart(context: ChartContext, scale: Scale): Plot.PlotOptions {
  const classes = strongestClasses(context.a, MOST_CLASSES);
  const cells = classCells(context);
  const mark = Plot.rect(cells, {
    x1: "from",
    x2: "to",
    y: "name",
    fill: ({ value }: ClassCell) => colourOf(scale, value),
    title: ({ name, from, value }: ClassCell) =>
      `${name}: ${formatValue(value)} at step ${formatStep(String(from))}`,
    insetTop: 1,
    insetBottom: 1,
    shapeRendering: "crispEdges",
  });
  const longest = Math.max(...classes.map(({ name }) => name.length));
  const options = framed(context, [mark], "class");
  return {
    ...options,
    height:
      MARGIN.top + MARGIN.bottom + Math.max(7, Math.min(20, 200 / classes.length)) * classes.length,
    marginLeft: Math.min(140, Math.max(MARGIN.left, 14 + longest * 6.4)),
    y: { type: "band", domain: classes.map(({ name }) => name), label: null, tickSize: 0 },
  };
}

/** At most so many columns: more would be thinner than a pixel. */
function classCells({ a }: ChartContext): ClassCell[] {
  const steps = a.header.classSteps.map(Number);
  const stride = Math.max(1, Math.ceil(steps.length / MOST_COLUMNS));
  const shown = steps.map((_, place) => place).filter((place) => place % stride === 0);
  const last = Number(a.header.steps.at(-1) ?? 0);
  const width = (last - (steps[0] ?? 0)) / Math.max(1, shown.length) || 1;
  return strongestClasses(a, MOST_CLASSES).flatMap(({ name, values }) =>
    shown.map((place, column) => {
      const from = steps[place] ?? 0;
      const to = steps[shown[column + 1] ?? -1] ?? Math.max(last, from + width);
      return { name, from, to, value: values[place] ?? Number.NaN };
    }),
  );
}

const axisY = { label: null, ticks: 4, tickFormat: formatValue, tickSize: 0 } as const;

function framed(context: ChartContext, marks: Plot.Markish[], name: string): Plot.PlotOptions {
  const { roles, width } = context;
  const grid = Plot.gridY({ stroke: roles.border, strokeOpacity: 1 });
  return {
    width,
    height: HEIGHT,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    style: { background: "none", color: roles.muted, fontSize: "11px", overflow: "visible" },
    x: stepAxis(context),
    y: { ...axisY, nice: true },
    marks: name === "class" ? marks : [grid, ...marks],
    ariaLabel: `${name} by step`,
  };
}

/** Steps to the right, A's and B's; on a logarithmic axis step 0 has a place of its own. */
function stepAxis({ a, b, isLog, width }: ChartContext): Plot.ScaleOptions {
  const steps = [...a.header.steps, ...(b?.header.steps ?? [])].map(Number).sort((x, y) => x - y);
  const [first, last] = [steps[0] ?? 0, steps.at(-1) ?? 1];
  const domain = [first, first === last ? first + 1 : last];
  const format = (step: number) => formatStep(String(step));
  const shared = { domain, label: null, tickFormat: format, tickSize: 3 } as const;
  if (!isLog) return { ...shared, ticks: Math.max(2, Math.floor(width / 110)) };
  const smallest = steps.find((step) => step > 0) ?? 1;
  return { ...shared, type: "symlog", constant: smallest, ticks: logTicks(smallest, last, first) };
}

function logTicks(smallest: number, last: number, first: number): number[] {
  const ticks = first <= 0 ? [0] : [];
  for (let power = 10 ** Math.ceil(Math.log10(smallest)); power <= last; power *= 10)
    ticks.push(power);
  return ticks;
}

interface Range {
  readonly step: number;
  readonly low: number;
  readonly high: number;
}

function area(data: readonly Range[], fill: string, fillOpacity: number): Plot.Markish {
  return Plot.areaY(data, { x: "step", y1: "low", y2: "high", fill, fillOpacity });
}

function line(
  data: readonly Point[],
  stroke: string,
  strokeDasharray?: string,
  strokeOpacity = 1,
): Plot.Markish {
  const dash = strokeDasharray === undefined ? {} : { strokeDasharray };
  return Plot.line(data, {
    x: "step",
    y: "value",
    stroke,
    strokeWidth: 1.8,
    strokeOpacity,
    ...dash,
  });
}
