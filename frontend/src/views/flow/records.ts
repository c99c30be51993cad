/** The flow that has arrived: when it was recorded, and its records, fetched from the shown step outwards. */
import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { RecordingKey } from "../../api";
import {
  type FlowRecord,
  type FlowSubject,
  fetchFlow,
  fetchFlowSteps,
  type UnitGrouping,
} from "../../flow-api";
import type { Undo } from "../../host";
import { sentenceOf } from "../../requests";
import {
  anchor,
  currentStepA,
  currentStepB,
  firstSeenLast,
  flowGroup,
  flowMethod,
  flowNodes,
  groupCount,
  isVisible,
  keyA,
  keyB,
  mode,
  recordingA,
  recordingB,
  responseMethod,
} from "../../state";
import { recordOf } from "../../steps";
import { toldStepA, toldStepB } from "../../told";
import type { FlowMethod, FlowSteps } from "../../wire";

/** Records asked for at a time. */
const AT_ONCE = 3;
/** Records kept of one group: a picture needs one, its scale all; beyond that the nearest count. */
const MOST_KEPT = 400;

/** All records of one group by one method that have arrived, or could not be had. */
interface Film {
  readonly name: string;
  readonly key: RecordingKey;
  readonly subject: FlowSubject;
  readonly records: Map<string, FlowRecord>;
  readonly failures: Map<string, string>;
}

interface Told {
  readonly key: RecordingKey;
  readonly steps: FlowSteps;
}

const told = signal<Told | null>(null);
const problem = signal<string | null>(null);
const film = signal<Film | null>(null);
const arrivals = signal(0);
const attempts = signal(0);

/** Which side is shown: B where B alone is; else A, also of a difference. */
export const isOfB: ReadonlySignal<boolean> = computed(() => mode.value === "b");
/** The recording whose flow is shown. */
export const shownRecording = computed(() => (isOfB.value ? recordingB : recordingA).value);
/** When flow was recorded, and of which groups; null until that is known. */
export const flowSteps: ReadonlySignal<FlowSteps | null> = computed(() => {
  const key = (isOfB.value ? keyB : keyA).value;
  return told.value && isSame(told.value.key, key) ? told.value.steps : null;
});
/** The method whose flow is shown: the chosen one, or the first that was recorded. */
export const shownMethod: ReadonlySignal<FlowMethod | null> = computed(() => {
  const methods = flowSteps.value?.methods ?? [];
  return methods.find(({ name }) => name === flowMethod.value) ?? methods[0] ?? null;
});
/** Why nothing can be shown, in a sentence. */
export const flowFailure: ReadonlySignal<string | null> = computed(() => {
  void arrivals.value;
  const step = shownStep.value;
  return problem.value ?? (step === null ? null : (film.value?.failures.get(step) ?? null));
});
/** The step of the record of flow at or before the shown step; the first one before that. */
export const shownStep: ReadonlySignal<string | null> = computed(() =>
  stepAtOrBefore((isOfB.value ? currentStepB : currentStepA).value),
);
/** The same of the step that is told. */
export const toldFlowStep: ReadonlySignal<string | null> = computed(() =>
  stepAtOrBefore((isOfB.value ? toldStepB : toldStepA).value),
);
/** The step whose record gives nodes their order. */
export const anchorStep: ReadonlySignal<string | null> = computed(() =>
  stepAtOrBefore(anchor.value ?? firstSeenLast.value ?? "last"),
);
/** The step at which groups of units are found: that of Layer > Groups. */
export const groupAnchor: ReadonlySignal<string | null> = computed(() => {
  const steps = shownRecording.value?.records.steps ?? [];
  return steps[recordOf(steps, anchor.value ?? firstSeenLast.value ?? "last")] ?? null;
});
/** Groups as nodes; null: units. */
const grouping: ReadonlySignal<UnitGrouping | null> = computed(() => {
  if (flowNodes.value === "units" || groupAnchor.value === null) return null;
  return { count: groupCount.value, anchor: groupAnchor.value, method: responseMethod.value };
});
/** Every record that has arrived of the group. */
export const arrivedRecords: ReadonlySignal<readonly FlowRecord[]> = computed(() => {
  void arrivals.value;
  return [...(film.value?.records.values() ?? [])];
});

