/** The routes `planes`, `plane`, `crops` and `projector`: units and examples in two dimensions. */
import type { RecordingKey } from "./api";
import { address, fetchContainer, request } from "./requests";
import {
  type Crops,
  type Plane,
  type PlaneSteps,
  type PointKind,
  parseCrops,
  parsePlane,
  parsePlaneSteps,
} from "./wire";

/** A layer's units, or the examples, in two dimensions at all records of responses. */
export interface PlaneTable {
  readonly header: Plane;
  /** int32[point]: numbers of units or examples. */
  readonly points: Int32Array;
  /** float32[record, point, 2]; NaN where there is none, or none yet. */
  readonly places: Float32Array;
  /** float32[record, 2]: shares of the variance; NaN unless by PCA. */
  readonly explained: Float32Array;
  /** int32[point] of examples: -1 where unknown; empty of units. */
  readonly labels: Int32Array;
  /** int32[record, point] of examples: -1 where unknown; empty of units. */
  readonly predictions: Int32Array;
}

/** What is asked of a plane. */
export interface PlaneQuestion {
  readonly layer: string;
  /** By which method of attribution; empty for activations. */
  readonly method: string;
  readonly of: PointKind;
  readonly projection: string;
  /** Of the record that the others are aligned to. */
  readonly step: string;
}

/** The example that each unit of a layer responds to most, and what it sees there. */
export interface CropTable {
  readonly header: Crops;
  /** int32[unit]; -1 where none is known. */
  readonly examples: Int32Array;
  /** float32[unit]: the response. */
  readonly values: Float32Array;
  /** float32[unit, 4]: top, left, bottom, right as shares of the picture. */
  readonly boxes: Float32Array;
}

/** Fetch which layers' units and examples can be laid out, and how. */
export async function fetchPlaneSteps(
  key: RecordingKey,
  method: string,
  signal?: AbortSignal,
): Promise<PlaneSteps> {
  const answer = await request("planes", { ...key, ...(method && { method }) }, signal);
  return parsePlaneSteps(await answer.json());
}

/** Fetch points in two dimensions at all records, as far as they are laid out. */
export async function fetchPlane(
  key: RecordingKey,
  question: PlaneQuestion,
  signal?: AbortSignal,
): Promise<PlaneTable> {
  const container = await fetchContainer("plane", { ...key, ...question }, signal);
  const numbers = (name: string) =>
    container.has(name) ? container.int32(name) : new Int32Array();
  return {
    header: parsePlane(container.header),
    points: container.int32("points"),
    places: container.float32("places"),
    explained: container.float32("explained"),
    labels: numbers("labels"),
    predictions: numbers("predictions"),
  };
}

/** Fetch which example each unit of a layer responds to most, and what it sees there. */
export async function fetchCrops(
  key: RecordingKey,
  layer: string,
  step: string,
  signal?: AbortSignal,
): Promise<CropTable> {
  const container = await fetchContainer("crops", { ...key, layer, step }, signal);
  return {
    header: parseCrops(container.header),
    examples: container.int32("examples"),
    values: container.float32("values"),
    boxes: container.float32("boxes"),
  };
}

/** Address of a zip that TensorBoard's Embedding Projector opens. */
export function projectorAddress(key: RecordingKey, question: PlaneQuestion): string {
  const { layer, method, of, step } = question;
  return address("projector", { ...key, layer, method, of, step });
}
