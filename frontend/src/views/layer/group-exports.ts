/** What the groups save: the life lines as a picture, and a row a group and record. */
import { useEffect, useRef } from "preact/hooks";
import type { Cell, Table } from "../../csv";
import type { Drawing, Shape } from "../../drawing";
import { offerExport } from "../../export";
import { layOutLife } from "../../layout/lifeline";
import { formatShare } from "../../numbers";
import type { GroupTable } from "../../patterns-api";
import { wordsOf } from "../../response-methods";
import { formatStep } from "../../steps";
import { roles } from "../../theme";
import { titleOfMethod } from "../../titles";
import { type GroupRow, topStrength } from "./group-rows";
import { groupLives, shownRecording } from "./pattern-records";

/** The groups as they are shown. */
export interface ShownGroups {
  readonly layerName: string;
  readonly found: GroupTable;
  readonly rows: readonly GroupRow[];
}

/** Offer the groups to the export panel for as long as they are shown. */
export function useGroupExport(shown: ShownGroups): void {
  const latest = useRef(shown);
  latest.current = shown;
  const { layerName } = shown;
  useEffect(
    () =>
      offerExport({
        name: `${layerName}-groups`,
        title: () => `Groups of ${layerName}`,
        subject: () => subjectOf(latest.current),
        hasLegend: false,
        drawing: () => drawingOf(latest.current),
        table: () => tableOf(latest.current),
      }),
    [layerName],
  );
}

function subjectOf({ found: { header } }: ShownGroups): string {
  return `${header.count} groups by ${wordsOf(header.method)} at step ${formatStep(header.step)}, found at step ${formatStep(header.anchor)}`;
}

const ROW = 64;
const LABELS = 250;
const LIFE = { width: 420, height: 46 };

function drawingOf({ rows, found }: ShownGroups): Drawing {
  const of = found.header.method === "" ? "responses" : `|${titleOfMethod(found.header.method)}|`;
  const top = topStrength(rows);
  const { text, muted, page } = roles.value;
  const shapes = rows.flatMap((row): Shape[] => {
    const y = row.group * ROW + 8;
    const units = row.units.map(({ number }) => number).join(", ");
    const name = `Group ${row.group + 1}, ${formatShare(row.strength)} of ${of}`;
    const place = { x: 0, maxWidth: LABELS - 10 };
    return [
      { kind: "text", ...place, y: y + 16, text: name, fill: text, size: 13, weight: 600 },
      { kind: "text", ...place, y: y + 34, text: `units ${units}`, fill: muted, size: 11 },
      { kind: "svg", rect: { x: LABELS, y, ...LIFE }, markup: lifeOf(row, top) },
    ];
  });
  return { width: LABELS + LIFE.width, height: rows.length * ROW + 8, background: page, shapes };
}

function lifeOf(row: GroupRow, top: number): string {
  const { accent, text, border } = roles.value;
  const { band, line } = layOutLife(row.strengths, row.likeness, top, LIFE);
  const size = `width="${LIFE.width}" height="${LIFE.height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size}>`,
    `<rect ${size} fill="none" stroke="${border}"/>`,
    `<path d="${band}" fill="${accent}" fill-opacity="0.55"/>`,
    `<path d="${line}" fill="none" stroke="${text}"/>`,
    "</svg>",
  ].join("");
}

const COLUMNS = [
  "run",
  "step",
  "responses",
  "group",
  "strength",
  "alike",
  "units",
  "weights",
] as const;

function tableOf({ layerName: _, found }: ShownGroups): Table {
  const known = groupLives.value.filter((life) => life !== null);
  return { columns: COLUMNS, rows: lifeRows(known.length > 0 ? known : [found]) };
}

/** A row a record and group, with its units by falling weight. */
export function* lifeRows(lives: readonly GroupTable[]): Generator<Cell[]> {
  const run = shownRecording.value?.records.run ?? "";
  for (const { header, strength, alike, weights, units } of lives) {
    for (const [group, own] of strength.entries()) {
      const first = group * units.length;
      const heavy = Array.from(units, (unit, place) => ({
        unit,
        weight: weights[first + place] ?? 0,
      }))
        .filter(({ weight }) => weight >= 0.1)
        .toSorted((a, b) => b.weight - a.weight);
      const [numbers, shares] = [
        heavy.map(({ unit }) => unit).join(" "),
        heavy.map(({ weight }) => weight.toPrecision(3)).join(" "),
      ];
      yield [
        run,
        header.step,
        header.method || "activation",
        group + 1,
        own,
        alike[group] ?? Number.NaN,
        numbers,
        shares,
      ];
    }
  }
}
