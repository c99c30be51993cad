/** Evidence for and against classes: when it was recorded, a layer's at the told step, and a unit's. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Recording } from "./api";
import { askFor, nameOf, versionOf } from "./asking";
import {
  fetchEvidenceSteps,
  fetchLayerEvidence,
  fetchUnitEvidence,
  type LayerEvidenceTable,
  type UnitEvidenceTable,
} from "./evidence-api";
import type { Undo } from "./host";
import { mapRecording, mapStep } from "./maps";
import { evidenceLayer, isVisible, layer, playing, recordingA, unit } from "./state";
import { recordOf } from "./steps";
import type { EvidenceSteps } from "./wire";

interface Listed {
  /** Changes when the recording has grown: the older list stays until the newer has come. */
  readonly version: string;
  readonly list: EvidenceSteps;
}

interface Shown<T> {
  /** Recording and layer, or unit: the step may be another than the told one until that has come. */
  readonly of: string;
  readonly table: T;
}

const lists = signal<ReadonlyMap<string, Listed>>(new Map());
const layers = signal<Shown<LayerEvidenceTable> | null>(null);
const units = signal<Shown<UnitEvidenceTable> | null>(null);
const problem = signal<string | null>(null);
const attempt = signal(0);
const keptLayers = new Map<string, LayerEvidenceTable>();
const keptUnits = new Map<string, UnitEvidenceTable>();
const KEPT = 48;

/** What of the side that is shown was recorded; null before it is known. */
export const evidenceList: ReadonlySignal<EvidenceSteps | null> = computed(() =>
  listOf(mapRecording.value),
);
/** The same of A, which the Unit page is of. */
export const evidenceListA: ReadonlySignal<EvidenceSteps | null> = computed(() =>
  listOf(recordingA.value),
);
/** Whether the side that is shown has evidence. */
export const hasEvidence: ReadonlySignal<boolean> = computed(
  () => (evidenceList.value?.layers.length ?? 0) > 0,
);
/** The layer whose evidence is shown: the chosen one, else the last before the logits. */
export const shownEvidenceLayer: ReadonlySignal<string | null> = computed(() => {
  const known = evidenceList.value?.layers ?? [];
  return known.find((name) => name === evidenceLayer.value) ?? known.at(-2) ?? known[0] ?? null;
});
/** The step of the record of evidence at or before the told one; the first one before that. */
export const evidenceStep: ReadonlySignal<string | null> = computed(() => {
  const steps = evidenceList.value?.steps ?? [];
  return steps[recordOf(steps, mapStep.value ?? "last")] ?? null;
});
/** The shown layer's evidence at the latest step that has come; null before any has. */
export const layerEvidence: ReadonlySignal<LayerEvidenceTable | null> = computed(() =>
  layers.value?.of === layerWanted.value ? (layers.value?.table ?? null) : null,
);
/** The chosen unit's evidence in A; null before it has come. */
export const unitEvidence: ReadonlySignal<UnitEvidenceTable | null> = computed(() =>
  units.value?.of === unitWanted.value ? (units.value?.table ?? null) : null,
);
/** Why something could not be had, in a sentence. */
export const evidenceProblem: ReadonlySignal<string | null> = problem;

const layerWanted = computed(() =>
  JSON.stringify([nameOf(mapRecording.value), shownEvidenceLayer.value]),
);
const unitWanted = computed(() =>
  JSON.stringify([nameOf(recordingA.value), layer.value?.name, unit.value]),
);

/** Ask again for what could not be had. */
export function retryEvidence(): void {
  problem.value = null;
  attempt.value++;
}

/** Keep the evidence of a layer at the told step, of the side that is shown. */
export function followLayerEvidence(): Undo {
  return all([effect(() => followList(mapRecording.value)), effect(followLayer)]);
}

/** Keep the evidence of the chosen unit of A. */
export function followUnitEvidence(): Undo {
  return all([effect(() => followList(recordingA.value)), effect(followUnit)]);
}

function all(stops: readonly Undo[]): Undo {
  return () => {
    for (const stop of stops) stop();
  };
}

function followList(recording: Recording | null): Undo | undefined {
  void attempt.value;
  if (!recording || !isVisible.value) return undefined;
  const [name, version] = [nameOf(recording), versionOf(recording)];
  if (lists.peek().get(name)?.version === version) return undefined;
  return load(
    (asked) => fetchEvidenceSteps(recording.key, asked),
    (list) => {
      const others = [...lists.peek()].filter(([other]) => other !== name);
      lists.value = new Map([...others.slice(1 - KEPT), [name, { version, list }]]);
    },
  );
}

function followLayer(): Undo | undefined {
  void attempt.value;
  const [recording, name] = [mapRecording.value, shownEvidenceLayer.value];
  const [step, of] = [evidenceStep.value, layerWanted.value];
  if (!recording || name === null || step === null || !isVisible.value) return undefined;
  const key = JSON.stringify([of, step]);
  const show = (table: LayerEvidenceTable) => {
    keep(keptLayers, key, table);
    layers.value = { of, table };
  };
  const known = keptLayers.get(key);
  if (known) {
    show(known);
    return undefined;
  }
  // A film passes faster than it could be read.
  const pause = playing.value ? 250 : 0;
  return load((asked) => fetchLayerEvidence(recording.key, name, step, asked), show, pause);
}

function followUnit(): Undo | undefined {
  void attempt.value;
  const [recording, name, index] = [recordingA.value, layer.value?.name, unit.value];
  const list = evidenceListA.value;
  if (!recording || name === undefined || index === null || !isVisible.value) return undefined;
  if (!list || !isKnown(list, name)) return undefined;
  const of = unitWanted.value;
  const key = JSON.stringify([of, versionOf(recording)]);
  const show = (table: UnitEvidenceTable) => {
    keep(keptUnits, key, table);
    units.value = { of, table };
  };
  const known = keptUnits.get(key);
  if (known) {
    show(known);
    return undefined;
  }
  // Whoever walks through units with a key held down wants the last of them.
  return load((asked) => fetchUnitEvidence(recording.key, name, index, asked), show, 60);
}

/** Whether a layer has evidence, or pins whose means are known. */
export function isKnown(list: EvidenceSteps, layerName: string): boolean {
  return list.layers.includes(layerName) || list.pins.some((pins) => pins.layer === layerName);
}

function load<T>(
  find: (asked: AbortSignal) => Promise<T>,
  show: (found: T) => void,
  pause = 0,
): Undo {
  return askFor(find, show, problem, pause);
}

function listOf(recording: Recording | null): EvidenceSteps | null {
  return recording ? (lists.value.get(nameOf(recording))?.list ?? null) : null;
}

function keep<T>(known: Map<string, T>, name: string, table: T): void {
  known.set(name, table);
  for (const old of [...known.keys()].slice(0, -KEPT)) known.delete(old);
}
