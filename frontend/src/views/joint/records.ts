/** The bins that have arrived: of the shown step first, then of the other records outwards. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { Answers } from "../../answers";
import type { Recording } from "../../api";
import type { Undo } from "../../host";
import {
  firstRespondent,
  nameOf,
  responseAnchor,
  responsesA,
  responsesB,
  secondRespondent,
} from "../../responses";
import { fetchJoint, type JointBins, type JointQuestion, type Side } from "../../responses-api";
import {
  comparison,
  currentStepA,
  currentStepB,
  effectiveStepB,
  example,
  filter,
  hasB,
  isVisible,
  jointForm,
  mode,
  recordingA,
  recordingB,
  responseMethod,
} from "../../state";
import { recordOf } from "../../steps";

/** Records asked for at a time, beside the one that is shown. */
const AT_ONCE = 2;
/** Records kept: a picture needs one, a film all. */
const KEPT = 600;

const bins = new Answers<JointBins>(KEPT);
const trails = new Answers<JointBins>(32);
/** What was shown last: it stays until the next has come. */
const last = signal<{ readonly question: string; readonly found: JointBins } | null>(null);
const attempts = signal(0);

/** Whether A and B are laid on one plane. */
export const isPaired: ReadonlySignal<boolean> = computed(
  () => hasB.value && recordingB.value !== null && comparison.value.ok,
);
/** Place among the answer's sides of the one that is shown; of a difference, of A. */
export const shownSide: ReadonlySignal<number> = computed(() =>
  mode.value === "b" && isPaired.value ? 1 : 0,
);
/** Whether the difference of both sides is shown. */
export const isDifference: ReadonlySignal<boolean> = computed(() => mode.value === "diff");

/** All of a question but the steps. */
const asked: ReadonlySignal<Omit<JointQuestion, "sides" | "example"> | null> = computed(() => {
  const [first, second] = [firstRespondent.value, secondRespondent.value];
  if (!first || !second) return null;
  const isByClass = jointForm.value !== "all";
  const method = responseMethod.value;
  return { first, second, method, anchor: responseAnchor.value, isByClass, filter: filter.value };
});

/** The recordings that take part: of an unpaired B that is shown alone, B's. */
const taking: ReadonlySignal<readonly Recording[]> = computed(() => {
  const [a, b] = [recordingA.value, recordingB.value];
  if (mode.value === "b" && !isPaired.value) return b ? [b] : [];
  return [a, isPaired.value ? b : null].filter((each) => each !== null);
});

/** What is asked for at the shown step; null as long as it is not known what is shown. */
export const shownQuestion: ReadonlySignal<JointQuestion | null> = computed(() =>
  questionAt(currentStepA.value),
);
const shownName = computed(() => shownQuestion.value && nameOfQuestion(shownQuestion.value));

/** Bins at the shown step, or those shown last of the same question; null before any have come. */
export const shownBins: ReadonlySignal<JointBins | null> = computed(() => {
  const found = bins.value(shownName.value);
  if (found) return found;
  return last.value?.question === nameOfAsked() ? last.value.found : null;
});
/** Why there are none, in a sentence. */
export const binsFailure: ReadonlySignal<string | null> = computed(() =>
  bins.failure(shownName.value),
);
/** The way of the followed example over the records; null without one. */
export const trail: ReadonlySignal<JointBins | null> = computed(() =>
  trails.value(trailName.value),
);

const trailQuestion = computed(() => {
  const question = questionAt(recordingA.value?.records.steps.at(-1) ?? null);
  if (!question || example.value === null) return null;
  // The followed side's own way; the other side would have another.
  const side = question.sides[shownSide.value];
  const sides = side ? [side, ...question.sides.filter((each) => each !== side)] : [];
  return { ...question, sides, filter: "", isByClass: false, example: example.value };
});
const trailName = computed(() => trailQuestion.value && nameOfQuestion(trailQuestion.value));

/** Ask again for what could not be had. */
export function retryBins(): void {
  bins.forgetFailures();
  trails.forgetFailures();
  attempts.value++;
}

/** What hexagons keep their places in: the pair, the sides and the form of the picture. */
export const latticeName: ReadonlySignal<string> = computed(() => {
  const { first, second, method, anchor, isByClass } = asked.value ?? {};
  return JSON.stringify([
    first,
    second,
    method,
    anchor,
    isByClass,
    taking.value.map(({ key }) => key),
  ]);
});

/** Keep what is needed coming, for as long as the view is open. */
export function followBins(): Undo {
  const stops = [effect(wantShown), effect(wantOthers), effect(wantTrail), effect(keepLast)];
  return () => {
    for (const stop of stops) stop();
  };
}

function wantShown(): void {
  void attempts.value;
  const [question, name] = [shownQuestion.value, shownName.value];
  if (question && name !== null && isVisible.value) bins.want(name, () => fetchJoint(question));
}

function keepLast(): void {
  const found = bins.value(shownName.value);
  if (found) last.value = { question: nameOfAsked(), found };
}

function wantTrail(): void {
  const [question, name] = [trailQuestion.value, trailName.value];
  if (question && name !== null && isVisible.value) trails.want(name, () => fetchJoint(question));
}

/** Ask for the next records whenever one has come: those nearest to the shown one first. */
function wantOthers(): void {
  const steps = responsesA.value?.steps ?? [];
  const shown = shownName.value;
  if (shown === null || !bins.isSettled(shown) || !isVisible.value) return;
  if (bins.failure(shown) !== null) return;
  const at = recordOf(steps, currentStepA.value ?? "last");
  const nearest = steps
    .map((step, record) => ({ step, away: Math.abs(record - at) }))
    .toSorted((a, b) => a.away - b.away)
    .slice(0, KEPT / 2);
  for (const { step } of nearest) {
    if (bins.waiting >= AT_ONCE) return;
    const question = questionAt(step);
    const name = question && nameOfQuestion(question);
    if (question && !bins.isSettled(name ?? "")) bins.want(name ?? "", () => fetchJoint(question));
  }
}

/** The question at a step of A: of records of responses, so that steps between share an answer. */
function questionAt(stepOfA: string | null): JointQuestion | null {
  const [wanted, [first, second]] = [asked.value, taking.value];
  if (!wanted || !first || stepOfA === null) return null;
  const stepOfB = effectiveStepB.value === "same" ? stepOfA : (currentStepB.value ?? "last");
  const isA = first === recordingA.value;
  const sides = [sideAt(first, isA ? stepOfA : stepOfB), second && sideAt(second, stepOfB)];
  if (sides.some((side) => side === null)) return null;
  return { ...wanted, sides: sides.filter((side) => side != null), example: null };
}

function sideAt(recording: Recording, step: string): Side | null {
  const known = recording === recordingA.value ? responsesA.value : responsesB.value;
  const steps = known?.steps ?? [];
  const found = steps[recordOf(steps, step)] ?? steps[0];
  return found === undefined ? null : { key: recording.key, step: found };
}

function nameOfQuestion(question: JointQuestion): string {
  const grown = taking.peek().map(nameOf);
  return JSON.stringify([question, grown]);
}

function nameOfAsked(): string {
  return JSON.stringify([asked.value, taking.value.map(({ key }) => key)]);
}
