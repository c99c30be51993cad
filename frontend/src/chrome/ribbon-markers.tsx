/** What lies over the ribbon's picture and stays while the film plays: the steps, and what the pointer is at. */
import type { Recording } from "../api";
import { columnCentre, type RibbonLayout, ribbonTicks } from "../layout/ribbon";
import { formatShare, formatValue } from "../numbers";
import { cellMean, cellShare } from "../ribbon-values";
import { classOf, toldSides } from "../sides";
import { hovered, mode, only, statistic } from "../state";
import { formatStep, recordOf } from "../steps";
import { layerAverageOf, titleOfState } from "../titles";
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
      {row === null ? (
        <Measured recording={recording} record={record} />
      ) : (
        <div>{describeCell(recording, row, record)}</div>
      )}
    </div>
  );
}

/** Accuracy and loss of the shown sides at a column, A's and B's own. */
function Measured({ recording, record }: Pick<PointedProps, "recording" | "record">) {
  const step = recording.records.steps[record] ?? "last";
  const lines = toldSides.value.map((side) => {
    const at = recordOf(side.recording.records.steps, step);
    const [accuracy, loss] = [side.recording.accuracy[at], side.recording.loss[at]];
    const said = [
      ["accuracy", accuracy],
      ["loss", loss],
    ].filter((pair): pair is [string, number] => Number.isFinite(pair[1]));
    const text = said.map(([name, value]) => `${name} ${formatValue(value)}`).join(", ");
    return { name: side.name, text };
  });
  return (
    <>
      {lines
        .filter(({ text }) => text !== "")
        .map(({ name, text }) => (
          <div key={name} class={mode.value === "a" ? "" : classOf(name)}>
            {mode.value === "a" ? text : `${name}: ${text}`}
          </div>
        ))}
    </>
  );
}

function describeCell(recording: Recording, row: number, record: number): string {
  const subject = shownSubject(recording);
  const mean = cellMean(subject, row, record);
  const state = only.value === "all" ? "dead" : only.value;
  const share = formatShare(cellShare(subject, state, row, record));
  const name = layerAverageOf(statistic.value?.name ?? "");
  const sign = subject.b?.isDifference ? "A − B " : "";
  const of = subject.b?.isDifference ? " in A" : "";
  const layer = recording.records.layers[row]?.name;
  return `${layer}: ${sign}${name} ${formatValue(mean)}, ${share} ${titleOfState(state)}${of}`;
}
