/** A chart on the page: title, key, the drawing, and the step lines that follow the scrubber. */
import * as Plot from "@observablehq/plot";
import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { setStep } from "../../actions";
import { currentStepA, currentStepB, hasB, recordingA } from "../../state";

export interface ChartProps {
  readonly title: string;
  /** What lines and bands mean. */
  readonly keys?: ComponentChildren;
  /** Options for a width; the chart is drawn anew when this function is another. */
  readonly build: (width: number) => Plot.PlotOptions;
  /** Height before the first drawing, so that nothing jumps. */
  readonly height?: number;
}

type StepScale = (step: number) => number;

/** A click sets the step; a drag scrubs. */
export function Chart({ title, keys, build, height = 156 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<HTMLDivElement>(null);
  const scale = useRef<Plot.Scale | null>(null);
  const width = useSignal(0);
  const version = useSignal(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      width.value = element.clientWidth;
    });
    observer.observe(element);
    width.value = element.clientWidth;
    return () => observer.disconnect();
  }, [width]);
  useEffect(() => {
    if (width.value === 0) return;
    const chart = Plot.plot(build(width.value));
    describe(chart, title);
    scale.current = chart.scale("x") ?? null;
    drawing.current?.replaceChildren(chart);
    version.value = version.peek() + 1;
  }, [build, title, width.value, version]);
  const scrub = (event: PointerEvent) => {
    const x = event.clientX - (drawing.current?.getBoundingClientRect().left ?? 0);
    const step = scale.current?.invert?.(x) as number | undefined;
    if (step !== undefined) setStep(nearest(step));
  };
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
          scrub(event);
        }}
        onPointerMove={(event) => {
          if (event.buttons === 1) scrub(event);
        }}
      >
        <div ref={drawing} />
        <StepLine side="a" version={version.value} scaleOf={() => applied(scale.current)} />
        <StepLine side="b" version={version.value} scaleOf={() => applied(scale.current)} />
      </div>
    </figure>
  );
}

/** One picture with one name: the groups inside have no role that could bear theirs. */
function describe(chart: Element, title: string): void {
  for (const part of chart.querySelectorAll("[aria-label], [aria-description]")) {
    part.removeAttribute("aria-label");
    part.removeAttribute("aria-description");
  }
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", `${title}, by step; the export has it as a table`);
}

function applied(scale: Plot.Scale | null): StepScale | null {
  return scale ? (step) => Number(scale.apply(step)) : null;
}

interface StepLineProps {
  readonly side: "a" | "b";
  readonly version: number;
  readonly scaleOf: () => StepScale | null;
}

/** A line at a side's step: moved, not drawn anew, as steps pass. */
function StepLine({ side, version, scaleOf }: StepLineProps) {
  const element = useRef<HTMLDivElement>(null);
  const move = () => {
    const step = side === "a" ? currentStepA.value : hasB.value ? currentStepB.value : null;
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

/** The recorded step nearest to a place on the axis. */
function nearest(step: number): string {
  const steps = recordingA.peek()?.records.steps ?? [];
  let best = steps[0] ?? "last";
  for (const candidate of steps) {
    if (Math.abs(Number(candidate) - step) < Math.abs(Number(best) - step)) best = candidate;
  }
  return best;
}
