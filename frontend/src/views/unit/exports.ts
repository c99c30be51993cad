/** What the unit view saves: its life and its charts with their titles, and a row a record. */
import type { UnitTrace } from "../../api";
import { keyOfAttribution } from "../../attributions";
import type { Cell, Table } from "../../csv";
import { type Drawing, type Shape, widthOf } from "../../drawing";
import { stateShapes, type ViewExport } from "../../export";
import { currentStepA, currentStepB, hasB, keyA, keyB, recordA, recordB, theme } from "../../state";
import { formatStep } from "../../steps";
import { roles } from "../../theme";
import { traceA, traceB } from "../../traces";
import { type Origin, partShapes } from "./part-shapes";
import { traceRows } from "./series";
import { colourOfPart, nameOfPart, partsOf, statesIn } from "./strip";

/** The export of a unit, whose charts stand inside of an element. */
export function unitExport(
  layerName: string,
  index: number,
  placeOf: () => HTMLElement | null,
): ViewExport {
  return {
    name: `${layerName}-unit${index}`,
    title: () => `${layerName} unit ${index}`,
    hasLegend: false,
    drawing: () => {
      const [place, a] = [placeOf(), traceA.value];
      return place && a ? drawingOf(place, a, traceB.value) : null;
    },
    table: tableOf,
  };
}

function drawingOf(place: HTMLElement, a: UnitTrace, b: UnitTrace | null): Drawing {
  const charts = place.querySelector(".charts")?.getBoundingClientRect();
  const width = charts?.width ?? place.clientWidth;
  const life = lifeShapes(a, b, width);
  const figures = [...place.querySelectorAll<HTMLElement>("figure.chart")];
  const origin = { x: charts?.left ?? 0, y: (charts?.top ?? 0) - life.height };
  const shapes = [
    ...life.shapes,
    ...figures.flatMap((figure) => figureShapes(figure, origin)),
    ...partShapes(place, origin),
  ];
  const height = life.height + (charts?.height ?? 0);
  return { width, height, background: roles.value.page, shapes };
}

const ROW = 20;
const STRIP = 12;

interface Sketch {
  readonly shapes: readonly Shape[];
  readonly height: number;
}

/** The key of A and B, a strip for each, and the key of the strips. */
function lifeShapes(a: UnitTrace, b: UnitTrace | null, width: number): Sketch {
  const shapes: Shape[] = [...sideKey("A", 0), ...(hasB.value ? sideKey("B", width / 2) : [])];
  let y = ROW + 4;
  shapes.push(...stripShapes(a, recordA.value, { y, width }, roles.value.sideA));
  if (b) {
    y += ROW;
    shapes.push(...stripShapes(b, recordB.value, { y, width }, roles.value.sideB));
  }
  y += ROW + 12;
  let x = 0;
  for (const state of statesIn(b ? [a, b] : [a])) {
    const text = nameOfPart(state);
    const box = { x, y: y - 10, width: 12, height: 12 };
    const fill = colourOfPart(null, theme.value);
    if (state) shapes.push(...stateShapes(state, x, y));
    else shapes.push({ kind: "rect", rect: box, fill, radius: 2 });
    shapes.push({ kind: "text", x: x + 17, y, text, fill: roles.value.muted, size: 11 });
    x += 38 + widthOf(text, 11);
  }
  return { shapes, height: y + 18 };
}

/** How a side's line looks, and which run and step it is. */
function sideKey(side: "A" | "B", x: number): Shape[] {
  const isA = side === "A";
  const run = (isA ? keyA : keyB).value?.run ?? "";
  const step = formatStep((isA ? currentStepA : currentStepB).value ?? undefined);
  const fill = isA ? roles.value.sideA : roles.value.sideB;
  const dashes = isA ? [[0, 24]] : DASHES;
  const lines = dashes.map(([from = 0, length = 0]): Shape => {
    const rect = { x: x + from, y: 7, width: length, height: 2 };
    return { kind: "rect", rect, fill };
  });
  const text = `${side}: ${run}, line at step ${step}`;
  return [...lines, { kind: "text", x: x + 31, y: 12, text, fill, size: 12, weight: 600 }];
}

const DASHES = [
  [0, 6],
  [9, 6],
  [18, 6],
];

interface StripPlace {
  readonly y: number;
  readonly width: number;
}

