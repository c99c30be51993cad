/** The scrubber: the whole training as one picture, with A and B to drag along it. */
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { setRecord, setRecordB } from "../actions";
import type { Recording, StateName } from "../api";
import { isNarrow } from "../host";
import { columnCentre, layOutRibbon, type RibbonLayout, recordAt, rowAt } from "../layout/ribbon";
import type { RibbonSubject } from "../ribbon-values";
import {
  coloured,
  hasB,
  meanDifferenceScale,
  meanScale,
  only,
  playing,
  recordA,
  recordingA,
  recordingB,
  statistic,
  theme,
} from "../state";
import { formatStep, recordOf } from "../steps";
import { roles } from "../theme";
import { layerAverageOf, titleOfState } from "../titles";
import { toldRecordA, toldStepA } from "../told";
import { Reading } from "./reading";
import { Guides, Pointed } from "./ribbon-markers";
import { drawRibbon, tintsInText } from "./ribbon-picture";
import { Sides } from "./ribbon-sides";
import { placeOfB, shownSubject } from "./ribbon-subject";
import { Transport } from "./transport";

/** The footer: play, picture, reading. */
export function Ribbon() {
  const recording = recordingA.value;
  if (!recording || recording.records.steps.length === 0) return null;
  return (
    <footer class="ribbon">
      <Transport />
      <Track recording={recording} />
      <Reading />
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
      aria-label="Step of A, along the ribbon"
      aria-valuemin={0}
      aria-valuemax={recording.records.steps.length - 1}
      aria-valuenow={toldRecordA.value}
      aria-valuetext={`step ${formatStep(toldStepA.value ?? undefined)}`}
      style={{ height: `${shape.height}px` }}
      {...drag}
    >
      <canvas ref={canvas} />
      {width.value > 0 && (
        <Guides shape={shape} recording={recording} pointed={pointed.value?.record ?? null} />
      )}
      {width.value > 0 && <Sides layout={layout} />}
      {pointed.value && <Pointed shape={shape} recording={recording} {...pointed.value} />}
    </div>
  );
}

function inputOf(recording: Recording, width: number) {
  const { layers, steps } = recording.records;
  const hasCurves =
    recording.accuracy.some(Number.isFinite) || recording.loss.some(Number.isFinite);
  const isLow = isNarrow.value;
  return { width, layers: layers.length, records: steps.length, hasCurves, isLow };
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
  const subject = shownSubject(recording);
  // Means are over all examples whatever class colours the units: so is their scale.
  const shownScale = (subject.b?.isDifference ? meanDifferenceScale : meanScale).value;
  const look = {
    only: only.value,
    scale: shownScale,
    caption: captionOf(subject, tintsInText(layout, shownScale)),
    roles: roles.value,
  };
  drawRibbon(context, layout, subject, look);
}

/** What a row's colour is, in words. */
function captionOf(subject: RibbonSubject, isInText: boolean): string {
  const isDifference = subject.b?.isDifference ?? false;
  const isOfB = subject.b !== null && !isDifference;
  if (only.value !== "all") {
    return `${isOfB ? "B: " : ""}${captionOfShares(only.value, isDifference)}`;
  }
  const sign = isOfB ? "B: " : isDifference ? "A − B: " : "";
  const ink = !isInText ? "red" : theme.value === "dark" ? "white" : "black";
  const units = isDifference ? "A’s units" : "units";
  const classes = coloured.value?.className == null ? "" : " over all classes";
  const name = layerAverageOf(statistic.value?.name ?? "") + classes;
  return `${sign}${name} · ${ink}: share of ${units} that are dead`;
}

/** The ribbon's shares are of units as tiles and chips count them. */
function captionOfShares(state: StateName, isDifference: boolean): string {
  const units = isDifference ? "A’s units" : "units";
  return `share of ${units} that are ${titleOfState(state)}, each counted once, under its weightiest state`;
}

const GRAB_PX = 9;

function useDrag(
  track: { readonly current: HTMLElement | null },
  layout: { readonly value: RibbonLayout },
  onPoint: (record: number, row: number | null) => void,
) {
  const dragged = useRef<"A" | "B" | null>(null);
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
function grabbed(layout: RibbonLayout, x: number): "A" | "B" {
  if (!hasB.value) return "A";
  const [a, b] = [columnCentre(layout, recordA.value), columnCentre(layout, placeOfB())];
  const [toA, toB] = [Math.abs(a - x), Math.abs(b - x)];
  const isNearer = toB < toA || (toB === toA && x > b);
  return toB <= GRAB_PX && isNearer ? "B" : "A";
}

function moveB(place: number): void {
  const step = recordingA.value?.records.steps[place];
  if (step !== undefined) setRecordB(recordOf(recordingB.value?.records.steps ?? [], step));
}
