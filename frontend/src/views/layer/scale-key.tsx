/** The scale of a matrix of responses, and how values are spread over it. */
import { colourOf, legendTicks, positionOf, type Scale, valueAt } from "../../colour";
import { formatValue } from "../../numbers";
import { type ScaleKind, scaleChoice } from "../../state";

const ENTRIES = 48;
const KINDS: readonly ScaleKind[] = ["linear", "log"];

interface ScaleKeyProps {
  readonly scale: Scale;
  /** What the scale is of. */
  readonly word: string;
  /** Whether marks at the right say which examples are tracked. */
  readonly hasTracked: boolean;
}

export function ScaleKey({ scale, word, hasTracked }: ScaleKeyProps) {
  return (
    <div class="pattern-key">
      <figure>
        <figcaption class="muted">{word}, one scale over all steps</figcaption>
        <svg viewBox={`0 0 ${ENTRIES} 6`} preserveAspectRatio="none" aria-hidden="true">
          {Array.from({ length: ENTRIES }, (_, place) => (
            <rect
              key={place}
              x={place}
              width={1.1}
              height={6}
              fill={colourOf(scale, valueAt(scale, (place + 0.5) / ENTRIES))}
            />
          ))}
        </svg>
        <div class="ticks">
          {ticksOf(scale).map((value) => (
            <span key={value} style={{ left: `${100 * positionOf(scale, value)}%` }}>
              {formatValue(value)}
            </span>
          ))}
        </div>
      </figure>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame */}
      <div class="segments" role="group" aria-label="Spread of the scale">
        {KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            aria-pressed={scale.kind === kind}
            onClick={() => {
              scaleChoice.value = kind;
            }}
          >
            {kind}
          </button>
        ))}
      </div>
      <p class="muted strip-key">
        Selectivity: how much more a unit answers to one class than to the others, from 0 to 1 at a
        full bar; <i class="undefined" /> undefined.
        {hasTracked && (
          <>
            {" "}
            <i class="pattern-tracked in-key" /> a tracked example.
          </>
        )}
      </p>
    </div>
  );
}

/** Nearer ticks would write over each other. */
const APART = 0.15;

/** Both ends, and what has room between. */
function ticksOf(scale: Scale): readonly number[] {
  const all = legendTicks(scale);
  const [first = 0, last = 0] = [all[0], all.at(-1)];
  let before = positionOf(scale, first);
  const between = all.slice(1, -1).filter((value) => {
    const at = positionOf(scale, value);
    const hasRoom = at - before >= APART && positionOf(scale, last) - at >= APART;
    if (hasRoom) before = at;
    return hasRoom;
  });
  return [first, ...between, last];
}
