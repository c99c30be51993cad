/** One example's evidence as a picture: its classes, and two of them held against each other. */
import { describe, expect, it } from "vitest";
import type { LayerEvidenceTable } from "../../../src/evidence-api";
import { pictureOf, sentenceOf } from "../../../src/views/examples/evidence-picture";

/** Two examples, classes 3 and 8, three units; example 20 is an 8 that is taken for a 3. */
const TABLE: LayerEvidenceTable = {
  header: {
    layer: "hidden",
    step: "40",
    method: "gradient_x_activation",
    classes: [3, 8],
    examples: [
      { example: 10, label: 3 },
      { example: 20, label: 8 },
    ],
  },
  units: 3,
  net: Float32Array.from([9, 9, 9, 0, 0, 0, 2, -1, 0.5, 1, 1, 0.5]),
  against: Float32Array.from([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
  prediction: Int32Array.from([3, 3]),
};

const picture = pictureOf(TABLE, 20, null, 2);

describe("the picture of an example", () => {
  it("has a row for every class", () => {
    expect(picture?.rows.map(({ number, total }) => [number, total.net])).toEqual([
      [3, 1.5],
      [8, 2.5],
    ]);
  });

  it("names the units that speak for and against", () => {
    expect(picture?.rows[0]?.favour.map(({ unit }) => unit)).toEqual([0, 2]);
    expect(picture?.rows[0]?.against.map(({ unit }) => unit)).toEqual([1]);
  });

  it("holds the prediction against the label", () => {
    expect([picture?.versus?.first, picture?.versus?.second]).toEqual([3, 8]);
  });

  it("ranks units by what they say for the prediction rather than the label", () => {
    const { favour = [], against = [] } = picture?.versus ?? {};
    expect(favour.map(({ unit, value }) => [unit, value])).toEqual([[0, 1]]);
    expect(against.map(({ unit, value }) => [unit, value])).toEqual([[1, -2]]);
  });

  it("is null of an example that is not in the table", () => {
    expect(pictureOf(TABLE, 7, null, 2)).toBeNull();
  });

  it("takes the label where the prediction was not explained", () => {
    const unknown = { ...TABLE, prediction: Int32Array.from([5, 5]) };
    expect(pictureOf(unknown, 20, null, 2)?.versus?.first).toBe(8);
  });
});

describe("the sentence", () => {
  const gap = (unit: number) => ({ unit, first: 0, second: 0, value: 1 });

  it("names the units of both sides", () => {
    const told = sentenceOf({ favour: [gap(4), gap(7)], against: [gap(1)] }, "3", "8");
    expect(told).toBe("strongest for 3: units 4 and 7; for 8: unit 1");
  });

  it("names three of a side at most", () => {
    const told = sentenceOf({ favour: [1, 2, 3, 4].map(gap), against: [] }, "3", "8");
    expect(told).toBe("strongest for 3: units 1, 2 and 3; for 8: none");
  });

  it("says so where none is for the first", () => {
    const told = sentenceOf({ favour: [], against: [gap(1)] }, "3", "8");
    expect(told).toBe("strongest for 3: none; for 8: unit 1");
  });

  it("says so where no unit tells them apart", () => {
    const told = sentenceOf({ favour: [], against: [] }, "3", "8");
    expect(told).toBe("no unit tells the two apart");
  });
});
