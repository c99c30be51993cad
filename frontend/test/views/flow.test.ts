/** Flow as nodes and links: what is not shown by itself is in "other" or a bias, and nothing is lost. */
import { describe, expect, it } from "vitest";
import type { FlowRecord } from "../../src/flow-api";
import { type FlowGraph, leftOutBelow, makeGraph, rankingBy } from "../../src/views/flow/graph";
import { strongest } from "../../src/views/flow/strongest";
import { tweenBetween } from "../../src/views/flow/tween";
import { methodTitle, nodeSentence, shownSentence } from "../../src/views/flow/words";

const UNGROUPED = { groups: [], groupStep: "", ungrouped: [] };

const LAYERS = [
  { name: "input", units: 1, shown: [0], pinned: [], ...UNGROUPED },
  { name: "hidden", units: 40, shown: [3, 8, 21], pinned: [], ...UNGROUPED },
  { name: "output", units: 2, shown: [0, 1], pinned: [], ...UNGROUPED },
];

/** input -> hidden (three units and the rest) -> output; attributions are what links and biases add up to. */
function record(step: string, hidden: readonly number[] = [2, -1, 4, 0.5]): FlowRecord {
  const into = Float32Array.from([...hidden.map((value) => value - 0.25), 0, 0, 0, 0]);
  const out = Float32Array.from(hidden.flatMap((value) => [0.75 * value, 0.25 * value, 0]));
  const total = hidden.reduce((sum, value) => sum + value, 0);
  const output = [0.75 * total + 0.5, 0.25 * total, 0];
  return {
    header: {
      step,
      group: "all",
      examples: 5,
      method: "gradient_x_activation",
      target: "label",
      layers: LAYERS,
      links: [
        { source: 0, target: 1 },
        { source: 1, target: 2 },
      ],
    },
    links: [into, out],
    against: [],
    attributions: Float32Array.from([total - 1, 0, ...hidden, ...output]),
    magnitudes: Float32Array.from([total, 0, ...hidden.map(Math.abs), ...output.map(Math.abs)]),
    remainders: Float32Array.from([Number.NaN, Number.NaN, 0.25, 0.25, 0.25, 0.25, 0.5, 0, 0]),
  };
}

function graphOf(most = 100, order: "attribution" | "unit" = "attribution"): FlowGraph {
  const made = record("8");
  return makeGraph(made, rankingBy(made, order), most);
}

const unitsOf = (graph: FlowGraph, layer: number) =>
  graph.nodes
    .filter((node) => node.layer === layer && node.kind === "unit")
    .map(({ unit }) => unit);

const into = (graph: FlowGraph, key: string) =>
  graph.links
    .filter(({ target }) => graph.nodes[target]!.key === key)
    .reduce((sum, { value }) => sum + value, 0);

describe("a record as nodes and links", () => {
  it("stands in order of attribution at the anchor", () => {
    expect(unitsOf(graphOf(), 1)).toEqual([21, 3, 8]);
  });

  it("stands in order of unit numbers where that is asked for", () => {
    expect(unitsOf(graphOf(100, "unit"), 1)).toEqual([3, 8, 21]);
  });

  it("keeps the anchor's order at another step", () => {
    const later = makeGraph(
      record("16", [9, 1, -3, 0.5]),
      rankingBy(record("8"), "attribution"),
      100,
    );
    expect(unitsOf(later, 1)).toEqual([21, 3, 8]);
  });

  it("shows as many units as are asked for, the largest by |attribution|", () => {
    expect(unitsOf(graphOf(2), 1)).toEqual([21, 3]);
  });

  it.each([1, 2, 3, 100])(
    "gives the units that are left to one other node, of %i shown",
    (most) => {
      const other = graphOf(most).nodes.find(({ key }) => key === "hidden\nother");
      expect(other?.units).toBe(40 - Math.min(3, most));
    },
  );

  it.each([1, 2, 3, 100])("keeps each layer's signed total with %i units shown", (most) => {
    const graph = graphOf(most);
    const sums = graph.layers.map((_, layer) =>
      graph.nodes
        .filter((node) => node.layer === layer && node.kind !== "bias")
        .reduce((sum, { attribution }) => sum + attribution, 0),
    );
    expect(sums).toEqual(graph.layers.map(({ attribution }) => expect.closeTo(attribution, 5)));
  });

  it.each([1, 2, 3, 100])("keeps each layer's magnitude with %i units shown", (most) => {
    const graph = graphOf(most);
    const sums = graph.layers.map((_, layer) =>
      graph.nodes
        .filter((node) => node.layer === layer && node.kind !== "bias")
        .reduce((sum, { magnitude }) => sum + magnitude, 0),
    );
    expect(sums).toEqual(graph.layers.map(({ magnitude }) => expect.closeTo(magnitude, 5)));
  });

  it.each([1, 2, 100])("keeps the signed sum of all links with %i units shown", (most) => {
    const sum = (graph: FlowGraph) => graph.links.reduce((all, { value }) => all + value, 0);
    expect(sum(graphOf(most))).toBeCloseTo(sum(graphOf()), 5);
  });

  it("explains every node by its links, biases included", () => {
    const graph = graphOf();
    const hidden = graph.nodes.filter((node) => node.layer === 1 && node.kind !== "bias");
    expect(hidden.map(({ key }) => into(graph, key))).toEqual(
      hidden.map(({ attribution }) => expect.closeTo(attribution, 5)),
    );
  });

  it("has a bias node for every layer that something leads to", () => {
    const biases = graphOf().nodes.filter(({ kind }) => kind === "bias");
    expect(biases.map(({ key, column }) => [key, column])).toEqual([
      ["hidden\nbias", 0],
      ["output\nbias", 1],
    ]);
  });

  it("has no other node where every unit is shown", () => {
    expect(graphOf().nodes.some(({ key }) => key === "output\nother")).toBe(false);
  });

  it("counts what is not finite", () => {
    const made = record("8", [2, Number.NaN, 4, 0.5]);
    expect(makeGraph(made, rankingBy(null, "unit"), 9).notFinite).toBe(3);
  });
});

