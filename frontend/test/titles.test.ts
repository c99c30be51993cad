/** What things are called. */
import { describe, expect, it } from "vitest";
import { capital, layerAverageOf, listed, titleOf, titleOfState } from "../src/titles";

describe("a statistic", () => {
  it.each([
    ["std", "standard deviation"],
    ["nonfinite", "share not finite"],
    ["my_own", "my own"],
  ])("%s is called %s", (name, title) => {
    expect(titleOf(name)).toBe(title);
  });

  it("has an average over the layer that is not called mean mean", () => {
    expect(layerAverageOf("mean")).toBe("layer average of mean");
  });
});

describe("words", () => {
  it.each([
    [[], ""],
    [["dead"], "dead"],
    [["saturated", "silent"], "saturated and silent"],
    [["saturated", "silent", "dormant"], "saturated, silent and dormant"],
  ])("%j are listed as %j", (words, text) => {
    expect(listed(words)).toBe(text);
  });

  it("begin a title with a capital", () => {
    expect(capital("saturation")).toBe("Saturation");
  });

  it("tell a state by its title", () => {
    expect(titleOfState("nonfinite")).toBe("not finite");
  });
});
