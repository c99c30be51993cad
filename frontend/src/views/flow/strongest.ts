/** Where a node's attribution comes from and goes to, the strongest first. */
import type { FlowGraph } from "./graph";

/** One end of links of a node. */
export interface Strand {
  /** The node at the other end. */
  readonly node: number;
  readonly value: number;
  /** Of all |flow| on this side of the node. */
  readonly share: number;
}

/** The strongest links into or out of a node. */
export function strongest(
  { links }: FlowGraph,
  node: number,
  side: "sources" | "targets",
  most: number,
): readonly Strand[] {
  const [own, other] =
    side === "sources" ? (["target", "source"] as const) : (["source", "target"] as const);
  const found = links.filter((link) => link[own] === node);
  const total = found.reduce((sum, { value }) => sum + Math.abs(value), 0);
  return found
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, most)
    .map((link) => ({
      node: link[other],
      value: link.value,
      share: total > 0 ? Math.abs(link.value) / total : Number.NaN,
    }));
}
