/** The routes `patterns` and `groups`: a layer's responses as a matrix, and its units in groups. */
import { fetchContainer } from "./requests";
import { parametersOfSubject, type ResponseSubject, type Side } from "./responses-api";
import { type Groups, type Patterns, parseGroups, parsePatterns } from "./wire";

/** A layer's responses at one record, examples and units in the order of the anchor. */
export interface PatternTable {
  readonly header: Patterns;
  readonly units: Int32Array;
  readonly examples: Int32Array;
  /** uint8[example, unit] on the header's grid. */
  readonly codes: Uint8Array;
  /** int32[unit]. */
  readonly offsets: Int32Array;
  /** int32[example], -1 where unknown. */
  readonly labels: Int32Array;
  readonly predictions: Int32Array;
  /** float32[class, unit]. */
  readonly classMeans: Float32Array;
  /** float32[unit]; NaN where it is undefined. */
  readonly selectivity: Float32Array;
  /** int32[unit]: number of a class, -1 where undefined. */
  readonly preferred: Int32Array;
  /** float32[subset, unit]; NaN for a subset without examples. */
  readonly subsetMeans: Float32Array;
}

/** A layer's units in groups at one record. */
export interface GroupTable {
  readonly header: Groups;
  readonly units: Int32Array;
  readonly examples: Int32Array;
  /** float32[group, unit]. */
  readonly weights: Float32Array;
  /** float32[group, example]. */
  readonly activity: Float32Array;
  /** float32[group, example] of attributions: the part of that below 0; else empty. */
  readonly against: Float32Array;
  /** float32[group]. */
  readonly strength: Float32Array;
  /** float32[group]; NaN at the first record. */
  readonly alike: Float32Array;
  /** float32[group, class]. */
  readonly profile: Float32Array;
  /** float32[group, example, position] of the header's examples of maps. */
  readonly maps: Float32Array;
}

/** What is asked of a layer: the order is that of the anchor. */
export interface LayerQuestion extends Side, ResponseSubject {
  readonly anchor: string;
}

/** Fetch a layer's responses at a step. */
export async function fetchPatterns(
  { key, step, anchor, ...subject }: LayerQuestion,
  filter: string,
  subsets: string,
): Promise<PatternTable> {
  const parameters = {
    ...key,
    ...parametersOfSubject(subject),
    step,
    anchor,
    ...(filter === "" ? {} : { filter }),
    ...(subsets === "" ? {} : { subsets }),
  };
  const container = await fetchContainer("patterns", parameters, undefined);
  return {
    header: parsePatterns(container.header),
    units: container.int32("units"),
    examples: container.int32("examples"),
    codes: container.uint8("codes"),
    offsets: container.int32("offsets"),
    labels: container.int32("labels"),
    predictions: container.int32("predictions"),
    classMeans: container.float32("class_means"),
    selectivity: container.float32("selectivity"),
    preferred: container.int32("preferred"),
    subsetMeans: container.float32("subset_means"),
  };
}

/** Fetch a layer's units in so many groups at a step. */
export async function fetchGroups(
  { key, step, anchor, ...subject }: LayerQuestion,
  count: number,
): Promise<GroupTable> {
  const own = parametersOfSubject(subject);
  const parameters = { ...key, ...own, step, anchor, count: String(count) };
  const container = await fetchContainer("groups", parameters, undefined);
  return {
    header: parseGroups(container.header),
    units: container.int32("units"),
    examples: container.int32("examples"),
    weights: container.float32("weights"),
    activity: container.float32("activity"),
    against: container.float32("against"),
    strength: container.float32("strength"),
    alike: container.float32("alike"),
    profile: container.float32("profile"),
    maps: container.float32("maps"),
  };
}
