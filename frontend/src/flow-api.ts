/** The routes `flows` and `flow`: attribution passed between layers. */
import type { RecordingKey } from "./api";
import { fetchContainer, request } from "./requests";
import { type Flow, type FlowSteps, parseFlow, parseFlowSteps } from "./wire";

/** Attribution passed between the layers of a recording at one record, of one group of examples. */
export interface FlowRecord {
  readonly header: Flow;
  /** By link of the header: float32[source node, target node], the rest of each layer last. */
  readonly links: readonly Float32Array[];
  /** Of groups, the part below 0 of each link, which its signed sum may hide; of units empty. */
  readonly against: readonly Float32Array[];
  /** float32[node], the shown units (or groups) and the rest of all layers in order: signed means. */
  readonly attributions: Float32Array;
  /** The same with each example's magnitude. */
  readonly magnitudes: Float32Array;
  /** What is beyond the incoming links; NaN in a layer that nothing leads to. */
  readonly remainders: Float32Array;
}

/** Fetch when flow was recorded, by which methods and of which groups of examples. */
export async function fetchFlowSteps(key: RecordingKey, signal?: AbortSignal): Promise<FlowSteps> {
  const answer = await request("flows", { ...key }, signal);
  return parseFlowSteps(await answer.json());
}

/** Into which groups the units of layers with responses are put, to be nodes in their place. */
export interface UnitGrouping {
  readonly count: number;
  /** Step of the record at which they are found. */
  readonly anchor: string;
  /** Whose responses they are of; empty for activations. */
  readonly method: string;
}

/** Of which examples flow is, and by which method; null: the first that the record has. */
export interface FlowSubject {
  readonly group: string;
  readonly method: string | null;
  /** Groups as nodes; null: units. */
  readonly grouping: UnitGrouping | null;
}

/** Fetch the flow of a group of examples at a step at which flow was recorded. */
export async function fetchFlow(
  key: RecordingKey,
  step: string,
  { group, method, grouping }: FlowSubject,
  signal?: AbortSignal,
): Promise<FlowRecord> {
  const by = method === null ? {} : { method };
  const nodes = grouping === null ? {} : parametersOfGrouping(grouping);
  const container = await fetchContainer("flow", { ...key, step, group, ...by, ...nodes }, signal);
  const header = parseFlow(container.header);
  return {
    header,
    links: header.links.map((_, place) => container.float32(`link${place}`)),
    against: header.links.flatMap((_, place) =>
      container.has(`against${place}`) ? [container.float32(`against${place}`)] : [],
    ),
    attributions: container.float32("attributions"),
    magnitudes: container.float32("magnitudes"),
    remainders: container.float32("remainders"),
  };
}

function parametersOfGrouping({ count, anchor, method }: UnitGrouping): Record<string, string> {
  const of = method === "" ? {} : { responses: method };
  return { groups: String(count), anchor, ...of };
}