/** The record of a step, or null as long as it is not here. */
export function recordAt(step: string | null): FlowRecord | null {
  void arrivals.value;
  return step === null ? null : (film.value?.records.get(step) ?? null);
}

/** Whether a step's record is here or never will be. */
export function isSettled(step: string | null): boolean {
  void arrivals.value;
  return step === null || recordAt(step) !== null || film.value?.failures.has(step) === true;
}

/** Ask again for what could not be had. */
export function retryFlow(): void {
  problem.value = null;
  film.value?.failures.clear();
  attempts.value++;
}

/** Keep what is needed coming, for as long as the view is open. */
export function followFlow(): Undo {
  const stops = [effect(followSteps), effect(followGroup), effect(followRecords)];
  return () => {
    for (const stop of stops) stop();
  };
}

function followSteps(): Undo | undefined {
  void attempts.value;
  // Another object whenever the recording has grown.
  const recording = shownRecording.value;
  if (!recording) return undefined;
  const asked = new AbortController();
  void loadSteps(recording.key, asked.signal);
  return () => asked.abort();
}

async function loadSteps(key: RecordingKey, asked: AbortSignal): Promise<void> {
  try {
    const steps = await fetchFlowSteps(key, asked);
    if (asked.aborted) return;
    told.value = { key, steps };
    problem.value = null;
  } catch (error) {
    if (!asked.aborted) problem.value = sentenceOf(error);
  }
}

function followGroup(): void {
  const [steps, recording, group] = [flowSteps.value, shownRecording.value, flowGroup.value];
  const method = shownMethod.value?.name ?? null;
  if (!recording || !steps?.groups.some(({ name }) => name === group)) {
    film.value = null;
    return;
  }
  const nodes = grouping.value;
  const name = JSON.stringify([recording.key, recording.records.layoutId, group, method, nodes]);
  if (untracked(() => film.value?.name) === name) return;
  const subject = { group, method, grouping: nodes };
  film.value = { name, key: recording.key, subject, records: new Map(), failures: new Map() };
}

/** Ask for the next records whenever one has come or another is wanted. */
function followRecords(): void {
  void [arrivals.value, attempts.value];
  const [current, steps] = [film.value, shownMethod.value?.steps];
  if (!current || !steps || !isVisible.value) return;
  const wanted = wantedSteps(current, steps, [shownStep.value, anchorStep.value]);
  for (const step of wanted) {
    if (pending.size >= AT_ONCE) return;
    void load(current, step);
  }
}

const pending = new Set<string>();

/** What is shown and the anchor first, then from the shown step outwards. */
function wantedSteps(
  current: Film,
  steps: readonly string[],
  first: readonly (string | null)[],
): readonly string[] {
  const at = Math.max(0, steps.indexOf(first[0] ?? ""));
  const isMissing = (step: string) =>
    !current.records.has(step) &&
    !current.failures.has(step) &&
    !pending.has(`${current.name} ${step}`);
  const nearest = steps
    .map((step, place) => ({ step, away: Math.abs(place - at) }))
    .toSorted((a, b) => a.away - b.away)
    .slice(0, MOST_KEPT)
    .map(({ step }) => step);
  const urgent = first.filter((step) => step !== null);
  return [...new Set([...urgent, ...nearest])].filter(isMissing);
}

async function load(current: Film, step: string): Promise<void> {
  const name = `${current.name} ${step}`;
  pending.add(name);
  try {
    current.records.set(step, await fetchFlow(current.key, step, current.subject));
    drop(current, step);
  } catch (error) {
    current.failures.set(step, sentenceOf(error));
  } finally {
    pending.delete(name);
    arrivals.value++;
  }
}

/** Forget the record that came first when there are too many; never the one that just came. */
function drop({ records }: Film, kept: string): void {
  const [oldest] = records.keys();
  if (records.size > MOST_KEPT + AT_ONCE && oldest !== undefined && oldest !== kept) {
    records.delete(oldest);
  }
}

function stepAtOrBefore(step: string | null): string | null {
  const steps = shownMethod.value?.steps ?? [];
  return step === null ? null : (steps[recordOf(steps, step)] ?? null);
}

function isSame(a: RecordingKey, b: RecordingKey | null): boolean {
  return a.run === b?.run && a.model === b.model && a.probe === b.probe;
}
