/** What colours the points: of units a statistic or their state, of examples classes and answers. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { schemeTableau10 } from "d3-scale-chromatic";
import { MAP_COLOURS, type MapColour } from "../../address";
import type { StateName } from "../../api";
import { assertNever } from "../../assert";
import { LevelTables } from "../../codes";
import { colourOf, type Scale, STATUS_COLOURS } from "../../colour";
import { arrived, filmOf, statesFilmOf } from "../../film";
import { planeLayer, planeRecord, planeRecording, planeStep, shownPlane } from "../../planes";
import { coloured, mapColour, pointKind, scale } from "../../state";
import { weightiest } from "../../states";
import { recordOf } from "../../steps";
import { type Roles, roles } from "../../theme";
import { titleOfState } from "../../titles";
import { classOf, nameOfClass } from "./shown";

/** How points are drawn; by their places in the table. */
export interface PointLooks {
  readonly colours: readonly string[];
  /** States that are marked on points; empty of examples. */
  readonly states: readonly (StateName | null)[];
}

/** What a colour stands for. */
export interface LegendEntry {
  readonly colour: string;
  readonly name: string;
  readonly count: number;
}

const OF_UNITS: readonly MapColour[] = ["statistic", "state"];

/** What may colour the points that are shown. */
export const colourChoices: ReadonlySignal<readonly MapColour[]> = computed(() => {
  if (pointKind.value === "units") return OF_UNITS;
  const hasLabels = shownPlane.value?.labels.some((label) => label >= 0) ?? false;
  return MAP_COLOURS.filter(
    (name) => !OF_UNITS.includes(name) && (hasLabels || name === "prediction"),
  );
});

/** What colours them: the choice where it fits, else the first that does. */
export const colourNow: ReadonlySignal<MapColour> = computed(() => {
  const offered = colourChoices.value;
  const chosen = mapColour.value;
  return chosen !== null && offered.includes(chosen) ? chosen : (offered[0] ?? "prediction");
});

/** Colours and marks of all points at the shown record. */
export const looks: ReadonlySignal<PointLooks> = computed(() => {
  const count = shownPlane.value?.points.length ?? 0;
  const places = Array.from({ length: count }, (_, point) => point);
  if (pointKind.value === "units") return looksOfUnits(places);
  const colourFor = exampleColour(colourNow.value, roles.value);
  return { colours: places.map(colourFor), states: [] };
});

/** Classes by colour, or right and wrong; empty where a scale tells what colours mean. */
export const legendEntries: ReadonlySignal<readonly LegendEntry[]> = computed(() => {
  void planeRecord.value;
  const count = shownPlane.value?.points.length ?? 0;
  if (pointKind.value === "units") return colourNow.value === "state" ? entriesOfStates() : [];
  const name = nameFor(colourNow.value);
  const colourFor = exampleColour(colourNow.value, roles.value);
  const found = new Map<string, LegendEntry & { readonly key: number }>();
  for (let point = 0; point < count; point++) {
    const { text, key } = name(point);
    const before = found.get(text)?.count ?? 0;
    found.set(text, { colour: colourFor(point), name: text, count: before + 1, key });
  }
  return [...found.values()].toSorted((a, b) => a.key - b.key);
});

function entriesOfStates(): LegendEntry[] {
  const { states, colours } = looks.value;
  const found = new Map<StateName | null, LegendEntry>();
  states.forEach((state, point) => {
    const count = (found.get(state)?.count ?? 0) + 1;
    const name = state === null ? "in no such state" : titleOfState(state);
    found.set(state, { colour: colours[point] ?? "", name, count });
  });
  return [...found]
    .toSorted(([a], [b]) => Number(a !== null) - Number(b !== null))
    .map(([, e]) => e);
}

/** The value of a unit's statistic at the shown step; NaN where there is none, or none yet. */
export function statisticOf(number: number): number {
  return readFrame()?.valueAt(number) ?? Number.NaN;
}

