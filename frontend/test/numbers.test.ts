/** Numbers for people. */
import { describe, expect, it } from "vitest";
import {
  formatAge,
  formatBytes,
  formatCount,
  formatRoughShare,
  formatShare,
  formatSigned,
  formatSignedCount,
  formatValue,
} from "../src/numbers";

describe("a value", () => {
  it.each([
    [0, "0"],
    [1, "1"],
    [0.123456, "0.123"],
    [-12.345, "−12.3"],
    [12345, "12300"],
    [123456, "1.2e5"],
    [0.0001, "1e-4"],
    [-0.00012, "−1.2e-4"],
    [Number.NaN, "–"],
    [Infinity, "–"],
  ])("of %f is %s", (value, text) => {
    expect(formatValue(value)).toBe(text);
  });
});

describe("a difference", () => {
  it.each([
    [0.5, "+0.5"],
    [-0.1374, "−0.137"],
    [0, "0"],
    [Number.NaN, "–"],
    [Infinity, "–"],
  ])("of %f is %s", (difference, text) => {
    expect(formatSigned(difference)).toBe(text);
  });

  it.each([
    [6, "+6"],
    [-1234, "−1,234"],
    [0, "0"],
  ])("of %i units is %s", (difference, text) => {
    expect(formatSignedCount(difference)).toBe(text);
  });
});

describe("a share", () => {
  it.each([
    [0, "0 %"],
    [1, "100 %"],
    [0.4711, "47.1 %"],
    [0.0123, "1.2 %"],
    [0.0001, "< 0.1 %"],
    [Number.NaN, "–"],
  ])("of %f is %s", (share, text) => {
    expect(formatShare(share)).toBe(text);
  });
});

describe("a probability", () => {
  it.each([
    [1, "100 %"],
    [0.9996, "> 99.9 %"],
    [0.996, "99.6 %"],
    [0.5, "50 %"],
  ])("of %f is %s", (share, text) => {
    expect(formatShare(share)).toBe(text);
  });

  it.each([
    [1, "100 %"],
    [0.996, ">99 %"],
    [0.994, "99 %"],
    [0.004, "<1 %"],
    [0, "0 %"],
    [Number.NaN, "–"],
  ])("of %f is %s where there is little room", (share, text) => {
    expect(formatRoughShare(share)).toBe(text);
  });
});

describe("a count", () => {
  it.each([
    [0, "0"],
    [1234567, "1,234,567"],
  ])("of %i is %s", (count, text) => {
    expect(formatCount(count)).toBe(text);
  });
});

describe("a size", () => {
  it.each([
    [512, "512 B"],
    [2048, "2 kB"],
    [5 * 1024 ** 2, "5 MB"],
    [3 * 1024 ** 5, "3070 TB"],
  ])("of %i bytes is %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("an age", () => {
  it.each([
    [2, "just now"],
    [40, "40 s ago"],
    [600, "10 min ago"],
    [7200, "2 h ago"],
    [864000, "10 days ago"],
  ])("of %i s is %s", (seconds, text) => {
    expect(formatAge(seconds)).toBe(text);
  });
});
