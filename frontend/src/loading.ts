/** Keeps what the server knows in the state: loads it, follows a growing run, tells what failed. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { fetchRecording, fetchRuns, type Recording, type RecordingKey } from "./api";
import { filmFailure, retryFilms } from "./film";
import { isVisible, onDataReloaded, type Undo } from "./host";
import { sentenceOf } from "./requests";
import { firstSeenLast, keyA, keyB, recordingA, recordingB, runs, summaryOf } from "./state";

const POLL_MS = 5000;

/** Why something could not be loaded, in sentences; null where it was. */
export const runsFailure = signal<string | null>(null);
export const failureA = signal<string | null>(null);
export const failureB = signal<string | null>(null);
/** When the server last answered, in milliseconds since the epoch; 0 for never. */
export const lastAnswer = signal(0);

/** Ask for the runs again, and for every recording that has changed since. */
export async function refresh(): Promise<void> {
  try {
    const answer = await fetchRuns();
    lastAnswer.value = Date.now();
    runsFailure.value = null;
    if (JSON.stringify(answer) !== JSON.stringify(runs.value)) runs.value = answer;
  } catch (error) {
    runsFailure.value = sentenceOf(error);
  }
}

/** Ask again for all that failed. */
export async function retry(): Promise<void> {
  requests.clear();
  attempts.value++;
  retryFilms();
  await refresh();
}

/** Load now, and again while the tab is seen and at the host's reload button. */
export function startLoading(): Undo {
  void refresh();
  const timer = setInterval(() => {
    if (isVisible.value) void refresh();
  }, POLL_MS);
  const undo = [
    effect(() => follow(fingerprintA.value, keyA.peek(), sideA)),
    effect(() => follow(fingerprintB.value, keyB.peek(), sideB)),
    onDataReloaded(() => void refresh()),
    effect(reloadOutdated),
    () => clearInterval(timer),
  ];
  return () => {
    for (const step of undo) step();
  };
}

interface Side {
  readonly recording: Signal<Recording | null>;
  readonly failure: Signal<string | null>;
  wanted: string;
}

const sideA: Side = { recording: recordingA, failure: failureA, wanted: "" };
const sideB: Side = { recording: recordingB, failure: failureB, wanted: "" };
const attempts = signal(0);

// Changes whenever the recording, or what the server last told of it, is another.
const fingerprintA = computed(() => fingerprint(keyA));
const fingerprintB = computed(() => fingerprint(keyB));

// A and B are often the same recording: it is asked for once, and is one object.
const requests = new Map<string, Promise<Recording>>();
const REQUESTS_KEPT = 4;

function fingerprint(key: ReadonlySignal<RecordingKey | null>): string {
  if (!key.value) return "";
  return JSON.stringify([key.value, summaryOf(key.value), attempts.value]);
}

function follow(print: string, key: RecordingKey | null, side: Side): void {
  side.wanted = print;
  if (!key) {
    side.recording.value = null;
    return;
  }
  if (!isSame(side.recording.peek()?.key, key)) side.recording.value = null;
  void load(print, key, side);
}

async function load(print: string, key: RecordingKey, side: Side): Promise<void> {
  try {
    const recording = await requestOnce(print, key);
    if (side.wanted !== print) return;
    if (side === sideA && !side.recording.peek()) {
      firstSeenLast.value = recording.records.steps.at(-1) ?? null;
    }
    side.failure.value = null;
    side.recording.value = recording;
  } catch (error) {
    requests.delete(print);
    if (side.wanted === print) side.failure.value = sentenceOf(error);
  }
}

function requestOnce(print: string, key: RecordingKey): Promise<Recording> {
  const known = requests.get(print);
  if (known) return known;
  const request = fetchRecording(key);
  requests.set(print, request);
  for (const old of [...requests.keys()].slice(0, -REQUESTS_KEPT)) requests.delete(old);
  return request;
}

/** A chunk that is gone means that its recording has moved on. */
function reloadOutdated(): void {
  const failure = filmFailure.value;
  if (failure?.status !== 404) return;
  const isCurrent = [recordingA.peek(), recordingB.peek()].includes(failure.recording);
  if (isCurrent) void retry();
}

function isSame(a: RecordingKey | undefined, b: RecordingKey): boolean {
  return a?.run === b.run && a.model === b.model && a.probe === b.probe;
}
