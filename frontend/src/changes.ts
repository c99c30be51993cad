/** What changed its mind in the chosen layer, of A and of B where that is another run: fetched with the layer. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { fetchChanges, type Recording } from "./api";
import { attributionsIn, keyOfAttribution, shownAttribution } from "./attributions";
import type { Undo } from "./host";
import { formatShare } from "./numbers";
import { sentenceOf } from "./requests";
import type { SideName } from "./sides";
import { comparison, isVisible, layer, mode, recordingA, recordingB } from "./state";
import { formatStep } from "./steps";
import { isOtherRun } from "./traces";
import type { Changes, UnitChange } from "./wire";

/** What was found of one side. */
class Side {
  private readonly found = signal<{ readonly name: string; readonly changes: Changes } | null>(
    null,
  );
  /** Why it could not be had, in a sentence. */
  readonly problem = signal<string | null>(null);

  constructor(private readonly recording: ReadonlySignal<Recording | null>) {}

  /** What is asked for, by a name that another recording, layer or method changes; empty for nothing. */
  private readonly wanted = computed(() => {
    const [recording, name, of] = [this.recording.value, layer.value?.name, shownAttribution.value];
    if (!recording || name === undefined || !of || !holds(recording, keyOfAttribution(of)))
      return "";
    return JSON.stringify([recording.key, name, of, recording.records.chunkHashes.at(-1)]);
  });

  /** Changes of the chosen layer's units; null before they have come, or without attributions. */
  readonly changes: ReadonlySignal<Changes | null> = computed(() =>
    this.found.value?.name === this.wanted.value ? this.found.value.changes : null,
  );

  /** Keep them at the selection. */
  follow(): Undo {
    return effect(() => {
      const [name, recording, layerName] = [
        this.wanted.value,
        this.recording.peek(),
        layer.peek()?.name,
      ];
      const of = shownAttribution.peek();
      if (name === "" || this.found.peek()?.name === name || !isVisible.value) return undefined;
      if (!recording || layerName === undefined || !of) return undefined;
      const asked = new AbortController();
      fetchChanges(recording.key, layerName, of, asked.signal).then(
        (changes) => {
          this.found.value = { name, changes };
          this.problem.value = null;
        },
        (error: unknown) => {
          if (!asked.signal.aborted) this.problem.value = sentenceOf(error);
        },
      );
      return () => asked.abort();
    });
  }
}

function holds(recording: Recording, key: string): boolean {
  return attributionsIn(recording).some((one) => keyOfAttribution(one) === key);
}

const SIDES: Readonly<Record<SideName, Side>> = {
  A: new Side(recordingA),
  B: new Side(computed(() => (isOtherRun.value && comparison.value.ok ? recordingB.value : null))),
};

/** Changes of a side's units; null before they have come, and of B where it is A's own run. */
export function changesOf(side: SideName): Changes | null {
  return SIDES[side].changes.value;
}

/** A change, and whose it is. */
export interface SidedChange extends UnitChange {
  readonly side: SideName;
}

/** The sides whose changes are shown: B's own where it is another run, else those of A are its own. */
export const changedSides: ReadonlySignal<readonly SideName[]> = computed(() => {
  if (!isOtherRun.value || mode.value === "a") return ["A"];
  return mode.value === "b" ? ["B"] : ["A", "B"];
});

/** Why the changes that are shown could not be had, in a sentence. */
export const changesProblem: ReadonlySignal<string | null> = computed(
  () =>
    changedSides.value.map((side) => SIDES[side].problem.value).find((why) => why !== null) ?? null,
);

/** The changes of the sides that are shown, in the order of steps; null before any have come. */
export const shownChanges: ReadonlySignal<readonly SidedChange[] | null> = computed(() => {
  const found = changedSides.value.map((side) => ({ side, changes: changesOf(side) }));
  if (found.every(({ changes }) => changes === null)) return null;
  return found
    .flatMap(({ side, changes }) => (changes?.changes ?? []).map((each) => ({ ...each, side })))
    .toSorted((one, other) => Number(one.step) - Number(other.step) || one.unit - other.unit);
});

/** Keep them at the selection. */
export function followChanges(): Undo {
  const stops = Object.values(SIDES).map((side) => side.follow());
  return () => {
    for (const stop of stops) stop();
  };
}

/** A change in a sentence, as the events of a life are told. */
export function sentenceOfChange({ kind, before, after, step }: UnitChange): string {
  const when = `at step ${formatStep(step)}`;
  if (kind === "sign") return `mean attribution turned from ${before} to ${after} ${when}`;
  return `main class ${after} in place of ${before} ${when}`;
}

/** What counts as a change, in sentences. */
export function ruleOfChanges({ signShare, classMargin, hasClasses }: Changes): string {
  const sign =
    `A sign counts where |mean attribution| exceeds ${formatShare(signShare)} of the layer’s mean ` +
    "|attribution|, before the change and after it.";
  if (!hasClasses) return `${sign} Attribution was not recorded class by class.`;
  return (
    `${sign} The main class is that of the largest mean attribution; another takes over once it leads ` +
    `by more than ${formatShare(classMargin)} of the layer’s mean |attribution|.`
  );
}
