/** The unit's part of the inspector: values at A and B, state, sparkline, classes, events. */
import { setStepOf } from "../actions";
import type { Recording, UnitTrace } from "../api";
import { layOutBars } from "../layout/bars";
import { lifeOf, sentenceOfEvent } from "../life";
import { formatSigned, formatValue } from "../numbers";
import { classOf, type SideName, type ToldSide, toldSides } from "../sides";
import { coloured, hasB, mode, recordingB, statistic, type UnitPlace } from "../state";
import { definitionOf } from "../states";
import { formatStep } from "../steps";
import { figureTitleOf, groupOf, titleOf } from "../titles";
import { toldRecordA, toldRecordB } from "../told";
import { isOtherRun, traceA, traceB, traceFailure } from "../traces";
import { readA, readB, type UnitReading } from "../views/overview/reading";
import { classRecord, valuesOf } from "../views/unit/series";
import { StateGlyph } from "./icons";

interface ValuesProps {
  readonly place: UnitPlace;
  readonly recording: Recording;
}

/** What the film tells of a unit, without asking the server. */
export function UnitValues({ place, recording }: ValuesProps) {
  const [a, b] = [readA(place, toldRecordA), readB(place, toldRecordB)];
  return (
    <>
      <p class="muted">{coloured.value?.title}</p>
      <div class="readings">
        {a && <Reading side="A" reading={a} />}
        {b && <Reading side="B" reading={b} />}
        {a && b && (
          <div>
            <span class="muted">A − B</span>
            <b class="number">{formatSigned(a.value - b.value)}</b>
          </div>
        )}
      </div>
      {mode.value !== "b" && a && <StateText side="A" reading={a} recording={recording} />}
      {mode.value !== "a" && b && recordingB.value && (
        <StateText side="B" reading={b} recording={recordingB.value} />
      )}
    </>
  );
}

interface ReadingProps {
  readonly side: SideName;
  readonly reading: UnitReading;
}

function Reading({ side, reading }: ReadingProps) {
  return (
    <div>
      <span class={classOf(side)}>
        {side} · {formatStep(reading.step)}
      </span>
      <b class="number">{formatValue(reading.value)}</b>
    </div>
  );
}

/** The state of a side's unit, with the side where A alone is not meant. */
function StateText({ side, reading, recording }: ReadingProps & Pick<ValuesProps, "recording">) {
  const { state } = reading;
  if (state === null) return null;
  return (
    <p class="state-text">
      <StateGlyph state={state} />
      <span>
        {mode.value !== "a" && <b class={classOf(side)}>{side} </b>}
        {definitionOf(state, recording.records.thresholds)}
      </span>
    </p>
  );
}

/** What was fetched of the chosen unit. */
export function UnitTraceFacts() {
  const [trace, [side]] = [traceA.value, toldSides.value];
  const told = side && traceOf(side.name);
  if (traceFailure.value !== null && !told) return <p role="alert">{traceFailure.value}</p>;
  if (!trace || !side || !told) return <p class="muted">Loading its history …</p>;
  return (
    <>
      <Sparkline a={trace} b={traceB.value} />
      <Values />
      <ClassBars trace={told} side={side} />
      <Events trace={told} side={side} />
    </>
  );
}

/** A side's trace: one run has one, read at two steps. */
function traceOf(side: SideName): UnitTrace | null {
  return side === "B" && isOtherRun.value ? traceB.value : traceA.value;
}

/** Whose facts these are, where A alone is not meant. */
function ofSide({ name }: ToldSide): string {
  return mode.value === "a" ? "" : ` of ${name}`;
}

const SPARK = { width: 268, height: 52 };

