/** The ribbon's geometry. */
import { describe, expect, it } from "vitest";
import {
  columnCentre,
  layOutRibbon,
  type RibbonInput,
  recordAt,
  ribbonTicks,
  rowAt,
} from "../../src/layout/ribbon";

const USUAL: RibbonInput = { width: 1000, layers: 8, records: 200, hasCurves: true, isLow: false };

const INPUTS: RibbonInput[] = [
  USUAL,
  { ...USUAL, layers: 1, records: 1 },
  { ...USUAL, layers: 75, records: 5000 },
  { ...USUAL, layers: 1000 },
  { ...USUAL, width: 320 },
  { ...USUAL, hasCurves: false },
  { ...USUAL, width: 460, isLow: true },
];

describe.each(INPUTS)("a ribbon of %o", (input) => {
  const layout = layOutRibbon(input);

  it("finds each column again by its middle", () => {
    const records = Array.from({ length: input.records }, (_, record) => record);
    expect(records.map((record) => recordAt(layout, columnCentre(layout, record)))).toEqual(
      records,
    );
  });

  it("finds each row again by its middle", () => {
    const rows = Array.from({ length: input.layers }, (_, row) => row);
    const middles = rows.map((row) => layout.picture.y + (row + 0.5) * layout.rowHeight);
    expect(middles.map((y) => rowAt(layout, y))).toEqual(rows);
  });

  it("ends its picture at its width", () => {
    expect(layout.picture.x + layout.picture.width).toBeCloseTo(input.width, 9);
  });

  it("stays below a fifth of a laptop's screen", () => {
    expect(layout.height).toBeLessThan(200);
  });

  it("keeps the curves between the picture and the axis", () => {
    const { picture, curves, axisY } = layout;
    const bottom = picture.y + picture.height;
    expect(bottom <= curves.y && curves.y + curves.height < axisY).toBe(true);
  });

  it("labels the first and the last record", () => {
    const ticks = ribbonTicks(layout, 46);
    expect([ticks[0]?.record, ticks.at(-1)?.record]).toEqual([0, input.records - 1]);
  });

  it("keeps its labels apart", () => {
    const xs = ribbonTicks(layout, 46).map(({ x }) => x);
    expect(xs.slice(1).every((x, place) => x - (xs[place] ?? 0) > 46)).toBe(true);
  });
});

describe("a ribbon", () => {
  it("holds what lies outside at its ends", () => {
    const layout = layOutRibbon(USUAL);
    expect([recordAt(layout, -50), recordAt(layout, 5000)]).toEqual([0, 199]);
  });

  it("has no row above or below its picture", () => {
    const layout = layOutRibbon(USUAL);
    expect([rowAt(layout, 2), rowAt(layout, 1000)]).toEqual([null, null]);
  });

  it("names its layers where rows are high enough", () => {
    expect([8, 75].map((layers) => layOutRibbon({ ...USUAL, layers }).hasNames)).toEqual([
      true,
      false,
    ]);
  });

  it("gives all its width to the picture where it is narrow", () => {
    expect(layOutRibbon({ ...USUAL, width: 400 }).gutter).toBe(0);
  });

  it("writes steps at equal distances but for the last", () => {
    const records = ribbonTicks(layOutRibbon({ ...USUAL, records: 58 }), 46).map(
      (tick) => tick.record,
    );
    const apart = records.slice(1, -1).map((record, place) => record - (records[place] ?? 0));
    expect(new Set(apart).size).toBe(1);
  });

  it("is half as high on a small screen", () => {
    const heights = [true, false].map((isLow) => layOutRibbon({ ...USUAL, isLow }).picture.height);
    expect(2 * (heights[0] ?? 0)).toBeLessThanOrEqual(heights[1] ?? 0);
  });

  it("keeps flags clear of its title and its picture", () => {
    const { captionY, flagY, picture } = layOutRibbon(USUAL);
    expect(captionY < flagY && flagY < picture.y).toBe(true);
  });

  it("has no labels without records", () => {
    expect(ribbonTicks(layOutRibbon({ ...USUAL, records: 0 }), 46)).toEqual([]);
  });
});
