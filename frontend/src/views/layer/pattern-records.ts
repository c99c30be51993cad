/** Patterns and groups that have arrived: of the shown step first, then of the other records outwards. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { Answers } from "../../answers";
import type { Recording } from "../../api";
import type { Undo } from "../../host";
import { fetchMapSteps } from "../../maps-api";
import {
  fetchGroups,
  fetchPatterns,
  type GroupTable,
  type LayerQuestion,
  type PatternTable,
} from "../../patterns-api";
import { nameOf, responsesA, responsesB } from "../../responses";
import {
  anchor,
  currentStepA,
  currentStepB,
  filter,
  firstSeenLast,
  groupCount,
  isVisible,
  layerForm,
  layerName,
  mode,
  recordingA,
  recordingB,
  responseMethod,
} from "../../state";
import { recordOf } from "../../steps";
import { followSubsets, subsetText } from "../../subsets";
import type { MapSteps, ResponseSteps } from "../../wire";

/** Records asked for at a time, beside the one that is shown. */
const AT_ONCE = 2;
/** A record of a wide layer weighs megabytes. */
const PATTERNS_KEPT = 40;
const GROUPS_KEPT = 600;
/** Records beside the shown one that are fetched before anybody asks for them. */
const AHEAD = 6;

const patterns = new Answers<PatternTable>(PATTERNS_KEPT);
const groups = new Answers<GroupTable>(GROUPS_KEPT);
const maps = new Answers<MapSteps>(8);
const attempts = signal(0);
/** What was shown last: it stays until the next has come. */
const lastPatterns = signal<{ readonly of: string; readonly found: PatternTable } | null>(null);
const lastGroups = signal<{ readonly of: string; readonly found: GroupTable } | null>(null);

/** The recording that is shown: B where B alone is; else A, also of a difference. */
export const shownRecording: ReadonlySignal<Recording | null> = computed(() =>
  mode.value === "b" ? recordingB.value : recordingA.value,
);
/** When its responses were recorded; null before it is known. */
export const shownResponses: ReadonlySignal<ResponseSteps | null> = computed(() =>
  mode.value === "b" ? responsesB.value : responsesA.value,
);
/** Examples whose maps are kept: those have a page. */
export const trackedExamples: ReadonlySignal<ReadonlySet<number>> = computed(() => {
  const found = maps.value(nameOf(shownRecording.value));
  return new Set(found?.examples.map(({ example }) => example) ?? []);
});

const steps = computed(() => shownResponses.value?.steps ?? []);

/** What is asked of the layer, at the shown step; null as long as it is not known what is shown. */
const shownQuestion: ReadonlySignal<LayerQuestion | null> = computed(() => {
  const step = mode.value === "b" ? currentStepB.value : currentStepA.value;
  return step === null ? null : questionAt(step);
});

const anchorQuestion = computed(() =>
  shownQuestion.value ? questionAt(shownQuestion.value.anchor) : null,
);

/** The step of the record of responses that is shown, whether it has come or not. */
export const wantedStep: ReadonlySignal<string | null> = computed(
  () => shownQuestion.value?.step ?? null,
);
/** The step whose record gives the order. */
export const orderStep: ReadonlySignal<string | null> = computed(
  () => shownQuestion.value?.anchor ?? null,
);

/** The matrix at the shown step, or what was shown last of the same; null before any has come. */
export const shownPatterns: ReadonlySignal<PatternTable | null> = computed(() => {
  const found = patterns.value(patternName(shownQuestion.value));
  if (found) return found;
  return lastPatterns.value?.of === patternsAsked() ? lastPatterns.value.found : null;
});
/** The groups at the shown step, likewise. */
export const shownGroups: ReadonlySignal<GroupTable | null> = computed(() => {
  const found = groups.value(groupName(shownQuestion.value));
  if (found) return found;
  if (lastGroups.value?.of === groupsAsked()) return lastGroups.value.found;
  return groups.value(groupName(anchorQuestion.value));
});
/** Groups by record of responses; null where a record has not come. */
export const groupLives: ReadonlySignal<readonly (GroupTable | null)[]> = computed(() =>
  steps.value.map((step) => groups.value(groupName(questionAt(step)))),
);
/** Why there is nothing, in a sentence. */
export const patternsFailure: ReadonlySignal<string | null> = computed(() =>
  patterns.failure(patternName(shownQuestion.value)),
);
export const groupsFailure: ReadonlySignal<string | null> = computed(() =>
  groups.failure(groupName(shownQuestion.value)),
);

/** Ask again for what could not be had. */
export function retryPatterns(): void {
  patterns.forgetFailures();
  groups.forgetFailures();
  attempts.value++;
}

/** Keep what is needed coming, for as long as the view is open. */
export function followPatterns(): Undo {
  const wants = [wantShown, wantMaps, wantPatternsAhead, wantGroupLives, keepLast];
  const stops = [followSubsets(), ...wants.map((each) => effect(each))];
  return () => {
    for (const stop of stops) stop();
  };
}

