/** Marks of a unit's charts that are more than lines and bands: dated events, class strips, their scale. */
import * as Plot from "@observablehq/plot";
import type { UnitTrace } from "../../api";
import { colourOf, type Scale, STATUS_COLOURS, valueAt } from "../../colour";
import { formatValue } from "../../numbers";
import type { Roles } from "../../theme";
import type { EventKind } from "../../wire";
import type { ClassPicture } from "./charts";
import { classSeries, middles } from "./series";

/** Colour of a unit that is in no state. */
export const ALIVE = "#24a148";

/** Events that charts are marked with: where the unit falls silent for a while or for good, and comes back. */
const MARKED: Partial<Record<EventKind, string>> = {
  silent: STATUS_COLOURS.silent,
  dead: STATUS_COLOURS.dead,
  revived: ALIVE,
};

interface MarkedEvent {
  readonly step: number;
  readonly fill: string;
}

/** A dot over the frame and a faint line through it at each event; B's stand in a row above A's. */
export function eventMarks(traces: readonly UnitTrace[], roles: Roles): Plot.Markish[] {
  return traces.flatMap((trace, row) => {
    const events = markedEvents(trace);
    const edge = row === 0 ? roles.sideA : roles.sideB;
    return [
      Plot.ruleX(events, {
        x: "step",
        stroke: edge,
        strokeOpacity: 0.35,
        ...(row === 0 ? {} : { strokeDasharray: "3,3" }),
      }),
      Plot.dot(events, {
        x: "step",
        frameAnchor: "top",
        dy: -6 - 9 * row,
        r: 3.2,
        fill: "fill",
        stroke: edge,
        strokeWidth: 1.2,
      }),
    ];
  });
}

function markedEvents({ header }: UnitTrace): MarkedEvent[] {
  return header.events.flatMap(({ kind, step }) => {
    const fill = MARKED[kind];
    return fill === undefined ? [] : [{ step: Number(step), fill }];
  });
}

interface ClassCell {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly colour: string;
}

/** More columns would be thinner than a pixel. */
const MOST_COLUMNS = 180;

/** A cell a class and record, each as wide as the steps that are nearest to it. */
export function classCells({ trace, figure, names, scale }: ClassPicture): ClassCell[] {
  const steps = trace.header.classSteps.map(Number);
  const stride = Math.max(1, Math.ceil(steps.length / MOST_COLUMNS));
  const shown = steps.map((_, record) => record).filter((record) => record % stride === 0);
  const edges = middles(
    shown.map((record) => steps[record] ?? 0),
    steps.at(-1) ?? 0,
  );
  return names.flatMap((name) => {
    const values = classSeries(trace, name, figure);
    return shown.map((record, column) => ({
      name,
      from: edges[column] ?? 0,
      to: edges[column + 1] ?? 0,
      colour: colourOf(scale, values[record] ?? Number.NaN),
    }));
  });
}

const RAMP = { width: 96, height: 8, entries: 24, above: 6 };

/** The scale of the colours, over the frame's right end. */
export function rampMark(scale: Scale, ink: string): Plot.RenderFunction {
  return (_index, _scales, _values, dimensions, context) => {
    const { width, marginRight, marginTop } = dimensions;
    const { document } = context;
    const group = document.createElementNS(SVG, "g");
    const low = text(document, formatValue(scale.min), "end", ink);
    const high = text(document, formatValue(scale.max), "start", ink);
    const right = width - marginRight - 7 * formatValue(scale.max).length - 4;
    const [x, y] = [right - RAMP.width, marginTop - RAMP.above - RAMP.height];
    const step = RAMP.width / RAMP.entries;
    for (let entry = 0; entry < RAMP.entries; entry++) {
      const fill = colourOf(scale, valueAt(scale, (entry + 0.5) / RAMP.entries));
      const box = { x: x + entry * step, y, width: step + 0.5, height: RAMP.height, fill };
      group.append(element(document, "rect", box));
    }
    low.setAttribute("x", String(x - 4));
    high.setAttribute("x", String(right + 4));
    for (const label of [low, high]) label.setAttribute("y", String(y + RAMP.height));
    group.append(low, high);
    return group;
  };
}

const SVG = "http://www.w3.org/2000/svg";

function text(document: Document, content: string, anchor: string, fill: string): SVGElement {
  const made = element(document, "text", { "text-anchor": anchor, fill });
  made.textContent = content;
  return made;
}

function element(
  document: Document,
  name: "rect" | "text",
  attributes: Readonly<Record<string, string | number>>,
): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
