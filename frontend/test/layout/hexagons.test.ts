import { describe, expect, test } from "vitest";
import {
  axisTicks,
  hexagonAt,
  layOutFacets,
  layOutMarginal,
  layOutPlane,
  outlinePath,
} from "../../src/layout/hexagons";

const RECT = { x: 10, y: 20, width: 400, height: 250 };
const AXES = [
  { lower: 0, upper: 10 },
  { lower: -1, upper: 1 },
] as const;
const plane = layOutPlane(RECT, AXES, [1, 0.2]);

describe("a plane of hexagons", () => {
  test("has its largest values at the right and at the top", () => {
    expect(plane.x(10)).toBeGreaterThan(plane.x(0));
    expect(plane.y(1)).toBeLessThan(plane.y(-1));
  });

  test("has room for the hexagons at its edges", () => {
    const half = plane.outline[1]?.[0] ?? 0;
    expect(plane.x(0) - half).toBeGreaterThanOrEqual(RECT.x);
    expect(plane.x(10) + half).toBeLessThanOrEqual(RECT.x + RECT.width);
  });

  test("tiles: neighbours of a row touch, and rows meet at their slopes", () => {
    const [[, top], [right, shoulder]] = plane.outline as [[number, number], [number, number]];
    expect(2 * right).toBeCloseTo(plane.x(1) - plane.x(0));
    expect(-top - shoulder).toBeCloseTo(plane.y(0) - plane.y(0.2));
  });

  test("is drawn smaller by a share", () => {
    expect(outlinePath(plane, 0.5)).toContain(
      `M0 ${Math.round(-50 * (plane.outline[3]?.[1] ?? 0)) / 100}`,
    );
  });
});

describe("the hexagon at a place", () => {
  const centres = { x: [2, 5, 8], y: [0, 0, 0] };
  const at = (x: number, y: number) => ({ x: plane.x(x), y: plane.y(y) });

  test("is the nearest of those that hold something", () => {
    expect(hexagonAt(plane, centres, () => true, at(5.2, 0.02))).toBe(1);
  });

  test("is none where the place is beyond all", () => {
    expect(hexagonAt(plane, centres, () => true, at(3.5, 0.5))).toBe(-1);
  });

  test("is none where the nearest holds nothing", () => {
    expect(hexagonAt(plane, centres, (bin) => bin !== 1, at(5, 0))).toBe(-1);
  });
});

describe("planes side by side", () => {
  test("do not overlap and stay within the area", () => {
    const rects = layOutFacets(RECT, 10, { x: 10, y: 20 });
    for (const [place, a] of rects.entries()) {
      expect(a.x + a.width).toBeLessThanOrEqual(RECT.x + RECT.width + 1e-9);
      expect(a.y + a.height).toBeLessThanOrEqual(RECT.y + RECT.height + 1e-9);
      for (const b of rects.slice(place + 1)) {
        const isApart = a.x + a.width <= b.x + 1e-9 || a.y + a.height <= b.y + 1e-9;
        expect(isApart).toBe(true);
      }
    }
  });

  test("are none for none", () => {
    expect(layOutFacets(RECT, 0, { x: 1, y: 1 })).toEqual([]);
  });
});

test("ticks lie within the scale", () => {
  const ticks = axisTicks({ lower: 0.13, upper: 4.31 }, 5);
  expect(ticks.length).toBeGreaterThan(2);
  expect(ticks.every((tick) => tick >= 0.13 && tick <= 4.31)).toBe(true);
});

test("a marginal's bars are the roots of shares, the largest share the whole room", () => {
  const bars = layOutMarginal([1, 4, 0, 11], { lower: 0, upper: 8 }, 16, 0.25);
  expect(bars.map(({ length }) => length)).toEqual([0.5, 1, 0, 1]);
  expect(bars[1]).toMatchObject({ from: 2, to: 4 });
});
