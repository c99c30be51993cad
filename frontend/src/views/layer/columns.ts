/** The columns of the layer tables: what their cells say, sort by and are drawn with. */
import { type LayerTable, type Recording, STATE_NAMES, type StateName } from "../../api";
import { colourOf, type Scale } from "../../colour";
import { MEANING_DRIFT } from "../../dictionary";
import type { IconTable } from "../../dictionary-api";
import { iconAt } from "../../layout/unit-icon";
import { formatCount, formatSigned, formatSignedCount, formatValue } from "../../numbers";
import { VIRIDIS } from "../../palettes";
import { wordsOf } from "../../response-methods";
import { responseMethod } from "../../state";
import { COUNTED_ONCE, definitionOf } from "../../states";
import { formatStep } from "../../steps";
import { figureTitleOf, groupOf, layerAverageOf, titleOf, titleOfState } from "../../titles";
import type { LayerRow, UnitRow } from "./rows";

/** A column: what it is called, how it sorts and what its cells show, on the screen as in a picture. */
export interface TableColumn<Row> {
  /** In the address, and over the column in a file. */
  readonly name: string;
  readonly title: string;
  /** What it stands under, together with its neighbours of the same. */
  readonly group?: string;
  /** What it means, in a sentence. */
  readonly meaning: string;
  readonly isText?: boolean;
  /** Counts of 0 step back. */
  readonly isCount?: boolean;
  readonly key: (row: Row) => number | string;
  /** What a file holds, where that is not the key. */
  readonly stored?: (row: Row) => number | string;
  readonly text: (row: Row) => string;
  /** The longest text of any row: a column keeps its width whichever rows are visible. */
  readonly letters: number;
  /** State whose glyph stands before the text. */
  readonly state?: (row: Row) => StateName | null;
  /** What the cell's text means. */
  readonly hint?: (row: Row) => string;
  /** Colour of the value on the scale, as CSS writes it. */
  readonly swatch?: (row: Row) => string | null;
  /** The unit whose icon stands in place of the text. */
  readonly icon?: (row: Row) => { readonly layerName: string; readonly unit: number };
}

/** Letters of the longest that `formatValue` writes, sign included. */
export const VALUE_LETTERS = 8;
/** Letters of the longest name of a state. */
export const STATE_LETTERS = 10;
/** What a column of states means. */
export const STATE_MEANING =
  "Dead, silent, dormant, saturated or not finite at this step; the most telling state where several hold";

/** What decides the columns of a table of units. */
export interface UnitColumns {
  readonly table: LayerTable;
  /** The recording whose units are shown. */
  readonly recording: Recording | null;
  readonly isDifference: boolean;
  /** The statistic that is coloured, and how. */
  readonly statistic: string;
  readonly scale: Scale;
  /** Name of the second probe set that units' drift is from; undefined without one. */
  readonly driftFrom?: string | undefined;
  /** What icons show; null where no examples were recorded. */
  readonly icons?: IconTable | null;
  /** Whether the drift of meaning is known. */
  readonly hasMeaningDrift?: boolean;
}

export function unitColumns(asked: UnitColumns): TableColumn<UnitRow>[] {
  const { table, recording } = asked;
  const steps = recording?.records.steps ?? [];
  const stepOf = ({ silentSince }: UnitRow) => (silentSince < 0 ? "" : (steps[silentSince] ?? ""));
  return [
    {
      name: "unit",
      title: "unit",
      meaning: "Index along the layer's unit axis",
      key: ({ unit }) => unit,
      text: ({ unit }) => String(unit),
      letters: String(table.states.length).length,
    },
    ...(asked.icons ? [iconColumn(asked.icons)] : []),
    stateColumn(asked),
    {
      name: "silent since",
      title: asked.isDifference ? "silent in A since" : "silent since",
      meaning: "The step from which the unit has been silent without a break",
      key: ({ silentSince }) => (silentSince < 0 ? Number.NaN : silentSince),
      stored: stepOf,
      text: (row) => (row.silentSince < 0 ? "" : formatStep(stepOf(row))),
      letters: formatStep(steps.at(-1)).length,
    },
    ...(asked.hasMeaningDrift ? [meaningColumn(asked)] : []),
    ...(asked.driftFrom === undefined ? [] : [driftColumn(asked, asked.driftFrom)]),
    ...table.header.statistics.map((name, place) => statisticColumn(asked, name, place)),
  ];
}

