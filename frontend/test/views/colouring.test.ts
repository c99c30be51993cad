import { describe, expect, it } from "vitest";
import type { Recording } from "../../src/api";
import { LevelTables } from "../../src/codes";
import { makeScale, pixelOf, type Scale, STATUS_COLOURS } from "../../src/colour";
import type { Frame } from "../../src/film";
import { packHex } from "../../src/palettes";
import {
  Colourist,
  MARKS,
  makePicture,
  type Picture,
  type Shot,
  type Side,
} from "../../src/views/overview/colouring";

const UNITS = 6;
const TABLES = new LevelTables("unsigned_log");
const CODES = Uint8Array.of(0, 10, 100, 200, 254, 255);
const SIGN = { kind: "log", theme: "light" } as const;
const SCALE = makeScale(
  { grid: "unsigned_log", top: TABLES.at(-100)[254] ?? 1 },
  { ...SIGN, isDifference: false },
);

/** As much of a recording as colouring reads: two layers of three units. */
function madeRecording(deadSince: readonly number[]): Recording {
  const layer = { name: "fc", units: 3 };
  return {
    records: { layers: [layer, { ...layer, name: "out" }] },
    unitStart: Int32Array.of(0, 3, 6),
    units: UNITS,
    deadSince: Int32Array.from(deadSince),
  } as unknown as Recording;
}

function frame(codes: Uint8Array, record: number): Frame {
  return { codes, offsets: Int32Array.of(-100, -100), record, exact: true };
}

interface Made {
  readonly codes?: Uint8Array;
  readonly states?: readonly number[];
  readonly deadSince?: readonly number[];
  readonly record?: number;
}

function side({ codes = CODES, states, deadSince, record = 5 }: Made = {}): Side {
  return {
    recording: madeRecording(deadSince ?? Array(UNITS).fill(-1)),
    values: frame(codes, record),
    states: frame(Uint8Array.from(states ?? Array(UNITS).fill(0)), record),
    tables: TABLES,
  };
}

function shot(shown: Side, more: Partial<Shot> = {}): Shot {
  const fixed = { surface: packHex("#ffffff"), blank: packHex("#cccccc") };
  const none = new Set<number>();
  return { shown, minus: null, scale: SCALE, only: "all", unmeasured: none, ...fixed, ...more };
}

function coloured(taken: Shot): Picture {
  const picture = makePicture(UNITS);
  new Colourist().colour(taken, picture);
  return picture;
}

function markOf(state: (typeof MARKS)[number]): number {
  return 1 + MARKS.indexOf(state);
}

describe("colours of units", () => {
  it("are those of their values on the scale", () => {
    const expected = Array.from(CODES.subarray(0, 5), (code) =>
      pixelOf(SCALE, TABLES.at(-100)[code] ?? Number.NaN),
    );
    expect(Array.from(coloured(shot(side())).colours.subarray(0, 5))).toEqual(expected);
  });

  it("are red from the record on at which a unit is dead", () => {
    const dead = side({ deadSince: [5, -1, -1, -1, -1, -1] });
    expect(coloured(shot(dead)).colours[0]).toBe(packHex(STATUS_COLOURS.dead));
  });

  it("are not red before that record", () => {
    const later = side({ deadSince: [6, -1, -1, -1, -1, -1] });
    expect(coloured(shot(later)).marks[0]).toBe(0);
  });

  it("tell not finite rather than dead", () => {
    const both = side({ deadSince: [0, -1, -1, -1, -1, -1], states: [8, 0, 0, 0, 0, 0] });
    expect(coloured(shot(both)).marks[0]).toBe(markOf("nonfinite"));
  });

  it("tell saturated rather than dead", () => {
    const both = side({ deadSince: [0, -1, -1, -1, -1, -1], states: [5, 0, 0, 0, 0, 0] });
    expect(coloured(shot(both)).marks[0]).toBe(markOf("saturated"));
  });

  it("tell silent rather than dormant", () => {
    const both = side({ states: [3, 0, 0, 0, 0, 0] });
    expect(coloured(shot(both)).marks[0]).toBe(markOf("silent"));
  });

  it("are blank where a layer lacks the statistic", () => {
    const taken = shot(side(), { unmeasured: new Set([1]) });
    expect(coloured(taken).colours[4]).toBe(packHex("#cccccc"));
  });

  it("let a marked unit outweigh every value", () => {
    const picture = coloured(shot(side({ states: [0, 2, 0, 0, 0, 0] })));
    expect(picture.weights[1]).toBeGreaterThan(picture.weights[4] ?? 0);
  });

  it("let a dead unit outweigh a dormant one", () => {
    const made = side({ states: [2, 0, 0, 0, 0, 0], deadSince: [-1, 1, -1, -1, -1, -1] });
    const { weights } = coloured(shot(made));
    expect(weights[1]).toBeGreaterThan(weights[0] ?? 0);
  });

  it("count each unit once", () => {
    const made = side({ states: [3, 2, 0, 0, 0, 0], deadSince: [0, -1, -1, -1, -1, -1] });
    const counts = new Colourist().colour(shot(made), makePicture(UNITS));
    expect(counts.shown[0]?.reduce((sum, count) => sum + count, 0)).toBe(2);
  });
});

