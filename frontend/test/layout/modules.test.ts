import { describe, expect, it } from "vitest";
import { ancestors, isUnder, layersOf, moduleTree } from "../../src/layout/modules";

const layers = [
  "stem.conv",
  "stages.0.conv1",
  "stages.0.conv2",
  "stages.1.conv1",
  "stages.1.conv2",
  "head",
].map((name) => ({ name, units: 4 }));

describe("the module tree", () => {
  it("keeps execution order at the top level", () => {
    expect(moduleTree(layers).map((node) => node.label)).toEqual(["stem.conv", "stages", "head"]);
  });

  it("merges a module that holds a single layer with it", () => {
    expect(moduleTree(layers)[0]).toEqual({ kind: "layer", layer: 0, label: "stem.conv" });
  });

  it("merges a chain of modules with a single child", () => {
    const chain = ["a.b.c.x", "a.b.c.y", "z"].map((name) => ({ name, units: 1 }));
    expect(moduleTree(chain)[0]?.label).toBe("a.b.c");
  });

  it("names a layer below a merged module by what the module does not say", () => {
    const chain = ["a.b.x", "a.b.y", "z"].map((name) => ({ name, units: 1 }));
    const [module] = moduleTree(chain);
    expect(module?.kind === "module" && module.children.map((node) => node.label)).toEqual([
      "x",
      "y",
    ]);
  });

  it("draws no group around everything", () => {
    const wrapped = ["net.a", "net.b"].map((name) => ({ name, units: 1 }));
    expect(moduleTree(wrapped).map((node) => node.kind)).toEqual(["layer", "layer"]);
  });

  it("names a numbered module by what it counts", () => {
    const [, stages] = moduleTree(layers);
    expect(stages?.kind === "module" && stages.children.map((node) => node.label)).toEqual([
      "stages.0",
      "stages.1",
    ]);
  });

  it("holds every layer once", () => {
    expect(layersOf(moduleTree(layers))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("shows only what is below the module asked for", () => {
    expect(layersOf(moduleTree(layers, "stages.1"))).toEqual([3, 4]);
  });

  it("shows a layer alone when its name is asked for", () => {
    expect(layersOf(moduleTree(layers, "head"))).toEqual([5]);
  });

  it("does not take a name that starts alike for a module", () => {
    expect(isUnder("stages10.conv", "stages1")).toBe(false);
  });

  it("copes with a layer that has the name of a module", () => {
    const both = ["block", "block.fc", "block.act"].map((name) => ({ name, units: 1 }));
    expect(layersOf(moduleTree(both))).toEqual([0, 1, 2]);
  });

  it("copes with empty segments, slashes and markup in names", () => {
    const odd = ["..", "a/b.c", "<b>.x", ""].map((name) => ({ name, units: 1 }));
    expect(layersOf(moduleTree(odd)).sort()).toEqual([0, 1, 2, 3]);
  });

  it("lists the groups above a layer, outermost first", () => {
    expect(ancestors(layers, "stages.0.conv2")).toEqual(["stages", "stages.0"]);
  });
});
