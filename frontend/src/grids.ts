/** Activation grids of the side that is shown: which there are, a layer's at the told step, and the cell that is read. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Recording } from "./api";
import { askFor, nameOf, versionOf } from "./asking";
import {
  fetchGrid,
  fetchGridSteps,
  fetchPosition,
  type GridQuestion,
  type GridTable,
  type PositionTable,
} from "./grids-api";
import type { Undo } from "./host";
import { largestOf } from "./layout/activation-grid";
import { isOfB, mapRecording, mapStep } from "./maps";
import {
  anchorRecord,
  example,
  gridCell,
  gridLayer,
  isVisible,
  playing,
  recordingA,
} from "./state";
import { recordOf } from "./steps";
import type { GridLayer, GridSteps } from "./wire";

/** A cell of an example. */
export interface Cell {
  readonly layer: string;
  readonly example: number;
  readonly position: number;
}

interface Kept<T> {
  /** What it is of, the step aside: that of the step before stands until the next has come. */
  readonly of: string;
  readonly value: T;
}

const lists = signal<ReadonlyMap<string, { version: string; list: GridSteps }>>(new Map());
const grids = signal<Kept<GridTable> | null>(null);
const layered = signal<Kept<ReadonlyMap<string, GridTable>> | null>(null);
const positions = signal<Kept<PositionTable> | null>(null);
const problem = signal<string | null>(null);
const attempt = signal(0);
/** By question and version: sizes and colours are on the scale of all records that there were. */
const keptGrids = new Map<string, GridTable>();
const keptPositions = new Map<string, PositionTable>();
const KEPT = 160;

/** The cell that is pointed at; it is read in place of the chosen one. */
export const pointedCell = signal<Cell | null>(null);

/** When activations of tracked examples were recorded, and of what; null before it is known. */
export const gridList: ReadonlySignal<GridSteps | null> = computed(() => {
  const recording = mapRecording.value;
  return recording ? (lists.value.get(nameOf(recording))?.list ?? null) : null;
});
/** The layer whose grids are shown: the chosen one, else the last with several positions. */
export const shownGridLayer: ReadonlySignal<GridLayer | null> = computed(() => {
  const known = gridList.value?.layers ?? [];
  const placed = known.filter(({ shape }) => shape.reduce((all, length) => all * length, 1) > 1);
  return known.find(({ layer }) => layer === gridLayer.value) ?? placed.at(-1) ?? known[0] ?? null;
});
/** The step of the record at or before the told one. */
export const gridStep: ReadonlySignal<string | null> = computed(() => {
  const steps = gridList.value?.steps ?? [];
  return steps[recordOf(steps, mapStep.value ?? "last")] ?? null;
});
/** The shown layer's cells of all tracked examples; null before they have come. */
export const shownGrid: ReadonlySignal<GridTable | null> = computed(() => {
  const of = JSON.stringify([nameOf(mapRecording.value), shownGridLayer.value?.layer]);
  return grids.value?.of === of ? grids.value.value : null;
});
/** By layer, the cells of the example at large; null before any have come. */
export const layerGrids: ReadonlySignal<ReadonlyMap<string, GridTable> | null> = computed(() => {
  const of = JSON.stringify([nameOf(mapRecording.value), example.value]);
  return layered.value?.of === of ? layered.value.value : null;
});
/** The chosen cell: the address's, else the one of the largest vector. */
export const chosenCell: ReadonlySignal<Cell | null> = computed(() => {
  const grid = shownGrid.value;
  if (!grid) return null;
  const [named = -1, position = -1] = (gridCell.value ?? "").split(":").map(Number);
  const wanted = example.value ?? named;
  const known = grid.header.examples.findIndex((one) => one.example === wanted);
  const place = Math.max(0, known);
  const found = grid.header.examples[place]?.example;
  if (found === undefined) return null;
  const isThere = found === named && position >= 0 && position < grid.positions;
  const start = place * grid.positions;
  const norms = grid.norms.subarray(start, start + grid.positions);
  const { layer } = grid.header;
  return { layer, example: found, position: isThere ? position : largestOf(norms) };
});
/** The cell that is read: the one that is pointed at, else the chosen one. */
export const readCell: ReadonlySignal<Cell | null> = computed(
  () => pointedCell.value ?? chosenCell.value,
);
/** The units behind the cell that is read, or behind the one before until they have come. */
export const readPosition: ReadonlySignal<PositionTable | null> = computed(() => {
  const of = nameOf(mapRecording.value);
  return positions.value?.of === of ? positions.value.value : null;
});
/** Why something could not be had, in a sentence. */
export const gridsProblem: ReadonlySignal<string | null> = problem;

