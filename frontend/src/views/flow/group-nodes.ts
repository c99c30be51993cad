/** The groups of a layer's units as nodes of the flow, and what is in none of them. */
import type { FlowRecord } from "../../flow-api";
import { finite } from "./amounts";
import type { FlowNode, Placed, Ranking } from "./graph";

/** Below all groups, above the rest. */
const LAST = 1e9;

/** The same group has the same at every step. */
export function keyOfGroup(layer: string, group: number): string {
  return `${layer}\ngroup ${group}`;
}

/** Keys of a layer's groups and of what is in none, as a record has them. */
export function keysOfGroups(layer: string, groups: number): readonly string[] {
  return [
    ...Array.from({ length: groups }, (_, group) => keyOfGroup(layer, group)),
    keyOfNone(layer),
  ];
}

/** Nodes of the groups; one of the units in no group, where there are some. */
export function groupNodes(record: FlowRecord, at: Placed, ranking: Ranking): FlowNode[] {
  const { name, groups, ungrouped, layer, column, start } = at;
  const nodeAt = (number: number) => ({
    column,
    stack: 2 * layer,
    presence: 1,
    layer,
    unit: -1,
    isPinned: false,
    attribution: finite(record.attributions[start + number]),
    magnitude: finite(record.magnitudes[start + number]),
  });
  const found = groups.map(
    ({ members }, group): FlowNode => ({
      ...nodeAt(group),
      key: keyOfGroup(name, group),
      kind: "group",
      group,
      units: members,
      place: ranking.place(name, group),
    }),
  );
  if (ungrouped === 0) return found;
  const none = { ...nodeAt(groups.length), key: keyOfNone(name), kind: "none" as const };
  return [...found, { ...none, group: -1, units: ungrouped, place: LAST }];
}

function keyOfNone(layer: string): string {
  return `${layer}\nnone`;
}
