/** The one selection that drives every view: what is shown, of which run, at which step. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import {
  type Area,
  type ExampleFilter,
  type ExampleForm,
  type ExampleSort,
  type FlowNodes,
  type FlowOrder,
  type GridSort,
  type JointForm,
  type LayerForm,
  type MapColour,
  type MapStyle,
  type Mode,
  NOTHING_CHOSEN,
  type Only,
  type View,
} from "./address";
import type { Recording, RecordingKey } from "./api";
import { type Coloured, colouredBy, topOfFilm } from "./classes";
import { defaultScaleKind, makeScale, type Scale, type ScaleKind } from "./colour";
import { type Comparison, compareRecordings } from "./comparison";
import { theme } from "./host";
import { recordOf } from "./steps";
import type { Layer, PointKind, RecordingSummary, RunSummary, Runs, Statistic } from "./wire";

export type { FlowOrder, JointForm, LayerForm, Mode, Only, Selection, View } from "./address";
export type { ScaleKind } from "./colour";
export { isVisible, theme } from "./host";

/** A unit by its layer's index and its own within the layer. */
export interface UnitPlace {
  readonly layer: number;
  readonly unit: number;
}

const chosen = NOTHING_CHOSEN;

// What the user chose; in the address (address.ts).
export const view = signal<View>(chosen.view);
export const runA = signal<string | null>(chosen.runA);
export const stepA = signal<string>(chosen.stepA);
export const runB = signal<string | null>(chosen.runB);
export const stepB = signal<string | null>(chosen.stepB);
export const modelName = signal<string | null>(chosen.model);
export const probeName = signal<string | null>(chosen.probe);
export const statisticName = signal<string | null>(chosen.statistic);
/** The class whose examples alone colour the overview, by its name. */
export const className = signal<string | null>(chosen.className);
/** What the overview's tiles are sized by. */
export const area = signal<Area>(chosen.area);
/** Attributions on the Unit page, of areas and changes, as "method:target". */
export const attribution = signal<string | null>(chosen.attribution);
export const mode = signal<Mode>(chosen.mode);
export const layerName = signal<string | null>(chosen.layerName);
export const unit = signal<number | null>(chosen.unit);
export const only = signal<Only>(chosen.only);
export const scaleChoice = signal<ScaleKind | null>(chosen.scale);
export const anchor = signal<string | null>(chosen.anchor);
export const sortColumn = signal<string | null>(chosen.sort);
/** Path of the module, or name of the layer, that fills the overview. */
export const focus = signal<string | null>(chosen.focus);

/** Whether the unit view's step axes are logarithmic. */
export const isLogSteps = signal(chosen.isLogSteps);
/** Whether the unit view shows its records as rows in place of the charts. */
export const isUnitTable = signal(chosen.isUnitTable);
/** Method whose maps are shown; null: the first that has some. */
export const mapMethod = signal<string | null>(chosen.mapMethod);
/** Layer at which that method reads; null: the first that has maps. */
export const mapLayer = signal<string | null>(chosen.mapLayer);
/** What the maps explain; null: what the last record explained. */
export const mapTarget = signal<string | null>(chosen.mapTarget);
/** How much of the input a map covers, in percent. */
export const mapOpacity = signal(chosen.mapOpacity);
export const exampleSort = signal<ExampleSort>(chosen.exampleSort);
export const exampleFilter = signal<ExampleFilter>(chosen.exampleFilter);
/** The tracked example that is shown at large. */
export const example = signal<number | null>(chosen.example);
/** Whether the examples are shown as rows in place of pictures. */
export const isExampleTable = signal(chosen.isExampleTable);
/** How tracked examples are seen. */
export const exampleForm = signal<ExampleForm>(chosen.exampleForm);
/** Layer whose activation grids are shown; null: the last with positions. */
export const gridLayer = signal<string | null>(chosen.gridLayer);
/** The cell whose units are listed, "example:position"; null: the largest. */
export const gridCell = signal<string | null>(chosen.gridCell);
/** The class toward which attributions are shown; null: each example's predicted one. */
export const gridClass = signal<number | null>(chosen.gridClass);
export const gridSort = signal<GridSort>(chosen.gridSort);
/** Whether cells are shaded by attribution in place of their components' colours. */
export const isGridShaded = signal(chosen.isGridShaded);
/** Layer whose units' evidence is shown; null: the last before the logits. */
export const evidenceLayer = signal<string | null>(chosen.evidenceLayer);
/** The class that the prediction is held against; null: the label, or the next one. */
export const evidenceRival = signal<number | null>(chosen.evidenceRival);
/** Whether the layer view lists what changed in place of its units. */
export const isChanges = signal(chosen.isChanges);
/** How a layer is seen. */
export const layerForm = signal<LayerForm>(chosen.layerForm);
/** How many groups the units of a layer are put in. */
export const groupCount = signal(chosen.groupCount);
/** The group of the layer that is marked, from 0; null for none. */
export const unitGroup = signal<number | null>(chosen.unitGroup);
/** Whether the matrix of responses is shown as rows. */
export const isPatternTable = signal(chosen.isPatternTable);

