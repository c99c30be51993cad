import { describe, expect, it } from "vitest";
import { MAX_TRACK, reveal, windowOf } from "../../src/layout/windowing";

describe("the window of a long table", () => {
  it("holds the visible rows and a few spare ones", () => {
    const { first, end } = windowOf(1000, 20, { top: 2000, height: 200 }, 5);
    expect([first, end]).toEqual([95, 115]);
  });

  it("starts where its first row belongs", () => {
    expect(windowOf(1000, 20, { top: 2000, height: 200 }, 5).top).toBe(95 * 20);
  });

  it("stops at the last row", () => {
    expect(windowOf(30, 20, { top: 10_000, height: 200 }).end).toBe(30);
  });

  it("is empty without rows", () => {
    expect(windowOf(0, 20, { top: 0, height: 200 })).toEqual({
      first: 0,
      end: 0,
      top: 0,
      track: 0,
    });
  });

  it("reaches the last of a million rows on a shortened track", () => {
    const rows = 1_000_000;
    const { end } = windowOf(rows, 28, { top: MAX_TRACK, height: 600 });
    expect(end).toBe(rows);
  });

  it("never makes an element higher than browsers allow", () => {
    expect(windowOf(10_000_000, 28, { top: 0, height: 600 }).track).toBe(MAX_TRACK);
  });
});

describe("revealing a row", () => {
  it("leaves the offset when the row is in sight", () => {
    expect(reveal(12, 1000, 20, { top: 200, height: 200 })).toBe(200);
  });

  it("scrolls up to a row above", () => {
    expect(reveal(2, 1000, 20, { top: 200, height: 200 })).toBe(40);
  });

  it("scrolls down to a row below", () => {
    expect(reveal(99, 1000, 20, { top: 200, height: 200 })).toBe(1800);
  });

  it.each([0, 12_345, 999_999])("brings row %i of a million into the window", (row) => {
    const scroll = { top: 0, height: 600 };
    const top = reveal(row, 1_000_000, 28, scroll);
    const { first, end } = windowOf(1_000_000, 28, { ...scroll, top });
    expect(row >= first && row < end).toBe(true);
  });

  it("does not scroll a table that fits", () => {
    expect(reveal(3, 5, 20, { top: 0, height: 200 })).toBe(0);
  });
});
