/** Whether to believe attributions to units: fetched with a recording, told of a layer or of all. */
import { effect, signal } from "@preact/signals";
import type { Recording, RecordingKey } from "./api";
import { attributionsIn } from "./attributions";
import { fetchUnitTrust } from "./evidence-api";
import type { Undo } from "./host";
import { sentenceOf } from "./requests";
import { hasB, isVisible, recordingA, recordingB } from "./state";
import { verdictAt } from "./verdicts";
import type { Mark, TrustFigure, UnitTrust, Verdict } from "./wire";

/** The verdict on a layer's attributions. */
export interface LayerVerdict {
  readonly layer: string;
  readonly verdict: Verdict;
}

/** A figure, and the layer in which it is worst. */
export interface WorstFigure {
  readonly figure: TrustFigure;
  readonly layer: string;
}

const ORDER: readonly Mark[] = ["none", "good", "doubtful", "failing"];

interface Kept {
  readonly version: string;
  /** null where it could not be had. */
  readonly trust: UnitTrust | null;
  readonly problem: string;
}

const kept = signal<ReadonlyMap<string, Kept>>(new Map());
const pending = new Set<string>();

/** What was checked of a recording; null before it is known. */
export function trustOf(recording: Recording): UnitTrust | null {
  return kept.value.get(JSON.stringify(recording.key))?.trust ?? null;
}

/** Why it could not be had, in a sentence; empty if it could. */
export function trustProblem(recording: Recording): string {
  return kept.value.get(JSON.stringify(recording.key))?.problem ?? "";
}

/** The last verdicts on a method at or before a step, by layer as checked. */
export function verdictsAt(trust: UnitTrust, method: string, step: string): LayerVerdict[] {
  const layers = trust.methods.find(({ name }) => name === method)?.layers ?? [];
  return layers.flatMap(({ layer, verdicts }) => {
    const verdict = verdictAt({ verdicts }, step);
    return verdict ? [{ layer, verdict }] : [];
  });
}

/** Why a method was not checked in the last record; empty if it was. */
export function absenceOf(trust: UnitTrust, method: string): string {
  return trust.methods.find(({ name }) => name === method)?.absence ?? "";
}

/** The worst mark of some layers, and those that have it. */
export function worstOf(layers: readonly LayerVerdict[]): {
  readonly mark: Mark;
  readonly names: readonly string[];
} {
  const rank = Math.max(0, ...layers.map(({ verdict }) => ORDER.indexOf(verdict.mark)));
  const mark = ORDER[rank] ?? "none";
  const names = layers.filter(({ verdict }) => verdict.mark === mark).map(({ layer }) => layer);
  return { mark, names };
}

/** Each figure where its mark is worst, at the first such layer. */
export function worstFigures(layers: readonly LayerVerdict[]): WorstFigure[] {
  const found = new Map<string, WorstFigure>();
  for (const { layer, verdict } of layers) {
    for (const figure of verdict.figures) {
      const before = found.get(figure.name);
      if (!before || ORDER.indexOf(figure.mark) > ORDER.indexOf(before.figure.mark)) {
        found.set(figure.name, { figure, layer });
      }
    }
  }
  return [...found.values()];
}

/** Keep what was checked of A and B. */
export function followUnitTrust(): Undo {
  const asked = new AbortController();
  const stop = effect(() => {
    if (!isVisible.value) return;
    for (const recording of [recordingA.value, hasB.value ? recordingB.value : null]) {
      if (recording && attributionsIn(recording).length > 0) void load(recording, asked.signal);
    }
  });
  return () => {
    stop();
    asked.abort();
  };
}

async function load({ key, records }: Recording, asked: AbortSignal): Promise<void> {
  const [name, version] = [JSON.stringify(key), JSON.stringify(records.chunkHashes.at(-1))];
  if (kept.peek().get(name)?.version === version || pending.has(name + version)) return;
  pending.add(name + version);
  try {
    keep(key, { version, trust: await fetchUnitTrust(key, asked), problem: "" });
  } catch (error) {
    if (!asked.aborted) keep(key, { version, trust: null, problem: sentenceOf(error) });
  } finally {
    pending.delete(name + version);
  }
}

/** Recordings of which it is remembered. */
const KEPT = 8;

function keep(key: RecordingKey, value: Kept): void {
  const name = JSON.stringify(key);
  const others = [...kept.peek()].filter(([other]) => other !== name);
  kept.value = new Map([...others.slice(1 - KEPT), [name, value]]);
}
