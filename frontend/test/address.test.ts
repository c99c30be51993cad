/** The selection in the address: what is written is read again, whatever it is called. */
import { describe, expect, it } from "vitest";
import { formatHash, NOTHING_CHOSEN, parseHash, type Selection, tabOf } from "../src/address";

const PLUGIN = "tb_neuron";

const HOSTILE_NAMES = [
  "a&b=c",
  "<b>bold</b>",
  "100%20sure",
  "%",
  "spaces and\ttabs",
  "päth/ü/层",
  "p.tb_neuron.r=x",
  "#tb_neuron&p.tb_neuron.v=unit",
  "a+b",
  "..",
  '"quoted"',
  "null",
];

const EVERYTHING: Selection = {
  view: "unit",
  runA: "run a",
  stepA: "9007199254740993",
  runB: "run b",
  stepB: "same",
  model: "ema",
  probe: "second",
  statistic: "mean_abs",
  className: "digit 3",
  area: "share",
  attribution: "captum:LayerDeepLift:label",
  mode: "diff",
  layerName: "encoder.layer#1",
  unit: 0,
  only: "dead",
  scale: "log",
  anchor: "first",
  sort: "max",
  focus: "encoder",
  isLogSteps: true,
  isUnitTable: true,
  flowGroup: "example 17",
  flowMethod: "lrp",
  flowUnits: 4,
  flowThreshold: 2.5,
  flowOrder: "unit",
  flowNodes: "groups",
  isFlowTable: true,
  mapMethod: "captum:Saliency",
  mapLayer: "conv2/relu",
  mapTarget: "class 3",
  mapOpacity: 40,
  exampleSort: "learned",
  exampleFilter: "wrong",
  example: 0,
  isExampleTable: true,
  exampleForm: "grid",
  gridLayer: "conv2/relu",
  gridCell: "3:17",
  gridClass: 4,
  gridSort: "attribution",
  isGridShaded: true,
  evidenceLayer: "encoder.layer#1",
  evidenceRival: 8,
  isChanges: true,
  layerForm: "groups",
  groupCount: 9,
  unitGroup: 2,
  responseMethod: "gradient_x_activation",
  isPatternTable: true,
  pairLayer: "fc 2",
  pairUnit: 4,
  jointForm: "facets",
  isJointTable: true,
  filter: "label == 3 and not correct",
  subsets: "wrong:not correct;a%3Bb:label == 1",
  pointKind: "examples",
  projection: "tsne",
  mapStyle: "atlas",
  mapColour: "correct",
  isMapTable: true,
  pins: "3,5@a layer",
};

function roundTrip(selection: Selection, before = ""): Selection {
  return parseHash(formatHash(before, PLUGIN, selection), PLUGIN);
}

describe("a selection in the address", () => {
  it("is read as it was written when everything was chosen", () => {
    expect(roundTrip(EVERYTHING)).toEqual(EVERYTHING);
  });

  it("is empty when nothing was chosen", () => {
    expect(formatHash("", PLUGIN, NOTHING_CHOSEN)).toBe(PLUGIN);
  });

  it.each(HOSTILE_NAMES)("keeps a run called %j", (name) => {
    expect(roundTrip({ ...NOTHING_CHOSEN, runA: name })).toEqual({ ...NOTHING_CHOSEN, runA: name });
  });

  it.each(HOSTILE_NAMES)("keeps a layer called %j beside other plugins' keys", (name) => {
    const selection = { ...EVERYTHING, layerName: name };
    expect(roundTrip(selection, "tb_neuron&p.scalars.tag=x")).toEqual(selection);
  });

  it("never has a second equals sign in a token, which the host would drop", () => {
    const hash = formatHash("", PLUGIN, { ...NOTHING_CHOSEN, runA: "a=b=c" });
    expect(hash.split("&").every((token) => token.split("=").length <= 2)).toBe(true);
  });

  it("leaves other plugins' keys as they are", () => {
    const hash = formatHash("tb_neuron&p.other.k=a%20b&p.tb_neuron.r=old", PLUGIN, NOTHING_CHOSEN);
    expect(hash).toBe("tb_neuron&p.other.k=a%20b");
  });

  it("leaves a plugin whose name begins alike as it is", () => {
    const hash = formatHash("tb_neuron&p.tb_neuron_units.r=x", PLUGIN, NOTHING_CHOSEN);
    expect(hash).toBe("tb_neuron&p.tb_neuron_units.r=x");
  });

  it("replaces what it wrote before", () => {
    const before = formatHash("", PLUGIN, EVERYTHING);
    expect(formatHash(before, PLUGIN, NOTHING_CHOSEN)).toBe(PLUGIN);
  });

  it.each([
    ["a view that is none", "p.tb_neuron.v=nowhere", "view"],
    ["a unit below 0", "p.tb_neuron.u=-1", "unit"],
    ["a unit that is no integer", "p.tb_neuron.u=1.5", "unit"],
    ["a unit beyond 2^53", "p.tb_neuron.u=9007199254740993", "unit"],
    ["a step in words", "p.tb_neuron.s=soon", "stepA"],
    ["a state that is none", "p.tb_neuron.only=tired", "only"],
    ["an escape that is none", "p.tb_neuron.v=%E0%A4%A", "view"],
    ["a key without a value", "p.tb_neuron.r=", "runA"],
  ] as const)("takes the default for %s", (_, token, field) => {
    expect(parseHash(`tb_neuron&${token}`, PLUGIN)[field]).toBe(NOTHING_CHOSEN[field]);
  });

  it.each([
    ["#tb_neuron&p.tb_neuron.v=unit", "tb_neuron"],
    ["timeseries", "timeseries"],
    ["", ""],
    ["p.tb_neuron.v=unit", ""],
  ])("tells of %j which tab is open", (hash, tab) => {
    expect(tabOf(hash)).toBe(tab);
  });
});
