/** What is under the pointer: a unit's values and state, or a layer's facts and counts. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { titleOf } from "../../chrome/controls";
import { CornerOfB, StateGlyph } from "../../chrome/icons";
import { UnitIcon } from "../../chrome/unit-icon";
import { formatCount, formatSigned, formatValue } from "../../numbers";
import { coloured, mode, recordingA, recordingB, statistic, type UnitPlace } from "../../state";
import { COUNTED_ONCE, definitionOf } from "../../states";
import { formatStep } from "../../steps";
import { titleOfState } from "../../titles";
import { toldRecordA, toldRecordB } from "../../told";
import { DEAD, MARKS } from "./colouring";
import { markCounts, markCountsOfB, type Pointed, pointed } from "./director";
import { readA, readB, type UnitReading } from "./reading";
import { unmeasuredOf } from "./shot";

const AWAY = 16;

export function Tooltip() {
  const element = useRef<HTMLDivElement>(null);
  const at = pointed.value;
  const place = useRef(at);
  place.current = at;
  const isShown = at !== null;
  useLayoutEffect(() => settleNow(element.current, place.current));
  useEffect(() => {
    const tip = element.current;
    if (!isShown || !tip) return;
    // What it says may grow under a pointer that rests.
    const observer = new ResizeObserver(() => settleNow(tip, place.current));
    observer.observe(tip);
    return () => observer.disconnect();
  }, [isShown]);
  if (!at) return null;
  return (
    <div ref={element} class="tip" aria-hidden="true">
      {at.unit ? <UnitTip place={at.unit} /> : <LayerTip layer={at.layer ?? 0} />}
    </div>
  );
}

function UnitTip({ place }: { readonly place: UnitPlace }) {
  const recording = recordingA.value;
  const [a, b] = [readA(place, toldRecordA), readB(place, toldRecordB)];
  if (!recording || !a) return null;
  const state = mode.value === "b" ? b?.state : (a.state ?? b?.state);
  return (
    <>
      <span class="tip-head">
        <UnitIcon
          layerName={recording.records.layers[place.layer]?.name ?? ""}
          unit={place.unit}
          size={40}
        />
        <b>
          {recording.records.layers[place.layer]?.name} · unit {place.unit}
        </b>
      </span>
      <span class="muted">{coloured.value?.title}</span>
      <dl>
        <Reading side="A" reading={a} isAlone={!b} />
        {b && <Reading side="B" reading={b} isAlone={false} />}
        {b && (
          <>
            <dt>A − B</dt>
            <dd class="number">{formatSigned(a.value - b.value)}</dd>
            <dd />
          </>
        )}
      </dl>
      {state && <p class="muted">{definitionOf(state, recording.records.thresholds)}</p>}
    </>
  );
}

interface ReadingProps {
  readonly side: "A" | "B";
  readonly reading: UnitReading;
  readonly isAlone: boolean;
}

function Reading({ side, reading, isAlone }: ReadingProps) {
  return (
    <>
      <dt class={`side-${side.toLowerCase()}`}>
        {isAlone ? "" : `${side} · `}step {formatStep(reading.step)}
      </dt>
      <dd class="number">{formatValue(reading.value)}</dd>
      <dd>
        {reading.state && (
          <span class="state">
            <StateGlyph state={reading.state} /> {titleOfState(reading.state)}
          </span>
        )}
      </dd>
    </>
  );
}

function LayerTip({ layer }: { readonly layer: number }) {
  const recording = mode.value === "b" ? recordingB.value : recordingA.value;
  const facts = recording?.records.layers[layer];
  if (!recording || !facts) return null;
  const counts = MARKS.map((state, mark) => ({
    state,
    count: markCounts.value[layer]?.[mark] ?? 0,
  }));
  const isDifference = mode.value === "diff";
  const deadInB = markCountsOfB.value?.[layer]?.[DEAD - 1] ?? 0;
  return (
    <>
      <b>{facts.name}</b>
      <span class="muted">
        {[facts.moduleType, `${formatCount(facts.units)} units`].filter(Boolean).join(" · ")}
      </span>
      {unmeasuredOf(recording, statistic.value?.name ?? "").has(layer) && (
        <span>No {titleOf(statistic.value?.name ?? "")} was recorded for this layer.</span>
      )}
      {counts
        .filter(({ count }) => count > 0)
        .map(({ state, count }) => (
          <p key={state} class="state-line">
            <StateGlyph state={state} />
            <span>
              <b>{formatCount(count)}</b> {isDifference && <span class="side-a">of A</span>}{" "}
              <span class="muted">{definitionOf(state, recording.records.thresholds)}</span>
            </span>
          </p>
        ))}
      {deadInB > 0 && (
        <p class="state-line">
          <CornerOfB />
          <span>
            <b>{formatCount(deadInB)}</b> <span class="side-b">of B</span>{" "}
            <span class="muted">are dead there: their cells have a red corner.</span>
          </span>
        </p>
      )}
      <span class="muted">{COUNTED_ONCE} Click or press Enter to zoom.</span>
    </>
  );
}

function settleNow(tip: HTMLElement | null, at: Pointed | null): void {
  if (tip && at) settle(tip, at.x, at.y);
}

/** Put a tooltip beside the pointer, inside of what it stands in. */
export function settle(tip: HTMLElement, x: number, y: number): void {
  const place = tip.parentElement;
  if (!place) return;
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = x + AWAY + width > place.clientWidth ? x - AWAY - width : x + AWAY;
  const top = y + AWAY + height > place.clientHeight ? y - AWAY - height : y + AWAY;
  tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
}
