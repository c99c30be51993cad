/** The charts of a unit's attribution, each a function from its traces to Observable Plot's options. */
import type * as Plot from "@observablehq/plot";
import { type Attribution, figureOf } from "../../attributions";
import { valueAxis } from "./axes";
import { area, type ChartContext, framed, pair } from "./charts";
import { attributionSpread, points } from "./series";

/** Mean attribution with its standard deviation over the examples. */
export function attributionChart(context: ChartContext, of: Attribution): Plot.PlotOptions {
  const { a, b, roles } = context;
  const [mean, std] = [figureOf(of, "mean"), figureOf(of, "std")];
  const [ofA, ofB] = [attributionSpread(a, mean, std), b ? attributionSpread(b, mean, std) : []];
  const marks = [
    ...area(ofA, roles.sideA, 0.2),
    ...(b ? area(ofB, roles.sideB, 0.12) : []),
    ...pair(context, mean),
  ];
  const values = [
    ...[...ofA, ...ofB].flatMap(({ low, high }) => [low, high]),
    ...[a, ...(b ? [b] : [])].flatMap((trace) => points(trace, mean).map(({ value }) => value)),
  ];
  return framed(context, marks, "attribution", valueAxis(values, context.isLogValues));
}

/** The unit's part of its layer's sum of mean |attribution|. */
export function layerShareChart(context: ChartContext, of: Attribution): Plot.PlotOptions {
  const { a, b } = context;
  const share = figureOf(of, "share");
  const values = [a, ...(b ? [b] : [])].flatMap((trace) =>
    points(trace, share).map(({ value }) => value),
  );
  const axis = { ...valueAxis(values, false), tickFormat: percent };
  return framed(context, pair(context, share), "share of the layer", axis);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