function stateColumn({ recording, isDifference }: UnitColumns): TableColumn<UnitRow> {
  const thresholds = recording?.records.thresholds;
  return {
    name: "state",
    title: isDifference ? "state in A" : "state",
    meaning: STATE_MEANING,
    isText: true,
    key: ({ state }) => state ?? "",
    text: ({ state }) => (state ? titleOfState(state) : ""),
    letters: STATE_LETTERS,
    state: ({ state }) => state,
    hint: ({ state }) => (state && thresholds ? definitionOf(state, thresholds) : ""),
  };
}

function statisticColumn(asked: UnitColumns, name: string, place: number): TableColumn<UnitRow> {
  const { recording, isDifference, scale } = asked;
  const described = recording?.records.statistics.find((statistic) => statistic.name === name);
  const valueIn = ({ values }: UnitRow) => values[place] ?? Number.NaN;
  const format = isDifference ? formatSigned : formatValue;
  const swatch = (row: UnitRow) =>
    Number.isFinite(valueIn(row)) ? colourOf(scale, valueIn(row)) : null;
  return {
    name,
    title: isDifference ? `Δ ${figureTitleOf(name)}` : figureTitleOf(name),
    group: groupOf(name),
    meaning: `${isDifference ? "A − B. " : ""}${described?.description ?? ""}`,
    key: valueIn,
    text: (row) => format(valueIn(row)),
    letters: VALUE_LETTERS,
    ...(name === asked.statistic ? { swatch } : {}),
  };
}

/** Gaps are shares: one scale from none to all. */
const DRIFT_SCALE: Scale = {
  kind: "linear",
  isDiverging: false,
  min: 0,
  max: 1,
  floor: 0,
  palette: VIRIDIS,
};

function driftColumn({ isDifference }: UnitColumns, other: string): TableColumn<UnitRow> {
  const valueIn = ({ drift = Number.NaN }: UnitRow) => drift;
  return {
    name: "drift",
    title: isDifference ? `drift from ${other}, A` : `drift from ${other}`,
    group: "response",
    meaning: `Largest gap between the cumulative distributions of the unit's ${wordsOf(responseMethod.value)} to this probe set and to ${other}, at this step: 0 where they are alike, 1 where they don't overlap (Kolmogorov and Smirnov)`,
    key: valueIn,
    text: (row) => formatValue(valueIn(row)),
    letters: VALUE_LETTERS,
    swatch: (row) => (Number.isFinite(valueIn(row)) ? colourOf(DRIFT_SCALE, valueIn(row)) : null),
  };
}

/** Letters that an icon takes: a picture, or words beside each other. */
const ICON_LETTERS = { picture: 3, signal: 5, numbers: 4, tokens: 14, columns: 18 } as const;

/** The unit's icon, for tables whose rows are of units. */
export function iconColumn<Row extends { readonly unit: number }>(
  table: IconTable,
): TableColumn<Row> {
  const { layer, form } = table.header;
  const exampleOf = ({ unit }: Row) => iconAt(table, unit)?.example ?? Number.NaN;
  return {
    name: "top example",
    title: "top",
    meaning:
      "What the unit sees of the example that it responds to most, at this step; sorts by the example’s number",
    isText: true,
    key: exampleOf,
    text: (row) => (Number.isFinite(exampleOf(row)) ? String(exampleOf(row)) : ""),
    letters: ICON_LETTERS[form],
    icon: ({ unit }) => ({ layerName: layer, unit }),
  };
}

