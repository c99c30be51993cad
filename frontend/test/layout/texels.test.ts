import { describe, expect, it } from "vitest";
import { indexOrder } from "../../src/layout/order";
import {
  moveCursor,
  paint,
  placesIn,
  texelAt,
  texelGrid,
  texelRect,
} from "../../src/layout/texels";

const BODY = { x: 30, y: 40, width: 300, height: 200 };
const SIZES = [1, 2, 7, 10, 64, 100, 1000, 5000, 60_000, 61_234, 1_000_000];

describe("the grid of texels", () => {
  it.each(SIZES)("has a place for each of %i units", (units) => {
    const grid = texelGrid(units, 300, 200);
    expect(grid.columns * grid.rows * grid.perTexel).toBeGreaterThanOrEqual(units);
  });

  it.each(SIZES)("has a device pixel for every texel of %i units", (units) => {
    const grid = texelGrid(units, 300, 200);
    expect(grid.columns <= 300 && grid.rows <= 200).toBe(true);
  });

  it.each(SIZES)("leaves no whole row empty for %i units", (units) => {
    const grid = texelGrid(units, 300, 200);
    expect((grid.rows - 1) * grid.columns * grid.perTexel).toBeLessThan(units);
  });

  it("gives each unit a texel of its own where there are pixels enough", () => {
    expect(texelGrid(60_000, 300, 200).perTexel).toBe(1);
  });

  it("lets texels share where there are fewer pixels than units", () => {
    expect(texelGrid(60_001, 300, 200).perTexel).toBe(2);
  });

  it.each([40, 64, 100, 512, 5000])("draws %i units nearly square", (units) => {
    const grid = texelGrid(units, 300, 200);
    const aspect = 300 / grid.columns / (200 / grid.rows);
    expect(Math.abs(Math.log(aspect))).toBeLessThan(Math.log(1.8));
  });

  it("survives a rectangle without pixels", () => {
    expect(texelGrid(10, 0, 0)).toEqual({ columns: 1, rows: 1, perTexel: 10, units: 10 });
  });

  it("survives a layer without units", () => {
    expect(texelGrid(0, 300, 200).units).toBe(0);
  });
});

describe("picking", () => {
  it.each([1, 7, 64, 1000, 61_234])("finds every one of %i units where it is drawn", (units) => {
    const grid = texelGrid(units, 300, 200);
    const missed = Array.from(indexOrder(units)).filter((place) => {
      const { x, y, width, height } = texelRect(grid, BODY, place);
      return (
        texelAt(grid, BODY, x + width / 2, y + height / 2) !== Math.floor(place / grid.perTexel)
      );
    });
    expect(missed).toEqual([]);
  });

  it("finds nothing beside the layer", () => {
    expect(texelAt(texelGrid(64, 300, 200), BODY, 10, 10)).toBe(-1);
  });

  it("finds nothing behind the last unit", () => {
    const grid = texelGrid(7, 300, 200);
    const beyond = grid.columns * grid.rows > 7;
    const corner = texelAt(grid, BODY, 329, 239);
    expect(corner).toBe(beyond ? -1 : 6);
  });

  it("names all units of a shared texel", () => {
    const grid = { columns: 2, rows: 1, perTexel: 3, units: 5 };
    expect(placesIn(grid, 1)).toEqual({ first: 3, end: 5 });
  });
});

describe("the roving cursor", () => {
  const grid = texelGrid(10, 300, 200);

  it("moves to the neighbour", () => {
    expect(moveCursor(grid, 0, 1, 0)).toBe(1);
  });

  it("moves a row down", () => {
    expect(moveCursor(grid, 0, 0, 1)).toBe(grid.columns);
  });

  it("stops at the edge", () => {
    expect(moveCursor(grid, 0, -1, 0)).toBe(0);
  });

  it("does not step on an empty place", () => {
    const sparse = { columns: 4, rows: 3, perTexel: 1, units: 10 };
    expect(moveCursor(sparse, 7, 0, 1)).toBe(7);
  });
});

describe("painting", () => {
  it("follows the order", () => {
    const grid = { columns: 2, rows: 2, perTexel: 1, units: 3 };
    const pixels = new Uint32Array(4);
    const colours = Uint32Array.of(10, 11, 12);
    paint(grid, pixels, Uint32Array.of(2, 0, 1), { colours, weights: new Uint16Array(3) });
    expect(Array.from(pixels)).toEqual([12, 10, 11, 0]);
  });

  it("shows the unit of the greatest weight where a texel holds several", () => {
    const grid = { columns: 2, rows: 1, perTexel: 3, units: 6 };
    const pixels = new Uint32Array(2);
    const colours = Uint32Array.of(1, 2, 3, 4, 5, 6);
    const weights = Uint16Array.of(0, 9, 0, 0, 0, 5);
    paint(grid, pixels, indexOrder(6), { colours, weights });
    expect(Array.from(pixels)).toEqual([2, 6]);
  });

  it("loses no marked unit among a million", () => {
    const grid = texelGrid(1_000_000, 300, 200);
    const pixels = new Uint32Array(grid.columns * grid.rows);
    const colours = new Uint32Array(1_000_000).fill(1);
    const weights = new Uint16Array(1_000_000);
    colours[765_432] = 7;
    weights[765_432] = 1;
    paint(grid, pixels, indexOrder(1_000_000), { colours, weights });
    expect(pixels.filter((pixel) => pixel === 7)).toHaveLength(1);
  });
});
