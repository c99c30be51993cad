/** The unit's life: a strip of states over the records, and the dated events, each a way to its step. */
import { setRecordB, setStep } from "../../actions";
import type { StateName, UnitTrace } from "../../api";
import { StateGlyph } from "../../chrome/icons";
import { sentenceOfEvent } from "../../life";
import { effectiveStepB, recordA, recordB, theme } from "../../state";
import { formatStep } from "../../steps";
import type { EventKind, UnitEvent } from "../../wire";
import { colourOfPart, nameOfPart, partsOf, statesIn } from "./strip";

const MOST_EVENTS = 6;

interface LivesProps {
  readonly a: UnitTrace;
  /** Another run's unit, or null. */
  readonly b: UnitTrace | null;
}

/** A's life, B's, and the key to both strips. */
export function Lives({ a, b }: LivesProps) {
  return (
    <div class="lives">
      <Life trace={a} side="A" isAlone={!b} />
      {b && <Life trace={b} side="B" isAlone={false} />}
      <StripKey states={statesIn(b ? [a, b] : [a])} />
    </div>
  );
}

interface LifeProps {
  readonly trace: UnitTrace;
  readonly side: "A" | "B";
  /** Whether there is no other side to tell it from. */
  readonly isAlone: boolean;
}

function Life({ trace, side, isAlone }: LifeProps) {
  return (
    <div class="life">
      {!isAlone && <b class={`side-${side.toLowerCase()}`}>{side}</b>}
      <Strip trace={trace} side={side} />
      <Events trace={trace} side={side} />
    </div>
  );
}

function Strip({ trace, side }: { readonly trace: UnitTrace; readonly side: "A" | "B" }) {
  const record = side === "B" ? recordB.value : recordA.value;
  const records = Math.max(1, trace.header.steps.length);
  const parts = partsOf(trace);
  const told = parts.slice(0, 20).map(({ text }) => text);
  return (
    <div class="strip" role="img" aria-label={`Life: ${told.join("; ")}`}>
      {parts.map(({ state, from, to, text }) => (
        <i
          key={from}
          title={text}
          style={{
            left: `${100 * from}%`,
            width: `${100 * (to - from)}%`,
            background: colourOfPart(state, theme.value),
          }}
        />
      ))}
      <span
        class={`now ${side.toLowerCase()}`}
        style={{ left: `${(100 * (record + 0.5)) / records}%` }}
      />
    </div>
  );
}

/** What the strips' colours mean, of those that are on them. */
function StripKey({ states }: { readonly states: readonly (StateName | null)[] }) {
  return (
    <ul class="strip-key muted" aria-label="Colours of the strip">
      {states.map((state) => (
        <li key={state}>
          {state ? (
            <StateGlyph state={state} />
          ) : (
            <i style={{ background: colourOfPart(null, theme.value) }} />
          )}
          {nameOfPart(state)}
        </li>
      ))}
    </ul>
  );
}

const STATE_OF_EVENT = {
  silent: "silent",
  dead: "dead",
  dormant: "dormant",
  saturated: "saturated",
  nonfinite: "nonfinite",
  revived: null,
  unsaturated: null,
} as const satisfies Readonly<Record<EventKind, string | null>>;

/** The latest events, the last one first. */
function Events({ trace, side }: { readonly trace: UnitTrace; readonly side: "A" | "B" }) {
  const { events, steps } = trace.header;
  if (events.length === 0) return <p class="muted">Live at every record.</p>;
  const shown = events.slice(-MOST_EVENTS).reverse();
  const older = events.length - shown.length;
  return (
    <ol class="events">
      {shown.map((event) => {
        const state = STATE_OF_EVENT[event.kind];
        return (
          <li key={`${event.kind}${event.step}`}>
            <button
              type="button"
              title={`Go to step ${formatStep(event.step)}`}
              onClick={() => goTo(event, side)}
            >
              {state ? <StateGlyph state={state} /> : <span class="alive" aria-hidden="true" />}
              {sentenceOfEvent(event, events, steps)}
            </button>
          </li>
        );
      })}
      {older > 0 && <li class="muted">and {older} earlier</li>}
    </ol>
  );
}

/** An event of B moves B, unless B goes along with A. */
function goTo({ step, record }: UnitEvent, side: "A" | "B"): void {
  if (side === "A" || effectiveStepB.value === "same") setStep(step);
  else setRecordB(record);
}
