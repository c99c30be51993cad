/** Runs the film: moves A from record to record while its frames keep coming, and asks for them ahead. */
import { effect } from "@preact/signals";
import { stepBy } from "./actions";
import type { Recording } from "./api";
import { gridOfFilm } from "./classes";
import { type Direction, type Film, filmOf, statesFilmOf } from "./film";
import type { Undo } from "./host";
import {
  coloured,
  effectiveStepB,
  hasB,
  isVisible,
  playing,
  recordA,
  recordB,
  recordingA,
  recordingB,
  speed,
} from "./state";
import { recordOf } from "./steps";
import { passFrame } from "./told";

/** Ask for the frames that are shown, and for those that come next. */
export function followFrames(): Undo {
  let before = recordA.peek();
  return effect(() => {
    const record = recordA.value;
    const direction = directionFrom(before, record);
    before = record;
    for (const { film, shown, asker } of shownFilms(record)) film.request(shown, direction, asker);
  });
}

/** Advance while `playing`; wait for a frame rather than leave it out; rest while hidden. */
export function followPlaying(): Undo {
  let request = 0;
  const stop = effect(() => {
    cancelAnimationFrame(request);
    if (!playing.value || !isVisible.value) return;
    let due = performance.now() + 1000 / speed.peek();
    const tick = (now: number) => {
      request = requestAnimationFrame(tick);
      passFrame(now);
      if (now < due || !isNextReady()) return;
      due = Math.max(due + 1000 / speed.peek(), now - 50);
      advance();
    };
    request = requestAnimationFrame(tick);
  });
  return () => {
    stop();
    cancelAnimationFrame(request);
  };
}

function advance(): void {
  stepBy(1);
  if (recordA.peek() >= lastRecord()) playing.value = false;
}

function isNextReady(): boolean {
  const next = Math.min(recordA.peek() + 1, lastRecord());
  const recording = recordingA.peek();
  if (!recording) return false;
  return filmsOf(recording).every((film) => film.has(next)) && isNextOfBReady(recording, next);
}

/** B moves along where its step is A's. */
function isNextOfBReady(a: Recording, next: number): boolean {
  const b = recordingB.peek();
  if (!b || !hasB.peek() || effectiveStepB.peek() !== "same") return true;
  const record = recordOf(b.records.steps, a.records.steps[next] ?? "last");
  return filmsOf(b).every((film) => film.has(record));
}

function lastRecord(): number {
  return (recordingA.peek()?.records.steps.length ?? 0) - 1;
}

interface ShownFilm {
  readonly film: Film;
  readonly shown: number;
  readonly asker: "a" | "b";
}

/** B is asked for also where only A is shown: its values are read beside A's. */
function shownFilms(record: number): ShownFilm[] {
  const [a, b] = [recordingA.value, recordingB.value];
  const shown: ShownFilm[] = [];
  if (a && record >= 0) {
    for (const film of filmsOf(a)) shown.push({ film, shown: record, asker: "a" });
  }
  if (b && hasB.value && recordB.value >= 0) {
    for (const film of filmsOf(b)) shown.push({ film, shown: recordB.value, asker: "b" });
  }
  return shown;
}

function filmsOf(recording: Recording): Film[] {
  const name = coloured.value?.film;
  const states = statesFilmOf(recording);
  // B may lack what A has: asking for it would be answered that there is no such film.
  const isThere = name !== undefined && gridOfFilm(recording, name) !== undefined;
  return isThere ? [filmOf(recording, name), states] : [states];
}

function directionFrom(before: number, after: number): Direction {
  if (playing.peek()) return 1;
  return Math.sign(after - before) as Direction;
}
