/** Where the shown sides stand, in numbers: step, record, the probe set's curves, what recording costs. */
import type { Recording } from "../api";
import { formatCount, formatShare, formatValue } from "../numbers";
import { togglePanel } from "../panels";
import { classOf, type ToldSide, titleOfSide, toldSides } from "../sides";
import { mode, runs } from "../state";
import { formatStep } from "../steps";

/** Room for "0.000123": what follows its digits would move the ribbon beside it while the film plays. */
const VALUE_LETTERS = 8;

export function Reading() {
  const sides = toldSides.value;
  const [first] = sides;
  if (!first) return <div class="reading" />;
  return (
    <div class="reading">
      {sides.length === 1 ? <One side={first} /> : <Both sides={sides} />}
      <Status side={first} />
    </div>
  );
}

/** One side: its step large, its curves beneath. */
function One({ side }: { readonly side: ToldSide }) {
  const isB = side.name === "B";
  return (
    <>
      <span class={isB ? "title side-b" : "title muted"}>{isB ? titleOfSide(side) : "step"}</span>
      <span class="step number" aria-live="off">
        {formatStep(side.step)}
      </span>
      <Curves sides={[side]} />
    </>
  );
}

/** A and B beside each other, in their colours. */
function Both({ sides }: { readonly sides: readonly ToldSide[] }) {
  return (
    <>
      <span class="title muted">A − B</span>
      <Curves sides={sides} hasHead />
    </>
  );
}

interface CurvesProps {
  readonly sides: readonly ToldSide[];
  readonly hasHead?: boolean;
}

/** Accuracy and loss on the probe set, which are also the key of the curves. */
function Curves({ sides, hasHead = false }: CurvesProps) {
  const rows = [
    { name: "accuracy", dash: undefined, valueIn: accuracyAt },
    { name: "loss", dash: "3 2", valueIn: lossAt },
  ].filter(({ valueIn }) => sides.some(({ recording }) => isMeasured(recording, valueIn)));
  if (rows.length === 0 && !hasHead) return null;
  return (
    <table class="curve-values">
      <caption class="unseen">On the probe set, at this step</caption>
      {hasHead && <SideHead sides={sides} />}
      <tbody>
        {rows.map(({ name, dash, valueIn }) => (
          <tr key={name}>
            <th scope="row" title={`${name} on the probe set`}>
              <LineKey dash={dash} /> {name}
            </th>
            {sides.map((side) => (
              <td key={side.name} class={`number ${colourClass(side)}`} style={letters(side)}>
                {formatValue(valueIn(side.recording, side.record))}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SideHead({ sides }: { readonly sides: readonly ToldSide[] }) {
  return (
    <thead>
      <tr>
        <td />
        {sides.map((side) => (
          <th key={side.name} scope="col" class={classOf(side.name)} title={titleOfSide(side)}>
            {side.name}
          </th>
        ))}
      </tr>
      <tr>
        <th scope="row">step</th>
        {sides.map((side) => (
          <td key={side.name} class={`number step-of ${classOf(side.name)}`}>
            {formatStep(side.step)}
          </td>
        ))}
      </tr>
    </thead>
  );
}

/** A line as it is drawn in the ribbon. */
export function LineKey({ dash }: { readonly dash: string | undefined }) {
  return (
    <svg class="line-key" viewBox="0 0 18 4" aria-hidden="true">
      <line
        x1="0"
        x2="18"
        y1="2"
        y2="2"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-dasharray={dash}
      />
    </svg>
  );
}

/** The record of the side, or of A where both are told, and the way to more. */
function Status({ side }: { readonly side: ToldSide }) {
  const { steps, costs, live } = side.recording.records;
  const overhead = costs[side.record]?.overhead;
  const problems = problemCount(side.recording);
  const isOfA = mode.value === "diff";
  return (
    <button
      type="button"
      class={problems > 0 ? "button quiet status alarm" : "button quiet status"}
      title="What was received, what it costs, what could not be read"
      onClick={() => togglePanel("status")}
    >
      <span>
        {live && <i class="live-dot" title="still growing" />}
        {isOfA && "A: "}record {formatCount(side.record + 1)} of {formatCount(steps.length)}
      </span>
      {overhead !== undefined && Number.isFinite(overhead) && (
        <span>{formatShare(overhead)} of the time spent recording</span>
      )}
      {problems > 0 && <span>{`${problems} problem${problems > 1 ? "s" : ""}`}</span>}
    </button>
  );
}

function colourClass({ name }: ToldSide): string {
  return mode.value === "a" ? "" : classOf(name);
}

function letters({ recording }: ToldSide): { readonly minWidth: string } {
  const longest = formatStep(recording.records.steps.at(-1)).length;
  return { minWidth: `${Math.max(VALUE_LETTERS, longest)}ch` };
}

type ValueIn = (recording: Recording, record: number) => number;

function accuracyAt(recording: Recording, record: number): number {
  return recording.accuracy[record] ?? Number.NaN;
}

function lossAt(recording: Recording, record: number): number {
  return recording.loss[record] ?? Number.NaN;
}

function isMeasured(recording: Recording, valueIn: ValueIn): boolean {
  return recording.records.steps.some((_, record) => Number.isFinite(valueIn(recording, record)));
}

/** How many things could not be read, in this recording and its run. */
export function problemCount(recording: Recording): number {
  const run = runs.value?.runs.find(({ name }) => name === recording.key.run);
  return Math.max(recording.records.problems.length, run?.problems.length ?? 0);
}
