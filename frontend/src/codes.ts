/** What the 256 codes of a film stand for: the grids of `tb_neuron/columns.py`, read side. */
import { assertNever } from "./assert";
import type { GridName } from "./wire";

/** Ratio of neighbouring levels of every grid. */
export const RATIO = 1.076;
/** The code of a value that was NaN or infinite. */
export const NOT_FINITE = 255;

const CODES = 256;
const SIGNED_LEVELS = 127;
const FRACTION_ONE = 254;
const FRACTION_CENTRE = 127;
const LARGEST_EXPONENT = 700;

/**
 * The value that each code stands for.
 *
 * @param grid name of the grid, as in a film's header
 * @param offset the layer's offset in that film
 * @returns float32[256]; NaN for `NOT_FINITE` on every grid but the exact one
 */
export function levels(grid: GridName, offset: number): Float32Array {
  const values = new Float32Array(CODES);
  for (let code = 0; code < CODES; code++) values[code] = level(grid, offset, code);
  return values;
}

function level(grid: GridName, offset: number, code: number): number {
  if (grid === "exact") return code;
  if (code === 0) return 0;
  if (code === NOT_FINITE) return Number.NaN;
  switch (grid) {
    case "unsigned_log":
      return power(code + offset);
    case "signed_log":
      return code > SIGNED_LEVELS ? -power(code - SIGNED_LEVELS + offset) : power(code + offset);
    case "fraction":
      return code === FRACTION_ONE ? 1 : 1 / (1 + power(FRACTION_CENTRE - code));
    default:
      return assertNever(grid);
  }
}

function power(exponent: number): number {
  const logarithm = exponent * Math.log(RATIO);
  return Math.exp(Math.max(-LARGEST_EXPONENT, Math.min(LARGEST_EXPONENT, logarithm)));
}

/** Keeps the tables of one grid by offset: layers share few offsets. */
export class LevelTables {
  private readonly tables = new Map<number, Float32Array>();

  constructor(readonly grid: GridName) {}

  /** float32[256], the value of each code in a layer with this offset. */
  at(offset: number): Float32Array {
    const known = this.tables.get(offset);
    if (known) return known;
    const made = levels(this.grid, offset);
    this.tables.set(offset, made);
    return made;
  }
}
