/** What layers, nodes and groups of examples are called. */
import type { Recording } from "../../api";
import { formatCount, formatShare, formatSigned } from "../../numbers";
import { formatStep } from "../../steps";
import { titleOfMethod } from "../../titles";
import type { FlowGraph, FlowNode, LayerTotals } from "./graph";

/** The name of a layer for people: the pseudo-layer of the model's output holds its classes. */
export function layerTitle(graph: FlowGraph, layer: number): string {
  const name = graph.layers[layer]?.name ?? "";
  return isOutput(graph, layer) ? "classes" : name;
}

/** Whether it is the pseudo-layer of the model's output, whose units are classes. */
export function isOutput(graph: FlowGraph, layer: number): boolean {
  return layer === graph.layers.length - 1;
}

/** The layer's index among the recorded ones; -1 for the model's input and output. */
export function recordedLayer(recording: Recording | null, name: string): number {
  return recording?.records.layers.findIndex((layer) => layer.name === name) ?? -1;
}

/** The recorded unit that a node is, or null. */
export function unitOf(graph: FlowGraph, node: FlowNode, recording: Recording | null) {
  const layerName = graph.layers[node.layer]?.name ?? "";
  const isUnit = node.kind === "unit" && recordedLayer(recording, layerName) >= 0;
  return isUnit ? { layerName, unit: node.unit } : null;
}

/** After the label of a unit that the recording always shows. */
export const PINNED = " · pinned";

/** A node's label beside its bar: as short as the column's header allows. */
export function labelOf(graph: FlowGraph, node: FlowNode, recording: Recording | null): string {
  switch (node.kind) {
    case "bias":
      return "bias and norm";
    case "other":
      return node.units === graph.layers[node.layer]?.units
        ? `all ${formatCount(node.units)}`
        : `${formatCount(node.units)} other${node.units === 1 ? "" : "s"}`;
    case "group":
      return `group ${node.group + 1} (${countOf(node.units, "unit")})`;
    case "none":
      return `no group (${formatCount(node.units)})`;
    case "unit":
      return isOutput(graph, node.layer) ? className(recording, node.unit) : String(node.unit);
  }
}

/** A node's full name: "conv2/relu 36", "52 others of conv2/relu". */
export function nodeTitle(graph: FlowGraph, node: FlowNode, recording: Recording | null): string {
  const [label, layer] = [labelOf(graph, node, recording), layerTitle(graph, node.layer)];
  switch (node.kind) {
    case "bias":
      return `${label} of ${layer}`;
    case "other":
    case "none":
      return `${label} of ${layer}`;
    case "group":
      return `${layer} ${label}`;
    case "unit":
      return isOutput(graph, node.layer) ? label : `${layer} ${label}`;
  }
}

/** What a method gives units: LRP's attribution, and nothing else, is relevance. */
export function amountOf(method: string): "attribution" | "relevance" {
  return method === "lrp" ? "relevance" : "attribution";
}

/** A node in one sentence. */
export function nodeSentence(
  graph: FlowGraph,
  node: FlowNode,
  recording: Recording | null,
): string {
  const share = formatShare(shareOf(graph, node));
  const pinned = node.isPinned ? ", pinned" : "";
  const of = node.kind === "bias" ? "of what the layer holds" : "of the layer";
  return `${nodeTitle(graph, node, recording)}${pinned}, ${amountOf(graph.method)} ${formatSigned(node.attribution)}, ${share} ${of}`;
}

/** A node's share of its layer's |attribution|. */
export function shareOf(graph: FlowGraph, node: FlowNode): number {
  const total = graph.layers[node.layer]?.magnitude ?? 0;
  return total > 0 ? node.magnitude / total : Number.NaN;
}

/** "12 of 64 units shown, 83 % of |attribution|". */
export function shownSentence(
  { shown, units, shownMagnitude, magnitude }: LayerTotals,
  method: string,
): string {
  const share = formatShare(magnitude > 0 ? shownMagnitude / magnitude : Number.NaN);
  return `${formatCount(shown)} of ${formatCount(units)} units shown, ${share} of |${amountOf(method)}|`;
}

/** "12 of 64 units told apart in 6 groups, 83 % of |attribution|; groups of responses at step 8". */
export function groupedSentence(totals: LayerTotals, method: string): string {
  const { shown, units, groups, groupStep, shownMagnitude, magnitude } = totals;
  const share = formatShare(magnitude > 0 ? shownMagnitude / magnitude : Number.NaN);
  return `${formatCount(shown)} of ${formatCount(units)} units told apart in ${countOf(groups.length, "group")}, ${share} of |${amountOf(method)}|; groups of responses at step ${formatStep(groupStep)}`;
}

function countOf(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** A class by its name. */
export function className(recording: Recording | null, index: number): string {
  return recording?.records.probeSet.classNames[index] ?? `class ${index}`;
}

/** A group of examples as the recording names it, taken apart. */
export interface GroupName {
  readonly kind: "all" | "class" | "example";
  readonly number: number;
}

/** Read a group's name: "all", "class 3", "example 17". */
export function parseGroup(name: string): GroupName {
  const [, kind, number] = /^(class|example) (\d+)$/.exec(name) ?? [];
  if (kind === "class" || kind === "example") return { kind, number: Number(number) };
  return { kind: "all", number: 0 };
}

/** A group of examples for people. */
export function groupTitle(name: string, recording: Recording | null): string {
  const { kind, number } = parseGroup(name);
  if (kind === "class") {
    const title = className(recording, number);
    return /^\d+$/.test(title) ? `class ${title}` : title;
  }
  return kind === "all" ? "all examples" : name;
}

/** What a method of flow is called. */
export function flowMethodTitle(method: string): string {
  return method === "lrp" ? "LRP relevance" : titleOfMethod(method);
}

/** What a method and its target are called. */
export function methodTitle(method: string, target: string): string {
  const titles: Readonly<Record<string, string>> = {
    label: "the label’s logit",
    prediction: "the predicted logit",
    loss: "the loss",
  };
  const name = flowMethodTitle(method);
  const of = titles[target] ?? (/^\d+$/.test(target) ? `the logit of class ${target}` : target);
  return `${name} of ${of}`;
}
