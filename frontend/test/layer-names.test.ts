/** What layers are called where there is little room. */
import { describe, expect, it } from "vitest";
import { sharedStart } from "../src/layer-names";

describe("what all names begin with", () => {
  it("ends with a module", () => {
    expect(sharedStart(["network.conv1/relu", "network.conv2/relu"])).toBe("network.");
  });

  it("may be several modules", () => {
    expect(sharedStart(["model.encoder.0.mlp", "model.encoder.1.mlp"])).toBe("model.encoder.");
  });

  it("leaves every name something of its own", () => {
    expect(sharedStart(["encoder", "encoder.0"])).toBe("");
  });

  it("is empty where names share none", () => {
    expect(sharedStart(["conv1", "head.conv1"])).toBe("");
  });

  it("is empty of one layer", () => {
    expect(sharedStart(["network.conv1"])).toBe("");
  });
});
