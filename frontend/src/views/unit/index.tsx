/** The unit view: how one unit's statistics run over the steps, and what happened to it when. */
import { signal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";
import type { UnitTrace } from "../../api";
import { titleOf } from "../../chrome/controls";
import { Failure } from "../../chrome/failure";
import { makeScale } from "../../colour";
import { offerExport } from "../../export";
import { theme } from "../../host";
import { layer, recordA, recordingA, statistic, unit } from "../../state";
import { adoptStyles, roles } from "../../theme";
import { isOtherRun, retryTraces, traceA, traceB, traceFailure } from "../../traces";
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
import { unitExport } from "./exports";
import { Head } from "./head";
import { Life } from "./life";
import { has, rankAt } from "./series";
import { UNIT_CSS } from "./style";
import { TraceTable } from "./table";

adoptStyles(UNIT_CSS);

/** Whether the step axes are logarithmic. */
const isLogSteps = signal(false);
/** Whether the records are shown as rows in place of the charts. */
const isTable = signal(false);

export default function UnitView() {
  const place = useRef<HTMLElement>(null);
  useEffect(() => offerExport(unitExport(() => place.current)), []);
  return (
    <section ref={place} class="unit-view" aria-label="Unit">
      <Content />
    </section>
  );
}

function Content() {
  const trace = traceA.value;
  if (!layer.value || unit.value === null) return <Nothing />;
  if (traceFailure.value !== null && !trace) {
    return (
      <Failure what="The unit could not be read" why={traceFailure.value} onRetry={retryTraces} />
    );
  }
  if (!trace) {
    return (
      <p class="standing" role="status">
        Loading unit {unit.value} of {layer.value.name} …
      </p>
    );
  }
  return (
    <>
      <Head trace={trace} isLog={isLogSteps} isTable={isTable} />
      <Life trace={trace} side={traceB.value ? "A" : null} />
      {traceB.value && <Life trace={traceB.value} side="B" />}
      {isTable.value ? <TraceTable trace={trace} /> : <Charts a={trace} b={traceB.value} />}
    </>
  );
}

function Nothing() {
  const name = layer.value?.name;
  const last = (layer.value?.units ?? 1) - 1;
  return (
    <div class="centre">
      <section class="card">
        <h2>No unit chosen</h2>
        <p>
          {name === undefined
            ? "Click a unit in the overview, or press j."
            : `${name} has units 0 to ${last}: click one in the overview or the layer's table, or press j.`}
        </p>
      </section>
    </div>
  );
}

interface PairProps {
  readonly a: UnitTrace;
  readonly b: UnitTrace | null;
}

function Charts({ a, b }: PairProps) {
  const shown = statistic.value?.name ?? "";
  const shares = shareLines(a);
  return (
    <div class="charts">
      {has(a, "mean") && (
        <Drawn title="Activation" a={a} b={b} of={activationChart} keys={<ActivationKey />} />
      )}
      {shares.length > 0 && (
        <Drawn
          title={shares.map(({ name }) => capital(titleOf(name))).join(" and ")}
          a={a}
          b={b}
          of={shareChart}
        />
      )}
      {has(a, shown) && <Standing a={a} b={b} statistic={shown} />}
      {has(a, "mean_abs") && shown !== "mean_abs" && (
        <Drawn
          title="Mean |activation|"
          a={a}
          b={b}
          of={sizeChart}
          keys={<span class="muted">grey: middle half of the layer</span>}
        />
      )}
      <Classes a={a} b={b} />
    </div>
  );
}

interface DrawnProps extends PairProps {
  readonly title: string;
  readonly of: (context: ChartContext) => ReturnType<typeof activationChart>;
  readonly keys?: preact.ComponentChildren;
}

function Drawn({ title, a, b, of, keys }: DrawnProps) {
  const [shownRoles, isLog] = [roles.value, isLogSteps.value];
  const build = useCallback(
    (width: number) => of({ a, b, roles: shownRoles, isLog, width }),
    [a, b, of, shownRoles, isLog],
  );
  return <Chart title={title} keys={keys} build={build} />;
}

function ActivationKey() {
  return (
    <span class="muted">
      line: mean · band: ± standard deviation · pale: minimum to maximum
      {isOtherRun.value && <span class="side-b"> · dashed: B</span>}
    </span>
  );
}

function Standing({ a, b, statistic: name }: PairProps & { readonly statistic: string }) {
  const of = useCallback((context: ChartContext) => standingChart(context, name), [name]);
  const rank = rankAt(a, name, recordA.value);
  const units = layer.value?.units ?? 0;
  const below = Math.round(rank * units);
  return (
    <Drawn
      title={`Among its layer: ${titleOf(name)}`}
      a={a}
      b={b}
      of={of}
      keys={
        <span class="muted">
          {Number.isFinite(rank) && `now above ${below} of the other ${Math.max(0, units - 1)} · `}
          dotted: median · bands: middle half, all
        </span>
      }
    />
  );
}

function Classes({ a, b }: PairProps) {
  const top = largest(a.classMeans);
  const shownTheme = theme.value;
  const of = useCallback(
    (context: ChartContext) => {
      const grid = a.classMeans.some((value) => value < 0) ? "signed_log" : "unsigned_log";
      const choice = { kind: "linear", isDifference: false, theme: shownTheme } as const;
      return classChart(context, makeScale({ grid, top }, choice));
    },
    [a, top, shownTheme],
  );
  if (a.header.classSteps.length === 0 || a.header.classNames.length === 0) {
    const labelled = recordingA.value?.records.probeSet.hasLabels ?? false;
    return (
      <p class="no-classes muted">
        {labelled
          ? "No class means were recorded for this layer."
          : "The probe set has no labels, so there is no response by class. Pass labels= to ProbeSet to record it."}
      </p>
    );
  }
  const hidden = a.header.classNames.length - 24;
  const more = hidden > 0 ? ` · ${hidden} weaker classes left out` : "";
  return (
    <Drawn
      title="Mean response by class"
      a={a}
      b={b}
      of={of}
      keys={
        <span class="muted">{`${b ? "of A · " : ""}brightest: ${top.toPrecision(3)}${more}`}</span>
      }
    />
  );
}

function largest(values: Float32Array): number {
  return values.reduce(
    (most, value) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : 0),
    0,
  );
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;
}
