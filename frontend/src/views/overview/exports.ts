/** What the overview saves: its picture with names and counts, and every shown unit as a row. */

import { unitOrder } from "../../anchor";
import type { Recording, StateName } from "../../api";
import { STATUS_COLOURS } from "../../colour";
import type { Cell, Table } from "../../csv";
import type { Drawing, Shape } from "../../drawing";
import { glyphShape, type ViewExport } from "../../export";
import type { Tile } from "../../layout/treemap";
import {
  coloured,
  currentStepA,
  currentStepB,
  focus,
  keyA,
  keyB,
  mode,
  recordingA,
  recordingB,
  type UnitPlace,
} from "../../state";
import { roles } from "../../theme";
import { MARKS } from "./colouring";
import { type Director, markCounts } from "./director";
import { readA, readB } from "./reading";

export function overviewExport({ stage }: Director): ViewExport {
  return {
    name: `overview-${coloured.peek()?.film ?? ""}`,
    title: () => `${sign()}${coloured.value?.title ?? ""} of every unit${under()}${ofWhom()}`,
    hasLegend: true,
    drawing: () => drawingOf(stage),
    table: tableOf.bind(null, stage),
  };
}

function sign(): string {
  return mode.value === "diff" ? "A − B: " : mode.value === "b" ? "B: " : "";
}

/** Glyphs of a difference are those of A, its red corners of B. */
function ofWhom(): string {
  return mode.value === "diff" ? "; states and counts of A, red corners: dead in B" : "";
}

function under(): string {
  return focus.value === null ? "" : ` of ${focus.value}`;
}

function drawingOf(stage: Director["stage"]): Drawing | null {
  const recording = mode.value === "b" ? recordingB.value : recordingA.value;
  const [units] = stage.canvases;
  if (!recording || !units) return null;
  const [width, height] = [units.clientWidth, units.clientHeight];
  const { surface, border, strongBorder, page, muted } = roles.value;
  const shapes: Shape[] = stage.map.groups.flatMap((group): Shape[] => [
    { kind: "rect", rect: group.frame, fill: page, stroke: strongBorder, radius: 9 },
    { kind: "text", ...inHeader(group.header), text: group.label, fill: muted, size: 12 },
  ]);
  for (const { frame } of stage.map.tiles) {
    shapes.push({ kind: "rect", rect: frame, fill: surface, stroke: border, radius: 7 });
  }
  const area = { x: 0, y: 0, width, height };
  for (const source of stage.canvases) shapes.push({ kind: "image", rect: area, source });
  shapes.push(...stage.map.tiles.flatMap((tile) => header(tile, recording)));
  return { width, height, background: page, shapes };
}

function inHeader({ x, y, height }: Tile["header"]): { x: number; y: number } {
  return { x: x + 9, y: y + height / 2 + 4.5 };
}

function header(tile: Tile, recording: Recording): Shape[] {
  const { text, muted } = roles.value;
  const place = inHeader(tile.header);
  const counts = MARKS.map((state, mark) => ({
    state,
    count: markCounts.value[tile.layer]?.[mark] ?? 0,
  })).filter(({ count }) => count > 0);
  const right = tile.header.x + tile.header.width - 8;
  const room = tile.header.width - 18 - counts.length * 42;
  const units = String(recording.records.layers[tile.layer]?.units ?? "");
  const name = `${tile.label}  ${units}`;
  const fill = room > 40 ? text : muted;
  return [
    { kind: "text", ...place, text: name, fill, size: 13, weight: 600, maxWidth: room },
    ...counts.flatMap(({ state, count }, i) => stateCount(state, count, right - i * 42, place.y)),
  ];
}

function stateCount(state: StateName, count: number, right: number, y: number): Shape[] {
  const rect = { x: right - 38, y: y - 10, width: 12, height: 12 };
  return [
    { kind: "rect", rect, fill: STATUS_COLOURS[state], stroke: "#7b8494", radius: 2 },
    glyphShape(state, right - 32, y - 4, 5),
    { kind: "text", x: right - 23, y, text: String(count), fill: roles.value.text, size: 12 },
  ];
}

const COLUMNS = ["layer", "place", "unit", "statistic", "run_a", "step_a", "a", "state_a"];
const COLUMNS_B = ["run_b", "step_b", "b", "state_b", "difference", "class"];

function tableOf(stage: Director["stage"]): Table {
  return { columns: [...COLUMNS, ...COLUMNS_B], rows: rowsOf(stage) };
}

function* rowsOf(stage: Director["stage"]): Generator<Cell[]> {
  const recording = recordingA.value;
  const [order, of] = [unitOrder.value?.unitAt, coloured.value];
  if (!recording || !order) return;
  for (const { layer } of stage.map.tiles) {
    const start = recording.unitStart[layer] ?? 0;
    const { name, units } = recording.records.layers[layer] ?? { name: "", units: 0 };
    for (let place = 0; place < units; place++) {
      const unit = order[start + place] ?? 0;
      yield [
        name,
        place,
        unit,
        of?.statistic.name ?? "",
        ...readings({ layer, unit }),
        of?.className ?? "",
      ];
    }
  }
}

function readings(place: UnitPlace): Cell[] {
  const [a, b] = [readA(place), readB(place)];
  const left = [keyA.value?.run ?? "", currentStepA.value ?? "", a?.value ?? null, a?.state ?? ""];
  if (!a || !b) return [...left, null, null, null, null, null];
  const right = [keyB.value?.run ?? "", currentStepB.value ?? "", b.value, b.state ?? ""];
  return [...left, ...right, a.value - b.value];
}