function stripShapes(
  trace: UnitTrace,
  record: number,
  { y, width }: StripPlace,
  line: string,
): Shape[] {
  const parts = partsOf(trace).map(({ state, from, to }): Shape => {
    const rect = { x: from * width, y, width: (to - from) * width, height: STRIP };
    return { kind: "rect", rect, fill: colourOfPart(state, theme.value) };
  });
  const x = ((record + 0.5) / Math.max(1, trace.header.steps.length)) * width;
  const now = { x: x - 1, y: y - 2, width: 2, height: STRIP + 4 };
  const halo = { x: x - 2, y: y - 2, width: 4, height: STRIP + 4 };
  const edge = { x: 0, y, width, height: STRIP };
  return [
    ...parts,
    { kind: "rect", rect: edge, stroke: roles.value.strongBorder },
    { kind: "rect", rect: halo, fill: roles.value.page },
    { kind: "rect", rect: now, fill: line },
  ];
}

/** A chart as it stands on the page, with title, key, and the lines of the steps. */
function figureShapes(figure: HTMLElement, origin: Origin): Shape[] {
  const at = figure.getBoundingClientRect();
  const [x, y] = [at.left - origin.x, at.top - origin.y];
  const { text, muted } = roles.value;
  const title = figure.querySelector("figcaption b")?.textContent ?? "";
  const heading: Shape[] = [
    { kind: "text", x, y: y + 12, text: title, fill: text, weight: 600 },
    ...keyShapes(figure, origin, muted),
  ];
  const chart = figure.querySelector("svg");
  if (!chart) return heading;
  const lines = [...figure.querySelectorAll<HTMLElement>(".step-line:not(.hair):not([hidden])")];
  const shifted = lines.flatMap((line) => lineShapes(line, origin));
  return [...heading, chartShape(chart, x, y + at.height - chart.clientHeight), ...shifted];
}

/** What lines and bands mean, where that stands on the page. */
function keyShapes(figure: HTMLElement, origin: Origin, fill: string): Shape[] {
  const key = figure.querySelector("figcaption .muted");
  if (!key) return [];
  const { left, top, right } = key.getBoundingClientRect();
  const place = { x: left - origin.x, y: top - origin.y + 12 };
  const maxWidth = Math.max(right, figure.getBoundingClientRect().right) - left;
  const text = key.textContent ?? "";
  return [{ kind: "text", ...place, text, fill, size: 10.5, maxWidth }];
}

const DASH = { length: 5, gap: 4 };

/** A's line is whole, B's dashed: where both are at one step, both are seen. */
function lineShapes(line: HTMLElement, origin: Origin): Shape[] {
  const { left, top, height } = line.getBoundingClientRect();
  const [x, y] = [left - origin.x, top - origin.y];
  if (line.classList.contains("a")) {
    return [{ kind: "rect", rect: { x, y, width: 2, height }, fill: roles.value.sideA }];
  }
  const count = Math.ceil(height / (DASH.length + DASH.gap));
  return Array.from({ length: count }, (_, dash): Shape => {
    const from = dash * (DASH.length + DASH.gap);
    const rect = { x, y: y + from, width: 2, height: Math.min(DASH.length, height - from) };
    return { kind: "rect", rect, fill: roles.value.sideB };
  });
}

function chartShape(chart: SVGSVGElement, x: number, y: number): Shape {
  const text = new XMLSerializer().serializeToString(chart);
  const markup = `<g style="color:${roles.value.muted}">${text}</g>`;
  const rect = { x, y, width: chart.clientWidth, height: chart.clientHeight };
  return { kind: "svg", rect, markup };
}

function tableOf(): Table {
  const header = traceA.value?.header;
  const classes = header?.classNames.map((name) => `class mean ${name}`) ?? [];
  const attributions = (header?.classMethods ?? []).flatMap((of) =>
    (header?.classNames ?? []).map((name) => `class mean ${name} of ${keyOfAttribution(of)}`),
  );
  const columns = ["run", "layer", "unit", "step", "state_bits", ...(header?.statistics ?? [])];
  return { columns: [...columns, ...classes, ...attributions], rows: rows() };
}

function* rows(): Generator<Cell[]> {
  const [a, b] = [traceA.value, traceB.value];
  if (a) yield* traceRows(keyA.value?.run ?? "", a);
  if (b) yield* traceRows(keyB.value?.run ?? "", b);
}
