/** What is chosen, to the address and back. */
import { describe, expect, it } from "vitest";
import {
  filterOfExamples,
  formatPins,
  formatSubsets,
  parsePins,
  parseSubsets,
  refusalOfSubsets,
  togglePin,
  withinLimits,
} from "../src/choices";

describe("a filter of examples", () => {
  it("names the chosen ones, rising", () => {
    expect(filterOfExamples([7, 3], 10)).toBe("example in [3, 7]");
  });

  it("names the others where they are fewer", () => {
    expect(filterOfExamples([0, 1, 2, 4], 5)).toBe("example not in [3]");
  });

  it("is not made where the server would find it too long", () => {
    const half = Array.from({ length: 2000 }, (_, at) => 2 * at);
    expect(filterOfExamples(half, 4000)).toBeNull();
  });
});

describe("saved subsets", () => {
  const two = [
    { name: "wrong", filter: "not correct" },
    { name: "a;b: 100%", filter: 'kind == "x;y:z"' },
  ];

  it("go to the address and back, whatever they are called", () => {
    expect(parseSubsets(formatSubsets(two))).toEqual(two);
  });

  it("read well where nothing separates", () => {
    expect(formatSubsets(two.slice(0, 1))).toBe("wrong:not correct");
  });

  it("pass over what is none, and names that were there before", () => {
    expect(parseSubsets("x;:y;a:1 == 1;a:label == 2;%:b")).toEqual([
      { name: "a", filter: "1 == 1" },
      { name: "%", filter: "b" },
    ]);
  });

  it("are refused where they are too many, or too long", () => {
    const many = Array.from({ length: 25 }, (_, at) => ({ name: `n${at}`, filter: "correct" }));
    const long = [{ name: "long", filter: "x".repeat(16_000) }];
    expect([two, many, long].map((each) => refusalOfSubsets(each) === null)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("more subsets than the server takes", () => {
  const many = Array.from({ length: 30 }, (_, at) => ({ name: `n${at}`, filter: "correct" }));

  it("are all known", () => {
    expect(parseSubsets(formatSubsets(many))).toEqual(many);
  });

  it("are sent as far as they fit", () => {
    const long = many.slice(0, 4).map((each) => ({ ...each, filter: "x".repeat(5000) }));
    expect([withinLimits(many).length, withinLimits(long).length]).toEqual([24, 3]);
  });
});

describe("pins", () => {
  it("go to the address and back, whatever the layer is called", () => {
    const pins = { layer: "it's @ <b>", units: [3, 12] };
    expect(parsePins(formatPins(pins))).toEqual(pins);
  });

  it("are none without a unit", () => {
    expect(formatPins({ layer: "a", units: [] })).toBeNull();
  });

  it("take another unit, and give it back", () => {
    const one = togglePin(null, "a", 3);
    expect(togglePin(one, "a", 5).units).toEqual([3, 5]);
    expect(togglePin(one, "a", 3).units).toEqual([]);
  });

  it("of another layer begin anew", () => {
    expect(togglePin({ layer: "a", units: [1] }, "b", 2)).toEqual({ layer: "b", units: [2] });
  });
});
