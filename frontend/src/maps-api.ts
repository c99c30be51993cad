/** The routes `maps` and `map`: attribution maps of tracked examples. */
import type { RecordingKey } from "./api";
import { fetchContainer, request } from "./requests";
import { type MapSteps, type MethodMaps, parseMapSteps, parseMethodMaps } from "./wire";

/** One method's maps of all tracked examples at all records of maps, and what the model answered. */
export interface MapTable {
  readonly header: MethodMaps;
  /** float32[record, example, position]; NaN where there is none. */
  readonly values: Float32Array;
  /** Positions of a map. */
  readonly positions: number;
  /** int32[record, example]: the predicted class, -1 where unknown. */
  readonly prediction: Int32Array;
  /** float32[record, example] of the label, without labels of the prediction; NaN where unknown. */
  readonly probability: Float32Array;
  /** uint8[record, example]: 1 right, 0 wrong, 2 unknown. */
  readonly correct: Uint8Array;
  /** float32[record, example]: share in both of what is salient or in the mask; NaN without a mask. */
  readonly iou: Float32Array;
  /** The same: share of the mask that is salient. */
  readonly groundTruthCoverage: Float32Array;
  /** The same: share of what is salient that is in the mask. */
  readonly saliencyCoverage: Float32Array;
}

/** Fetch when maps were recorded, by which methods and of which examples; of the last target by default. */
export async function fetchMapSteps(
  key: RecordingKey,
  target: string | null,
  signal?: AbortSignal,
): Promise<MapSteps> {
  const answer = await request("maps", { ...key, ...(target !== null && { target }) }, signal);
  return parseMapSteps(await answer.json());
}

/** Fetch one method's maps of all tracked examples at all records of a target. */
export async function fetchMaps(
  key: RecordingKey,
  of: { readonly method: string; readonly layer: string; readonly target: string },
  signal?: AbortSignal,
): Promise<MapTable> {
  const container = await fetchContainer("map", { ...key, ...of }, signal);
  return {
    header: parseMethodMaps(container.header),
    values: container.float32("values"),
    positions: container.shape("values")[2] ?? 0,
    prediction: container.int32("prediction"),
    probability: container.float32("probability"),
    correct: container.uint8("correct"),
    iou: container.float32("iou"),
    groundTruthCoverage: container.float32("ground_truth_coverage"),
    saliencyCoverage: container.float32("saliency_coverage"),
  };
}
