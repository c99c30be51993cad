/** One record's flow on its way to another's: amounts pass over, the order of nodes does not. */
import { compareNodes, type FlowGraph, type FlowLink, type FlowNode } from "./graph";

/** The diagram at a share (0 to 1) of the way. */
export type Tween = (share: number) => FlowGraph;

/** The way from one diagram to another; null where they have other layers, so that there is none. */
export function tweenBetween(from: FlowGraph, to: FlowGraph): Tween | null {
  if (layersOf(from) !== layersOf(to)) return null;
  const nodes = pairs(from.nodes, to.nodes);
  const inOrder = [...nodes.entries()].toSorted(([, a], [, b]) => compareNodes(a.any, b.any));
  const placeOf = new Map(inOrder.map(([key], place) => [key, place]));
  const links = linkPairs(from, to, placeOf);
  return (share) => {
    if (share >= 1) return to;
    const mixed = inOrder.map(([, { any, from: before, to: after }]) => ({
      ...any,
      presence: mix(before?.presence ?? 0, after?.presence ?? 0, share),
      attribution: mix(before?.attribution ?? 0, after?.attribution ?? 0, share),
      magnitude: mix(before?.magnitude ?? 0, after?.magnitude ?? 0, share),
    }));
    const moved = links.map(({ source, target, before, after }) => ({
      source,
      target,
      value: mix(before, after, share),
    }));
    return { ...to, nodes: mixed, links: moved };
  };
}

interface Pair {
  readonly any: FlowNode;
  readonly from: FlowNode | undefined;
  readonly to: FlowNode | undefined;
}

function pairs(from: readonly FlowNode[], to: readonly FlowNode[]): ReadonlyMap<string, Pair> {
  const before = new Map(from.map((node) => [node.key, node]));
  const found = new Map<string, Pair>();
  for (const node of to) found.set(node.key, { any: node, from: before.get(node.key), to: node });
  for (const node of from) {
    if (!found.has(node.key)) found.set(node.key, { any: node, from: node, to: undefined });
  }
  return found;
}

interface LinkPair {
  readonly source: number;
  readonly target: number;
  readonly before: number;
  readonly after: number;
}

function linkPairs(
  from: FlowGraph,
  to: FlowGraph,
  placeOf: ReadonlyMap<string, number>,
): readonly LinkPair[] {
  const found = new Map<number, LinkPair>();
  const place = (graph: FlowGraph, node: number) => placeOf.get(graph.nodes[node]!.key) ?? 0;
  const note = (graph: FlowGraph, link: FlowLink, isAfter: boolean) => {
    const [source, target] = [place(graph, link.source), place(graph, link.target)];
    const at = source * placeOf.size + target;
    const { before = 0, after = 0 } = found.get(at) ?? {};
    const value = isAfter ? { before, after: link.value } : { before: link.value, after };
    found.set(at, { source, target, ...value });
  };
  for (const link of from.links) note(from, link, false);
  for (const link of to.links) note(to, link, true);
  return [...found.values()].toSorted((a, b) => a.source - b.source || a.target - b.target);
}

function layersOf({ layers }: FlowGraph): string {
  return layers.map(({ name, column }) => `${column} ${name}`).join("\n");
}

function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}
