/** Scales: values to places and colours, and back. */
import { describe, expect, it } from "vitest";
import {
  defaultScaleKind,
  isOutside,
  legendTicks,
  makeScale,
  pixelOf,
  positionOf,
  type Scale,
  type ScaleKind,
  STATUS_COLOURS,
  valueAt,
} from "../src/colour";
import {
  COOLWARM_LIGHT,
  cssOf,
  MANAGUA_DARK,
  packColour,
  packHex,
  rampBetween,
  VIRIDIS,
} from "../src/palettes";
import type { GridName } from "../src/wire";

function scale(grid: GridName, kind: ScaleKind, top = 8, isDifference = false): Scale {
  return makeScale({ grid, top }, { kind, isDifference, theme: "light" });
}

const ALL_SCALES: [string, Scale][] = [
  ["linear amounts", scale("unsigned_log", "linear")],
  ["logarithmic amounts", scale("unsigned_log", "log")],
  ["linear signed values", scale("signed_log", "linear")],
  ["logarithmic signed values", scale("signed_log", "log")],
  ["fractions", scale("fraction", "linear")],
  ["logarithmic fractions", scale("fraction", "log")],
  ["differences of amounts", scale("unsigned_log", "linear", 8, true)],
  ["logarithmic differences", scale("unsigned_log", "log", 8, true)],
];

describe.each(ALL_SCALES)("a scale of %s", (_, made) => {
  it("puts its maximum at 1", () => {
    expect(positionOf(made, made.max)).toBe(1);
  });

  it("puts its minimum at 0", () => {
    expect(positionOf(made, made.min)).toBe(0);
  });

  it("never falls", () => {
    const values = Array.from(
      { length: 401 },
      (_, i) => made.min + ((made.max - made.min) * i) / 400,
    );
    const places = values.map((value) => positionOf(made, value));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it.each([0.03, 0.2, 0.4, 0.61, 0.9])("finds the value at %f again", (place) => {
    expect(positionOf(made, valueAt(made, place))).toBeCloseTo(place, 10);
  });

  it("holds what is outside at its ends", () => {
    expect([positionOf(made, 1e9), positionOf(made, -1e9)]).toEqual([1, 0]);
  });

  it("has no place for what is not finite", () => {
    expect([Number.NaN, Infinity, -Infinity].map((value) => positionOf(made, value))).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it("has rising ticks that lie on it", () => {
    const places = legendTicks(made).map((tick) => positionOf(made, tick));
    expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
  });

  it("begins and ends its ticks with its ends", () => {
    const places = legendTicks(made).map((tick) => positionOf(made, tick));
    expect([places[0], places.at(-1)]).toEqual([0, 1]);
  });
});

describe("a diverging scale", () => {
  it.each(["linear", "log"] as const)("has 0 in its middle when %s", (kind) => {
    expect(positionOf(scale("signed_log", kind), 0)).toBe(0.5);
  });

  it("mirrors signs", () => {
    const made = scale("signed_log", "log");
    expect(positionOf(made, 0.3) + positionOf(made, -0.3)).toBeCloseTo(1, 12);
  });

  it("takes the dark theme's palette in the dark", () => {
    const choice = { kind: "linear", isDifference: true, theme: "dark" } as const;
    expect(makeScale({ grid: "fraction", top: 1 }, choice).palette).toBe(MANAGUA_DARK);
  });
});

describe("a scale's range", () => {
  it("is 0 to 1 for fractions, whatever they reach", () => {
    const made = scale("fraction", "linear", 0.2);
    expect([made.min, made.max]).toEqual([0, 1]);
  });

  it.each([0, Number.NaN, Infinity])("is usable when the largest magnitude is %f", (top) => {
    expect(scale("unsigned_log", "log", top).max).toBe(1);
  });

  it("tells what is outside of it", () => {
    const made = scale("unsigned_log", "linear");
    expect([8.2, 8.5, -0.1].map((value) => isOutside(made, value))).toEqual([false, true, true]);
  });

  it.each([
    ["fraction", "linear"],
    ["exact", "linear"],
    ["signed_log", "log"],
    ["unsigned_log", "log"],
  ] as const)("of %s is %s unless chosen", (grid, kind) => {
    expect(defaultScaleKind(grid)).toBe(kind);
  });
});

describe("pixels", () => {
  it("of a value come from its place in the palette", () => {
    expect(pixelOf(scale("fraction", "linear"), 0.4)).toBe(VIRIDIS[102]);
  });

  it("of no number have a colour of their own", () => {
    expect(pixelOf(scale("fraction", "linear"), Number.NaN)).toBe(
      packHex(STATUS_COLOURS.nonfinite),
    );
  });

  it("are written as CSS writes them", () => {
    expect(cssOf(packColour(1, 2, 3))).toBe("rgb(1 2 3)");
  });
});

/** Relative luminance of a pixel, as WCAG 2.2 defines it. */
function luminance(pixel: number): number {
  const linear = [pixel & 255, (pixel >>> 8) & 255, (pixel >>> 16) & 255].map((byte) => {
    const share = byte / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
}

describe("the palettes", () => {
  it("have viridis grow ever lighter", () => {
    // Bytes round by a hair: every eighth colour tells.
    const lights = Array.from(VIRIDIS, luminance).filter((_, entry) => entry % 8 === 0);
    expect(lights).toEqual(lights.toSorted((a, b) => a - b));
  });

  it("have coolwarm lightest in its middle", () => {
    const lights = Array.from(COOLWARM_LIGHT, luminance);
    expect(Math.abs(lights.indexOf(Math.max(...lights)) - 127.5)).toBeLessThan(8);
  });

  it("have managua darkest in its middle", () => {
    const lights = Array.from(MANAGUA_DARK, luminance);
    expect(Math.abs(lights.indexOf(Math.min(...lights)) - 127.5)).toBeLessThan(12);
  });

  it.each([
    ["coolwarm", COOLWARM_LIGHT],
    ["managua", MANAGUA_DARK],
  ])("have %s warm for what is above 0", (_, palette) => {
    const [low, high] = [palette[10] ?? 0, palette[245] ?? 0];
    const warmth = (pixel: number) => (pixel & 255) - ((pixel >>> 16) & 255);
    expect(warmth(high)).toBeGreaterThan(warmth(low) + 100);
  });

  it("have a ramp begin and end with its colours", () => {
    const ramp = rampBetween("#102030", "#d00000");
    expect([ramp[0], ramp[255]]).toEqual([packHex("#102030"), packHex("#d00000")]);
  });
});
