/** The routes of evidence: what speaks for and against each class, in tracked examples and pins; and `trust`. */
import type { RecordingKey } from "./api";
import { fetchContainer, request } from "./requests";
import {
  type EvidenceSteps,
  type LayerEvidence,
  parseEvidenceSteps,
  parseLayerEvidence,
  parseUnitEvidence,
  parseUnitTrust,
  type UnitEvidence,
  type UnitTrust,
} from "./wire";

/** What the units of a layer contribute to each class, in all tracked examples at one record. */
export interface LayerEvidenceTable {
  readonly header: LayerEvidence;
  /** Units of the layer. */
  readonly units: number;
  /** float32[example, class, unit]: attributions; NaN where unknown. */
  readonly net: Float32Array;
  /** The magnitude of the negative ones alone. */
  readonly against: Float32Array;
  /** int32[example]: the predicted class, -1 where unknown. */
  readonly prediction: Int32Array;
}

/** What one unit contributes to each class at all records of evidence. */
export interface UnitEvidenceTable {
  readonly header: UnitEvidence;
  /** float32[record, example, class]: attributions; NaN where unknown. */
  readonly net: Float32Array;
  /** float32[record, class]: mean over the probe set where the unit is pinned. */
  readonly mean: Float32Array;
  /** The magnitude of the mean's negative part. */
  readonly meanAgainst: Float32Array;
  /** int32[record, example]: the predicted class, -1 where unknown. */
  readonly prediction: Int32Array;
}

/** Fetch when evidence was recorded, and of which layers, examples and pins. */
export async function fetchEvidenceSteps(
  key: RecordingKey,
  signal?: AbortSignal,
): Promise<EvidenceSteps> {
  const answer = await request("evidence", { ...key }, signal);
  return parseEvidenceSteps(await answer.json());
}

/** Fetch the evidence of a layer at a step that has a record of it. */
export async function fetchLayerEvidence(
  key: RecordingKey,
  layer: string,
  step: string,
  signal?: AbortSignal,
): Promise<LayerEvidenceTable> {
  const container = await fetchContainer("layer_evidence", { ...key, layer, step }, signal);
  return {
    header: parseLayerEvidence(container.header),
    units: container.shape("net")[2] ?? 0,
    net: container.float32("net"),
    against: container.float32("against"),
    prediction: container.int32("prediction"),
  };
}

/** Fetch the evidence of a unit at all records. */
export async function fetchUnitEvidence(
  key: RecordingKey,
  layer: string,
  unit: number,
  signal?: AbortSignal,
): Promise<UnitEvidenceTable> {
  const query = { ...key, layer, unit: String(unit) };
  const container = await fetchContainer("unit_evidence", query, signal);
  return {
    header: parseUnitEvidence(container.header),
    net: container.float32("net"),
    mean: container.float32("mean"),
    meanAgainst: container.float32("mean_against"),
    prediction: container.int32("prediction"),
  };
}

/** Fetch every verdict on attributions to units. */
export async function fetchUnitTrust(key: RecordingKey, signal?: AbortSignal): Promise<UnitTrust> {
  const answer = await request("trust", { ...key }, signal);
  return parseUnitTrust(await answer.json());
}