/** The examples whose flow is shown, as the recording names them. */
export const flowGroup = signal(chosen.flowGroup);
/** Method whose flow is shown; null: the first that was recorded. */
export const flowMethod = signal<string | null>(chosen.flowMethod);
/** Most units of a layer that the flow shows; null: all that were recorded. */
export const flowUnits = signal<number | null>(chosen.flowUnits);
/** Links below this percentage of the largest are not drawn. */
export const flowThreshold = signal(chosen.flowThreshold);
export const flowOrder = signal<FlowOrder>(chosen.flowOrder);
/** Whether the flow's nodes are units or groups of them. */
export const flowNodes = signal<FlowNodes>(chosen.flowNodes);
/** Whether the flow view shows its links as rows. */
export const isFlowTable = signal(chosen.isFlowTable);

/** Layer of the response on the joint view's vertical axis; null: the default beside the first. */
export const pairLayer = signal<string | null>(chosen.pairLayer);
/** Its unit; null: the layer's first principal component. */
export const pairUnit = signal<number | null>(chosen.pairUnit);
export const jointForm = signal<JointForm>(chosen.jointForm);
/** Whether the joint view lists examples in place of its picture. */
export const isJointTable = signal(chosen.isJointTable);
/** By which method of attribution responses are shown, in every view of them; empty: activations. */
export const responseMethod = signal(chosen.responseMethod);
/** The examples that views narrow themselves to, as a filter's expression; empty: all. */
export const filter = signal(chosen.filter);
/** Filters under names, as `choices.ts` reads them; empty: those that this browser keeps. */
export const subsets = signal(chosen.subsets);
/** Whether the map's points are units or examples. */
export const pointKind = signal<PointKind>(chosen.pointKind);
/** By which projection the map's points are laid out. */
export const projection = signal(chosen.projection);
export const mapStyle = signal<MapStyle>(chosen.mapStyle);
export const mapColour = signal<MapColour | null>(chosen.mapColour);
/** Whether the map lists its points as rows. */
export const isMapTable = signal(chosen.isMapTable);
/** Units of a layer that are kept in sight: "3,5@layer" (`choices.ts` reads it). */
export const pins = signal<string | null>(chosen.pins);

// What passes: not in the address.
/** Whether it was said what of A and B to show; if not, the first B that is chosen is shown. */
export const isModeChosen = signal(false);
export const hovered = signal<UnitPlace | null>(null);
export const playing = signal(false);
/** Records a second while playing. */
export const speed = signal(10);

// What the server answered; set by loading.ts.
export const runs = signal<Runs | null>(null);
export const recordingA = signal<Recording | null>(null);
export const recordingB = signal<Recording | null>(null);

/** The recording that A names, or null when there is none of that name. */
export const keyA: ReadonlySignal<RecordingKey | null> = computed(() => resolve(runA.value));
/** The recording that B names; A's where no run was chosen for B. */
export const keyB: ReadonlySignal<RecordingKey | null> = computed(() =>
  runB.value === null ? keyA.value : resolve(runB.value),
);

/** A's record, -1 where there is none. */
export const recordA: ReadonlySignal<number> = computed(() =>
  recordOf(recordingA.value?.records.steps ?? [], stepA.value),
);
/** Decimal step of A's record. */
export const currentStepA: ReadonlySignal<string | null> = computed(
  () => recordingA.value?.records.steps[recordA.value] ?? null,
);
/** What B's step is when not chosen: the beginning of the same run, the same step of another. */
export const effectiveStepB: ReadonlySignal<string> = computed(
  () => stepB.value ?? (runB.value === null ? "first" : "same"),
);
/** B's record, -1 where there is none. */
export const recordB: ReadonlySignal<number> = computed(() => {
  const wanted = effectiveStepB.value;
  const step = wanted === "same" ? (currentStepA.value ?? "last") : wanted;
  return recordOf(recordingB.value?.records.steps ?? [], step);
});
/** Decimal step of B's record. */
export const currentStepB: ReadonlySignal<string | null> = computed(
  () => recordingB.value?.records.steps[recordB.value] ?? null,
);
/** Whether B takes part: it was chosen, or is shown. */
export const hasB: ReadonlySignal<boolean> = computed(
  () => runB.value !== null || stepB.value !== null || mode.value !== "a",
);

