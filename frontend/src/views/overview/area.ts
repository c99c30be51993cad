/** What the tiles' areas stand for: the layers' units, or their share of all |attribution| at the anchor. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { anchorNow } from "../../anchor";
import type { Recording } from "../../api";
import { type Attribution, figureOf, shownAttribution } from "../../attributions";
import { heldRecord } from "../../classes";
import { meanOf } from "../../ribbon-values";
import { area } from "../../state";

/** Areas by attribution, where they are. */
export interface AreaNow {
  /** By layer: the sum of mean |attribution| over its units. */
  readonly weights: readonly number[];
  readonly attribution: Attribution;
  /** Of the record at which they were recorded. */
  readonly step: string | undefined;
}

/** Areas by attribution; null where they are by units. */
export const areaNow: ReadonlySignal<AreaNow | null> = computed(() => {
  const [at, of] = [anchorNow.value, shownAttribution.value];
  if (area.value === "units" || !at || !of) return null;
  const { recording, record } = at;
  const name = figureOf(of, "mean_abs");
  const step = recording.records.steps[heldRecord(recording, name, record)];
  return { weights: sumsOf(recording, name, record), attribution: of, step };
});

/** Sum of a statistic over each layer's units; 0 where it was not recorded. */
export function sumsOf(recording: Recording, statistic: string, record: number): readonly number[] {
  return recording.records.layers.map(({ units }, layer) => {
    const mean = meanOf(recording, statistic, layer, record);
    return Number.isFinite(mean) ? mean * units : 0;
  });
}
