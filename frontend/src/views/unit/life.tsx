/** The unit's life: a strip of states over the records, and the dated events, each a way to its step. */
import type { ComponentChildren } from "preact";
import { setRecordB, setStep } from "../../actions";
import type { StateName, UnitTrace } from "../../api";
import { changesOf, sentenceOfChange } from "../../changes";
import { StateGlyph } from "../../chrome/icons";
import { lifeOf, sentenceOfEvent } from "../../life";
import { effectiveStepB, recordA, recordB, theme } from "../../state";
import { formatStep } from "../../steps";
import type { EventKind, UnitChange } from "../../wire";
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

/** Something that happened, as it is told. */
interface Happening {
  readonly key: string;
  readonly record: number;
  readonly step: string;
  readonly text: string;
  readonly sign: ComponentChildren;
}

/** What happened to the unit's state, and how its attribution changed, in the order of steps. */
function happenings(trace: UnitTrace, changes: readonly UnitChange[]): readonly Happening[] {
  const { events, unit } = trace.header;
  const life = lifeOf(trace);
  const ofStates = events.map((event): Happening => {
    const { kind, record, step } = event;
    const state = STATE_OF_EVENT[kind];
    const sign = state ? <StateGlyph state={state} /> : <span class="alive" aria-hidden="true" />;
    return { key: kind + step, record, step, text: sentenceOfEvent(event, life), sign };
  });
  const ofAttribution = changes
    .filter((change) => change.unit === unit)
    .map((change): Happening => {
      const { kind, record, step } = change;
      const sign = (
        <span class="sign" aria-hidden="true">
          {kind === "sign" ? "±" : "◇"}
        </span>
      );
      return { key: kind + step, record, step, text: sentenceOfChange(change), sign };
    });
  return [...ofStates, ...ofAttribution].toSorted((a, b) => a.record - b.record);
}

/** The latest events, the last one first. */
function Events({ trace, side }: { readonly trace: UnitTrace; readonly side: "A" | "B" }) {
  const all = happenings(trace, changesOf(side)?.changes ?? []);
  const isLive = trace.header.events.length === 0;
  const shown = all.slice(-MOST_EVENTS).reverse();
  const older = all.length - shown.length;
  return (
    <>
      {isLive && <p class="muted">Live at every record.</p>}
      {shown.length > 0 && (
        <ol class="events">
          {shown.map((happening) => (
            <li key={happening.key}>
              <button
                type="button"
                title={`Go to step ${formatStep(happening.step)}`}
                onClick={() => goTo(happening, side)}
              >
                {happening.sign}
                {happening.text}
              </button>
            </li>
          ))}
          {older > 0 && <li class="muted">and {older} earlier</li>}
        </ol>
      )}
    </>
  );
}

/** An event of B moves B, unless B goes along with A. */
function goTo({ step, record }: Happening, side: "A" | "B"): void {
  if (side === "A" || effectiveStepB.value === "same") setStep(step);
  else setRecordB(record);
}
