/** The routes `flows` and `flow`: attribution passed between layers. */
import type { RecordingKey } from "./api";
import { fetchContainer, request } from "./requests";
import { type Flow, type FlowSteps, parseFlow, parseFlowSteps } from "./wire";

/** Attribution passed between the layers of a recording at one record, of one group of examples. */
export interface FlowRecord {
  readonly header: Flow;
  /** By link of the header: float32[source unit, target unit], the rest of each layer last. */
  readonly links: readonly Float32Array[];
  /** float32[unit], the shown units and the rest of all layers in order: signed means. */
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

/** Of which examples flow is, and by which method; null: the first that the record has. */
export interface FlowSubject {
  readonly group: string;
  readonly method: string | null;
}

/** Fetch the flow of a group of examples at a step at which flow was recorded. */
export async function fetchFlow(
  key: RecordingKey,
  step: string,
  { group, method }: FlowSubject,
  signal?: AbortSignal,
): Promise<FlowRecord> {
  const by = method === null ? {} : { method };
  const container = await fetchContainer("flow", { ...key, step, group, ...by }, signal);
  const header = parseFlow(container.header);
  return {
    header,
    links: header.links.map((_, place) => container.float32(`link${place}`)),
    attributions: container.float32("attributions"),
    magnitudes: container.float32("magnitudes"),
    remainders: container.float32("remainders"),
  };
}
