/** Maps as pixels. */
import { describe, expect, it } from "vitest";
import { pixelOf } from "../../../src/colour";
import { planeOf } from "../../../src/layout/plane";
import { scaleOfMaps } from "../../../src/views/examples/map-scale";
import { rasterOf } from "../../../src/views/examples/raster";

const RANGE = { end: 2, largest: 5, clipped: 1, finite: 9 };
const VALUES = Float32Array.of(-5, -2, -0.7, 0, 0.01, 1, 2, 5, Number.NaN);

describe("a map's pixels", () => {
  it.each([true, false])("have the colours of its scale, signed: %s", (isSigned) => {
    const scale = scaleOfMaps(RANGE, isSigned, "light");
    const pixels = rasterOf(VALUES, planeOf([3, 3]), scale);
    expect([...pixels]).toEqual(Array.from(VALUES, (value) => pixelOf(scale, value)));
  });

  it("of a volume lie slice by slice beside each other", () => {
    const scale = scaleOfMaps(RANGE, false, "dark");
    const values = Float32Array.of(0, 1, 2, 0.5);
    const pixels = rasterOf(values, planeOf([2, 2, 1]), scale);
    expect([...pixels]).toEqual([0, 2, 1, 0.5].map((value) => pixelOf(scale, value)));
  });
});
