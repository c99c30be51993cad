/** Beside every view: the facts of what is chosen, from the unit out to the recording. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { openUnit, select } from "../actions";
import { type Recording, thumbnailAddress } from "../api";
import { formatBytes, formatCount, formatShare, formatValue } from "../numbers";
import { panel } from "../panels";
import { classOf, type ToldSide, titleOfSide, toldSides } from "../sides";
import { hovered, layer, layerIndex, mode, recordingA, type UnitPlace, unit, view } from "../state";
import { formatStep } from "../steps";
import { adoptStyles } from "../theme";
import { followTraces } from "../traces";
import type { Layer } from "../wire";
import { INSPECTOR_CSS } from "./inspector-style";
import { UnitTraceFacts, UnitValues } from "./inspector-unit";
import { ProbeTokens } from "./probe-tokens";
import { UnitIcon } from "./unit-icon";

adoptStyles(INSPECTOR_CSS);

interface InspectorProps {
  /** Where examples are shown, what stands in place of units. */
  readonly examples: ComponentChildren;
}

export function Inspector({ examples }: InspectorProps) {
  useEffect(followTraces, []);
  const recording = recordingA.value;
  if (!recording) return null;
  return (
    <div class="inspector">
      {view.value === "examples" ? (
        examples
      ) : (
        <>
          <UnitPart recording={recording} />
          <LayerPart recording={recording} />
        </>
      )}
      {toldSides.value.map((side) => (
        <RecordPart key={side.name} side={side} />
      ))}
      <ProbePart recording={toldSides.value[0]?.recording ?? recording} />
    </div>
  );
}

interface PartProps {
  readonly recording: Recording;
}

/** The unit under the pointer; else the chosen one, with what was fetched of it. */
function UnitPart({ recording }: PartProps) {
  const chosen = chosenPlace();
  const place = chosen ?? hovered.value;
  const name = place && recording.records.layers[place.layer]?.name;
  if (!place || name === null || name === undefined) {
    return (
      <p class="muted hint-line">
        Point at a unit to read it, click to keep it here, double-click to open it.
      </p>
    );
  }
  return (
    <section>
      <h2>
        <span>
          {name} · <span class="number">unit {place.unit}</span>
        </span>
        {view.value !== "unit" && (
          <button type="button" class="button" onClick={() => openUnit(name, place.unit)}>
            Open
          </button>
        )}
      </h2>
      <div class="chosen-icon">
        <UnitIcon layerName={name} unit={place.unit} size={40} />
      </div>
      <button
        type="button"
        class="button compare-with"
        title="Two units together over the probe set (p)"
        onClick={() => {
          select(name, place.unit);
          panel.value = "pair";
        }}
      >
        Compare with …
      </button>
      <UnitValues place={place} recording={recording} />
      {chosen && <UnitTraceFacts />}
    </section>
  );
}

function chosenPlace(): UnitPlace | null {
  const [at, index] = [layerIndex.value, unit.value];
  return at < 0 || index === null || index >= (layer.value?.units ?? 0)
    ? null
    : { layer: at, unit: index };
}

function LayerPart({ recording }: PartProps) {
  const shown = layer.value ?? recording.records.layers[hovered.value?.layer ?? -1];
  if (!shown) return null;
  return (
    <section>
      <h2>
        <span>Layer {shown.name}</span>
      </h2>
      <Facts rows={layerFacts(shown)} />
    </section>
  );
}

function layerFacts(shown: Layer): Fact[] {
  const nonlinearity = shown.nonlinearity || "none";
  return [
    ["kind", shown.kind],
    ["module", shown.moduleType || "–"],
    ["units", formatCount(shown.units)],
    ["output", shown.shape.length > 0 ? shown.shape.join(" × ") : "–"],
    ["nonlinearity", nonlinearity],
    ["parameters", formatCount(shown.parameters)],
    ["can be dead", shown.canBeDead ? "yes" : "no, only silent"],
  ];
}

/** The record that a side shows; said to be B's, or of which of both, where that is not plain. */
function RecordPart({ side }: { readonly side: ToldSide }) {
  const at = `ecord at step ${formatStep(side.step)}`;
  return (
    <section>
      <h2>
        {mode.value === "a" ? (
          <span>R{at}</span>
        ) : (
          <span>
            <span class={classOf(side.name)}>{titleOfSide(side)}</span>, r{at}
          </span>
        )}
      </h2>
      <Facts rows={recordFacts(side)} />
    </section>
  );
}

function recordFacts({ recording: { records }, record }: ToldSide): Fact[] {
  const costs = records.costs[record];
  const time = records.wallTimes[record];
  const checkpoint = records.checkpoints[record];
  const facts: Fact[] = [["recorded", time ? new Date(1000 * time).toLocaleString() : "–"]];
  if (costs) {
    facts.push(
      ["took", `${formatValue(costs.wallSeconds)} s`],
      ["of which forward", `${formatValue(costs.forwardSeconds)} s`],
      ["stored", formatBytes(costs.bytes)],
      ["recording’s share of time", formatShare(costs.overhead)],
    );
    if (costs.peakExtraBytes !== null) {
      facts.push(["extra memory", formatBytes(costs.peakExtraBytes)]);
    }
  }
  if (checkpoint) facts.push(["checkpoint", checkpoint]);
  return facts;
}

const SHOWN_THUMBNAILS = 18;

function ProbePart({ recording }: PartProps) {
  const { probeSet } = recording.records;
  const shown = Math.min(SHOWN_THUMBNAILS, probeSet.thumbnails);
  const classes = probeSet.classNames.length;
  return (
    <section>
      <h2>
        <span>Probe set {probeSet.name}</span>
      </h2>
      <p class="muted">
        {formatCount(probeSet.examples)} examples
        {probeSet.input && ` (${probeSet.input})`}
        {classes > 0 && `, ${formatCount(classes)} classes`}: every record is measured on them.
      </p>
      {probeSet.tokens > 0 && <ProbeTokens recording={recording} />}
      {shown > 0 && (
        <div class="thumbnails">
          {Array.from({ length: shown }, (_, example) => (
            <img
              key={example}
              src={thumbnailAddress(recording.key, example)}
              alt={`Example ${example}`}
              title={`Example ${example}`}
              loading="lazy"
            />
          ))}
        </div>
      )}
    </section>
  );
}

/** A name and what it is. */
export type Fact = readonly [string, ComponentChildren];

/** Facts as a list of pairs. */
export function Facts({ rows }: { readonly rows: readonly Fact[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
