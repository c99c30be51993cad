/** Statistics over the examples of one class. */
import { describe, expect, it } from "vitest";
import { classNamesOf, colouredBy, gridOfFilm, heldStep, topOfFilm } from "../src/classes";
import { makeRecording } from "./recordings";

const MADE = makeRecording({ steps: ["0", "10", "20", "30"] });
const [MEAN] = MADE.records.statistics;
const GRADIENT = "gradient:label:mean";
const RECORDING = {
  ...MADE,
  records: {
    ...MADE.records,
    statistics: [
      ...MADE.records.statistics,
      {
        name: GRADIENT,
        grid: "signed_log",
        description: "",
        top: 2,
        method: "gradient",
        target: "label",
        figure: "mean",
      } as const,
    ],
    classStatistics: [{ name: "mean", classes: 3, top: 7, steps: ["0", "20"] }],
    probeSet: { ...MADE.records.probeSet, classNames: ["cat", "dog"] },
  },
  // Of the mean at every record; of the attribution at the first and third.
  means: Float32Array.of(1, 1, 1, 1, 1, Number.NaN, 1, Number.NaN),
};

describe("the classes of a recording", () => {
  it("have their names, and a number where they have none", () => {
    expect(classNamesOf(RECORDING)).toEqual(["cat", "dog", "2"]);
  });
});

describe("what colours units", () => {
  it.each([
    ["dog", "mean@1"],
    ["2", "mean@2"],
    ["bird", "mean"],
    [null, "mean"],
  ])("of class %s is the film %s", (name, film) => {
    expect(colouredBy(RECORDING, MEAN ?? null, name)?.film).toBe(film);
  });

  it("has one scale over all classes", () => {
    expect(colouredBy(RECORDING, MEAN ?? null, "cat")?.top).toBe(7);
  });

  it("is over all examples where the statistic is not known class by class", () => {
    const gradient = RECORDING.records.statistics[1] ?? null;
    expect(colouredBy(RECORDING, gradient, "cat")?.film).toBe(GRADIENT);
  });
});

describe("a film", () => {
  it.each([
    ["mean@1", "signed_log", 7],
    [GRADIENT, "signed_log", 2],
    [`${GRADIENT}@1`, undefined, 0],
    ["mean@1", "signed_log", 7],
  ])("%s is on grid %s up to %s", (film, grid, top) => {
    expect([gridOfFilm(RECORDING, film), topOfFilm(RECORDING, film)]).toEqual([grid, top]);
  });

  it.each([
    ["mean", 1, "10"],
    ["mean@0", 1, "0"],
    ["mean@0", 3, "20"],
    [GRADIENT, 1, "0"],
    [GRADIENT, 3, "20"],
  ])("%s shows at record %s the values of step %s", (film, record, step) => {
    expect(heldStep(RECORDING, film, record)).toBe(step);
  });
});
