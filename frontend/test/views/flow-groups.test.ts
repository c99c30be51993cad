import { describe, expect, it } from "vitest";
import type { FlowRecord } from "../../src/flow-api";
import { makeGraph, rankingBy } from "../../src/views/flow/graph";
import { groupedSentence, labelOf, nodeTitle } from "../../src/views/flow/words";

const ALONE = { pinned: [], groups: [], groupStep: "", ungrouped: [] };
const group = (members: number) => ({ members, strongest: [3], examples: [7] });

/** hidden (three of 40 units, in two groups, one of them in none) -> output (two classes). */
function record(step: string, hidden: readonly number[] = [2, 5, -1, 0.5]): FlowRecord {
  const out = hidden.flatMap((value) => [0.75 * value, 0.25 * value, 0]);
  return {
    header: {
      step,
      group: "all",
      examples: 5,
      method: "gradient_x_activation",
      target: "label",
      layers: [
        {
          name: "hidden",
          units: 40,
          shown: [3, 8, 21],
          pinned: [],
          groups: [group(12), group(1)],
          groupStep: "6",
          ungrouped: [21],
        },
        { name: "output", units: 2, shown: [0, 1], ...ALONE },
      ],
      links: [{ source: 0, target: 1 }],
    },
    links: [Float32Array.from(out)],
    against: [Float32Array.from(out.map((value) => (value < 0 ? -value : 0.125)))],
    attributions: Float32Array.from([...hidden, 4.875, 1.625, 0]),
    magnitudes: Float32Array.from([...hidden.map(Math.abs), 4.875, 1.625, 0]),
    remainders: Float32Array.from([Number.NaN, Number.NaN, Number.NaN, Number.NaN, 0, 0, 0]),
  };
}

const made = record("8");
const graph = makeGraph(made, rankingBy(made, "attribution"), 100);
const ofHidden = graph.nodes.filter(({ layer, kind }) => layer === 0 && kind !== "bias");

describe("the flow between groups", () => {
  it("has a node a group by its attribution, then no group, then the others", () => {
    expect(ofHidden.map(({ kind, group: number }) => [kind, number])).toEqual([
      ["group", 1],
      ["group", 0],
      ["none", -1],
      ["other", -1],
    ]);
  });

  it("keeps the anchor's order at every step", () => {
    const later = record("9", [9, 1, 0, 0]);
    const found = makeGraph(later, rankingBy(made, "attribution"), 100);
    expect(found.nodes.filter(({ kind }) => kind === "group").map((node) => node.group)).toEqual([
      1, 0,
    ]);
  });

  it("passes all that its record holds", () => {
    const all = graph.links.reduce((sum, { value }) => sum + value, 0);
    expect(all).toBeCloseTo(6.5);
  });

  it("tells what signed sums hide", () => {
    const group1 = graph.nodes.findIndex((node) => node.group === 1);
    const own = graph.links.filter(({ source }) => source === group1);
    expect(own.map(({ against }) => against)).toEqual([0.125, 0.125]);
  });

  it("totals all units, those told apart within the groups beside the others", () => {
    const [hidden] = graph.layers;
    expect([hidden?.shown, hidden?.units, hidden?.attribution]).toEqual([3, 40, 6.5]);
    const other = ofHidden.at(-1);
    expect([other?.units, other?.attribution]).toEqual([37, 0.5]);
  });

  it("keeps classes as they are", () => {
    const classes = graph.nodes.filter(({ layer, kind }) => layer === 1 && kind === "unit");
    expect(classes.map(({ unit }) => unit).toSorted()).toEqual([0, 1]);
  });

  it("has no node for no group where every unit is in one", () => {
    const layers = made.header.layers.map((layer) => ({ ...layer, ungrouped: [] }));
    const found = makeGraph(
      { ...made, header: { ...made.header, layers } },
      rankingBy(made, "unit"),
      9,
    );
    expect(found.nodes.some(({ kind }) => kind === "none")).toBe(false);
  });

  it("is told in words", () => {
    const told = ofHidden.map((node) => labelOf(graph, node, null));
    expect(told).toEqual(["group 2 (1 unit)", "group 1 (12 units)", "no group (1)", "37 others"]);
    expect(nodeTitle(graph, ofHidden[1]!, null)).toBe("hidden group 1 (12 units)");
    expect(groupedSentence(graph.layers[0]!, graph.method)).toMatch(
      /^3 of 40 units told apart in 2 groups, .* step 6$/,
    );
  });
});
