/** What of a unit's page is no chart, as shapes of its picture: headings, the lists of sources and targets, evidence. */
import { evidenceShapes } from "../../chrome/evidence-shapes";
import type { Shape } from "../../drawing";
import { roles } from "../../theme";

/** Where the picture's corner lies on the page. */
export interface Origin {
  readonly x: number;
  readonly y: number;
}

/** Headings and lists below an element, where they stand on the page. */
export function partShapes(place: HTMLElement, origin: Origin): Shape[] {
  const { text, muted } = roles.value;
  const headings = [...place.querySelectorAll<HTMLElement>(".part-head h3, .strands h4")];
  const notes = [...place.querySelectorAll<HTMLElement>(".flow-of, .strands > p")];
  const cells = [...place.querySelectorAll<HTMLElement>(".strands .end, .strands .number")];
  return [
    ...headings.map((element) => textShape(element, origin, { fill: text, weight: 600 })),
    ...notes.map((element) => textShape(element, origin, { fill: muted })),
    ...cells.map((element) => textShape(element, origin, { fill: text })),
    ...[...place.querySelectorAll<HTMLElement>(".strands i")].map((bar) => barShape(bar, origin)),
    ...evidenceShapes(place, origin),
  ];
}

interface Look {
  readonly fill: string;
  readonly weight?: number;
}

function textShape(element: HTMLElement, origin: Origin, look: Look): Shape {
  const { left, right, bottom, width } = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const isRight = style.textAlign === "right";
  return {
    kind: "text",
    x: (isRight ? right : left) - origin.x,
    y: bottom - origin.y - 5,
    anchor: isRight ? "end" : "start",
    text: element.textContent ?? "",
    size: Number.parseFloat(style.fontSize),
    // Fonts of files differ a little: what fits on the page must not be cut there.
    maxWidth: 1.15 * width,
    ...look,
  };
}

function barShape(bar: HTMLElement, origin: Origin): Shape {
  const { left, top, width, height } = bar.getBoundingClientRect();
  const rect = { x: left - origin.x, y: top - origin.y, width, height };
  return { kind: "rect", rect, fill: getComputedStyle(bar).backgroundColor, radius: 2 };
}
