/** Which rows of a long table are on the screen. */

/** Browsers cap the height of an element; beyond this the scroll track stands for more rows. */
export const MAX_TRACK = 8_000_000;

export interface Window {
  /** First row to draw. */
  readonly first: number;
  /** Row after the last one to draw. */
  readonly end: number;
  /** Where the first drawn row stands on the track, in CSS pixels. */
  readonly top: number;
  /** Height of the track, in CSS pixels. */
  readonly track: number;
}

export interface Scroll {
  readonly top: number;
  readonly height: number;
}

/**
 * Returns the rows to draw.
 *
 * @param rows in the table.
 * @param rowHeight in CSS pixels.
 * @param scroll offset and height of the visible part, in CSS pixels.
 * @param spare rows drawn beyond each edge, so that scrolling shows no gap.
 */
export function windowOf(rows: number, rowHeight: number, scroll: Scroll, spare = 8): Window {
  const full = rows * rowHeight;
  const track = Math.min(full, MAX_TRACK);
  const travel = Math.max(0, track - scroll.height);
  const top = Math.min(Math.max(0, scroll.top), travel);
  // On a shortened track the offset is scaled; rows keep their height.
  const offset = travel > 0 ? (top / travel) * Math.max(0, full - scroll.height) : 0;
  const first = Math.max(0, Math.floor(offset / rowHeight) - spare);
  const end = Math.min(rows, Math.ceil((offset + scroll.height) / rowHeight) + spare);
  return { first, end, top: top - (offset - first * rowHeight), track };
}

/** Returns the scroll offset that brings a row into sight; the present one if it is. */
export function reveal(row: number, rows: number, rowHeight: number, scroll: Scroll): number {
  const full = rows * rowHeight;
  if (full <= scroll.height) return 0;
  const track = Math.min(full, MAX_TRACK);
  const stretch = (full - scroll.height) / Math.max(1, track - scroll.height);
  const offset = scroll.top * stretch;
  const wanted = Math.min(Math.max(offset, (row + 1) * rowHeight - scroll.height), row * rowHeight);
  return wanted / stretch;
}
