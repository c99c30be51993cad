/** What things are called. */
import { describe, expect, it } from "vitest";
import {
  attributionOf,
  capital,
  figureTitleOf,
  groupOf,
  layerAverageOf,
  listed,
  titleOf,
  titleOfMethod,
  titleOfState,
} from "../src/titles";

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

describe("a method of another library", () => {
  it.each([
    ["captum:LayerDeepLift", "DeepLift (Captum)"],
    ["zennit:EpsilonPlusFlat", "EpsilonPlusFlat (Zennit)"],
  ])("%s is called %s", (name, title) => {
    expect(titleOfMethod(name)).toBe(title);
  });
});

describe("a statistic of attributions", () => {
  it.each([
    ["gradient_x_activation:label:mean", "mean gradient × activation, toward the label"],
    ["gradient_x_activation:loss:mean_abs", "mean |gradient × activation|, toward the loss"],
    ["gradient:prediction:std", "standard deviation of gradient, toward the prediction"],
    ["conductance:3:share", "share of |conductance|, toward class 3"],
    [
      "captum:LayerDeepLift:label:nonfinite",
      "share not finite of DeepLift (Captum), toward the label",
    ],
  ])("%s is called %s", (name, title) => {
    expect(titleOf(name)).toBe(title);
  });

  it("stands under its method and what that explains", () => {
    expect(groupOf("gradient_x_activation:label:std")).toBe(
      "gradient × activation, toward the label",
    );
  });

  it.each([
    ["gradient:label:mean_abs", "mean |attribution|"],
    ["mean_abs", "mean |activation|"],
    ["gradient:label:share", "share of the layer"],
  ])("%s is called %s there", (name, title) => {
    expect(figureTitleOf(name)).toBe(title);
  });

  it("is told from one of activations", () => {
    expect(attributionOf("mean")).toBeNull();
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
