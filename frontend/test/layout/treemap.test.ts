import { describe, expect, it } from "vitest";
import type { Rect } from "../../src/layout/rect";
import { layOut, strips, tileAt, weigh } from "../../src/layout/treemap";

const AREA: Rect = { x: 10, y: 20, width: 1000, height: 600 };

/** Deterministic numbers in [0, 1), so that a failure can be repeated. */
function* randoms(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

function network(count: number, seed: number): { name: string; units: number }[] {
  const random = randoms(seed);
  const next = (): number => random.next().value as number;
  return Array.from({ length: count }, (_, i) => ({
    name: `stage${Math.floor(i / 6)}.${Math.floor(i / 3) % 2}.conv${i % 3}`,
    units: Math.ceil(10 ** (1 + 3 * next())),
  }));
}

function overlap(a: Rect, b: Rect): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width - 1e-6) * Math.max(0, height - 1e-6);
}

function isInside(inner: Rect, outer: Rect): boolean {
  const slack = 1e-6;
  return (
    inner.x >= outer.x - slack &&
    inner.y >= outer.y - slack &&
    inner.x + inner.width <= outer.x + outer.width + slack &&
    inner.y + inner.height <= outer.y + outer.height + slack
  );
}

describe("areas by given weights", () => {
  const layers = [
    { name: "a", units: 1000, weight: 0.1 },
    { name: "b", units: 10, weight: 6 },
    { name: "c", units: 10, weight: 2 },
    { name: "d", units: 10, weight: 0 },
  ];
  const tree = layers.map(({ name }, layer) => ({ kind: "layer", layer, label: name }) as const);

  it("are in proportion to them above the floor", () => {
    const [, second = 0, third = 0] = weigh(layers, tree);
    expect(second / third).toBeCloseTo(3);
  });

  it("leave no layer out", () => {
    const shares = weigh(layers, tree);
    const mean = (0.1 + 6 + 2) / 4;
    const total = 2 * 0.4 * mean + 6 + 2;
    expect(Math.min(...shares)).toBeCloseTo((0.4 * mean) / total);
  });

  it("keep layers in the order in which they run", () => {
    const { tiles } = layOut(layers, AREA);
    expect(tiles.map(({ layer }) => layer)).toEqual([0, 1, 2, 3]);
  });

  it("are by units where there are none", () => {
    const none = layers.map((layer) => ({ ...layer, weight: 0 }));
    const byUnits = layers.map(({ name, units }) => ({ name, units }));
    expect(weigh(none, tree)).toEqual(weigh(byUnits, tree));
  });
});

describe("strips", () => {
  it("fill the area", () => {
    const rects = strips([5, 3, 2, 8, 1], AREA, 0);
    const covered = rects.reduce((sum, rect) => sum + rect.width * rect.height, 0);
    expect(covered).toBeCloseTo(AREA.width * AREA.height, 3);
  });

  it("give areas in proportion to the weights", () => {
    const [first, second] = strips([6, 2], AREA, 0);
    expect((first!.width * first!.height) / (second!.width * second!.height)).toBeCloseTo(3, 6);
  });

  it("are read like text", () => {
    const rects = strips([1, 2, 3, 4, 5, 6, 7, 8, 9], AREA, 4);
    const inOrder = rects
      .slice(1)
      .every((rect, i) => rect.y > rects[i]!.y || (rect.y === rects[i]!.y && rect.x > rects[i]!.x));
    expect(inOrder).toBe(true);
  });

  it("break into the rows of least cost, not into one", () => {
    const rows = new Set(strips(Array(12).fill(1), AREA, 4).map((rect) => rect.y));
    expect(rows.size).toBe(3);
  });
});

describe("the treemap of a network", () => {
  it.each([1, 2, 6, 20, 75])("holds each of %i layers once", (count) => {
    const map = layOut(network(count, count), AREA);
    expect(map.tiles.map((tile) => tile.layer)).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it.each([2, 6, 20, 75])("lets no two of %i tiles overlap", (count) => {
    const { tiles } = layOut(network(count, count), AREA);
    const shared = tiles.flatMap((a, i) =>
      tiles.slice(i + 1).map((b) => overlap(a.frame, b.frame)),
    );
    expect(Math.max(...shared)).toBe(0);
  });

  it.each([1, 6, 20, 75])("keeps %i tiles inside their area", (count) => {
    const map = layOut(network(count, count), AREA);
    expect(map.tiles.every((tile) => isInside(tile.frame, AREA))).toBe(true);
  });

  it("keeps layers inside the groups of their modules", () => {
    const map = layOut(network(20, 3), AREA);
    const outside = map.groups.flatMap((group) =>
      group.layers.filter(
        (layer) => !isInside(map.tiles.find((tile) => tile.layer === layer)!.frame, group.frame),
      ),
    );
    expect(outside).toEqual([]);
  });

  it("puts header and body together into the frame", () => {
    const [tile] = layOut([{ name: "fc", units: 9 }], AREA).tiles;
    expect(tile!.header.height + tile!.body.height).toBeCloseTo(tile!.frame.height, 9);
  });

  it("never gives a body a negative size", () => {
    const map = layOut(network(75, 1), { x: 0, y: 0, width: 120, height: 90 });
    expect(
      Math.min(...map.tiles.map((t) => Math.min(t.body.width, t.body.height))),
    ).toBeGreaterThan(-1e-9);
  });

  it("gives a layer of ten units beside one of a million a visible share", () => {
    const layers = [
      { name: "a", units: 1_000_000 },
      { name: "b", units: 10 },
    ];
    const weights = weigh(layers, [
      { kind: "layer", layer: 0, label: "a" },
      { kind: "layer", layer: 1, label: "b" },
    ]);
    expect(weights[1]).toBeGreaterThan(0.1);
  });

  it("takes no time worth naming for 75 layers", () => {
    const map = layOut(network(75, 9), AREA, "stage1");
    expect(map.tiles).toHaveLength(6);
  });

  it("finds the tile under a point", () => {
    const map = layOut(network(6, 2), AREA);
    const { frame } = map.tiles[3]!;
    expect(tileAt(map, frame.x + frame.width / 2, frame.y + frame.height / 2)?.layer).toBe(3);
  });

  it("finds no tile beside the area", () => {
    expect(tileAt(layOut(network(6, 2), AREA), 0, 0)).toBeNull();
  });
});
