/** Tracked examples as rows: their order, the filter, what was answered. */
import { describe, expect, it } from "vitest";
import type { MapTable } from "../../../src/maps-api";
import { answerOf, arrange, mapOf, rowsOf } from "../../../src/views/examples/rows";

const EXAMPLES = [
  { example: 3, label: 2 },
  { example: 8, label: 0 },
  { example: 9, label: 1 },
];

/** Four records of three examples: the first is learned late, the second forgotten, the third never learned. */
const TABLE: MapTable = {
  header: { method: "saliency", steps: ["0", "10", "20", "30"] },
  values: Float32Array.from({ length: 24 }, (_, place) => place),
  positions: 2,
  prediction: Int32Array.of(0, 0, 0, 1, 0, 0, 2, 2, 0, 2, 2, 0),
  probability: Float32Array.of(0.1, 0.9, 0.2, 0.3, 0.8, 0.2, 0.9, 0.1, Number.NaN, 0.9, 0.2, 0.3),
  correct: Uint8Array.of(0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0),
  iou: new Float32Array(12).fill(Number.NaN),
  groundTruthCoverage: new Float32Array(12).fill(Number.NaN),
  saliencyCoverage: new Float32Array(12).fill(Number.NaN),
};

const ROWS = rowsOf(TABLE, EXAMPLES);

function order(sort: "recorded" | "learned" | "forgotten" | "probability" | "label", record = 3) {
  const rows = arrange(ROWS, { sort, filter: "all", passing: null }, ({ place }) =>
    answerOf(TABLE, record, place),
  );
  return rows.map(({ example }) => example);
}

function filtered(filter: "all" | "wrong" | "forgotten", record = 3) {
  const rows = arrange(ROWS, { sort: "recorded", filter, passing: null }, ({ place }) =>
    answerOf(TABLE, record, place),
  );
  return rows.map(({ example }) => example);
}

describe("rows", () => {
  it("tell how each example stands", () => {
    expect(ROWS.map(({ standing }) => standing)).toEqual(["learned", "forgotten", "never"]);
  });

  it("hold what the model answered at a record", () => {
    const { prediction, isRight } = answerOf(TABLE, 2, 1);
    expect([prediction, isRight]).toEqual([2, false]);
  });

  it("have the map of their example at a record", () => {
    expect([...mapOf(TABLE, 1, 2)]).toEqual([10, 11]);
  });
});

describe("the order of rows", () => {
  it.each([
    ["recorded", [3, 8, 9]],
    ["learned", [8, 3, 9]],
    ["forgotten", [8, 3, 9]],
    ["label", [8, 9, 3]],
    ["probability", [8, 9, 3]],
  ] as const)("by %s", (sort, wanted) => {
    expect(order(sort)).toEqual(wanted);
  });

  it("puts a probability that is not known last", () => {
    expect(order("probability", 2)).toEqual([8, 3, 9]);
  });
});

describe("the order by overlap with masks", () => {
  it("rises, and leaves examples without a mask to the end", () => {
    const overlaps = [0.5, Number.NaN, 0.1];
    const choice = { sort: "overlap", filter: "all", passing: null } as const;
    const answer = ({ place }: (typeof ROWS)[number]) => answerOf(TABLE, 0, place);
    const rows = arrange(ROWS, choice, answer, ({ place }) => overlaps[place] ?? Number.NaN);
    expect(rows.map(({ example }) => example)).toEqual([9, 3, 8]);
  });
});

describe("the filter", () => {
  it.each([
    ["all", 3, [3, 8, 9]],
    ["wrong", 3, [8, 9]],
    ["wrong", 0, [3, 9]],
    ["forgotten", 3, [8]],
  ] as const)("%s at record %i passes %j", (filter, record, wanted) => {
    expect(filtered(filter, record)).toEqual(wanted);
  });
});

describe("the expression", () => {
  it("narrows the rows to the examples that it holds for", () => {
    const choice = { sort: "label", filter: "all", passing: new Set([3, 8, 77]) } as const;
    const rows = arrange(ROWS, choice, ({ place }) => answerOf(TABLE, 0, place));
    expect(rows.map(({ example }) => example)).toEqual([8, 3]);
  });
});
