/** A table as a picture. */
import { describe, expect, it } from "vitest";
import { titleLines } from "../../src/views/layer/columns";
import { columnWidths, drawSheet, type SheetColumn } from "../../src/views/layer/sheet";
import { ROLES } from "./roles";

const measure = (text: string, weight: number) => text.length * (weight > 400 ? 8 : 7);

function column(title: readonly string[], texts: readonly string[]): SheetColumn {
  return {
    title,
    isText: false,
    cells: texts.map((text) => ({ text, state: null, swatch: null })),
  };
}

describe("a column of a picture", () => {
  it.each([
    [column(["unit"], ["0", "1"]), 4 * 8],
    [column(["unit"], ["0", "123456"]), 6 * 7],
    [column(["standard", "deviation"], ["0"]), 9 * 8],
  ])("is as wide as the widest text in it", (made, width) => {
    expect(columnWidths([made], measure)).toEqual([width + 24]);
  });

  it("has room for the glyph of a state", () => {
    const cells = [{ text: "dormant", state: "dormant", swatch: null }] as const;
    const made = { title: ["state"], isText: true, cells };
    expect(columnWidths([made], measure)).toEqual([7 * 7 + 18 + 24]);
  });
});

describe("a table's picture", () => {
  const columns = [column(["unit"], ["10", "11"]), column(["mean"], ["0.5", "−0.25"])];

  it("never lets two columns touch", () => {
    const { shapes } = drawSheet({ columns, rest: null }, ROLES, measure);
    const row = shapes.flatMap((shape) =>
      shape.kind === "text" && ["10", "0.5"].includes(shape.text) ? [shape] : [],
    );
    const [first, second] = row;
    expect((second?.x ?? 0) - 3 * 7 - (first?.x ?? 0)).toBeGreaterThanOrEqual(24);
  });

  it("says what is left out", () => {
    const { shapes } = drawSheet({ columns, rest: "The first 2 of 9 rows" }, ROLES, measure);
    expect(shapes.some((one) => one.kind === "text" && one.text.includes("2 of 9"))).toBe(true);
  });

  it("draws a glyph for a state and a square for a colour", () => {
    const cells = [{ text: "dead", state: "dead", swatch: "#123456" }] as const;
    const made = [{ title: ["state"], isText: true, cells }];
    const { shapes } = drawSheet({ columns: made, rest: null }, ROLES, measure);
    const kinds = shapes.map((shape) => (shape.kind === "rect" ? shape.fill : shape.kind));
    expect(kinds).toEqual(expect.arrayContaining(["path", "#123456"]));
  });
});

describe("a column's title", () => {
  it.each([
    ["unit", ["unit"]],
    ["standard deviation", ["standard", "deviation"]],
    ["Δ standard deviation", ["Δ standard", "deviation"]],
    ["layer average of activation frequency", ["layer average of", "activation frequency"]],
  ])("%s stands in lines %j", (title, lines) => {
    expect(titleLines(title)).toEqual(lines);
  });
});