describe("the filter", () => {
  it("keeps the colour of units in the state", () => {
    const made = side({ states: [0, 0, 4, 0, 0, 0] });
    const picture = coloured(shot(made, { only: "saturated" }));
    expect(picture.colours[2]).toBe(packHex(STATUS_COLOURS.saturated));
  });

  it("dims the others", () => {
    const plain = coloured(shot(side())).colours[3];
    expect(coloured(shot(side(), { only: "dead" })).colours[3]).not.toBe(plain);
  });

  it("dims a unit that is counted under a weightier state", () => {
    const made = side({ states: [3, 0, 0, 0, 0, 0], deadSince: [0, -1, -1, -1, -1, -1] });
    expect(coloured(shot(made, { only: "dormant" })).marks[0]).toBe(0);
  });

  it.each(MARKS)("leaves as many units of %s as are counted", (state) => {
    const made = side({ states: [1, 2, 4, 8, 5, 3], deadSince: [0, -1, -1, -1, 0, -1] });
    const picture = makePicture(UNITS);
    const { shown } = new Colourist().colour(shot(made, { only: state }), picture);
    const counted = shown.reduce((sum, counts) => sum + (counts[MARKS.indexOf(state)] ?? 0), 0);
    expect(picture.marks.filter((mark) => mark === markOf(state)).length).toBe(counted);
  });
});

describe("colours of differences", () => {
  const scale: Scale = makeScale(
    { grid: "unsigned_log", top: TABLES.at(-100)[254] ?? 1 },
    { ...SIGN, isDifference: true },
  );
  const other = Uint8Array.of(0, 250, 100, 40, 1, 3);

  it("are within one entry of the palette of the exact ones", () => {
    const taken = shot(side(), { minus: side({ codes: other }), scale });
    const entries = new Map(Array.from(scale.palette, (pixel, entry) => [pixel, entry]));
    const { colours } = coloured(taken);
    const away = [0, 1, 2, 3, 4].map((unit) => {
      const [a, b] = [TABLES.at(-100)[CODES[unit] ?? 0], TABLES.at(-100)[other[unit] ?? 0]];
      const exact = entries.get(pixelOf(scale, (a ?? 0) - (b ?? 0))) ?? Number.NaN;
      return Math.abs((entries.get(colours[unit] ?? 0) ?? Number.NaN) - exact);
    });
    expect(Math.max(...away)).toBeLessThanOrEqual(1);
  });

  it("show no difference as the middle of the scale", () => {
    const taken = shot(side(), { minus: side(), scale });
    expect(coloured(taken).colours[2]).toBe(pixelOf(scale, 0));
  });

  it("tell a value that is not finite", () => {
    const taken = shot(side(), { minus: side({ codes: other }), scale });
    expect(coloured(taken).colours[5]).toBe(packHex(STATUS_COLOURS.nonfinite));
  });

  it("keep the glyph of a dead unit but not its red", () => {
    const dead = side({ deadSince: [0, -1, -1, -1, -1, -1] });
    const picture = coloured(shot(dead, { minus: side({ codes: other }), scale }));
    expect([picture.marks[0], picture.colours[0]]).toEqual([markOf("dead"), pixelOf(scale, 0)]);
  });

  it("mark what is dead in B apart from the marks of A", () => {
    const dead = side({ codes: other, deadSince: [-1, 0, -1, -1, -1, -1] });
    const { marks, marksOfB } = coloured(shot(side(), { minus: dead, scale }));
    expect([marks[1], marksOfB[1]]).toEqual([0, markOf("dead")]);
  });

  it("count the dead of B also where a filter dims them", () => {
    const dead = side({ codes: other, deadSince: [-1, 0, -1, -1, -1, -1] });
    const taken = shot(side(), { minus: dead, scale, only: "silent" });
    const { ofB } = new Colourist().colour(taken, makePicture(UNITS));
    expect(ofB?.[0]?.[MARKS.indexOf("dead")]).toBe(1);
  });
});
