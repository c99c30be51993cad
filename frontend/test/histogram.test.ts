/** The legend's spread of values, against a count by hand. */
import { describe, expect, it } from "vitest";
import { levels, NOT_FINITE } from "../src/codes";
import { makeScale } from "../src/colour";
import { Film, type Frame } from "../src/film";
import { countFrame, hasStatistic } from "../src/histogram";
import { makeRecording } from "./recordings";

const RECORDING = makeRecording({
  layers: [
    ["one", 3],
    ["two", 2],
  ],
});
const FILM = new Film(RECORDING, "mean");
const OFFSETS = Int32Array.of(-120, -100);

function shown(...codes: number[]) {
  const frame: Frame = { codes: Uint8Array.from(codes), offsets: OFFSETS, record: 0, exact: true };
  return { film: FILM, frame };
}

function value(unit: number, code: number): number {
  return levels("signed_log", OFFSETS[unit < 3 ? 0 : 1] ?? 0)[code] ?? Number.NaN;
}

const SIGNED = { grid: "signed_log", top: 8 } as const;

function linear(isDifference: boolean) {
  return makeScale(SIGNED, { kind: "linear", isDifference, theme: "light" });
}

/** Bins of equal width from -8 to 8, the ends holding what is outside. */
function binned(values: readonly number[], bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const one of values.filter(Number.isFinite)) {
    const place = Math.floor(((Math.max(-8, Math.min(8, one)) + 8) / 16) * bins);
    counts[Math.min(bins - 1, place)] = (counts[Math.min(bins - 1, place)] ?? 0) + 1;
  }
  return counts;
}

describe("the spread of a frame", () => {
  const [codesA, codesB] = [
    [0, 100, 240, 90, NOT_FINITE],
    [5, 120, 120, NOT_FINITE, 1],
  ];

  it("counts each unit by its layer's own offset", () => {
    const { counts } = countFrame(linear(false), 9, shown(...codesA), null);
    expect(Array.from(counts)).toEqual(
      binned(
        codesA.map((code, unit) => value(unit, code)),
        9,
      ),
    );
  });

  it("counts the difference to another frame", () => {
    const { counts } = countFrame(linear(true), 9, shown(...codesA), shown(...codesB));
    const differences = codesA.map(
      (code, unit) => value(unit, code) - value(unit, codesB[unit] ?? 0),
    );
    expect(Array.from(counts)).toEqual(binned(differences, 9));
  });

  it("counts apart what lies beyond the scale", () => {
    // Only the fourth unit's difference, of twice the largest code, is above 8.
    const [a, b] = [shown(0, 0, 0, 127, 127), shown(0, 0, 0, 254, 0)];
    const { outside } = countFrame(linear(true), 9, a, b);
    expect([value(3, 127) - value(3, 254) > 8.4, outside]).toEqual([true, 1]);
  });

  it("tells how many of how many have a number", () => {
    const { finite, total } = countFrame(linear(false), 9, shown(...codesA), null);
    expect([finite, total]).toEqual([4, 5]);
  });
});

describe("a layer", () => {
  const recording = makeRecording({
    layers: [
      ["one", 3],
      ["two", 2],
    ],
    mean: (layer, record) => (layer === 1 && record === 2 ? 0.5 : Number.NaN),
  });

  it.each([
    [0, "mean", false],
    [1, "mean", true],
    [1, "std", false],
  ] as const)("%i has the statistic %s: %s", (layer, name, expected) => {
    expect(hasStatistic(recording, name, layer)).toBe(expected);
  });
});