/** Whether A and B can be laid side by side. */
export const comparison: ReadonlySignal<Comparison> = computed(() => {
  const [a, b] = [recordingA.value, recordingB.value];
  return a && b ? compareRecordings(a, b) : { ok: true };
});

/** The statistic that is shown: the chosen one, "frequency", or the first there is. */
export const statistic: ReadonlySignal<Statistic | null> = computed(() => {
  const statistics = recordingA.value?.records.statistics ?? [];
  const shown = statistics.filter(({ grid }) => grid !== "exact");
  const named = (name: string | null) => shown.find((candidate) => candidate.name === name);
  return named(statisticName.value) ?? named("frequency") ?? shown[0] ?? null;
});

/** The chosen layer's index among A's layers, -1 for none. */
export const layerIndex: ReadonlySignal<number> = computed(() => {
  const layers = recordingA.value?.records.layers ?? [];
  return layers.findIndex(({ name }) => name === layerName.value);
});
/** The chosen layer of A, or null. */
export const layer: ReadonlySignal<Layer | null> = computed(
  () => recordingA.value?.records.layers[layerIndex.value] ?? null,
);

/** What units are put in order by: the statistic, of the chosen class where it is known of one. */
export const ordering: ReadonlySignal<Coloured | null> = computed(() =>
  colouredBy(recordingA.value, statistic.value, className.value),
);
const overAll: ReadonlySignal<Coloured | null> = computed(() =>
  colouredBy(recordingA.value, statistic.value, null),
);
/** What colours units: the same in the overview; elsewhere every statistic is over all examples. */
export const coloured: ReadonlySignal<Coloured | null> = computed(() =>
  view.value === "overview" ? ordering.value : overAll.value,
);

/** Linear or logarithmic: the user's choice, or what suits the statistic. */
export const scaleKind: ReadonlySignal<ScaleKind> = computed(
  () => scaleChoice.value ?? defaultScaleKind(statistic.value?.grid ?? "fraction"),
);
/** The scale of a layer's mean over all examples, the same over all steps, for A and for B. */
export const meanScale: ReadonlySignal<Scale> = computed(() => scaleOf(overAll.value, false));
/** The same of differences of such means. */
export const meanDifferenceScale: ReadonlySignal<Scale> = computed(() =>
  scaleOf(overAll.value, true),
);
/** The scale of what is shown: values, or differences in mode "diff". */
export const scale: ReadonlySignal<Scale> = computed(() =>
  scaleOf(coloured.value, mode.value === "diff"),
);

/** The record at which units are put in order: the chosen step's, else the last one when loaded. */
export const anchorRecord: ReadonlySignal<number> = computed(() => {
  const steps = recordingA.value?.records.steps ?? [];
  return recordOf(steps, anchor.value ?? firstSeenLast.value ?? "last");
});
/** Last step when the recording was first loaded: a live run must not reshuffle its units. */
export const firstSeenLast = signal<string | null>(null);

/** The summary of a recording, as `runs` last told it. */
export function summaryOf(key: RecordingKey | null): RecordingSummary | null {
  const run = runs.value?.runs.find(({ name }) => name === key?.run);
  const isIt = (one: RecordingSummary) => one.model === key?.model && one.probe === key.probe;
  return run?.recordings.find(isIt) ?? null;
}

/** Runs that hold at least one recording. */
export function runsWithData(): readonly RunSummary[] {
  return runs.value?.runs.filter(({ recordings }) => recordings.length > 0) ?? [];
}

function resolve(run: string | null): RecordingKey | null {
  const candidates = runsWithData();
  const found = run === null ? candidates[0] : candidates.find(({ name }) => name === run);
  const matching = found?.recordings.filter(matchesChoice);
  const recording = matching?.[0] ?? (isAnyChosen() ? undefined : found?.recordings[0]);
  if (!found || !recording) return null;
  return { run: found.name, model: recording.model, probe: recording.probe };
}

function matchesChoice({ model, probe }: RecordingSummary): boolean {
  const isModel = modelName.value === null || modelName.value === model;
  return isModel && (probeName.value === null || probeName.value === probe);
}

function isAnyChosen(): boolean {
  return modelName.value !== null || probeName.value !== null;
}

function scaleOf(of: Coloured | null, isDifference: boolean): Scale {
  const b = recordingB.value;
  const top = Math.max(of?.top ?? 1, of && b ? topOfFilm(b, of.film) : 0);
  const choice = { kind: scaleKind.value, isDifference, theme: theme.value };
  return makeScale({ grid: of?.grid ?? "fraction", top }, choice);
}
