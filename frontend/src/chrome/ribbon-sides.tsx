/** A and B over the ribbon: markers that move with every frame, and have nothing but their place changed. */
import { type ReadonlySignal, useComputed } from "@preact/signals";
import { columnCentre, type RibbonLayout } from "../layout/ribbon";
import { hasB, mode, recordA } from "../state";
import { placeOfB } from "./ribbon-subject";

interface SidesProps {
  readonly layout: ReadonlySignal<RibbonLayout>;
}

const FLAG_PX = 17;
/** Room for a flag on either side of its line. */
const HALF_PX = 20;

/** A and B; their flags step aside for each other, their lines stay where they are. */
export function Sides({ layout }: SidesProps) {
  const a = useComputed(() => columnCentre(layout.value, recordA.value));
  const b = useComputed(() => columnCentre(layout.value, placeOfB()));
  const aside = useComputed(() => (hasB.value ? stepAside(a.value, b.value) : 0));
  const otherwise = useComputed(() => -aside.value);
  const { curves, flagY } = layout.value;
  const bottom = curves.y + curves.height - flagY;
  return (
    <>
      {hasB.value && (
        <Marker
          side="B"
          x={b}
          aside={otherwise}
          top={flagY}
          bottom={bottom}
          isShown={mode.value !== "a"}
        />
      )}
      <Marker
        side="A"
        x={a}
        aside={aside}
        top={flagY}
        bottom={bottom}
        isShown={!hasB.value || mode.value !== "b"}
      />
    </>
  );
}

/** How far A's flag steps aside of its line; B's goes as far the other way. */
function stepAside(a: number, b: number): number {
  const by = Math.max(0, FLAG_PX - Math.abs(b - a)) / 2;
  return b >= a ? -by : by;
}

interface MarkerProps {
  readonly side: "A" | "B";
  readonly x: ReadonlySignal<number>;
  /** From the line to the middle of the flag on top. */
  readonly aside: ReadonlySignal<number>;
  readonly top: number;
  /** Of the line, from the top of the flag. */
  readonly bottom: number;
  /** Whether this side is what the views show. */
  readonly isShown: boolean;
}

/** Signals are bound to attributes: the page is neither drawn nor laid out anew for a marker that moves. */
function Marker({ side, x, aside, top, bottom, isShown }: MarkerProps) {
  const colour = side === "A" ? "var(--side-a)" : "var(--side-b)";
  const place = useComputed(
    () => `transform: translate(${snapped(x.value) - HALF_PX}px, ${top}px)`,
  );
  const flag = useComputed(() => {
    const middle = aside.value;
    return `M${middle - 8} 0h16v9L0 14l${middle - 8}-5Z`;
  });
  const line = { x1: "0", x2: "0", y1: "13", y2: bottom };
  return (
    <div class="marker" style={place}>
      <svg
        aria-hidden="true"
        width={2 * HALF_PX}
        height={bottom}
        viewBox={`${-HALF_PX} 0 ${2 * HALF_PX} ${bottom}`}
        opacity={isShown ? 1 : 0.6}
      >
        <line {...line} stroke="var(--page)" stroke-width="4" opacity="0.75" />
        <line
          {...line}
          stroke={colour}
          stroke-width="2"
          stroke-dasharray={side === "B" ? "4 3" : undefined}
        />
        <path d={flag} fill={colour} />
        <text
          x={aside}
          y="9"
          text-anchor="middle"
          font-size="9.5"
          font-weight="700"
          fill="var(--page)"
        >
          {side}
        </text>
      </svg>
    </div>
  );
}

/** A line between device pixels would be two faint ones. */
function snapped(x: number): number {
  const ratio = window.devicePixelRatio || 1;
  return Math.round(x * ratio) / ratio;
}
