import { describe, expect, test } from "vitest";
import { callFor, narrowed, sortsOf, titleOfSort } from "../src/response-methods";
import { costText } from "../src/responses";
import type { ResponseSteps } from "../src/wire";

const METHOD = "gradient_x_activation";
const BY = (name: string, target: string, steps: string[]) => ({ name, target, steps });
const KNOWN: ResponseSteps = {
  steps: ["0", "5", "9"],
  layers: [
    { name: "conv", units: [], methods: [BY(METHOD, "label", ["5"]), BY("", "", ["0", "5", "9"])] },
    { name: "fc", units: [2], methods: [BY("", "", ["0", "5", "9"])] },
  ],
  reduction: "extreme",
  examples: 3,
  of: 4,
  seed: 7,
  bytesAValue: 0.4632,
  others: [{ probe: "training", methods: [""] }],
};

describe("responses by their method", () => {
  test("all sorts are listed once, activations first", () => {
    expect(sortsOf(KNOWN)).toEqual([
      { method: "", target: "" },
      { method: METHOD, target: "label" },
    ]);
  });

  test("a sort has the layers and the steps that were recorded of it", () => {
    const found = narrowed(KNOWN, METHOD);
    expect(found?.layers.map(({ name }) => name)).toEqual(["conv"]);
    expect(found?.steps).toEqual(["5"]);
  });

  test("attributions are summed over positions, whatever activations are", () => {
    expect(narrowed(KNOWN, METHOD)?.reduction).toBe("sum");
    expect(narrowed(KNOWN, "")?.reduction).toBe("extreme");
  });

  test("another probe set counts where it has the sort, too", () => {
    expect(narrowed(KNOWN, METHOD)?.others).toEqual([]);
    expect(narrowed(KNOWN, "")?.others.map(({ probe }) => probe)).toEqual(["training"]);
  });

  test("a sort that was not recorded has no layer", () => {
    expect(narrowed(KNOWN, "conductance")?.layers).toEqual([]);
  });

  test("a sort is told with what it explains", () => {
    expect(titleOfSort({ method: METHOD, target: "label" })).toBe(
      "gradient × activation to the label",
    );
    expect(titleOfSort({ method: "", target: "" })).toBe("activations");
  });

  test("the call records the method that is missing", () => {
    expect(callFor("conductance")).toBe(`Recording(responses=("activation", "conductance"))`);
  });
});

describe("what responses cost", () => {
  test("is told with the draw, where not all examples have some", () => {
    expect(costText(KNOWN)).toBe(
      "3 of 4 examples drawn with seed 7 · responses take 0.463 byte a unit and example",
    );
  });

  test("is told alone where all have some", () => {
    expect(costText({ ...KNOWN, of: 3 })).toBe("responses take 0.463 byte a unit and example");
  });

  test("is nothing where none were recorded", () => {
    expect(costText({ ...KNOWN, steps: [] })).toBe("");
  });
});
