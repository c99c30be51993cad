import { describe, expect, it } from "vitest";
import type { IconTable } from "../../src/dictionary-api";
import {
  fitIn,
  iconAt,
  isWhole,
  linesOf,
  partOf,
  sentenceOfIcon,
  wordsThatFit,
} from "../../src/layout/unit-icon";

const HEADER = {
  layer: "conv1",
  step: "3",
  form: "picture",
  reduction: "extreme",
  examplesOf: 256,
  grid: [4, 5],
  size: [8, 10],
  texts: ["the", " cat", " sat"],
} as const;

/** Two units, 3 and 7, with two examples each; unit 7 has no second one. */
function table(changes: Partial<IconTable> = {}): IconTable {
  return {
    header: HEADER,
    rows: new Map([
      [3, 0],
      [7, 1],
    ]),
    top: 2,
    largest: 4,
    examples: Int32Array.of(17, 5, 9, -1),
    values: Float32Array.of(4, 2, -1, 0),
    positions: Int32Array.of(13, 0, 19, 0),
    labels: Int32Array.of(1, -1, 0, -1),
    boxes: Float32Array.of(0.25, 0.5, 0.75, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1),
    marks: Float32Array.of(0.5, 0.25, Number.NaN, Number.NaN, 0, 0, 0, 0),
    windows: new Int32Array(),
    centres: new Int32Array(),
    stretches: new Float32Array(),
    stretchShape: [0, 0],
    columns: new Int32Array(),
    deviations: new Float32Array(),
    ...changes,
  };
}

const NAMES = { classNames: ["cat", "dog"], columns: ["radius"] };

describe("iconAt", () => {
  it("finds a unit by its number", () => {
    expect(iconAt(table(), 7)).toMatchObject({ example: 9, label: 0, share: -0.25 });
  });

  it("finds a further example of a unit", () => {
    expect(iconAt(table(), 3, 1)).toMatchObject({ example: 5, value: 2, mark: null });
  });

  it("has nothing where nothing stands out", () => {
    expect(iconAt(table(), 7, 1)).toBeNull();
  });

  it("has nothing of a unit that was not recorded", () => {
    expect(iconAt(table(), 4)).toBeNull();
  });

  it("takes the words of a window, without those outside the example", () => {
    const windows = Int32Array.of(-1, 0, 1, 0, 1, 2, 0, 1, 2, 0, 1, 2);
    const icon = iconAt(table({ windows, centres: Int32Array.of(1, -1, 2, -1) }), 3);
    expect(icon?.words).toEqual([
      { text: "the", isCentre: true },
      { text: " cat", isCentre: false },
    ]);
  });

  it("takes the stretch of its own example", () => {
    const stretches = Float32Array.from({ length: 12 }, (_, place) => place);
    const icon = iconAt(table({ stretches, stretchShape: [1, 3] }), 7);
    expect([...(icon?.stretch ?? [])]).toEqual([6, 7, 8]);
  });

  it("takes the columns of its own unit", () => {
    const columns = Int32Array.of(0, 2, 1, -1);
    const icon = iconAt(table({ columns, deviations: Float32Array.of(3, -2, 1, 0) }), 7);
    expect(icon?.columns).toEqual([{ column: 1, deviation: 1 }]);
  });
});

describe("geometry of an icon", () => {
  it("cuts what is seen out of a picture", () => {
    const icon = iconAt(table(), 3);
    expect(icon && partOf(icon, { width: 20, height: 8 })).toEqual({
      x: 10,
      y: 2,
      width: 10,
      height: 4,
    });
  });

  it("keeps the shape of what it cuts", () => {
    expect(fitIn(40, { width: 10, height: 4 })).toEqual({ x: 0, y: 12, width: 40, height: 16 });
  });

  it("knows whether all of the example is seen", () => {
    expect([0, 1].map((place) => isWhole(iconAt(table(), 3, place) as never))).toEqual([
      false,
      true,
    ]);
  });

  it("draws channels on one scale, the largest value at the top", () => {
    const lines = linesOf(Float32Array.of(0, 10, 5, 0), 2, { width: 8, height: 10 });
    expect(lines).toEqual(["0.0,10.0 8.0,0.0", "0.0,5.0 8.0,10.0"]);
  });

  it("passes over a value that is none", () => {
    const stretch = Float32Array.of(0, Number.NaN, 10);
    expect(linesOf(stretch, 3, { width: 8, height: 10 })).toEqual(["0.0,10.0 8.0,0.0"]);
  });

  it("draws nothing of a signal without numbers", () => {
    expect(linesOf(Float32Array.of(Number.NaN), 1, { width: 8, height: 10 })).toEqual([]);
  });
});

describe("sentenceOfIcon", () => {
  const told = (of: IconTable, unit: number, place = 0) =>
    sentenceOfIcon(iconAt(of, unit, place) as never, of, NAMES);

  it("names class, response and place", () => {
    expect(told(table(), 3)).toBe(
      "top of 256 examples: example 17 (dog), response 4, at row 2 column 3",
    );
  });

  it("names columns and how far they are out", () => {
    const of = table({
      header: { ...HEADER, form: "columns", grid: [] },
      columns: Int32Array.of(0, 0),
      deviations: Float32Array.of(1.26, -2),
    });
    expect(told(of, 3)).toContain("radius +1.3");
  });

  it("quotes the words", () => {
    const of = table({
      header: { ...HEADER, form: "tokens", grid: [8] },
      windows: Int32Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2),
      centres: Int32Array.of(1, 1, 1, 1),
    });
    expect(told(of, 3)).toContain("at token 13: “the  cat  sat”");
  });
});

describe("wordsThatFit", () => {
  const words = ["aaaa", "bbb", "cc", "ddd", "eeee"].map((text, place) => ({
    text,
    isCentre: place === 2,
  }));
  const shown = (letters: number, of = words) => wordsThatFit(of, letters).map(({ text }) => text);

  it("shows all where there is room", () => {
    expect(shown(16)).toEqual(["aaaa", "bbb", "cc", "ddd", "eeee"]);
  });

  it("grows from the word that answered to both sides", () => {
    expect(shown(8)).toEqual(["bbb", "cc", "ddd"]);
  });

  it("shows the word that answered even where there is no room", () => {
    expect(shown(1)).toEqual(["cc"]);
  });

  it("begins at the first word where none is known to have answered", () => {
    const none = words.map(({ text }) => ({ text, isCentre: false }));
    expect(shown(9, none)).toEqual(["aaaa", "bbb", "cc"]);
  });

  it("shows nothing of nothing", () => {
    expect(shown(9, [])).toEqual([]);
  });
});
