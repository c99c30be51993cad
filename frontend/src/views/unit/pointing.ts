/** What a chart tells of the step that is pointed at: values at A's curves and at B's, and what happened then. */
import type { UnitTrace } from "../../api";
import { lifeOf, sentenceOfEvent } from "../../life";
import { recordOf } from "../../steps";
import { titleOf } from "../../titles";
import { type ClassFigure, classSeries, has, nearestStep, valuesOf } from "./series";

/** Where a chart is pointed at. */
export interface PointedAt {
  /** A recorded step of A. */
  readonly step: string;
  /** Name of the strip, on a chart of strips. */
  readonly strip: string | null;
}

/** A value by name, at A and at B. */
export interface PointedLine {
  readonly name: string;
  readonly a: number;
  /** null where B is not another run. */
  readonly b: number | null;
}

export interface Pointed {
  /** What is told of, where that is not all of the chart. */
  readonly of: string | null;
  readonly step: string;
  /** Step of B's record, where that is another. */
  readonly stepB: string | null;
  readonly lines: readonly PointedLine[];
  /** What happened to the unit at this step. */
  readonly events: readonly string[];
}

export type Reader = (at: PointedAt) => Pointed | null;

/** Reads statistics at a step, those of them that were recorded. */
export function statisticsReader(
  a: UnitTrace,
  b: UnitTrace | null,
  names: readonly string[],
): Reader {
  const recorded = names.filter((name) => has(a, name) || (b !== null && has(b, name)));
  return ({ step }) => {
    const record = recordOf(a.header.steps, step);
    const recordB = b ? recordOf(b.header.steps, step) : -1;
    const lines = recorded.map((name) => ({
      name: titleOf(name),
      a: valuesOf(a, name)[record] ?? Number.NaN,
      b: b ? (valuesOf(b, name)[recordB] ?? Number.NaN) : null,
    }));
    const stepB = b?.header.steps[recordB] ?? null;
    const events = b
      ? [...eventsAt(a, step, "A: "), ...eventsAt(b, stepB, "B: ")]
      : eventsAt(a, step);
    return { of: null, step, stepB: stepB === step ? null : stepB, lines, events };
  };
}

/** Reads the mean over the class whose strip is pointed at. */
export function classReader(trace: UnitTrace, side: "A" | "B", figure: ClassFigure): Reader {
  return ({ step, strip }) => {
    const { classSteps } = trace.header;
    const near = nearestStep(classSteps, Number(step));
    if (strip === null || near === null) return null;
    const value = classSeries(trace, strip, figure)[classSteps.indexOf(near)] ?? Number.NaN;
    const what = figure === "response" ? "mean response" : "mean attribution";
    const line = { name: side === "A" ? what : `${what} of B`, a: value, b: null };
    return { of: strip, step: near, stepB: null, lines: [line], events: [] };
  };
}

function eventsAt(trace: UnitTrace, step: string | null, side = ""): string[] {
  const life = lifeOf(trace);
  return life.events
    .filter((event) => event.step === step)
    .map((event) => side + sentenceOfEvent(event, life));
}