function wantShown(): void {
  void attempts.value;
  const question = shownQuestion.value;
  if (question && layerForm.value !== "groups" && isVisible.value) wantAt(question);
}

/** Ask for a record, of the form that is shown. */
function wantAt(question: LayerQuestion): void {
  const [narrowed, count] = [filter.value, groupCount.value];
  if (layerForm.value === "groups") {
    groups.want(groupName(question) ?? "", () => fetchGroups(question, count));
  } else if (layerForm.value !== "units") {
    const asked = subsetsAsked();
    patterns.want(patternName(question) ?? "", () => fetchPatterns(question, narrowed, asked));
  }
}

function wantMaps(): void {
  const [recording, name] = [shownRecording.value, nameOf(shownRecording.value)];
  if (!recording || name === null || layerForm.value === "units" || !isVisible.value) return;
  if (!maps.isSettled(name)) maps.want(name, () => fetchMapSteps(recording.key, null));
}

function wantPatternsAhead(): void {
  const question = shownQuestion.value;
  if (!question || layerForm.value === "units" || layerForm.value === "groups") return;
  if (!patterns.isSettled(patternName(question) ?? "")) return;
  wantNext(patterns, patternName, nearest(question.step).slice(0, AHEAD));
}

/**
 * Groups of all records, from the anchor outwards: each starts from its neighbour's. Those on the way
 * to the shown record come first.
 */
function wantGroupLives(): void {
  void attempts.value;
  const question = shownQuestion.value;
  if (!question || layerForm.value !== "groups") return;
  const [from, to] = [recordOf(steps.value, question.anchor), recordOf(steps.value, question.step)];
  const between = steps.value.slice(Math.min(from, to), Math.max(from, to) + 1);
  const way = from <= to ? between : between.toReversed();
  const wanted = [...new Set([...way, ...nearest(question.anchor)])];
  wantNext(groups, groupName, wanted.slice(0, GROUPS_KEPT - 1));
}

function wantNext<T>(
  answers: Answers<T>,
  nameAt: (question: LayerQuestion | null) => string | null,
  wanted: readonly string[],
): void {
  if (!isVisible.value) return;
  for (const step of wanted) {
    if (answers.waiting >= AT_ONCE) return;
    const question = questionAt(step);
    if (question && !answers.isSettled(nameAt(question) ?? "")) wantAt(question);
  }
}

function nearest(step: string): string[] {
  const at = recordOf(steps.value, step);
  return steps.value
    .map((each, record) => ({ each, away: Math.abs(record - at) }))
    .toSorted((a, b) => a.away - b.away)
    .map(({ each }) => each);
}

function keepLast(): void {
  const question = shownQuestion.value;
  const [matrix, grouped] = [
    patterns.value(patternName(question)),
    groups.value(groupName(question)),
  ];
  if (matrix) lastPatterns.value = { of: patternsAsked(), found: matrix };
  if (grouped) lastGroups.value = { of: groupsAsked(), found: grouped };
}

/** The question at a step: of records of responses, so that steps between share an answer. */
function questionAt(step: string): LayerQuestion | null {
  const [recording, layer, known] = [shownRecording.value, layerName.value, steps.value];
  const isThere = shownResponses.value?.layers.some(({ name }) => name === layer);
  const anchored = anchor.value ?? firstSeenLast.value ?? "last";
  const [at, order] = [stepIn(known, step), stepIn(known, anchored)];
  if (!recording || layer === null || !isThere || at === undefined || order === undefined) {
    return null;
  }
  return { key: recording.key, step: at, layer, method: responseMethod.value, anchor: order };
}

/** The record at or before a step, or the first. */
function stepIn(known: readonly string[], step: string): string | undefined {
  return known[recordOf(known, step)] ?? known[0];
}

function patternName(question: LayerQuestion | null): string | null {
  return question && JSON.stringify([question, filter.value, subsetsAsked(), grown()]);
}

function groupName(question: LayerQuestion | null): string | null {
  return question && JSON.stringify([question, groupCount.value]);
}

/** Subsets are asked for where they are rows: of a wide layer an answer weighs megabytes. */
function subsetsAsked(): string {
  return layerForm.value === "subsets" ? subsetText.value : "";
}

/** The scale is of all records: another one may make it another. */
function grown(): number {
  return steps.value.length;
}

function patternsAsked(): string {
  const { key, layer, method, anchor: order } = shownQuestion.value ?? {};
  return JSON.stringify([key, layer, method, order, filter.value, subsetsAsked()]);
}

function groupsAsked(): string {
  const { key, layer, method, anchor: order } = shownQuestion.value ?? {};
  return JSON.stringify([key, layer, method, order, groupCount.value]);
}
