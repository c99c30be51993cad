/** Small pictures: of the controls, and of the states of a unit. */
import type { StateName } from "../api";
import { STATUS_COLOURS } from "../colour";

/** Outlines in a box of 16 by 16, drawn with strokes. */
const OUTLINES = {
  swap: "M3 6h9l-2.5-2.5M13 10H4l2.5 2.5",
  help: "M6 6a2 2 0 1 1 2.7 1.9c-.5.2-.7.6-.7 1.1v.4M8 12v.2M8 1.7a6.3 6.3 0 1 1 0 12.6A6.3 6.3 0 0 1 8 1.7",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.4 10.4 14 14",
  link: "M6.6 9.4a2.9 2.9 0 0 0 4.1 0l2.2-2.2a2.9 2.9 0 0 0-4.1-4.1l-.8.8M9.4 6.6a2.9 2.9 0 0 0-4.1 0L3.1 8.8a2.9 2.9 0 0 0 4.1 4.1l.8-.8",
  export: "M8 2v7.5M5 7l3 3 3-3M2.5 11.5v2h11v-2",
  play: "M5 3.2v9.6L13 8Z",
  pause: "M5 3.5v9M11 3.5v9",
  close: "M4 4l8 8M12 4l-8 8",
  copy: "M6 5.5h7.5v8H6ZM3.5 10.5h-1v-8H10v1",
} as const;

export type IconName = keyof typeof OUTLINES;

/** A control's picture; the control itself has the name. */
export function Icon({ name }: { readonly name: IconName }) {
  const isSolid = name === "play";
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path
        d={OUTLINES[name]}
        fill={isSolid ? "currentColor" : "none"}
        stroke="currentColor"
        stroke-width={name === "pause" ? 2.6 : 1.5}
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

/** Glyphs of the states in a box from -1 to 1, for SVG paths and `Path2D`. */
export const STATE_GLYPHS: Readonly<Record<StateName, string>> = {
  silent: "M-.62 0A.62 .62 0 1 0 .62 0A.62 .62 0 1 0 -.62 0",
  dead: "M-.6-.6L.6 .6M.6-.6L-.6 .6",
  dormant: "M-.6 0L.6 0",
  saturated: "M-.5 0A.5 .5 0 1 0 .5 0A.5 .5 0 1 0 -.5 0Z",
  nonfinite: "M0-.75V.2M0 .68V.72",
};

/** Whether a glyph is drawn as an area; the others are strokes. */
const FILLED: ReadonlySet<StateName> = new Set(["saturated"]);

/** A state's glyph on a tile of its colour. */
export function StateGlyph({ state }: { readonly state: StateName }) {
  const colour = STATUS_COLOURS[state];
  const ink =
    state === "saturated" || state === "dormant" || state === "nonfinite" ? "#10131a" : "#ffffff";
  return (
    <svg viewBox="-1.15 -1.15 2.3 2.3" aria-hidden="true">
      <rect
        x="-1.05"
        y="-1.05"
        width="2.1"
        height="2.1"
        rx=".35"
        fill={colour}
        stroke="#7b8494"
        stroke-width=".1"
      />
      <path
        d={STATE_GLYPHS[state]}
        fill={FILLED.has(state) ? ink : "none"}
        stroke={ink}
        stroke-width=".28"
        stroke-linecap="round"
      />
    </svg>
  );
}

/** The corner that a unit bears in a difference when it is dead in B, in a box from -1 to 1. */
export const CORNER_OF_B = "-.5,-1.05 1.05,-1.05 1.05,.5";

/** The same on an empty tile. */
export function CornerOfB() {
  return (
    <svg viewBox="-1.15 -1.15 2.3 2.3" aria-hidden="true">
      <rect
        x="-1.05"
        y="-1.05"
        width="2.1"
        height="2.1"
        rx=".35"
        fill="none"
        stroke="#7b8494"
        stroke-width=".1"
      />
      <polygon points={CORNER_OF_B} fill={STATUS_COLOURS.dead} />
    </svg>
  );
}
