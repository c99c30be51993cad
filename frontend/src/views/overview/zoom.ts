/** The way from one layout to another: the old picture grows into the new one, or shrinks back. */
import type { Rect } from "../../layout/rect";

const DURATION_MS = 340;
const EASING = "cubic-bezier(0.3, 0, 0.1, 1)";

/** Whether the user asked for cuts in place of motion. */
export function prefersCuts(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** A still copy of an element, its canvases' pixels included. */
export function stillOf(element: HTMLElement): HTMLElement {
  const still = element.cloneNode(true) as HTMLElement;
  still.setAttribute("aria-hidden", "true");
  still.inert = true;
  const sources = element.querySelectorAll("canvas");
  still.querySelectorAll("canvas").forEach((copy, place) => {
    const source = sources[place];
    copy.removeAttribute("tabindex");
    if (source && source.width > 0) copy.getContext("2d")?.drawImage(source, 0, 0);
  });
  return still;
}

/** The transform that lays a part of an area over all of it. */
export function magnify(part: Rect, area: Rect): string {
  const scaleX = area.width / Math.max(1, part.width);
  const scaleY = area.height / Math.max(1, part.height);
  const [x, y] = [area.x - part.x * scaleX, area.y - part.y * scaleY];
  return `translate(${x}px, ${y}px) scale(${scaleX}, ${scaleY})`;
}

/** The transform that lays all of an area over a part of it. */
export function shrink(part: Rect, area: Rect): string {
  const scaleX = part.width / Math.max(1, area.width);
  const scaleY = part.height / Math.max(1, area.height);
  const [x, y] = [part.x - area.x * scaleX, part.y - area.y * scaleY];
  return `translate(${x}px, ${y}px) scale(${scaleX}, ${scaleY})`;
}

/** One side of a passage: an element, and where it comes from or goes to. */
export interface Passage {
  readonly leaving: HTMLElement;
  readonly entering: HTMLElement;
  /** Where `leaving` ends and `entering` starts, as transforms. */
  readonly leavesTo: string;
  readonly entersFrom: string;
}

/** Play a passage; `leaving` is removed at its end. */
export async function play({ leaving, entering, leavesTo, entersFrom }: Passage): Promise<void> {
  const timing = { duration: DURATION_MS, easing: EASING, fill: "both" } as const;
  const animations = [
    leaving.animate(
      [
        { transform: "none", opacity: 1 },
        { transform: leavesTo, opacity: 0 },
      ],
      timing,
    ),
    entering.animate(
      [
        { transform: entersFrom, opacity: 0 },
        { transform: "none", opacity: 1 },
      ],
      timing,
    ),
  ];
  try {
    await Promise.all(animations.map(({ finished }) => finished));
  } catch {
    // Another passage has begun and cancelled this one.
  }
  for (const animation of animations) animation.cancel();
  leaving.remove();
}