function meaningColumn({ isDifference }: UnitColumns): TableColumn<UnitRow> {
  const valueIn = ({ meaningDrift = Number.NaN }: UnitRow) => meaningDrift;
  return {
    name: "meaning drift",
    title: isDifference ? "meaning drift, A" : "meaning drift",
    group: "response",
    meaning: MEANING_DRIFT,
    key: valueIn,
    text: (row) => formatValue(valueIn(row)),
    letters: VALUE_LETTERS,
    swatch: (row) => (Number.isFinite(valueIn(row)) ? colourOf(DRIFT_SCALE, valueIn(row)) : null),
  };
}

/** Columns of the table of all layers. */
export function layerColumns(
  recording: Recording,
  statistic: string,
  isDifference: boolean,
): TableColumn<LayerRow>[] {
  const { layers } = recording.records;
  const delta = isDifference ? "Δ " : "";
  const [count, value] = isDifference
    ? [formatSignedCount, formatSigned]
    : [formatCount, formatValue];
  const longest = (texts: readonly string[]) => Math.max(0, ...texts.map(({ length }) => length));
  return [
    {
      name: "layer",
      title: "layer",
      meaning: "In execution order",
      isText: true,
      key: (row) => row.layer,
      stored: (row) => row.name,
      text: (row) => row.name,
      letters: longest(layers.map(({ name }) => name)),
    },
    {
      name: "kind",
      title: "kind",
      meaning: "Kind of layer",
      isText: true,
      key: (row) => row.kind,
      text: (row) => row.kind,
      letters: longest(layers.map(({ kind }) => kind)),
    },
    {
      name: "units",
      title: "units",
      meaning: "Units of the layer",
      key: (row) => row.units,
      text: (row) => formatCount(row.units),
      letters: longest(layers.map(({ units }) => formatCount(units))),
    },
    ...STATE_NAMES.map(
      (state, place): TableColumn<LayerRow> => ({
        name: state,
        title: delta + titleOfState(state),
        meaning: `Units that are ${titleOfState(state)} at this step${isDifference ? ": A's less B's" : ""}. ${COUNTED_ONCE}`,
        isCount: true,
        key: (row) => row.counts[place] ?? 0,
        text: (row) => count(row.counts[place] ?? 0),
        letters: 7,
      }),
    ),
    {
      name: `average ${statistic}`,
      title: delta + layerAverageOf(statistic),
      meaning: `${isDifference ? "A − B. " : ""}Average of ${titleOf(statistic)} over the layer's units`,
      key: (row) => row.mean,
      text: (row) => value(row.mean),
      letters: VALUE_LETTERS,
    },
  ];
}

/** Neighbouring columns of one group. */
export interface ColumnGroup {
  /** Empty over columns that stand under nothing. */
  readonly title: string;
  readonly columns: number;
}

/** What columns stand under, from left to right; none where all that have a group have the same. */
export function columnGroups(
  columns: readonly { readonly group?: string }[],
): readonly ColumnGroup[] {
  const titles = columns.map(({ group }) => group ?? "");
  if (new Set(titles.filter(Boolean)).size < 2) return [];
  const begins = titles.flatMap((title, place) => (title === titles[place - 1] ? [] : [place]));
  return begins.map((place, group) => ({
    title: titles[place] ?? "",
    columns: (begins[group + 1] ?? titles.length) - place,
  }));
}

/** A title in at most two lines, the longer of them as short as it can be. */
export function titleLines(title: string): readonly string[] {
  const words = title.split(" ");
  const splits = words
    .slice(1)
    .map((_, cut): [string, string] => [
      words.slice(0, cut + 1).join(" "),
      words.slice(cut + 1).join(" "),
    ]);
  const longer = ([first, second]: [string, string]) => Math.max(first.length, second.length);
  const [best] = splits.filter(([first]) => first !== "Δ").sort((a, b) => longer(a) - longer(b));
  return best && title.length > VALUE_LETTERS ? best : [title];
}
