/** A chart on the page: title, key, the drawing, the lines of A's and B's step, and what is pointed at. */
import * as Plot from "@observablehq/plot";
import { signal, useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { setStep } from "../../actions";
import { currentStepA, currentStepB, hasB, recordingA } from "../../state";
import type { Pointed, Reader } from "./pointing";
import { nearestStep } from "./series";
import { ChartTip } from "./tip";

export interface ChartProps {
  readonly title: string;
  /** What lines and bands mean. */
  readonly keys?: ComponentChildren;
  /** Options for a width; the chart is drawn anew when this function is another. */
  readonly build: (width: number) => Plot.PlotOptions;
  /** What the chart tells of a place on it. */
  readonly read: Reader;
  /** Height before the first drawing, so that nothing jumps. */
  readonly height?: number;
}

type StepScale = (step: number) => number;

/** The scales of a drawn chart. */
interface Scales {
  readonly x: Plot.Scale;
  readonly y: Plot.Scale | undefined;
}

/** A's record that is pointed at, in any chart: all of them show a line there. */
const pointedStep = signal<string | null>(null);

/** A click sets the step; a drag scrubs; pointing reads. */
export function Chart({ title, keys, build, read, height = 168 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<HTMLDivElement>(null);
  const scales = useRef<Scales | null>(null);
  const width = useWidth(place);
  const version = useSignal(0);
  const pointed = useSignal<Pointed | null>(null);
  useEffect(() => {
    if (width === 0) return;
    const chart = Plot.plot(build(width));
    describe(chart, title);
    const x = chart.scale("x");
    scales.current = x ? { x, y: chart.scale("y") } : null;
    drawing.current?.replaceChildren(chart);
    version.value = version.peek() + 1;
  }, [build, title, width, version]);
  const point = (event: PointerEvent) => {
    const box = drawing.current?.getBoundingClientRect();
    const step = stepAt(scales.current, event.clientX - (box?.left ?? 0));
    if (step === null) return;
    if (event.type === "pointerdown" || event.buttons === 1) setStep(step);
    pointedStep.value = step;
    pointed.value = read({ step, strip: stripAt(scales.current, event.clientY - (box?.top ?? 0)) });
  };
  const leave = () => {
    [pointedStep.value, pointed.value] = [null, null];
  };
  const scaleOf = () => applied(scales.current);
  return (
    <figure class="chart">
      <figcaption>
        <b>{title}</b>
        {keys}
      </figcaption>
      <div
        ref={place}
        class="chart-place"
        style={{ minHeight: `${height}px` }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          point(event);
        }}
        onPointerMove={point}
        onPointerLeave={leave}
      >
        <div ref={drawing} />
        <StepLine side="hair" version={version.value} scaleOf={scaleOf} />
        <StepLine side="a" version={version.value} scaleOf={scaleOf} />
        <StepLine side="b" version={version.value} scaleOf={scaleOf} />
        {pointed.value && (
          <ChartTip pointed={pointed.value} x={scaleOf()?.(Number(pointedStep.value)) ?? 0} />
        )}
      </div>
    </figure>
  );
}

/** Width of an element, kept as the window changes. */
function useWidth(place: { readonly current: HTMLElement | null }): number {
  const width = useSignal(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      width.value = element.clientWidth;
    });
    observer.observe(element);
    width.value = element.clientWidth;
    return () => observer.disconnect();
  }, [place, width]);
  return width.value;
}

/** One picture with one name: the groups inside have no role that could bear theirs. */
function describe(chart: Element, title: string): void {
  for (const part of chart.querySelectorAll("[aria-label], [aria-description]")) {
    part.removeAttribute("aria-label");
    part.removeAttribute("aria-description");
  }
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", `${title}, by step; the table has it as numbers`);
}

function applied(scales: Scales | null): StepScale | null {
  return scales ? (step) => Number(scales.x.apply(step)) : null;
}

/** A's record at a place on the axis. */
function stepAt(scales: Scales | null, x: number): string | null {
  const step = scales?.x.invert?.(x) as number | undefined;
  const steps = recordingA.peek()?.records.steps ?? [];
  return step === undefined ? null : nearestStep(steps, step);
}

/** The strip at a height, on a chart of strips. */
function stripAt(scales: Scales | null, y: number): string | null {
  const bands = scales?.y;
  if (bands?.type !== "band") return null;
  const height = bands.bandwidth ?? 0;
  const names = [...(bands.domain ?? [])].map(String);
  return (
    names.find((name) => {
      const top = Number(bands.apply(name));
      return y >= top && y <= top + height;
    }) ?? null
  );
}

interface StepLineProps {
  /** A's step, B's step, or the step that is pointed at. */
  readonly side: "a" | "b" | "hair";
  readonly version: number;
  readonly scaleOf: () => StepScale | null;
}

/** A line at a step: moved, not drawn anew, as steps pass. */
function StepLine({ side, version, scaleOf }: StepLineProps) {
  const element = useRef<HTMLDivElement>(null);
  const move = () => {
    const step = stepOf(side);
    const scale = scaleOf();
    if (!element.current) return;
    element.current.hidden = step === null || !scale;
    if (step !== null && scale) {
      element.current.style.transform = `translateX(${scale(Number(step))}px)`;
    }
  };
  useSignalEffect(move);
  useEffect(move, [version]);
  return <div ref={element} class={`step-line ${side}`} hidden />;
}

function stepOf(side: "a" | "b" | "hair"): string | null {
  if (side === "hair") return pointedStep.value;
  if (side === "a") return currentStepA.value;
  return hasB.value ? currentStepB.value : null;
}
