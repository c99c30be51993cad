/** What evidence without maps saves: the page as it stands, and a row for every class and unit. */
import { evidenceShapes } from "../../chrome/evidence-shapes";
import type { Cell } from "../../csv";
import type { Drawing } from "../../drawing";
import { layerEvidence } from "../../evidence";
import type { LayerEvidenceTable } from "../../evidence-api";
import type { ViewExport } from "../../export";
import { mapRecording } from "../../maps";
import { roles } from "../../theme";
import { titleOfMethod } from "../../titles";
import { nameOfClass } from "./shown";

/** The export of an example's evidence, which stands inside of an element. */
export function evidenceExport(example: number, placeOf: () => HTMLElement | null): ViewExport {
  const subject = () => {
    const header = layerEvidence.value?.header;
    const method = titleOfMethod(header?.method ?? "");
    return `evidence of ${header?.layer ?? "?"} by ${method} at step ${header?.step ?? "?"}`;
  };
  return {
    name: `evidence-example${example}`,
    title: () => `For and against each class in example ${example}`,
    subject,
    hasLegend: false,
    drawing: () => {
      const place = placeOf();
      return place && drawingOf(place);
    },
    table: () => ({ columns: COLUMNS, rows: rowsOf(layerEvidence.value, example) }),
  };
}

const COLUMNS = [
  "example",
  "step",
  "layer",
  "class",
  "unit",
  "evidence",
  "against",
  "run",
] as const;

function* rowsOf(table: LayerEvidenceTable | null, example: number): Generator<Cell[]> {
  const place = table?.header.examples.findIndex((known) => known.example === example) ?? -1;
  if (!table || place < 0) return;
  const { classes, step, layer } = table.header;
  const run = mapRecording.value?.records.run ?? "";
  for (const [at, number] of classes.entries()) {
    const start = (place * classes.length + at) * table.units;
    for (let unit = 0; unit < table.units; unit++) {
      const values = [table.net, table.against].map((part) => part[start + unit] ?? null);
      yield [example, step, layer, nameOfClass(number), unit, ...values, run];
    }
  }
}

function drawingOf(place: HTMLElement): Drawing {
  const { left, top, width } = place.getBoundingClientRect();
  const shapes = evidenceShapes(place, { x: left, y: top - place.scrollTop });
  return { width, height: place.scrollHeight, background: roles.value.page, shapes };
}
