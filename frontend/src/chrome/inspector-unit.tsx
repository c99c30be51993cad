/** The unit's part of the inspector: values at A and B, state, sparkline, classes, events. */
import { setStep } from "../actions";
import type { Recording, UnitTrace } from "../api";
import { formatValue } from "../numbers";
import { statistic, type UnitPlace } from "../state";
import { definitionOf } from "../states";
import { formatStep } from "../steps";
import { toldRecordA, toldRecordB, toldStepA } from "../told";
import { isOtherRun, traceA, traceB, traceFailure } from "../traces";
import { readA, readB, type UnitReading } from "../views/overview/reading";
import { classRecord, valuesOf } from "../views/unit/series";
import { titleOf } from "./controls";
import { StateGlyph } from "./icons";

interface ValuesProps {
  readonly place: UnitPlace;
  readonly recording: Recording;
}

/** What the film tells of a unit, without asking the server. */
export function UnitValues({ place, recording }: ValuesProps) {
  const [a, b] = [readA(place, toldRecordA), readB(place, toldRecordB)];
  const state = a?.state;
  return (
    <>
      <p class="muted">{titleOf(statistic.value?.name ?? "")}</p>
      <div class="readings">
        {a && <Reading side="A" reading={a} />}
        {b && <Reading side="B" reading={b} />}
        {a && b && (
          <div>
            <span class="muted">A − B</span>
            <b class="number">{formatValue(a.value - b.value)}</b>
          </div>
        )}
      </div>
      {state && (
        <p class="state-text">
          <StateGlyph state={state} />
          <span>{definitionOf(state, recording.records.thresholds)}</span>
        </p>
      )}
    </>
  );
}

function Reading({ side, reading }: { readonly side: "A" | "B"; readonly reading: UnitReading }) {
  return (
    <div>
      <span class={side === "A" ? "side-a" : "side-b"}>
        {side} · {formatStep(reading.step)}
      </span>
      <b class="number">{formatValue(reading.value)}</b>
    </div>
  );
}

/** What was fetched of the chosen unit. */
export function UnitTraceFacts() {
  const trace = traceA.value;
  if (traceFailure.value !== null && !trace) return <p role="alert">{traceFailure.value}</p>;
  if (!trace) return <p class="muted">Loading its history …</p>;
  return (
    <>
      <Sparkline a={trace} b={traceB.value} />
      <Values trace={trace} />
      <ClassBars trace={trace} />
      <Events trace={trace} />
    </>
  );
}

const SPARK = { width: 268, height: 52 };

function Sparkline({ a, b }: { readonly a: UnitTrace; readonly b: UnitTrace | null }) {
  const name = statistic.value?.name ?? "";
  const values = valuesOf(a, name);
  const others = b ? valuesOf(b, name) : new Float32Array();
  const range = rangeOf([...values, ...others]);
  if (!range) return null;
  const x = (record: number) => (SPARK.width * record) / Math.max(1, values.length - 1);
  return (
    <svg
      class="sparkline"
      viewBox={`-2 -3 ${SPARK.width + 4} ${SPARK.height + 6}`}
      role="img"
      aria-label={`${titleOf(name)} over all records, from ${formatValue(range.low)} to ${formatValue(range.high)}`}
    >
      <path d={pathOf(others, range)} class="b" />
      <path d={pathOf(values, range)} class="a" />
      <line
        x1={x(toldRecordA.value)}
        x2={x(toldRecordA.value)}
        y1={-3}
        y2={SPARK.height + 3}
        class="now"
      />
    </svg>
  );
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function rangeOf(values: readonly number[]): Range | null {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return null;
  const low = finite.reduce((least, value) => Math.min(least, value), 0);
  const high = finite.reduce((most, value) => Math.max(most, value), low);
  return { low, high: high === low ? low + 1 : high };
}

/** A line with gaps where there is no number. */
function pathOf(values: Float32Array, { low, high }: Range): string {
  let isDown = false;
  return Array.from(values, (value, record) => {
    if (!Number.isFinite(value)) {
      isDown = false;
      return "";
    }
    const x = (SPARK.width * record) / Math.max(1, values.length - 1);
    const y = SPARK.height * (1 - (value - low) / (high - low));
    const move = isDown ? "L" : "M";
    isDown = true;
    return `${move}${x.toFixed(1)} ${y.toFixed(1)}`;
  }).join("");
}

/** Every statistic at A, and at B where it has a trace. */
function Values({ trace }: { readonly trace: UnitTrace }) {
  const other = isOtherRun.value ? traceB.value : null;
  const shown = trace.header.statistics.filter((name) => name !== "states");
  return (
    <table class="values">
      <caption class="unseen">All statistics at this step</caption>
      <thead class={other ? "" : "unseen"}>
        <tr>
          <th scope="col">statistic</th>
          <th scope="col">A</th>
          {other && <th scope="col">B</th>}
        </tr>
      </thead>
      <tbody>
        {shown.map((name) => (
          <tr key={name}>
            <th scope="row">{titleOf(name)}</th>
            <td class="number">{valueAt(trace, name, toldRecordA.value)}</td>
            {other && <td class="number">{valueAt(other, name, toldRecordB.value)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function valueAt(trace: UnitTrace, name: string, record: number): string {
  return formatValue(valuesOf(trace, name)[record] ?? Number.NaN);
}

const MOST_CLASSES = 10;

/** The classes to which the unit responds most, now. */
function ClassBars({ trace }: { readonly trace: UnitTrace }) {
  const { classNames, classSteps } = trace.header;
  const record = classRecord(trace, toldStepA.value ?? "0");
  if (classNames.length === 0 || record < 0) return null;
  const all = classNames.map((name, row) => ({
    name,
    value: trace.classMeans[row * classSteps.length + record] ?? Number.NaN,
  }));
  const isCut = all.length > MOST_CLASSES;
  const strongest = [...all].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const shown = isCut ? strongest.slice(0, MOST_CLASSES) : all;
  const top = Math.abs(strongest[0]?.value ?? 0) || 1;
  return (
    <>
      <h3>Mean response by class{isCut && `, the strongest ${MOST_CLASSES} of ${all.length}`}</h3>
      <dl class="class-bars">
        {shown.map(({ name, value }) => (
          <div key={name}>
            <dt title={name}>{name}</dt>
            <dd>
              <i
                class={value < 0 ? "negative" : ""}
                style={{ width: `${(100 * Math.abs(value || 0)) / top}%` }}
              />
              <span class="number">{formatValue(value)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

const MOST_EVENTS = 5;

function Events({ trace }: { readonly trace: UnitTrace }) {
  const events = trace.header.events.slice(-MOST_EVENTS).reverse();
  if (events.length === 0) return null;
  return (
    <>
      <h3>What happened</h3>
      <ul class="happened">
        {events.map(({ kind, step, text }) => (
          <li key={`${kind}${step}`}>
            <button type="button" onClick={() => setStep(step)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
