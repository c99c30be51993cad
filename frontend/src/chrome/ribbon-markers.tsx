/** What lies over the ribbon's picture: A and B, the steps, and what the pointer is at. */
import type { Recording } from "../api";
import { columnCentre, type RibbonLayout, ribbonTicks } from "../layout/ribbon";
import { formatShare, formatValue } from "../numbers";
import { cellMean, cellShare } from "../ribbon-values";
import { hasB, hovered, mode, only, recordA, statistic } from "../state";
import { formatStep } from "../steps";
import { titleOf } from "./controls";
import { placeOfB, shownSubject } from "./ribbon-subject";

interface MarkersProps {
  readonly shape: RibbonLayout;
  readonly recording: Recording;
  readonly pointed: number | null;
}

const LABEL_PX = 46;

/** Over the picture: steps, the row and column that are pointed at, A and B. */
export function Markers({ shape, recording, pointed }: MarkersProps) {
  const bottom = shape.curves.y + shape.curves.height;
  const row = hovered.value?.layer;
  return (
    <svg aria-hidden="true">
      {ribbonTicks(shape, LABEL_PX).map(({ record, x, anchor }) => (
        <text
          key={record}
          x={x}
          y={shape.axisY}
          text-anchor={anchor}
          font-size="10.5"
          fill="var(--muted)"
        >
          {formatStep(recording.records.steps[record])}
        </text>
      ))}
      {row !== undefined && (
        <rect
          x={shape.picture.x}
          y={shape.picture.y + row * shape.rowHeight}
          width={shape.picture.width}
          height={shape.rowHeight}
          fill="none"
          stroke="var(--text)"
        />
      )}
      {pointed !== null && (
        <rect
          x={columnCentre(shape, pointed) - Math.max(1, shape.columnWidth) / 2}
          y={shape.picture.y}
          width={Math.max(1, shape.columnWidth)}
          height={bottom - shape.picture.y}
          fill="var(--text)"
          opacity="0.16"
        />
      )}
      <Sides shape={shape} bottom={bottom} />
    </svg>
  );
}

interface SidesProps {
  readonly shape: RibbonLayout;
  readonly bottom: number;
}

const FLAG_PX = 17;

/** A and B; their flags step aside for each other, their lines stay where they are. */
function Sides({ shape, bottom }: SidesProps) {
  const a = columnCentre(shape, recordA.value);
  if (!hasB.value) return <Marker side="A" x={a} flag={a} bottom={bottom} isShown />;
  const b = columnCentre(shape, placeOfB());
  const aside = Math.max(0, FLAG_PX - Math.abs(b - a)) / 2;
  const isRight = b >= a ? 1 : -1;
  return (
    <>
      <Marker
        side="B"
        x={b}
        flag={b + isRight * aside}
        bottom={bottom}
        isShown={mode.value !== "a"}
      />
      <Marker
        side="A"
        x={a}
        flag={a - isRight * aside}
        bottom={bottom}
        isShown={mode.value !== "b"}
      />
    </>
  );
}

interface MarkerProps {
  readonly side: "A" | "B";
  readonly x: number;
  /** Middle of the flag on top. */
  readonly flag: number;
  readonly bottom: number;
  /** Whether this side is what the views show. */
  readonly isShown: boolean;
}

function Marker({ side, x, flag, bottom, isShown }: MarkerProps) {
  const colour = side === "A" ? "var(--side-a)" : "var(--side-b)";
  return (
    <g opacity={isShown ? 1 : 0.6}>
      <line
        x1={x}
        x2={x}
        y1="13"
        y2={bottom}
        stroke="var(--page)"
        stroke-width="4"
        opacity="0.75"
      />
      <line
        x1={x}
        x2={x}
        y1="13"
        y2={bottom}
        stroke={colour}
        stroke-width="2"
        stroke-dasharray={side === "B" ? "4 3" : undefined}
      />
      <path d={`M${flag - 8} 0h16v9L${x} 14l${flag - 8 - x}-5Z`} fill={colour} />
      <text
        x={flag}
        y="9"
        text-anchor="middle"
        font-size="9.5"
        font-weight="700"
        fill="var(--page)"
      >
        {side}
      </text>
    </g>
  );
}

interface PointedProps {
  readonly shape: RibbonLayout;
  readonly recording: Recording;
  readonly record: number;
  readonly row: number | null;
}

/** What lies under the pointer, in words. */
export function Pointed({ shape, recording, record, row }: PointedProps) {
  const x = columnCentre(shape, record);
  const isRight = x > shape.gutter + shape.picture.width / 2;
  const side = isRight
    ? { right: `${shape.gutter + shape.picture.width - x + 12}px` }
    : { left: `${x + 12}px` };
  return (
    <div
      class="bubble"
      style={{ position: "absolute", bottom: `${shape.height - shape.picture.y + 2}px`, ...side }}
    >
      <b>step {formatStep(recording.records.steps[record])}</b>
      {row !== null && <div>{describeCell(recording, row, record)}</div>}
    </div>
  );
}

function describeCell(recording: Recording, row: number, record: number): string {
  const subject = shownSubject(recording);
  const mean = cellMean(subject, row, record);
  const state = only.value === "all" ? "dead" : only.value;
  const share = formatShare(cellShare(subject, state, row, record));
  const name = titleOf(statistic.value?.name ?? "");
  return `${recording.records.layers[row]?.name}: mean ${name} ${formatValue(mean)}, ${share} ${state}`;
}
