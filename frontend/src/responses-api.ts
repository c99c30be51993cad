/** The routes of responses: two together, who responds alike, filters, drift, distributions. */
import type { RecordingKey } from "./api";
import { fetchContainer, request } from "./requests";
import {
  type Correlated,
  type Drift,
  type FilteredExamples,
  type Joint,
  parseCorrelated,
  parseDrift,
  parseFilteredExamples,
  parseJoint,
  parseResponseDistribution,
  parseResponseSteps,
  type ResponseDistribution,
  type ResponseSteps,
} from "./wire";

/** What responds: a unit; or a layer along its first principal component, without one. */
export interface Respondent {
  readonly layer: string;
  readonly unit: number | null;
}

/** Whose responses: a layer's, as activations or, with a method, as attributions. */
export interface ResponseSubject {
  readonly layer: string;
  /** Empty for activations. */
  readonly method: string;
}

/** The same as the server's parameters. */
export function parametersOfSubject({ layer, method }: ResponseSubject): Record<string, string> {
  return method === "" ? { layer } : { layer, method };
}

/** A recording at a step. */
export interface Side {
  readonly key: RecordingKey;
  readonly step: string;
}

/** What is asked of two responses. */
export interface JointQuestion {
  /** One side, or two that are laid on one plane. */
  readonly sides: readonly Side[];
  readonly first: Respondent;
  readonly second: Respondent;
  /** By which method of attribution; empty for activations. */
  readonly method: string;
  /** Step of the record that gives principal components. */
  readonly anchor: string;
  readonly isByClass: boolean;
  readonly filter: string;
  /** Whose way over the records is asked for. */
  readonly example: number | null;
}

/** Two responses together. */
export interface JointBins {
  readonly header: Joint;
  /** Centres of the hexagons, on the scales of the axes. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** uint32[side, group, bin]. */
  readonly counts: Uint32Array;
  /** uint32[side, part], in equal parts of an axis. */
  readonly marginalsX: Uint32Array;
  readonly marginalsY: Uint32Array;
  /** By example that is counted on any side. */
  readonly examples: Int32Array;
  readonly labels: Int32Array;
  /** int32[side, example]: -1 where an example is not counted. */
  readonly binOf: Int32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly predictions: Int32Array;
  /** uint8[side, example], 2 where unknown. */
  readonly correct: Uint8Array;
  /** float32[2, trail record]. */
  readonly trail: Float32Array;
}

/** A unit's responses over all records. */
export interface DistributionTable {
  readonly header: ResponseDistribution;
  /** float32[record, part]. */
  readonly counts: Float32Array;
  readonly parts: number;
  /** float32[record, 5]: at 0, 0.25, 0.5, 0.75 and 1. */
  readonly quantiles: Float32Array;
  /** float32[other record, part]. */
  readonly otherCounts: Float32Array;
  /** float32[record], empty without a second probe set. */
  readonly distances: Float32Array;
}

/** How differently a layer's units respond to two probe sets. */
export interface DriftTable {
  readonly header: Drift;
  /** float32[unit]. */
  readonly distances: Float32Array;
}

/** Fetch when responses were recorded, and of which layers. */
export async function fetchResponseSteps(key: RecordingKey): Promise<ResponseSteps> {
  return parseResponseSteps(await (await request("responses", { ...key }, undefined)).json());
}

/** Fetch two responses together. */
export async function fetchJoint(question: JointQuestion): Promise<JointBins> {
  const container = await fetchContainer("joint", parametersOf(question), undefined);
  return {
    header: parseJoint(container.header),
    x: container.float32("x"),
    y: container.float32("y"),
    counts: container.uint32("counts"),
    marginalsX: container.uint32("marginals_x"),
    marginalsY: container.uint32("marginals_y"),
    examples: container.int32("examples"),
    labels: container.int32("labels"),
    binOf: container.int32("bin_of"),
    first: container.float32("first"),
    second: container.float32("second"),
    predictions: container.int32("predictions"),
    correct: container.uint8("correct"),
    trail: container.float32("trail"),
  };
}

/** Fetch the units of a layer that respond most alike one, and most opposed. */
export async function fetchCorrelated(
  { key, step }: Side,
  subject: ResponseSubject,
  unit: number,
): Promise<Correlated> {
  const parameters = { ...key, ...parametersOfSubject(subject), unit: String(unit), step };
  return parseCorrelated(await (await request("correlated", parameters, undefined)).json());
}

/** Fetch the examples that a filter holds for, and the names that it may use. */
export async function fetchFiltered(
  { key, step }: Side,
  filter: string,
): Promise<FilteredExamples> {
  const answer = await request("filter", { ...key, step, filter }, undefined);
  return parseFilteredExamples(await answer.json());
}

/** Fetch how differently a layer's units respond to the run's other probe set. */
export async function fetchDrift(
  { key, step }: Side,
  subject: ResponseSubject,
  other: string,
): Promise<DriftTable> {
  const parameters = { ...key, ...parametersOfSubject(subject), step, other };
  const container = await fetchContainer("drift", parameters, undefined);
  return { header: parseDrift(container.header), distances: container.float32("distances") };
}

/** Fetch a unit's responses over all records. */
export async function fetchDistribution(
  key: RecordingKey,
  subject: ResponseSubject,
  unit: number,
): Promise<DistributionTable> {
  const parameters = { ...key, ...parametersOfSubject(subject), unit: String(unit) };
  const container = await fetchContainer("distribution", parameters, undefined);
  return {
    header: parseResponseDistribution(container.header),
    counts: container.float32("counts"),
    parts: container.shape("counts")[1] ?? 0,
    quantiles: container.float32("quantiles"),
    otherCounts: container.float32("other_counts"),
    distances: container.float32("distances"),
  };
}

function parametersOf(question: JointQuestion): Readonly<Record<string, string>> {
  const { first, second, method, anchor, filter, example } = question;
  const [side, other] = question.sides;
  const unitOf = (name: string, { unit }: Respondent) =>
    unit === null ? {} : { [`${name}_unit`]: String(unit) };
  return {
    ...side?.key,
    step: side?.step ?? "0",
    ...(method === "" ? {} : { method }),
    x_layer: first.layer,
    ...unitOf("x", first),
    y_layer: second.layer,
    ...unitOf("y", second),
    anchor,
    ...(question.isByClass ? { by: "class" } : {}),
    ...(filter === "" ? {} : { filter }),
    ...(example === null ? {} : { example: String(example) }),
    ...(other
      ? {
          other_run: other.key.run,
          other_model: other.key.model,
          other_probe: other.key.probe,
          other_step: other.step,
        }
      : {}),
  };
}
