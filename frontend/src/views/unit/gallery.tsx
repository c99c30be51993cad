/** The charts of a unit, each with its title and the key to what it draws. */
import { useCallback, useMemo } from "preact/hooks";
import type { UnitTrace } from "../../api";
import { makeScale } from "../../colour";
import { theme } from "../../host";
import { layer, recordA, recordingA, scaleKind, statistic } from "../../state";
import { roles } from "../../theme";
import { attributionOf, capital, titleOf } from "../../titles";
import { isOtherRun } from "../../traces";
import { Attributions } from "./attribution";
import { Chart } from "./chart";
import {
  activationChart,
  type ChartContext,
  classChart,
  shareChart,
  shareLines,
  sizeChart,
  standingChart,
} from "./charts";
import { Dictionary } from "./dictionary";
import { UnitEvidence } from "./evidence";
import { classReader, type Reader, statisticsReader } from "./pointing";
import { Responses } from "./responses";
import { type ClassFigure, classTable, has, rankAt, strongestClasses } from "./series";

export interface PairProps {
  readonly a: UnitTrace;
  readonly b: UnitTrace | null;
  readonly isLog: boolean;
}

export function Charts(pair: PairProps) {
  const { a } = pair;
  const shown = statistic.value?.name ?? "";
  const shares = shareLines(a).map(({ name }) => name);
  return (
    <div class="charts">
      <Dictionary {...pair} />
      {has(a, "mean") && (
        <Drawn
          {...pair}
          title="Activation"
          of={activationChart}
          names={["mean", "std", "min", "max"]}
          keys={`line: mean · band: ± standard deviation · pale: minimum to maximum${inLog()}`}
        />
      )}
      {shares.length > 0 && (
        <Drawn
          {...pair}
          title={shares.map((name) => capital(titleOf(name))).join(" and ")}
          of={shareChart}
          names={shares}
          keys={shares.length > 1 ? "pale: saturation" : ""}
        />
      )}
      {has(a, shown) && !isAttribution(shown) && <Standing {...pair} statistic={shown} />}
      {has(a, "mean_abs") && shown !== "mean_abs" && (
        <Drawn
          {...pair}
          title={capital(titleOf("mean_abs"))}
          of={sizeChart}
          names={["mean_abs"]}
          keys={`grey: middle half of the layer, as far as the unit reaches${inLog()}`}
        />
      )}
      <Classes {...pair} figure="response" title="Mean response by class" />
      <Responses />
      <Attributions {...pair} />
      <UnitEvidence />
    </div>
  );
}

/** Attributions have their own part below. */
function isAttribution(name: string): boolean {
  return attributionOf(name) !== null;
}

/** Values follow the scale switch. */
export function inLog(): string {
  return scaleKind.value === "log" ? " · logarithmic" : "";
}

interface DrawnProps extends PairProps {
  readonly title: string;
  readonly of: (context: ChartContext) => ReturnType<typeof activationChart>;
  /** Statistics that are read where the chart is pointed at; or how it is read. */
  readonly names: readonly string[] | Reader;
  readonly keys: string;
  /** What it shows, in full. */
  readonly hint?: string;
}

export function Drawn({ title, a, b, isLog, of, names, keys, hint }: DrawnProps) {
  const [shownRoles, isLogValues] = [roles.value, scaleKind.value === "log"];
  const build = useCallback(
    (width: number) => of({ a, b, roles: shownRoles, isLog, isLogValues, width }),
    [a, b, of, shownRoles, isLog, isLogValues],
  );
  const read = typeof names === "function" ? names : statisticsReader(a, b, names);
  const key =
    keys === "" ? null : (
      <span class="muted" title={hint}>
        {keys}
      </span>
    );
  return <Chart title={title} keys={key} build={build} read={read} />;
}

export function Standing({ statistic: name, ...pair }: PairProps & { readonly statistic: string }) {
  const of = useCallback((context: ChartContext) => standingChart(context, name), [name]);
  const rank = rankAt(pair.a, name, recordA.value);
  const units = layer.value?.units ?? 0;
  const place = `now above ${Math.round(rank * units)} of the other ${Math.max(0, units - 1)} · `;
  return (
    <Drawn
      {...pair}
      title={`Among its layer: ${titleOf(name)}`}
      of={of}
      names={[name]}
      keys={`${Number.isFinite(rank) ? place : ""}dotted: median · bands: middle half, all${inLog()}`}
    />
  );
}

const MOST_CLASSES = 24;

interface ClassesProps extends PairProps {
  readonly figure: ClassFigure;
  readonly title: string;
}

/** Strips of A, and beside them of B where that is another run: on one scale, of the same classes. */
export function Classes({ a, b, isLog, figure, title }: ClassesProps) {
  const sides = b && b.header.classSteps.length > 0 ? [a, b] : [a];
  const top = Math.max(...sides.map((trace) => largest(classTable(trace, figure))));
  const isSigned = sides.some((trace) => classTable(trace, figure).some((value) => value < 0));
  const shownTheme = theme.value;
  const picture = useMemo(() => {
    const grid = isSigned ? "signed_log" : "unsigned_log";
    const choice = { kind: "linear", isDifference: false, theme: shownTheme } as const;
    const names = strongestClasses(a, MOST_CLASSES).map(({ name }) => name);
    return { figure, names, scale: makeScale({ grid, top }, choice) };
  }, [a, figure, top, isSigned, shownTheme]);
  if (!classTable(a, figure).some(Number.isFinite)) {
    return figure === "response" ? <NoClasses /> : null;
  }
  const hidden = a.header.classNames.length - MOST_CLASSES;
  return (
    <>
      {sides.map((trace, side) => (
        <ClassStrips
          key={side === 0 ? "A" : "B"}
          {...{ a, b, isLog, trace, picture, title }}
          side={side === 0 ? "A" : "B"}
          keys={hidden > 0 ? `${hidden} weaker classes left out` : ""}
        />
      ))}
    </>
  );
}

interface ClassStripsProps extends PairProps {
  readonly trace: UnitTrace;
  readonly picture: Omit<Parameters<typeof classChart>[1], "trace">;
  readonly title: string;
  readonly side: "A" | "B";
  readonly keys: string;
}

function ClassStrips({ trace, picture, title, side, keys, ...pair }: ClassStripsProps) {
  const of = useCallback(
    (context: ChartContext) => classChart(context, { ...picture, trace }),
    [picture, trace],
  );
  const names = classReader(trace, side, picture.figure);
  const whose = isOtherRun.value ? ` of ${side}` : "";
  return <Drawn {...pair} title={title + whose} of={of} names={names} keys={keys} />;
}

function NoClasses() {
  const isLabelled = recordingA.value?.records.probeSet.hasLabels ?? false;
  return (
    <p class="no-classes muted">
      {isLabelled
        ? "No class means were recorded for this layer."
        : "The probe set has no labels, so there is no response by class. Pass labels= to ProbeSet to record it."}
    </p>
  );
}

function largest(values: Float32Array): number {
  return values.reduce(
    (most, value) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : 0),
    0,
  );
}
