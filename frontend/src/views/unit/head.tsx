/** Above the charts: which unit this is, where it stands in its layer's order, and the way to its neighbours. */
import { moveUnit, unitOrderOf } from "../../actions";
import type { UnitTrace } from "../../api";
import { Hint } from "../../chrome/hint";
import { StateGlyph } from "../../chrome/icons";
import { UnitIcon } from "../../chrome/unit-icon";
import { formatCount } from "../../numbers";
import {
  anchorRecord,
  isLogSteps,
  isUnitTable,
  layerIndex,
  ordering,
  recordA,
  recordingA,
  unit,
} from "../../state";
import { definitionOf, statesOf, withoutImplied } from "../../states";
import { formatStep } from "../../steps";
import { listed, titleOfState } from "../../titles";
import { isOtherRun } from "../../traces";

interface HeadProps {
  readonly trace: UnitTrace;
}

export function Head({ trace }: HeadProps) {
  return (
    <header class="unit-head">
      <UnitIcon layerName={trace.header.layer} unit={trace.header.unit} size={32} />
      <h2>
        <span class="muted">{trace.header.layer}</span> unit {trace.header.unit}
      </h2>
      <StateNow trace={trace} />
      <span class="fill" />
      <div class="unit-tools">
        <Neighbours />
        {isOtherRun.value && (
          <span class="sides">
            <span class="side-a">— A</span> <span class="side-b">- - B</span>
          </span>
        )}
        <label class="check">
          <input
            type="checkbox"
            checked={isLogSteps.value}
            onChange={(event) => {
              isLogSteps.value = event.currentTarget.checked;
            }}
          />
          <span>
            log<span class="wide">arithmic</span> steps
          </span>
        </label>
        <button
          type="button"
          class="button"
          onClick={() => {
            isUnitTable.value = !isUnitTable.value;
          }}
        >
          {isUnitTable.value ? "Charts" : "Table"}
        </button>
      </div>
    </header>
  );
}

/** All states that hold, the weightiest first. */
function StateNow({ trace }: { readonly trace: UnitTrace }) {
  const thresholds = recordingA.value?.records.thresholds;
  const record = recordA.value;
  const bits = trace.states[record] ?? 0;
  const states = withoutImplied(statesOf(bits, trace.header.deadSince, record));
  if (states.length === 0 || !thresholds)
    return (
      <span class="muted">
        live<span class="wide"> at this step</span>
      </span>
    );
  return (
    <Hint text={states.map((state) => definitionOf(state, thresholds)).join(" ")}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the definition must be reachable by keyboard */}
      <span class="state" tabIndex={0}>
        {states.map((state) => (
          <StateGlyph key={state} state={state} />
        ))}
        {listed(states.map(titleOfState))}
        <span class="wide"> at this step</span>
      </span>
    </Hint>
  );
}

function Neighbours() {
  const order = unitOrderOf(layerIndex.value);
  const place = unit.value === null ? -1 : order.indexOf(unit.value);
  const step = recordingA.value?.records.steps[anchorRecord.value];
  const sorting = `by ${ordering.value?.title ?? ""} at step ${formatStep(step)}`;
  return (
    <span class="neighbours">
      <button
        type="button"
        class="button icon"
        aria-label="Previous unit"
        title="Previous unit in order (k)"
        disabled={place <= 0}
        onClick={() => moveUnit(-1)}
      >
        ‹
      </button>
      <span class="number" title={sorting}>
        {formatCount(place + 1)} of {formatCount(order.length)}
      </span>
      <button
        type="button"
        class="button icon"
        aria-label="Next unit"
        title="Next unit in order (j)"
        disabled={place >= order.length - 1}
        onClick={() => moveUnit(1)}
      >
        ›
      </button>
    </span>
  );
}
