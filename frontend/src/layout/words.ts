/** Words in lines of a box, as a page sets them. */
import type { Rect } from "./rect";

const SPACE = 1;

/**
 * The boxes of the words that fit, from the first on.
 *
 * @param widths of the words.
 * @param height of a line.
 */
export function wrapWords(
  widths: readonly number[],
  { x, y, width, height: room }: Rect,
  height: number,
): Rect[] {
  const boxes: Rect[] = [];
  let [left, top] = [x, y];
  for (const wanted of widths) {
    const wide = Math.min(wanted, width);
    if (left > x && left + wide > x + width) [left, top] = [x, top + height];
    if (top + height > y + room + 0.5) break;
    boxes.push({ x: left, y: top, width: wide, height });
    left += wide + SPACE;
  }
  return boxes;
}