function Sparkline({ a, b }: { readonly a: UnitTrace; readonly b: UnitTrace | null }) {
  const name = statistic.value?.name ?? "";
  const values = valuesOf(a, name);
  const others = b ? valuesOf(b, name) : new Float32Array();
  const range = rangeOf([...values, ...others]);
  if (!range) return null;
  const x = ({ record, recording }: ToldSide) =>
    (SPARK.width * record) / Math.max(1, recording.records.steps.length - 1);
  return (
    <svg
      class="sparkline"
      viewBox={`-2 -3 ${SPARK.width + 4} ${SPARK.height + 6}`}
      role="img"
      aria-label={`${titleOf(name)} over all records, from ${formatValue(range.low)} to ${formatValue(range.high)}`}
    >
      <path d={pathOf(others, range)} class="b" />
      <path d={pathOf(values, range)} class="a" />
      {toldSides.value.map((side) => (
        <line key={side.name} x1={x(side)} x2={x(side)} y1={-3} y2={SPARK.height + 3} class="now" />
      ))}
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

/** Every statistic at A, and at B where B takes part. */
function Values() {
  const [a, b] = [traceOf("A"), hasB.value ? traceOf("B") : null];
  if (!a) return null;
  const shown = a.header.statistics.filter((name) => name !== "states");
  return (
    <table class="values">
      <caption class="unseen">All statistics at this step</caption>
      <thead class={b ? "" : "unseen"}>
        <tr>
          <th scope="col">statistic</th>
          <th scope="col">A</th>
          {b && <th scope="col">B</th>}
        </tr>
      </thead>
      {[...new Set(shown.map(groupOf))].map((group) => (
        <tbody key={group}>
          {group !== groupOf("") && (
            <tr>
              <th scope="rowgroup" colSpan={b ? 3 : 2} class="group">
                {group}
              </th>
            </tr>
          )}
          {shown
            .filter((name) => groupOf(name) === group)
            .map((name) => (
              <tr key={name}>
                <th scope="row">{figureTitleOf(name)}</th>
                <td class="number">{valueAt(a, name, toldRecordA.value)}</td>
                {b && <td class="number">{valueAt(b, name, toldRecordB.value)}</td>}
              </tr>
            ))}
        </tbody>
      ))}
    </table>
  );
}

function valueAt(trace: UnitTrace, name: string, record: number): string {
  return formatValue(valuesOf(trace, name)[record] ?? Number.NaN);
}

const MOST_CLASSES = 10;

interface FactsProps {
  readonly trace: UnitTrace;
  readonly side: ToldSide;
}

/** The classes to which the unit responds most, now. */
function ClassBars({ trace, side }: FactsProps) {
  const { classNames, classSteps } = trace.header;
  const record = classRecord(trace, side.step ?? "0");
  if (classNames.length === 0 || record < 0) return null;
  const all = classNames.map((name, row) => ({
    name,
    value: trace.classMeans[row * classSteps.length + record] ?? Number.NaN,
  }));
  const isCut = all.length > MOST_CLASSES;
  const strongest = [...all].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const shown = isCut ? strongest.slice(0, MOST_CLASSES) : all;
  const { zero, bars } = layOutBars(shown.map(({ value }) => value));
  return (
    <>
      <h3>
        Mean response{ofSide(side)} by class
        {isCut && `, the strongest ${MOST_CLASSES} of ${all.length}`}
      </h3>
      <dl class="class-bars">
        {shown.map(({ name, value }, row) => (
          <div key={name}>
            <dt title={name}>{name}</dt>
            <dd>
              <span class="track-of-bar">
                <i style={{ left: percent(bars[row]?.left), width: percent(bars[row]?.width) }} />
                <b style={{ left: percent(zero) }} />
              </span>
              <span class="number">{formatValue(value)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function percent(share = 0): string {
  return `${100 * share}%`;
}

const MOST_EVENTS = 5;

/** The latest events, the last one first. */
function Events({ trace, side }: FactsProps) {
  const { events } = trace.header;
  const shown = events.slice(-MOST_EVENTS).reverse();
  const older = events.length - shown.length;
  if (shown.length === 0) return null;
  return (
    <>
      <h3>What happened{mode.value === "a" ? "" : ` in ${side.name}`}</h3>
      <ul class="happened">
        {shown.map((event) => (
          <li key={`${event.kind}${event.step}`}>
            <button type="button" onClick={() => setStepOf(side.name, event.step)}>
              {sentenceOfEvent(event, lifeOf(trace))}
            </button>
          </li>
        ))}
        {older > 0 && <li class="muted">and {older} earlier</li>}
      </ul>
    </>
  );
}