describe("a threshold", () => {
  it("of 0 leaves nothing out", () => {
    expect(leftOutBelow(graphOf().links, 0).links).toBe(0);
  });

  it("tells the share of what it leaves out", () => {
    const links = [5, -3, 2].map((value) => ({ source: 0, target: 1, value }));
    expect(leftOutBelow(links, 50)).toEqual({ links: 1, all: 3, share: 0.2 });
  });

  it("of 100 leaves the largest", () => {
    const links = [5, -3, 2].map((value) => ({ source: 0, target: 1, value }));
    expect(leftOutBelow(links, 100).links).toBe(2);
  });
});

describe("the way from one record to another", () => {
  const ranking = rankingBy(record("8"), "attribution");
  const [from, to] = [record("8"), record("16", [4, 1, 0, 0.5])].map((made) =>
    makeGraph(made, ranking, 100),
  ) as [FlowGraph, FlowGraph];

  it("ends at the other", () => {
    expect(tweenBetween(from, to)?.(1)).toBe(to);
  });

  it("keeps the order of nodes", () => {
    expect(tweenBetween(from, to)?.(0.5).nodes.map(({ key }) => key)).toEqual(
      from.nodes.map(({ key }) => key),
    );
  });

  it("is halfway between amounts in the middle", () => {
    const middle = tweenBetween(from, to)!(0.5);
    const unit = middle.nodes.find(({ key }) => key === "hidden\n3");
    expect(unit?.attribution).toBeCloseTo(3);
  });

  it("lets a node come that was not there", () => {
    const few = makeGraph(record("8"), ranking, 2);
    const middle = tweenBetween(few, to)!(0.5);
    expect(middle.nodes.find(({ key }) => key === "hidden\n8")?.presence).toBe(0.5);
  });

  it("is none to a network of other layers", () => {
    const layers = to.layers.map((layer) => ({ ...layer, name: `${layer.name}'` }));
    expect(tweenBetween(from, { ...to, layers })).toBeNull();
  });
});

describe("the strongest links of a node", () => {
  it("come the largest magnitude first", () => {
    const graph = graphOf();
    const target = graph.nodes.findIndex(({ key }) => key === "output\n0");
    const sources = strongest(graph, target, "sources", 2);
    expect(sources.map(({ node }) => graph.nodes[node]!.key)).toEqual(["hidden\n21", "hidden\n3"]);
  });

  it("have shares of all that passes on that side", () => {
    const graph = graphOf();
    const shares = strongest(graph, 0, "targets", 100).map(({ share }) => share);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  });
});

describe("pinned units", () => {
  const made = record("8");
  const layers = LAYERS.map((layer) =>
    layer.name === "hidden" ? { ...layer, pinned: [8] } : layer,
  );
  const pinned = { ...made, header: { ...made.header, layers } };
  const graph = makeGraph(pinned, rankingBy(made, "attribution"), 1);

  it("stand for themselves beside as many others as are asked for", () => {
    expect(unitsOf(graph, 1).toSorted((a, b) => a - b)).toEqual([8, 21]);
  });

  it("are told as such", () => {
    const node = graph.nodes.find(({ unit, layer }) => layer === 1 && unit === 8)!;
    expect(nodeSentence(graph, node, null)).toContain("hidden 8, pinned, attribution");
  });
});

describe("words for what is passed", () => {
  const byLrp: FlowGraph = { ...graphOf(1), method: "lrp" };

  it("are relevance for LRP", () => {
    expect(nodeSentence(byLrp, byLrp.nodes[0]!, null)).toContain("relevance");
    expect(shownSentence(byLrp.layers[1]!, byLrp.method)).toContain("|relevance|");
  });

  it("are attribution for all else", () => {
    const graph = graphOf(1);
    expect(nodeSentence(graph, graph.nodes[0]!, null)).toContain("attribution");
  });

  it("name the method and its target", () => {
    expect(methodTitle("lrp", "label")).toBe("LRP relevance of the label’s logit");
    expect(methodTitle("gradient_x_activation", "3")).toBe(
      "gradient × activation of the logit of class 3",
    );
  });
});
