import { describe, expect, test } from "vitest";
import { colourOf } from "../../../src/colour";
import {
  colourOfGroup,
  facetsOf,
  type Looks,
  largestGroups,
  mainGroup,
  scaleOfBins,
} from "../../../src/views/joint/picture";
import { jointRows, rowsIn } from "../../../src/views/joint/rows";
import { MADE } from "./made";

const AREA = { x: 0, y: 0, width: 300, height: 200 };
const PLAIN: Looks = { form: "all", side: 0, isDifference: false, isDark: false };

function figures(looks: Partial<Looks>): (number | null)[][] {
  return facetsOf(MADE, { ...PLAIN, ...looks }, AREA).map(({ hexagons }) =>
    hexagons.map(({ figure }) => figure),
  );
}

describe("the picture of bins", () => {
  test("draws only hexagons that hold examples, with all classes together", () => {
    expect(figures({})).toEqual([[3, 2]]);
  });

  test("has a plane a class that has examples", () => {
    expect(figures({ form: "facets" })).toEqual([[3, 1], [1]]);
  });

  test("of the other side is that side's", () => {
    expect(figures({ side: 1 })).toEqual([[2]]);
  });

  test("of a difference is of shares, signed, so that sizes may differ", () => {
    expect(figures({ isDifference: true })).toEqual([[3 / 5, 2 / 5, -1]]);
  });

  test("in classes' colours takes that of the class with most examples, the first of equal ones", () => {
    const [facet] = facetsOf(MADE, { ...PLAIN, form: "colours" }, AREA);
    expect(facet?.hexagons.map(({ fill }) => fill)).toEqual([colourOfGroup(0), colourOfGroup(0)]);
    expect(mainGroup(MADE, 1, 2)).toBe(1);
  });

  test("leaves out classes without examples", () => {
    expect(largestGroups(MADE, { ...PLAIN, side: 1 })).toEqual([{ group: 1, examples: 2 }]);
  });
});

describe("the scale of bins", () => {
  test("ends at the largest count of all records", () => {
    expect(scaleOfBins(MADE, PLAIN)).toMatchObject({ max: 3, isDiverging: false });
  });

  test("of a difference has 0 in its middle", () => {
    const scale = scaleOfBins(MADE, { ...PLAIN, isDifference: true });
    expect(scale).toMatchObject({ min: -1, max: 1, isDiverging: true });
  });

  test("of a difference tells one example more from none", () => {
    const scale = scaleOfBins(MADE, { ...PLAIN, isDifference: true });
    expect(colourOf(scale, 1 / 5)).not.toBe(colourOf(scale, 0));
  });
});

describe("the examples of a hexagon", () => {
  const rows = jointRows(MADE, 0);

  test("are those counted there", () => {
    expect(rowsIn(rows, 0, null).map(({ example }) => example)).toEqual([0, 2, 3]);
  });

  test("are of one class where a class's plane was clicked", () => {
    expect(rowsIn(rows, 1, 1).map(({ example }) => example)).toEqual([6]);
  });

  test("tell whether the prediction is right, as far as it is known", () => {
    expect(rows.slice(0, 2).map(({ isRight }) => isRight)).toEqual([true, false]);
  });

  test("leave out what the filter left out", () => {
    expect(rows.map(({ example }) => example)).not.toContain(8);
  });
});
