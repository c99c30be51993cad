import { describe, expect, test } from "vitest";
import { levels } from "../../src/codes";
import { layOutMatrix } from "../../src/layout/matrix";
import type { PatternTable } from "../../src/patterns-api";
import {
  cellsOfClasses,
  cellsOfExamples,
  cellsOfSubsets,
  scaleOfPatterns,
  texelsIn,
} from "../../src/views/layer/pattern-picture";

const NOT_FINITE = 255;

/** Three examples of two classes by two units, each unit on a grid of its own. */
const TABLE: PatternTable = {
  header: {
    method: "",
    layer: "fc",
    step: "2",
    steps: ["2"],
    anchor: "2",
    units: 2,
    reduction: "extreme",
    drawn: 3,
    of: 3,
    grid: "unsigned_log",
    lower: 0,
    upper: 8,
    by: "label",
    classes: [
      { number: 7, name: "seven", examples: 1 },
      { number: 4, name: "four", examples: 0 },
      { number: 1, name: "one", examples: 2 },
    ],
    subsets: [
      { name: "wrong", filter: "not correct", examples: 2, problem: "" },
      { name: "nobody", filter: "example < 0", examples: 0, problem: "" },
    ],
  },
  units: Int32Array.of(5, 3),
  examples: Int32Array.of(9, 2, 4),
  codes: Uint8Array.of(0, 10, 100, NOT_FINITE, 20, 30),
  offsets: Int32Array.of(-100, -90),
  labels: Int32Array.of(7, 1, 1),
  predictions: Int32Array.of(7, 7, 1),
  classMeans: Float32Array.of(1, 2, Number.NaN, Number.NaN, 5, 6),
  selectivity: Float32Array.of(0.5, Number.NaN),
  preferred: Int32Array.of(1, -1),
  subsetMeans: Float32Array.of(3, 4, Number.NaN, Number.NaN),
};
const scale = scaleOfPatterns(TABLE, "linear", "light");

describe("cells of examples", () => {
  const cells = cellsOfExamples(TABLE, scale);

  test("are the codes on the grids of their units", () => {
    const values = Array.from({ length: 6 }, (_, cell) => cells.valueAt(cell));
    const [first, second] = [levels("unsigned_log", -100), levels("unsigned_log", -90)];
    expect(values).toEqual([0, second[10], first[100], Number.NaN, first[20], second[30]]);
  });

  test("stand in runs of their classes", () => {
    expect(cells.runs).toEqual([
      { name: "seven", from: 0, end: 1 },
      { name: "one", from: 1, end: 3 },
    ]);
  });

  test("that are not finite are seen before all others", () => {
    const layout = layOutMatrix({ width: 0, height: 0 }, cells, cells.runs, 0);
    const small = { ...layout, body: { ...layout.body, width: 1, height: 1 } };
    expect([...texelsIn(cells, small, 1).shown]).toEqual([3]);
  });

  test("stand by the anchor's predictions where there are no labels", () => {
    const header = { ...TABLE.header, by: "prediction" as const };
    const found = cellsOfExamples({ ...TABLE, header, labels: Int32Array.of(-1, -1, -1) }, scale);
    expect(found.runs.map(({ name }) => name)).toEqual(["seven", "one"]);
  });
});

describe("cells of classes", () => {
  const cells = cellsOfClasses(TABLE, scale);

  test("leave out classes without examples", () => {
    expect(cells.runs.map(({ name }) => name)).toEqual(["seven", "one"]);
  });

  test("are the means of the others", () => {
    expect(Array.from({ length: 4 }, (_, cell) => cells.valueAt(cell))).toEqual([1, 2, 5, 6]);
  });
});

test("the scale of responses below 0 has 0 in its middle", () => {
  const header = { ...TABLE.header, lower: -9 };
  const signed = scaleOfPatterns({ ...TABLE, header }, "linear", "light");
  expect([signed.isDiverging, signed.min, signed.max]).toEqual([true, -9, 9]);
});

describe("cells of subsets", () => {
  const cells = cellsOfSubsets(TABLE, scale);

  test("are means, row by row in the order that they are saved in", () => {
    expect([0, 1].map((cell) => cells.valueAt(cell))).toEqual([3, 4]);
  });

  test("of an empty one are nothing, not 0", () => {
    expect([2, 3].map((cell) => cells.valueAt(cell))).toEqual([Number.NaN, Number.NaN]);
    expect(cells.pixelAt(2)).toBe(0);
  });

  test("say of how many examples they are", () => {
    expect(cells.runs.map(({ name }) => name)).toEqual(["2 · wrong", "empty · nobody"]);
  });
});
