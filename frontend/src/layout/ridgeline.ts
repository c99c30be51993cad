/** Distributions of one thing at many records, as rows that overlap: numbers in, paths out. */

/** The inner rectangle of a ridgeline, in CSS pixels. */
export interface RidgeBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

/** A record's row. */
export interface Ridge {
  readonly record: number;
  /** Its base line. */
  readonly y: number;
  /** SVG path of the outline, open below. */
  readonly line: string;
  /** The same, closed along the base line. */
  readonly area: string;
}

export interface Ridges {
  readonly rows: readonly Ridge[];
  readonly height: number;
  /** From one base line to the next. */
  readonly pitch: number;
}

/** Rows reach over so many rows above them. */
const OVERLAP = 3.2;
const LEAST_PITCH = 3;
const MOST_PITCH = 22;

/**
 * Rows from the first record at the top to the last at the bottom, on one scale of shares.
 *
 * @param counts by record, in equal parts of the horizontal scale
 * @param parts of the scale
 * @param room height that is meant to suffice
 */
export function layOutRidges(
  counts: ArrayLike<number>,
  parts: number,
  box: RidgeBox,
  room: number,
): Ridges {
  const records = parts > 0 ? Math.floor(counts.length / parts) : 0;
  const pitch = Math.max(LEAST_PITCH, Math.min(MOST_PITCH, room / (records + OVERLAP)));
  const tall = pitch * OVERLAP;
  const shares = Array.from({ length: records }, (_, record) => sharesOf(counts, record, parts));
  const top = shares.flat().reduce((most, share) => Math.max(most, share), 0);
  const rows = shares.map((row, record): Ridge => {
    const y = box.top + tall + record * pitch;
    // By the root: a heap at zero would leave nothing to see of all else.
    const heights = row.map((share) => (top > 0 ? Math.sqrt(share / top) * tall : 0));
    return { record, y, ...pathsOf(heights, y, box) };
  });
  return { rows, pitch, height: tall + Math.max(0, records - 1) * pitch };
}

/** The row whose base line is nearest below a height; -1 of none. */
export function ridgeAt({ rows, pitch }: Ridges, y: number): number {
  const found = rows.findIndex((row) => y <= row.y + pitch / 2);
  return found < 0 ? rows.length - 1 : found;
}

/** Steps of equal parts as a path, with heights above a base line. */
export function pathsOf(
  heights: readonly number[],
  y: number,
  { left, width }: Pick<RidgeBox, "left" | "width">,
): { readonly line: string; readonly area: string } {
  const step = heights.length > 0 ? width / heights.length : 0;
  const points = heights.flatMap((height, part) => [
    `${at(left + part * step)} ${at(y - height)}`,
    `${at(left + (part + 1) * step)} ${at(y - height)}`,
  ]);
  const line = points.length > 0 ? `M${points.join("L")}` : "";
  const area = line === "" ? "" : `${line}L${at(left + width)} ${at(y)}L${at(left)} ${at(y)}Z`;
  return { line, area };
}

/** Shares of a row's examples in each part. */
export function sharesOf(counts: ArrayLike<number>, row: number, parts: number): number[] {
  const own = Array.from({ length: parts }, (_, part) => counts[row * parts + part] ?? 0);
  const sum = own.reduce((total, count) => total + count, 0);
  return own.map((count) => (sum > 0 ? count / sum : 0));
}

function at(value: number): number {
  return Math.round(value * 10) / 10;
}
