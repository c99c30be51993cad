/** Bytes and tables that an independent script wrote: `tests/golden/write_golden.py`. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { levels } from "../src/codes";
import { type Container, decodeContainer } from "../src/container";
import { GRID_NAMES, type GridName } from "../src/wire";

interface GoldenArray {
  readonly name: string;
  readonly dtype: "uint8" | "int32" | "uint32" | "float32" | "float64";
  readonly shape: readonly number[];
  readonly values: readonly (number | null)[];
}

interface GoldenTable {
  readonly grid: GridName;
  readonly offset: number;
  readonly values: readonly (number | null)[];
}

const container = json("container.json") as { header: unknown; arrays: GoldenArray[] };
const grids = json("grids.json") as { tables: GoldenTable[] };

function read(name: string): Buffer {
  return readFileSync(new URL(`../../tests/golden/${name}`, import.meta.url));
}

function json(name: string): unknown {
  return JSON.parse(read(name).toString("utf-8"));
}

function bytes(): ArrayBuffer {
  return new Uint8Array(read("container.bin")).buffer;
}

function numbers(values: readonly (number | null)[]): number[] {
  return values.map((value) => value ?? Number.NaN);
}

function arrayOf(decoded: Container, { dtype, name }: GoldenArray): ArrayLike<number> {
  return decoded[dtype](name);
}

describe("the golden container", () => {
  it("has the header it was written with", () => {
    expect(decodeContainer(bytes()).header).toEqual(container.header);
  });

  it.each(container.arrays)("has the array $name it was written with", (array) => {
    expect(Array.from(arrayOf(decodeContainer(bytes()), array))).toEqual(numbers(array.values));
  });

  it.each(container.arrays)("has the shape of $name", (array) => {
    expect(decodeContainer(bytes()).shape(array.name)).toEqual(array.shape);
  });

  it.each([0, 8, 15, 17, 200])("is refused when cut to %i bytes", (length) => {
    expect(() => decodeContainer(bytes().slice(0, length))).toThrow();
  });

  it("is refused when an array reaches past its end", () => {
    expect(() => decodeContainer(bytes().slice(0, -8))).toThrow("lies outside");
  });
});

describe("the golden tables of codes", () => {
  it("cover every grid", () => {
    expect(new Set(grids.tables.map((table) => table.grid))).toEqual(new Set(GRID_NAMES));
  });

  it.each(grids.tables)("of $grid with offset $offset are those of the formula", (table) => {
    const made = Array.from(levels(table.grid, table.offset));
    const errors = numbers(table.values).map((value, code) => relativeError(made[code], value));
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  });
});

function relativeError(made: number | undefined, value: number): number {
  if (made === undefined) return Number.POSITIVE_INFINITY;
  if (Number.isNaN(value)) return Number.isNaN(made) ? 0 : Number.POSITIVE_INFINITY;
  return made === value ? 0 : Math.abs(made - value) / Math.abs(value);
}
