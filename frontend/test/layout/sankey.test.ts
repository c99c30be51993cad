/** The Sankey's geometry: what is wide is as wide as it says, and stands where it was put. */
import { describe, expect, it } from "vitest";
import {
  columnItems,
  layOutSankey,
  longestPaths,
  ribbonAt,
  ribbonOffset,
  type SankeyFrame,
  type SankeyGraph,
  scaleThatFits,
} from "../../src/layout/sankey";

const FRAME: SankeyFrame = {
  width: 500,
  height: 400,
  right: 80,
  bar: 10,
  columnStep: 100,
  slot: 12,
  gap: 2,
  stackGap: 16,
};

const at = (column: number, stack: number, presence = 1) => ({ column, stack, presence });

/** Two sources, a middle layer of two, one sink, and a link that passes the middle. */
const GRAPH: SankeyGraph = {
  nodes: [at(0, 0), at(0, 0), at(1, 2), at(1, 2), at(2, 4)],
  links: [
    { source: 0, target: 2, value: 3 },
    { source: 0, target: 3, value: -1 },
    { source: 0, target: 4, value: 2 },
    { source: 1, target: 3, value: 4 },
    { source: 2, target: 4, value: -2 },
    { source: 3, target: 4, value: 5 },
  ],
};

const SCALE = scaleThatFits(columnItems(GRAPH), FRAME);
const LAID = layOutSankey(GRAPH, FRAME, SCALE);

describe("a Sankey of a given order", () => {
  it("makes every ribbon as thick as its magnitude", () => {
    expect(LAID.ribbons.map(({ thickness }) => thickness / SCALE.pixels)).toEqual(
      GRAPH.links.map(({ value }) => expect.closeTo(Math.abs(value))),
    );
  });

  it("makes every bar as high as the larger of what comes in and goes out", () => {
    expect(LAID.bars.map(({ height }) => height / SCALE.pixels)).toEqual(
      [6, 4, 3, 5, 9].map((amount) => expect.closeTo(amount)),
    );
  });

  it("keeps the order of the list in every column", () => {
    const tops = LAID.slots.map(({ y }) => y);
    expect([tops[0]! < tops[1]!, tops[2]! < tops[3]!]).toEqual([true, true]);
  });

  it("keeps the order when amounts are exchanged", () => {
    const links = GRAPH.links.map((link) => ({ ...link, value: 10 - link.value }));
    const other = { ...GRAPH, links };
    const laid = layOutSankey(other, FRAME, scaleThatFits(columnItems(other), FRAME));
    expect(laid.slots[2]!.y).toBeLessThan(laid.slots[3]!.y);
  });

  it("lets no two nodes of a column overlap", () => {
    const [above, below] = [LAID.slots[0]!, LAID.slots[1]!];
    expect(above.y + above.height).toBeLessThanOrEqual(below.y);
  });

  it("stays inside of the frame in height", () => {
    const ends = LAID.slots.map(({ y, height }) => y + height);
    expect(Math.max(...ends)).toBeLessThanOrEqual(FRAME.height + 1e-6);
  });

  it("is not wider than the frame where the columns fit", () => {
    expect(LAID.width).toBe(FRAME.width);
  });

  it("grows wider than the frame rather than bring columns closer than they may be", () => {
    const narrow = layOutSankey(GRAPH, { ...FRAME, width: 200 }, SCALE);
    expect(narrow.columns).toEqual([0, 100, 200]);
  });

  it("leads a link past a column below that column's nodes", () => {
    const { points, thickness } = LAID.ribbons[2]!;
    const lowest = LAID.slots[3]!.y + LAID.slots[3]!.height;
    expect(points[3]! - thickness / 2).toBeGreaterThanOrEqual(lowest);
  });

  it("starts ribbons inside of their bar", () => {
    const outside = LAID.ribbons.filter(({ link, points, thickness }) => {
      const bar = LAID.bars[GRAPH.links[link]!.source]!;
      const [top, bottom] = [points[1]! - thickness / 2, points[1]! + thickness / 2];
      return top < bar.y - 1e-6 || bottom > bar.y + bar.height + 1e-6;
    });
    expect(outside).toEqual([]);
  });

  it("fits the largest of several diagrams", () => {
    const twice = { ...GRAPH, links: GRAPH.links.map((one) => ({ ...one, value: 2 * one.value })) };
    const both = [...columnItems(GRAPH), ...columnItems(twice)];
    expect(scaleThatFits(both, FRAME).pixels).toBeCloseTo(
      scaleThatFits(columnItems(twice), FRAME).pixels,
    );
  });

  it("leaves room for amounts in a column of more nodes than have room for a slot", () => {
    const nodes = [...Array.from({ length: 200 }, () => at(0, 0)), at(1, 2)];
    const links = [{ source: 0, target: 200, value: 1 }];
    expect(scaleThatFits(columnItems({ nodes, links }), FRAME).pixels).toBeGreaterThan(100);
  });

  it("has a scale of 0 where nothing flows", () => {
    const empty = { nodes: GRAPH.nodes, links: [] };
    expect(scaleThatFits(columnItems(empty), FRAME).pixels).toBe(0);
  });

  it("gives a node that is only coming no slot yet", () => {
    const nodes = [at(0, 0), at(0, 0, 0)];
    const laid = layOutSankey({ nodes, links: [] }, FRAME, { pixels: 1, spacing: 1 });
    expect(laid.slots[1]!.height).toBe(0);
  });

  it("leaves its input as it was", () => {
    const before = structuredClone(GRAPH);
    layOutSankey(GRAPH, FRAME, SCALE);
    expect(GRAPH).toEqual(before);
  });
});

describe("a ribbon", () => {
  it("is met halfway between its ends at half their heights", () => {
    const ribbon = { link: 0, thickness: 4, points: [0, 0, 100, 50] };
    expect(ribbonOffset(ribbon, 50, 25)).toBeCloseTo(0);
  });

  it("is not met beyond its ends", () => {
    const ribbon = { link: 0, thickness: 4, points: [0, 0, 100, 50] };
    expect(ribbonAt([ribbon], 101, 50, 2)).toBe(-1);
  });

  it("is found under a thicker one", () => {
    const points = [0, 0, 100, 0];
    const ribbons = [
      { link: 0, thickness: 3, points },
      { link: 1, thickness: 20, points },
    ];
    expect(ribbonAt(ribbons, 50, 1, 0)).toBe(0);
  });
});

describe("columns of layers", () => {
  it("are the longest paths from the input", () => {
    const links = [
      { source: 0, target: 1 },
      { source: 0, target: 2 },
      { source: 1, target: 3 },
      { source: 2, target: 3 },
      { source: 0, target: 3 },
      { source: 3, target: 4 },
    ];
    expect(longestPaths(5, links)).toEqual([0, 1, 1, 2, 3]);
  });

  it("put the output last also where nothing leads to it", () => {
    expect(longestPaths(3, [{ source: 0, target: 1 }])).toEqual([0, 1, 1]);
  });
});
