/** Verdicts on units: which holds, and which is the worst. */
import { describe, expect, it } from "vitest";
import { absenceOf, verdictsAt, worstFigures, worstOf } from "../src/unit-trust";
import type { Mark, TrustFigure, UnitTrust, Verdict } from "../src/wire";

function figure(name: string, mark: Mark): TrustFigure {
  return { name, value: 0.5, mark, sentence: `${name} is ${mark}` };
}

function verdict(step: string, mark: Mark, ...figures: TrustFigure[]): Verdict {
  return { step, mark, figures };
}

const TRUST: UnitTrust = {
  steps: ["0", "20"],
  target: "label",
  examples: [1, 2],
  methods: [
    {
      name: "gradient",
      absence: "",
      layers: [
        {
          layer: "conv",
          verdicts: [
            verdict("0", "good", figure("methods", "good")),
            verdict("20", "doubtful", figure("methods", "doubtful"), figure("path", "none")),
          ],
        },
        {
          layer: "head",
          verdicts: [
            verdict("20", "failing", figure("methods", "good"), figure("path", "failing")),
          ],
        },
      ],
    },
    { name: "conductance", absence: "out of memory", layers: [] },
  ],
};

describe("verdicts at a step", () => {
  it("are the last ones up to there", () => {
    const marks = verdictsAt(TRUST, "gradient", "19").map((one) => [one.layer, one.verdict.mark]);
    expect(marks).toEqual([["conv", "good"]]);
  });

  it("are none of a method that was not checked, which says why", () => {
    expect(verdictsAt(TRUST, "conductance", "20")).toEqual([]);
    expect(absenceOf(TRUST, "conductance")).toBe("out of memory");
  });
});

describe("the worst over layers", () => {
  const layers = verdictsAt(TRUST, "gradient", "20");

  it("is a mark with the layers that have it", () => {
    expect(worstOf(layers)).toEqual({ mark: "failing", names: ["head"] });
  });

  it("is no mark where nothing was checked", () => {
    expect(worstOf([])).toEqual({ mark: "none", names: [] });
  });

  it("is told figure by figure", () => {
    const told = worstFigures(layers).map(({ figure: { name, mark }, layer }) => [
      name,
      mark,
      layer,
    ]);
    expect(told).toEqual([
      ["methods", "doubtful", "conv"],
      ["path", "failing", "head"],
    ]);
  });
});
