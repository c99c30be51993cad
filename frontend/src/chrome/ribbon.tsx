/** The scrubber: the whole training as one picture, with A and B to drag along it. */
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { setRecord, setRecordB } from "../actions";
import type { Recording } from "../api";
import {
  columnCentre,
  layOutRibbon,
  type RibbonLayout,
  recordAt,
  ribbonTicks,
  rowAt,
} from "../layout/ribbon";
import { formatShare, formatValue } from "../numbers";
import {
  currentStepA,
  hasB,
  hovered,
  mode,
  only,
  playing,
  recordA,
  recordB,
  recordingA,
  recordingB,
  statistic,
  theme,
  valueScale,
} from "../state";
import { formatStep, recordOf } from "../steps";
import { roles } from "../theme";
import { titleOf } from "./controls";
import { Reading } from "./reading";
import { drawRibbon, silentShare } from "./ribbon-picture";
import { Transport } from "./transport";

/** The footer: play, picture, reading. */
export function Ribbon() {
  const recording = recordingA.value;
  if (!recording || recording.records.steps.length === 0) return null;
  return (
    <footer class="ribbon">
      <Transport />
      <Track recording={recording} />
      <Reading recording={recording} />
    </footer>
  );
}

function Track({ recording }: { readonly recording: Recording }) {
  const track = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useSignal(0);
  const pointed = useSignal<{ readonly record: number; readonly row: number | null } | null>(null);
  const current = useSignal(recording);
  current.value = recording;
  const layout = useComputed(() => layOutRibbon(inputOf(current.value, width.value)));
  useLayoutEffect(
    () =>
      followWidth(track.current, (next) => {
        width.value = next;
      }),
    [width],
  );
  useSignalEffect(() => paint(canvas.current, layout.value, current.value));
  const drag = useDrag(track, layout, (record, row) => {
    pointed.value = record < 0 ? null : { record, row };
  });
  const shape = layout.value;
  return (
    <div
      ref={track}
      class="track"
      role="slider"
      tabIndex={0}
      aria-label="Step of A"
      aria-valuemin={0}
      aria-valuemax={recording.records.steps.length - 1}
      aria-valuenow={recordA.value}
      aria-valuetext={`step ${formatStep(currentStepA.value ?? undefined)}`}
      style={{ height: `${shape.height}px` }}
      {...drag}
    >
      <canvas ref={canvas} />
      {width.value > 0 && (
        <Markers shape={shape} recording={recording} pointed={pointed.value?.record ?? null} />
      )}
      {pointed.value && <Pointed shape={shape} recording={recording} {...pointed.value} />}
    </div>
  );
}

function inputOf(recording: Recording, width: number) {
  const { layers, steps } = recording.records;
  const hasCurves =
    recording.accuracy.some(Number.isFinite) || recording.loss.some(Number.isFinite);
  return { width, layers: layers.length, records: steps.length, hasCurves };
}

function followWidth(element: HTMLElement | null, onWidth: (width: number) => void): () => void {
  if (!element) return () => {};
  const observer = new ResizeObserver(() => onWidth(element.clientWidth));
  observer.observe(element);
  onWidth(element.clientWidth);
  return () => observer.disconnect();
}

function paint(canvas: HTMLCanvasElement | null, layout: RibbonLayout, recording: Recording): void {
  const width = layout.gutter + layout.picture.width;
  const context = canvas?.getContext("2d");
  if (!canvas || !context || !statistic.value || width <= 1) return;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(layout.height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const subject = {
    recording,
    statistic: statistic.value.name,
    only: only.value,
    scale: valueScale.value,
    theme: theme.value,
  };
  drawRibbon(context, layout, subject, roles.value);
}

type Side = "A" | "B";
const GRAB_PX = 9;

function useDrag(
  track: { readonly current: HTMLElement | null },
  layout: { readonly value: RibbonLayout },
  onPoint: (record: number, row: number | null) => void,
) {
  const dragged = useRef<Side | null>(null);
  const move = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    if (!box) return;
    const record = recordAt(layout.value, event.clientX - box.left);
    onPoint(record, rowAt(layout.value, event.clientY - box.top));
    if (dragged.current === "A") setRecord(record);
    if (dragged.current === "B") moveB(record);
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      const box = track.current?.getBoundingClientRect();
      track.current?.setPointerCapture(event.pointerId);
      playing.value = false;
      dragged.current = grabbed(layout.value, event.clientX - (box?.left ?? 0));
      move(event);
    },
    onPointerMove: move,
    onPointerUp: () => {
      dragged.current = null;
    },
    onPointerLeave: () => onPoint(-1, null),
  };
}

/** B where its marker is near and A's is not nearer; else A. */
function grabbed(layout: RibbonLayout, x: number): Side {
  if (!hasB.value) return "A";
  const toB = Math.abs(columnCentre(layout, placeOfB()) - x);
  const toA = Math.abs(columnCentre(layout, recordA.value) - x);
  return toB <= GRAB_PX && toB < toA ? "B" : "A";
}

/** Where B's step lies among A's records. */
function placeOfB(): number {
  const step = recordingB.value?.records.steps[recordB.value];
  return step === undefined ? 0 : recordOf(recordingA.value?.records.steps ?? [], step);
}

function moveB(place: number): void {
  const step = recordingA.value?.records.steps[place];
  if (step !== undefined) setRecordB(recordOf(recordingB.value?.records.steps ?? [], step));
}

interface MarkersProps {
  readonly shape: RibbonLayout;
  readonly recording: Recording;
  readonly pointed: number | null;
}

const LABEL_PX = 46;

function Markers({ shape, recording, pointed }: MarkersProps) {
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
      {hasB.value && (
        <Marker
          side="B"
          x={columnCentre(shape, placeOfB())}
          bottom={bottom}
          isShown={mode.value !== "a"}
        />
      )}
      <Marker
        side="A"
        x={columnCentre(shape, recordA.value)}
        bottom={bottom}
        isShown={mode.value !== "b"}
      />
    </svg>
  );
}

interface MarkerProps {
  readonly side: Side;
  readonly x: number;
  readonly bottom: number;
  /** Whether this side is what the views show. */
  readonly isShown: boolean;
}

function Marker({ side, x, bottom, isShown }: MarkerProps) {
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
      <path d={`M${x - 8} 0h16v9l-8 5-8-5Z`} fill={colour} />
      <text x={x} y="9" text-anchor="middle" font-size="9.5" font-weight="700" fill="var(--page)">
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
function Pointed({ shape, recording, record, row }: PointedProps) {
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
  const { layers, statistics, steps } = recording.records;
  const place = statistics.findIndex(({ name }) => name === statistic.value?.name);
  const mean = recording.means[(place * layers.length + row) * steps.length + record] ?? Number.NaN;
  const name = titleOf(statistic.value?.name ?? "");
  const silent = formatShare(silentShare(recording, row, record));
  return `${layers[row]?.name}: mean of ${name} ${formatValue(mean)}, ${silent} silent`;
}