/** Ask again for what could not be had. */
export function retryGrids(): void {
  problem.value = null;
  attempt.value++;
}

/** Choose a cell for good. */
export function chooseCell({ example: number, position }: Omit<Cell, "layer">): void {
  gridCell.value = `${number}:${position}`;
}

/** Keep what is shown at the told step. */
export function followGrids(): Undo {
  const stops = [effect(followList), effect(followGrid), effect(followLayers), effect(followCell)];
  return () => {
    for (const stop of stops) stop();
    pointedCell.value = null;
  };
}

/** Colours are fitted at A's anchor; those of another recording at its own last record. */
function anchorOf(recording: Recording): string | null {
  const of = recordingA.value;
  if (!of || (isOfB.value && nameOf(of) !== nameOf(recording))) return null;
  return of.records.steps[anchorRecord.value] ?? null;
}

function followList(): Undo | undefined {
  void attempt.value;
  const recording = mapRecording.value;
  if (!recording || !isVisible.value) return undefined;
  const [name, version] = [nameOf(recording), versionOf(recording)];
  if (lists.peek().get(name)?.version === version) return undefined;
  return load(
    (asked) => fetchGridSteps(recording.key, asked),
    (list) => {
      lists.value = new Map([...lists.peek(), [name, { version, list }]]);
    },
  );
}

function questionOf(layer: string, only: number | null): GridQuestion | null {
  const [recording, step] = [mapRecording.value, gridStep.value];
  if (!recording || step === null || !isVisible.value) return null;
  return { key: recording.key, layer, step, anchor: anchorOf(recording), example: only };
}

function followGrid(): Undo | undefined {
  void attempt.value;
  const layer = shownGridLayer.value?.layer;
  const question = layer === undefined ? null : questionOf(layer, null);
  if (!question) return undefined;
  const of = JSON.stringify([nameOf(mapRecording.value), layer]);
  return load(
    (asked) => gridFor(question, asked),
    (value) => {
      grids.value = { of, value };
    },
    playing.value ? 60 : 0,
  );
}

/** While an example is at large, its cells in all layers. */
function followLayers(): Undo | undefined {
  void attempt.value;
  const [only, list] = [example.value, gridList.value];
  if (only === null || !list?.examples.some((one) => one.example === only)) return undefined;
  const questions = list.layers.flatMap(({ layer }) => questionOf(layer, only) ?? []);
  if (questions.length === 0) return undefined;
  const of = JSON.stringify([nameOf(mapRecording.value), only]);
  return load(
    (asked) => Promise.all(questions.map((question) => gridFor(question, asked))),
    (tables) => {
      const value = new Map(tables.map((table) => [table.header.layer, table]));
      layered.value = { of, value };
    },
    playing.value ? 60 : 0,
  );
}

function followCell(): Undo | undefined {
  void attempt.value;
  const cell = readCell.value;
  const question = cell && questionOf(cell.layer, null);
  if (!cell || !question) return undefined;
  const of = nameOf(mapRecording.value);
  const name = JSON.stringify([question, cell, shownVersion()]);
  // Whoever crosses a grid with the pointer wants the last of the cells.
  return load(
    (asked) => once(keptPositions, name, () => fetchPosition(question, cell, asked)),
    (value) => {
      positions.value = { of, value };
    },
    keptPositions.has(name) ? 0 : 40,
  );
}

function gridFor(question: GridQuestion, asked: AbortSignal): Promise<GridTable> {
  const name = JSON.stringify([question, shownVersion()]);
  return once(keptGrids, name, () => fetchGrid(question, asked));
}

async function once<T>(kept: Map<string, T>, name: string, find: () => Promise<T>): Promise<T> {
  const known = kept.get(name);
  if (known !== undefined) return known;
  const found = await find();
  kept.set(name, found);
  for (const old of [...kept.keys()].slice(0, -KEPT)) kept.delete(old);
  return found;
}

function load<T>(
  find: (asked: AbortSignal) => Promise<T>,
  show: (found: T) => void,
  pause = 0,
): Undo {
  return askFor(find, show, problem, pause);
}

function shownVersion(): string | null {
  const recording = mapRecording.value;
  return recording && versionOf(recording);
}
