/** What the unit view saves: its charts with their titles, and a row a record. */
import type { Cell, Table } from "../../csv";
import type { Drawing, Shape } from "../../drawing";
import type { ViewExport } from "../../export";
import { keyA, keyB, layer, unit } from "../../state";
import { roles } from "../../theme";
import { traceA, traceB } from "../../traces";
import { traceRows } from "./series";

/** The export of the charts inside of an element. */
export function unitExport(placeOf: () => HTMLElement | null): ViewExport {
  const name = () => `${layer.value?.name ?? ""} unit ${unit.value ?? ""}`;
  return {
    name: "unit",
    title: name,
    hasLegend: false,
    drawing: () => {
      const place = placeOf();
      return place && traceA.value ? drawingOf(place) : null;
    },
    table: tableOf,
  };
}

function drawingOf(place: HTMLElement): Drawing {
  const figures = [...place.querySelectorAll<HTMLElement>("figure.chart")];
  const origin = place.querySelector(".charts")?.getBoundingClientRect();
  const { text, muted, page } = roles.value;
  const shapes = figures.flatMap((figure): Shape[] => {
    const at = figure.getBoundingClientRect();
    const [x, y] = [at.left - (origin?.left ?? 0), at.top - (origin?.top ?? 0)];
    const chart = figure.querySelector("svg");
    const title = figure.querySelector("figcaption b")?.textContent ?? "";
    const keys = figure.querySelector("figcaption .muted")?.textContent ?? "";
    const heading: Shape[] = [
      { kind: "text", x, y: y + 12, text: title, fill: text, weight: 600 },
      { kind: "text", x, y: y + 27, text: keys, fill: muted, size: 10.5, maxWidth: at.width },
    ];
    return chart ? [...heading, chartShape(chart, x, y + at.height - chart.clientHeight)] : heading;
  });
  const [width, height] = [origin?.width ?? 0, origin?.height ?? 0];
  return { width, height, background: page, shapes };
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
  const columns = ["run", "layer", "unit", "step", "state_bits", ...(header?.statistics ?? [])];
  return { columns: [...columns, ...classes], rows: rows() };
}

function* rows(): Generator<Cell[]> {
  const [a, b] = [traceA.value, traceB.value];
  if (a) yield* traceRows(keyA.value?.run ?? "", a);
  if (b) yield* traceRows(keyB.value?.run ?? "", b);
}
