/** What the joint view saves: its picture, and a row an example. */
import type { Drawing, Shape } from "../../drawing";
import type { ViewExport } from "../../export";
import { wordsOf } from "../../response-methods";
import { titleOfRespondent } from "../../responses";
import type { JointBins } from "../../responses-api";
import { filter } from "../../state";
import { formatStep } from "../../steps";
import { roles } from "../../theme";
import { correlationText } from "./foot";
import { isDifference, shownBins, shownSide } from "./records";
import { examplesFile } from "./table";

/** The export of the picture in an element. */
export function jointExport(place: () => Element | null): ViewExport {
  return {
    name: "joint",
    title: () => titleOf(shownBins.value),
    subject: () => subjectOf(shownBins.value),
    hasLegend: false,
    drawing: () => drawingOf(place()?.querySelector(".joint-picture > svg") ?? null),
    table: () => examplesFile(shownBins.value),
  };
}

function titleOf(found: JointBins | null): string {
  if (!found) return "Two responses";
  const { first, second } = found.header;
  const sides = isDifference.value ? ", A − B" : "";
  return `${titleOfRespondent(first)} and ${titleOfRespondent(second)}${sides}`;
}

function subjectOf(found: JointBins | null): string {
  const side = found?.header.sides[shownSide.value];
  if (!found || !side) return "responses";
  const only = filter.value === "" ? "" : `, examples with ${filter.value}`;
  const at = `${wordsOf(found.header.first.method)} at step ${formatStep(side.step)}${only}`;
  return isDifference.value ? at : `${at}, ${correlationText(side, found)}`;
}

function drawingOf(svg: Element | null): Drawing | null {
  if (!(svg instanceof SVGSVGElement)) return null;
  const { width, height } = svg.getBoundingClientRect();
  const shape: Shape = {
    kind: "svg",
    rect: { x: 0, y: 0, width, height },
    markup: svg.innerHTML,
  };
  return { width, height, background: roles.value.page, shapes: [shape] };
}
