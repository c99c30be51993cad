/** The order in which units stand, now: computed once at the anchor's record and kept. */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { Recording } from "./api";
import { gridOfFilm } from "./classes";
import { arrived, filmOf } from "./film";
import { naturalOrder, orderBy, type UnitOrder } from "./order";
import {
  anchor,
  anchorRecord,
  comparison,
  firstSeenLast,
  mode,
  ordering,
  recordingA,
  recordingB,
} from "./state";
import { recordOf } from "./steps";

interface Kept {
  readonly name: string;
  readonly order: UnitOrder;
}

let kept: Kept | null = null;

/** A recording, and its record at which units are put in order. */
export interface Anchor {
  readonly side: "A" | "B";
  readonly recording: Recording;
  readonly record: number;
}

/** What units are sorted by: A's values, or B's where B alone is shown; at one step for both. */
export const anchorNow: ReadonlySignal<Anchor | null> = computed(() => {
  const [a, b] = [recordingA.value, recordingB.value];
  if (mode.value !== "b" || !b || !comparison.value.ok) {
    return a && { side: "A", recording: a, record: anchorRecord.value };
  }
  const step = anchor.value ?? firstSeenLast.value ?? "last";
  return { side: "B", recording: b, record: recordOf(b.records.steps, step) };
});

/** Order of the shown side's units by the statistic at the anchor; as they come until its frame has arrived. */
export const unitOrder: ReadonlySignal<UnitOrder | null> = computed(() => {
  const [at, shown] = [anchorNow.value, ordering.value];
  if (!at) return null;
  const { recording, record } = at;
  const step = recording.records.steps[record];
  const name = JSON.stringify([recording.key, recording.records.layoutId, shown?.film, step]);
  if (kept?.name === name) return kept.order;
  void arrived.value;
  const isThere = shown !== null && gridOfFilm(recording, shown.film) !== undefined;
  const film = isThere ? filmOf(recording, shown.film) : null;
  const frame = film?.has(record) ? film.frame(record) : null;
  if (!film || !frame) {
    film?.request(record, 0, "anchor");
    return naturalOrder(recording);
  }
  kept = { name, order: orderBy(recording, film.grid, frame) };
  return kept.order;
});
