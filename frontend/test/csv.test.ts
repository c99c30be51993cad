import { describe, expect, it } from "vitest";
import { toCsv } from "../src/csv";

describe("a table as CSV", () => {
  it("has a line a row, ended as RFC 4180 says", () => {
    expect(toCsv({ columns: ["a", "b"], rows: [[1, 2]] })).toBe("a,b\r\n1,2\r\n");
  });

  it.each([
    ['say "x"', '"say ""x"""'],
    ["a,b", '"a,b"'],
    ["a\nb", '"a\nb"'],
    ["<b>", "<b>"],
  ])("writes %j so that it is read back", (text, field) => {
    expect(toCsv({ columns: ["a"], rows: [[text]] })).toBe(`a\r\n${field}\r\n`);
  });

  it("leaves what is unknown or not finite empty", () => {
    expect(toCsv({ columns: ["a", "b"], rows: [[null, Number.NaN]] })).toBe("a,b\r\n,\r\n");
  });

  it.each([
    [Math.fround(0.1), "0.1"],
    [2.408503, "2.41"],
    [0.0003945363, "0.000395"],
    [12345, "12345"],
  ])("writes %f with no digits that its byte does not tell", (value, text) => {
    expect(toCsv({ columns: ["a"], rows: [[value]] })).toBe(`a\r\n${text}\r\n`);
  });

  it("keeps steps beyond 2^53, which are text", () => {
    expect(toCsv({ columns: ["step"], rows: [["9007199254740993"]] })).toContain(
      "9007199254740993",
    );
  });
});
