/** What lies over the ribbon's picture and stays while the film plays: the steps, and what the pointer is at. */
import type { Recording } from "../api";
import { columnCentre, type RibbonLayout, ribbonTicks } from "../layout/ribbon";
import { formatShare, formatValue } from "../numbers";
import { cellMean, cellShare } from "../ribbon-values";
import { hovered, only, statistic } from "../state";
import { formatStep } from "../steps";
import { titleOf } from "./controls";
import { shownSubject } from "./ribbon-subject";

interface GuidesProps {
  readonly shape: RibbonLayout;
  readonly recording: Recording;
  readonly pointed: number | null;
}

const LABEL_PX = 46;

/** Over the picture: steps, the row and column that are pointed at. */
export function Guides({ shape, recording, pointed }: GuidesProps) {
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
    </svg>
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
