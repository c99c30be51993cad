/** Points on a screen: fitted, zoomed, found, lassoed, followed. */
import { describe, expect, it } from "vitest";
import {
  approach,
  boundsOf,
  cameraOn,
  countPlaced,
  isInside,
  onScreen,
  panBy,
  placesAt,
  pointNear,
  pointsInside,
  pointsWithin,
  tailOf,
  zoomAt,
} from "../../src/layout/scatter";

const PLACES = Float32Array.from([0, 0, 4, 1, Number.NaN, Number.NaN, -4, -1]);
const SIZE = { width: 400, height: 300 };
const BOUNDS = { left: -4, bottom: -1, right: 4, top: 1 };

describe("a plane on the screen", () => {
  it("has bounds around the points that have a place", () => {
    expect(boundsOf(PLACES)).toEqual(BOUNDS);
  });

  it("has no bounds without a point", () => {
    expect(boundsOf(Float32Array.of(Number.NaN, 1))).toBeNull();
  });

  it("fits between the margins, and is not stretched", () => {
    const screen = onScreen(PLACES, cameraOn(BOUNDS, SIZE, 20));
    expect([...screen.slice(0, 4)]).toEqual([200, 150, 380, 105]);
  });

  it("shows a single point in the middle", () => {
    const one = Float32Array.of(7, 7);
    expect([...onScreen(one, cameraOn(boundsOf(one) ?? BOUNDS, SIZE, 20))]).toEqual([200, 150]);
  });

  it("keeps what lies under the pointer when it is zoomed", () => {
    const camera = cameraOn(BOUNDS, SIZE, 20);
    const zoomed = onScreen(PLACES, zoomAt(camera, { x: 380, y: 105 }, 3));
    expect([zoomed[2], zoomed[3]]).toEqual([380, 105]);
  });

  it("moves with the pointer", () => {
    const moved = onScreen(PLACES, panBy(cameraOn(BOUNDS, SIZE, 20), 5, -7));
    expect([moved[0], moved[1]]).toEqual([205, 143]);
  });

  it("counts the points that have a place", () => {
    expect(countPlaced(PLACES)).toBe(3);
  });

  it("counts those within its edges", () => {
    expect(pointsWithin(Float32Array.of(5, 5, 500, 5, Number.NaN, 1), SIZE)).toEqual([0]);
  });
});

describe("a pointer", () => {
  it("finds the nearest point within reach", () => {
    expect(pointNear(PLACES, { x: 3.5, y: 1 }, 2)).toBe(1);
  });

  it("finds none beyond its reach", () => {
    expect(pointNear(PLACES, { x: 2, y: 9 }, 2)).toBe(-1);
  });
});

describe("a lasso", () => {
  // A horseshoe: its gap is outside.
  const line = [
    [0, 0],
    [9, 0],
    [9, 9],
    [6, 9],
    [6, 3],
    [3, 3],
    [3, 9],
    [0, 9],
  ].map(([x = 0, y = 0]) => ({ x, y }));

  it.each([
    [1, 8, true],
    [8, 8, true],
    [4.5, 8, false],
    [4.5, 1, true],
    [10, 5, false],
  ])("holds %d, %d: %s", (x, y, wanted) => {
    expect(isInside(line, { x, y })).toBe(wanted);
  });

  it("holds points, never one without a place", () => {
    expect(pointsInside(Float32Array.of(1, 8, 4.5, 8, Number.NaN, 1, 8, 8), line)).toEqual([0, 3]);
  });
});

describe("a tail", () => {
  const all = Float32Array.of(0, 0, 9, 9, 1, 1, 9, 9, Number.NaN, 0, 9, 9, 3, 3, 9, 9, 4, 4, 9, 9);

  it("is the path over the last records, the oldest first", () => {
    const path = tailOf(all, { record: 1, points: 2, length: 5 }, 0);
    expect(path).toEqual([
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ]);
  });

  it("is no longer than asked, and ends where the point has no place", () => {
    expect(tailOf(all, { record: 4, points: 2, length: 9 }, 0)).toHaveLength(2);
    expect(tailOf(all, { record: 4, points: 2, length: 3 }, 1)).toHaveLength(3);
  });

  it("is of the record whose places are shown", () => {
    expect([...placesAt(all, 1, 2)]).toEqual([1, 1, 9, 9]);
  });
});

describe("points on their way", () => {
  it("come nearer by a share of what is left", () => {
    const from = Float32Array.of(0, 8);
    expect(approach(from, Float32Array.of(4, 8), 0.5, 0.1)).toBe(true);
    expect([...from]).toEqual([2, 8]);
  });

  it("are there once they are near enough", () => {
    const from = Float32Array.of(3.95);
    expect(approach(from, Float32Array.of(4), 0.5, 0.1)).toBe(false);
    expect(from[0]).toBe(4);
  });

  it("appear and vanish at once", () => {
    const from = Float32Array.of(Number.NaN, 1);
    approach(from, Float32Array.of(4, Number.NaN), 0.5, 0.1);
    expect([...from]).toEqual([4, Number.NaN]);
  });
});