/** A unit's state at the shown step. */
export function stateOf(number: number): StateName | null {
  return readFrame()?.stateAt(number) ?? null;
}

function looksOfUnits(places: readonly number[]): PointLooks {
  const frame = readFrame();
  const points = shownPlane.value?.points;
  const numbers = places.map((point) => points?.[point] ?? -1);
  const states = numbers.map((number) => frame?.stateAt(number) ?? null);
  const { muted, accent } = roles.value;
  if (colourNow.value === "state") {
    return { colours: states.map((state) => (state ? stateColour(state) : accent)), states };
  }
  const colourFor = frame ? frame.colourBy(scale.value) : () => muted;
  return { colours: numbers.map(colourFor), states };
}

/** Silent is nearly black: on a dark page it would not be seen. */
function stateColour(state: StateName): string {
  return state === "silent" ? roles.value.muted : STATUS_COLOURS[state];
}

interface UnitFrame {
  readonly valueAt: (number: number) => number;
  readonly stateAt: (number: number) => StateName | null;
  readonly colourBy: (scale: Scale) => (number: number) => string;
}

/** Values and states of the layer's units at the shown step; null before they have come. */
function readFrame(): UnitFrame | null {
  void arrived.value;
  const [recording, of] = [planeRecording.value, coloured.value];
  if (!recording || !of) return null;
  const layer = recording.records.layers.findIndex(({ name }) => name === planeLayer.value);
  const record = recordOf(recording.records.steps, planeStep.value ?? "last");
  const film = filmOf(recording, of.film);
  const frame = film.frame(record);
  if (layer < 0 || !frame) return null;
  const start = recording.unitStart[layer] ?? 0;
  // The frame is a view that the next one overwrites.
  const codes = frame.codes.slice(start, start + (recording.records.layers[layer]?.units ?? 0));
  const table = new LevelTables(film.grid).at(frame.offsets[layer] ?? 0);
  const bits = statesFilmOf(recording)
    .frame(record)
    ?.codes.slice(start, start + codes.length);
  return {
    valueAt: (number) => table[codes[number] ?? 255] ?? Number.NaN,
    stateAt: (number) =>
      weightiest(bits?.[number] ?? 0, recording.deadSince[start + number] ?? -1, record),
    colourBy: (by) => {
      const colours = Array.from(table, (value) => colourOf(by, value));
      return (number) => colours[codes[number] ?? 255] ?? "";
    },
  };
}

function exampleColour(by: MapColour, { muted, danger, accent }: Roles): (point: number) => string {
  const ofClass = (index: number) =>
    index < 0 ? muted : (schemeTableau10[index % schemeTableau10.length] ?? muted);
  switch (by) {
    case "class":
      return (point) => ofClass(classOf(point, "label"));
    case "prediction":
      return (point) => ofClass(classOf(point, "prediction"));
    case "correct":
      return (point) => {
        const right = isRight(point);
        return right === null ? muted : right ? accent : danger;
      };
    case "statistic":
    case "state":
      return () => accent;
    default:
      return assertNever(by);
  }
}

/** Whether the prediction is the label; null where either is unknown. */
export function isRight(point: number): boolean | null {
  const [label, prediction] = [classOf(point, "label"), classOf(point, "prediction")];
  return label < 0 || prediction < 0 ? null : label === prediction;
}

function nameFor(by: MapColour): (point: number) => { text: string; key: number } {
  if (by === "correct") {
    return (point) => {
      const right = isRight(point);
      if (right === null) return { text: "unknown", key: 2 };
      return right ? { text: "right", key: 0 } : { text: "wrong", key: 1 };
    };
  }
  return (point) => {
    const index = classOf(point, by === "class" ? "label" : "prediction");
    return index < 0
      ? { text: "unknown", key: Number.POSITIVE_INFINITY }
      : { text: nameOfClass(index), key: index };
  };
}
