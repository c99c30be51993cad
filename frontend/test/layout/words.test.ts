/** Words in lines. */
import { describe, expect, it } from "vitest";
import { wrapWords } from "../../src/layout/words";

const BOX = { x: 10, y: 20, width: 50, height: 24 };

describe("words", () => {
  it("stand beside each other until the line is full", () => {
    expect(wrapWords([20, 20, 20], BOX, 12)).toEqual([
      { x: 10, y: 20, width: 20, height: 12 },
      { x: 31, y: 20, width: 20, height: 12 },
      { x: 10, y: 32, width: 20, height: 12 },
    ]);
  });

  it("that do not fit are left out", () => {
    expect(wrapWords([40, 40, 40], BOX, 12)).toHaveLength(2);
  });

  it("wider than a line are cut to it", () => {
    expect(wrapWords([90], BOX, 12)).toEqual([{ x: 10, y: 20, width: 50, height: 12 }]);
  });
});
