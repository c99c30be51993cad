/** A unit's life: a strip coloured by state, and what happened to it, each event with its step. */
import { setStep } from "../../actions";
import type { UnitTrace } from "../../api";
import { StateGlyph } from "../../chrome/icons";
import { STATUS_COLOURS } from "../../colour";
import { recordA, recordB } from "../../state";
import { BY_WEIGHT, isInState } from "../../states";
import { formatStep } from "../../steps";
import type { EventKind } from "../../wire";
import { type Stretch, stretches } from "./series";

const MOST_EVENTS = 6;

interface LifeProps {
  readonly trace: UnitTrace;
  /** Which side of a comparison this is; null where there is only one. */
  readonly side: "A" | "B" | null;
}

export function Life({ trace, side }: LifeProps) {
  return (
    <div class="life">
      {side && <b class={`side-${side.toLowerCase()}`}>{side}</b>}
      <Strip trace={trace} record={side === "B" ? recordB.value : recordA.value} />
      <Events trace={trace} />
    </div>
  );
}

function Strip({ trace, record }: { readonly trace: UnitTrace; readonly record: number }) {
  const records = Math.max(1, trace.header.steps.length);
  return (
    <div class="strip" role="img" aria-label={sentence(trace)}>
      {stretches(trace).map((stretch) => (
        <i
          key={stretch.first}
          title={titleOfStretch(trace, stretch)}
          style={{
            left: `${(100 * stretch.first) / records}%`,
            width: `${(100 * (stretch.end - stretch.first)) / records}%`,
            ...(colourOfStretch(stretch) ?? {}),
          }}
        />
      ))}
      <span class="now" style={{ left: `${(100 * (record + 0.5)) / records}%` }} />
    </div>
  );
}

function stateOf({ bits, isDead }: Stretch) {
  return BY_WEIGHT.find((state) => isInState(state, bits, isDead ? 0 : -1, 0)) ?? null;
}

function colourOfStretch(stretch: Stretch): { background: string } | null {
  const state = stateOf(stretch);
  return state ? { background: STATUS_COLOURS[state] } : null;
}

function titleOfStretch(trace: UnitTrace, stretch: Stretch): string {
  const { steps } = trace.header;
  const ends = `${formatStep(steps[stretch.first])} to ${formatStep(steps[stretch.end - 1])}`;
  return `${stateOf(stretch) ?? "live"}, steps ${ends}`;
}

function sentence(trace: UnitTrace): string {
  return `Life: ${stretches(trace)
    .slice(0, 20)
    .map((stretch) => titleOfStretch(trace, stretch))
    .join("; ")}`;
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
function Events({ trace }: { readonly trace: UnitTrace }) {
  const { events } = trace.header;
  if (events.length === 0) return <p class="muted">Live at every record.</p>;
  const shown = events.slice(-MOST_EVENTS).reverse();
  const older = events.length - shown.length;
  return (
    <ol class="events">
      {shown.map(({ kind, step, text }) => {
        const state = STATE_OF_EVENT[kind];
        return (
          <li key={`${kind}${step}`}>
            <button
              type="button"
              title={`Go to step ${formatStep(step)}`}
              onClick={() => setStep(step)}
            >
              {state ? <StateGlyph state={state} /> : <span class="alive" aria-hidden="true" />}
              {text}
            </button>
          </li>
        );
      })}
      {older > 0 && <li class="muted">and {older} earlier</li>}
    </ol>
  );
}
