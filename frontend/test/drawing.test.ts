import { describe, expect, it } from "vitest";
import { clip, escapeXml, type Shape, toSvg } from "../src/drawing";

function svgWith(...shapes: Shape[]): string {
  return toSvg({ width: 20, height: 10, background: "#ffffff", shapes });
}

describe("a drawing as SVG", () => {
  it("has the drawing's size", () => {
    expect(svgWith()).toContain('width="20" height="10" viewBox="0 0 20 10"');
  });

  it("holds a name with markup as text", () => {
    const svg = svgWith({ kind: "text", x: 1, y: 2, text: '<b>"&', fill: "#000000" });
    expect(svg).toContain("&lt;b&gt;&quot;&amp;</text>");
  });

  it("drops characters that XML does not allow", () => {
    expect(escapeXml("a\u0000b\ud800c")).toBe("abc");
  });

  it("keeps characters of all scripts", () => {
    expect(escapeXml("層 ünï 𝒙")).toBe("層 ünï 𝒙");
  });

  it("fills a glyph that says so", () => {
    const glyph = { kind: "path", d: "M0 0", x: 0, y: 0, scale: 2, stroke: "#111111" } as const;
    expect(svgWith({ ...glyph, fill: "#222222" })).toContain('fill="#222222" stroke="#111111"');
  });

  it("nests a chart where it belongs", () => {
    const rect = { x: 3, y: 4, width: 5, height: 6 };
    const svg = svgWith({ kind: "svg", rect, markup: "<g/>" });
    expect(svg).toContain('<svg x="3" y="4" width="5" height="6"><g/></svg>');
  });
});

describe("text in a narrow place", () => {
  it("is cut with an ellipsis", () => {
    expect(clip("activation frequency", 12, 60)).toBe("activat…");
  });

  it("stays whole where it fits", () => {
    expect(clip("mean", 12, 60)).toBe("mean");
  });

  it("vanishes where nothing fits", () => {
    expect(clip("activation", 12, 5)).toBe("");
  });
});
