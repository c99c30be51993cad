/** Whether to believe attributions: the last check at or before a step, and how its marks look. */
import type { Mark, Verdict } from "./wire";

/** The words of the marks; "none" where nothing was checked. */
export const MARK_WORDS: Readonly<Record<Mark, string>> = {
  good: "good",
  doubtful: "doubtful",
  failing: "failing",
  none: "not checked",
};

/** What was checked at some steps. */
export interface Checked {
  readonly verdicts: readonly Verdict[];
}

/** The last verdict at or before a step; null where nothing was checked until then. */
export function verdictAt({ verdicts }: Checked, step: string): Verdict | null {
  return verdicts.findLast((verdict) => BigInt(verdict.step) <= BigInt(step)) ?? null;
}

/** What a figure is called. */
export function nameOfFigure(name: string): string {
  return name === "nonfinite" ? "not finite" : name.replaceAll("_", " ");
}

/** Glyphs of the marks in a box from -1 to 1: told apart by shape as by colour. */
export const MARK_GLYPHS: Readonly<Record<Mark, string>> = {
  good: "M-.45 .02L-.1 .38L.5-.36",
  doubtful: "M0-.36V.2M0 .58V.6",
  failing: "M-.4-.4L.4 .4M.4-.4L-.4 .4",
  none: "M-.4 0H.4",
};

/** Shapes behind the glyphs: disc, triangle, octagon, disc. */
export const MARK_GROUNDS: Readonly<Record<Mark, string>> = {
  good: "M-1 0A1 1 0 1 0 1 0A1 1 0 1 0 -1 0",
  doubtful: "M0-1L1.08 .9H-1.08Z",
  failing: "M-.42-1H.42L1-.42V.42L.42 1H-.42L-1 .42V-.42Z",
  none: "M-1 0A1 1 0 1 0 1 0A1 1 0 1 0 -1 0",
};

/** Colours of the grounds, dark enough for a white glyph. */
export const MARK_COLOURS: Readonly<Record<Mark, string>> = {
  good: "#1f7a3d",
  doubtful: "#9a5b00",
  failing: "#c02218",
  none: "#6b7483",
};
