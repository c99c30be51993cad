/** Rectangles: the one shape that every layout is made of. */

/** A rectangle in CSS pixels, its origin at the top left. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Returns whether a point lies in a rectangle; the right and bottom edges are outside. */
export function contains(rect: Rect, x: number, y: number): boolean {
  return x >= rect.x && y >= rect.y && x < rect.x + rect.width && y < rect.y + rect.height;
}

/** Returns the rectangle without a margin on each side; never of negative size. */
export function inset(rect: Rect, margin: number): Rect {
  const width = Math.max(0, rect.width - 2 * margin);
  const height = Math.max(0, rect.height - 2 * margin);
  return { x: rect.x + margin, y: rect.y + margin, width, height };
}

/** Cuts a band off the top; the band is at most as high as the rectangle. */
export function cutTop(rect: Rect, height: number): { top: Rect; rest: Rect } {
  const cut = Math.min(height, rect.height);
  return {
    top: { ...rect, height: cut },
    rest: { ...rect, y: rect.y + cut, height: rect.height - cut },
  };
}

/** Returns the rectangle with its edges on whole device pixels, so that blits stay crisp. */
export function snap(rect: Rect, pixelRatio: number): Rect {
  const align = (length: number): number => Math.round(length * pixelRatio) / pixelRatio;
  const [x, y] = [align(rect.x), align(rect.y)];
  const [right, bottom] = [align(rect.x + rect.width), align(rect.y + rect.height)];
  return { x, y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) };
}

/** Interpolates between two rectangles; t = 0 is the first. */
export function between(from: Rect, to: Rect, t: number): Rect {
  const mix = (a: number, b: number): number => a + (b - a) * t;
  return {
    x: mix(from.x, to.x),
    y: mix(from.y, to.y),
    width: mix(from.width, to.width),
    height: mix(from.height, to.height),
  };
}
