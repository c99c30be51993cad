/** The order in which units stand, now: computed once at the anchor's record and kept. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { arrived, filmOf } from "./film";
import { naturalOrder, orderBy, type UnitOrder } from "./order";
import { anchorRecord, recordingA, statistic } from "./state";

interface Kept {
  readonly name: string;
  readonly order: UnitOrder;
}

let kept: Kept | null = null;

/** Order of A's units by the statistic at the anchor; as they come until its frame has arrived. */
export const unitOrder: ReadonlySignal<UnitOrder | null> = computed(() => {
  const [recording, shown, record] = [recordingA.value, statistic.value, anchorRecord.value];
  if (!recording) return null;
  const step = recording.records.steps[record];
  const name = JSON.stringify([recording.key, recording.records.layoutId, shown?.name, step]);
  if (kept?.name === name) return kept.order;
  void arrived.value;
  const film = shown ? filmOf(recording, shown.name) : null;
  const frame = film?.has(record) ? film.frame(record) : null;
  if (!film || !frame) {
    film?.request(record, 0, "anchor");
    return naturalOrder(recording);
  }
  kept = { name, order: orderBy(recording, film.grid, frame) };
  return kept.order;
});
