/** Points of a plane on a screen: what is seen of the plane, who is near, what a lasso holds. */

/** Places of points, `[x, y]` one after the other; NaN for a point without one. y grows upward. */
export type Places = Float32Array;

export interface Bounds {
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
  readonly top: number;
}

/** How the plane lies on the screen: x · scale + x0 from the left, y0 − y · scale from the top. */
export interface Camera {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The rectangle around all points that have a place; null of none. */
export function boundsOf(places: Places): Bounds | null {
  let [left, bottom, right, top] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at + 1 < places.length; at += 2) {
    const [x = Number.NaN, y = Number.NaN] = [places[at], places[at + 1]];
    if (!Number.isFinite(x + y)) continue;
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [bottom, top] = [Math.min(bottom, y), Math.max(top, y)];
  }
  return left > right ? null : { left, bottom, right, top };
}

/** Whether several points have one and the same place. */
export function isOnePlace(places: Places): boolean {
  const bounds = boundsOf(places);
  if (!bounds || countPlaced(places) < 2) return false;
  return bounds.left === bounds.right && bounds.bottom === bounds.top;
}

/** The camera that shows all of the bounds, a unit of x as long as one of y. */
export function cameraOn(bounds: Bounds, { width, height }: Size, margin: number): Camera {
  const across = bounds.right - bounds.left;
  const up = bounds.top - bounds.bottom;
  const free = [Math.max(1, width - 2 * margin), Math.max(1, height - 2 * margin)] as const;
  const scales = [across > 0 ? free[0] / across : Infinity, up > 0 ? free[1] / up : Infinity];
  const least = Math.min(...scales);
  const scale = Number.isFinite(least) ? least : 1;
  return {
    scale,
    x: width / 2 - ((bounds.left + bounds.right) / 2) * scale,
    y: height / 2 + ((bounds.bottom + bounds.top) / 2) * scale,
  };
}

/** The camera nearer or farther by a factor, what lies at a spot of the screen staying there. */
export function zoomAt({ scale, x, y }: Camera, spot: Spot, factor: number): Camera {
  return {
    scale: scale * factor,
    x: spot.x - (spot.x - x) * factor,
    y: spot.y - (spot.y - y) * factor,
  };
}

/** The camera moved by a distance on the screen. */
export function panBy({ scale, x, y }: Camera, right: number, down: number): Camera {
  return { scale, x: x + right, y: y + down };
}

/** Places on the screen, `[x, y]` one after the other. */
export function onScreen(places: Places, { scale, x, y }: Camera): Places {
  const found = new Float32Array(places.length);
  for (let at = 0; at + 1 < places.length; at += 2) {
    found[at] = x + (places[at] ?? Number.NaN) * scale;
    found[at + 1] = y - (places[at + 1] ?? Number.NaN) * scale;
  }
  return found;
}

/** One record's places out of those of all records. */
export function placesAt(all: Places, record: number, points: number): Places {
  return all.subarray(record * points * 2, (record + 1) * points * 2);
}

/** How many points have a place. */
export function countPlaced(places: Places): number {
  let count = 0;
  for (let at = 0; at + 1 < places.length; at += 2) {
    if (Number.isFinite((places[at] ?? Number.NaN) + (places[at + 1] ?? Number.NaN))) count++;
  }
  return count;
}

/** Points on the screen within its edges. */
export function pointsWithin(screen: Places, { width, height }: Size): number[] {
  const found: number[] = [];
  for (let point = 0; 2 * point + 1 < screen.length; point++) {
    const [x = Number.NaN, y = Number.NaN] = [screen[2 * point], screen[2 * point + 1]];
    if (x >= 0 && x <= width && y >= 0 && y <= height) found.push(point);
  }
  return found;
}

/** The point nearest to a spot of the screen, within a reach; -1 of none. */
export function pointNear(screen: Places, spot: Spot, reach: number): number {
  let [nearest, least] = [-1, reach * reach];
  for (let point = 0; 2 * point + 1 < screen.length; point++) {
    const dx = (screen[2 * point] ?? Number.NaN) - spot.x;
    const dy = (screen[2 * point + 1] ?? Number.NaN) - spot.y;
    const distance = dx * dx + dy * dy;
    if (distance <= least) [nearest, least] = [point, distance];
  }
  return nearest;
}

/** Whether a spot lies inside of a closed line, by how often a ray from it crosses the line. */
export function isInside(line: readonly Spot[], { x, y }: Spot): boolean {
  let inside = false;
  line.forEach((a, at) => {
    const b = line[(at + 1) % line.length] ?? a;
    if (a.y > y === b.y > y) return;
    if (x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
  });
  return inside;
}

/** Points on the screen that lie inside of a closed line. */
export function pointsInside(screen: Places, line: readonly Spot[]): number[] {
  const found: number[] = [];
  for (let point = 0; 2 * point + 1 < screen.length; point++) {
    const [x = Number.NaN, y = Number.NaN] = [screen[2 * point], screen[2 * point + 1]];
    if (Number.isFinite(x + y) && isInside(line, { x, y })) found.push(point);
  }
  return found;
}

/** Where a point was at the last records up to one, the oldest first; a gap ends the path. */
export function tailOf(
  all: Places,
  { record, points, length }: { record: number; points: number; length: number },
  point: number,
): Spot[] {
  const path: Spot[] = [];
  for (let at = record; at >= 0 && at > record - length; at--) {
    const place = 2 * (at * points + point);
    const [x = Number.NaN, y = Number.NaN] = [all[place], all[place + 1]];
    if (!Number.isFinite(x + y)) break;
    path.unshift({ x, y });
  }
  return path;
}

/**
 * Places on the way from some to others, into the first: a share of what is left.
 *
 * @returns whether they are still on their way, by more than a tolerance
 */
export function approach(from: Places, to: Places, share: number, tolerance: number): boolean {
  let isMoving = false;
  for (let at = 0; at < to.length; at++) {
    const [here = Number.NaN, there = Number.NaN] = [from[at], to[at]];
    const left = there - here;
    if (!(Math.abs(left) > tolerance)) {
      from[at] = there;
      continue;
    }
    from[at] = here + left * share;
    isMoving = true;
  }
  return isMoving;
}
