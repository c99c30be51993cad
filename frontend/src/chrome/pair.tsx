/** Chooses the unit that the selected one is compared with: who responds alike, pins, or by name. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { openView } from "../actions";
import { find } from "../layout/search";
import { formatSigned } from "../numbers";
import { panel } from "../panels";
import {
  firstRespondent,
  followResponses,
  likeness,
  likenessFailure,
  pairWith,
  pinnedUnits,
  responsesA,
  responsesFailure,
  titleOfRespondent,
} from "../responses";
import type { Respondent } from "../responses-api";
import { recordingA } from "../state";
import { formatStep } from "../steps";
import { adoptStyles } from "../theme";
import { titleOfMethod } from "../titles";
import type { CorrelatedUnit } from "../wire";
import { Dialog } from "./dialog";
import { UnitIcon } from "./unit-icon";
import "./two-sided";

adoptStyles(`
.alike { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 4px 24px; margin-top: 12px; }
.alike h3 { margin: 0 0 4px; font-size: 13px; }
.alike .found button { align-items: center; gap: 8px; } .alike .found .track { flex: 0 1 60px; } .alike .found .number { flex: 0 0 44px; text-align: right; }
.alike .found .unit-icon-place { flex: 0 1 auto; overflow: hidden; } .alike .found .grow { flex: 1 0 auto; }
.alike .track { position: relative; height: 8px; background: var(--canvas); border-radius: 2px; }
.alike .track i { position: absolute; top: 0; bottom: 0; border-radius: 2px; }
.alike .towards { left: 50%; background: var(--favour); } .alike .against { right: 50%; background: var(--against); }
`);

const SHOWN = 8;

/** Compare with something, in the joint view. */
function choose(respondent: Respondent): void {
  panel.value = null;
  pairWith(respondent);
  openView("joint");
}

export function PairPanel() {
  const text = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(followResponses, []);
  useEffect(() => field.current?.focus(), []);
  const first = firstRespondent.value;
  const hits = text.value.trim() === "" ? [] : hitsFor(text.value);
  return (
    <Dialog title={`Compare ${first ? titleOfRespondent(first) : "a unit"} with …`}>
      <input
        ref={field}
        class="field"
        style={{ width: "100%", justifyContent: "flex-start" }}
        type="search"
        aria-label="Name of a layer, and perhaps the number of a unit"
        placeholder="fc1 37, or fc1 for its first principal component"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && hits[0]) choose(hits[0]);
          if (event.key !== "Escape") return;
          // A browser would take it for "clear the text", and close only at the next one.
          event.preventDefault();
          panel.value = null;
        }}
      />
      {text.value.trim() === "" ? <Offers /> : <Hits hits={hits} text={text.value} />}
    </Dialog>
  );
}

/** Layers and units with responses whose name holds the text. */
function hitsFor(text: string): readonly Respondent[] {
  const layers = recordingA.value?.records.layers ?? [];
  const known = new Set(responsesA.value?.layers.map(({ name }) => name));
  const there = layers.filter(({ name }) => known.has(name));
  return find(there, text, SHOWN).map(({ layer, unit }) => ({
    layer: there[layer]?.name ?? "",
    unit,
  }));
}

function Hits({ hits, text }: { readonly hits: readonly Respondent[]; readonly text: string }) {
  if (hits.length === 0) {
    return (
      <p class="muted" role="status">
        No layer with responses has “{text.trim()}” in its name.
      </p>
    );
  }
  return (
    <ul class="found hits">
      {hits.map((hit) => (
        <li key={titleOfRespondent(hit)}>
          <button type="button" onClick={() => choose(hit)}>
            {hit.unit !== null && (
              <UnitIcon layerName={hit.layer} unit={hit.unit} size={22} isQuiet />
            )}
            <span class="grow">{titleOfRespondent(hit)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Offers() {
  const first = firstRespondent.value;
  if (responsesFailure.value !== null) return <p role="alert">{responsesFailure.value}</p>;
  if (responsesA.value && responsesA.value.layers.length === 0) {
    return (
      <p class="muted">This run holds no responses; the joint view says how to record them.</p>
    );
  }
  if (!first || first.unit === null) {
    return (
      <>
        <Pinned />
        <p class="muted">
          Type a layer’s name, and a unit’s number after it. With a unit selected, those that
          respond like it are listed here.
        </p>
      </>
    );
  }
  return (
    <>
      <Pinned />
      <Alike layer={first.layer} />
    </>
  );
}

function Alike({ layer }: { readonly layer: string }) {
  const found = likeness.value;
  if (likenessFailure.value !== null) return <p role="alert">{likenessFailure.value}</p>;
  if (!found) return <p class="muted">Looking for units that respond alike …</p>;
  if (found.isConstant) {
    return (
      <p class="muted">
        The unit responds the same to every example at step {formatStep(found.step)}: its
        correlation with any other is undefined.
      </p>
    );
  }
  return (
    <>
      <div class="alike">
        <List title="Most correlated" layer={layer} units={found.highest} />
        <List title="Most anti-correlated" layer={layer} units={found.lowest} />
      </div>
      <p class="muted">
        Over the probe set at step {formatStep(found.step)}, among the units of {layer}
        {found.method !== "" && `, by ${titleOfMethod(found.method)}`}
        {found.undefined > 0 && `; ${found.undefined} are constant and have no correlation`}.
      </p>
    </>
  );
}

interface ListProps {
  readonly title: string;
  readonly layer: string;
  readonly units: readonly CorrelatedUnit[];
}

function List({ title, layer, units }: ListProps) {
  return (
    <section>
      <h3>{title}</h3>
      <ul class="found">
        {units.slice(0, SHOWN).map(({ unit, correlation }) => (
          <li key={unit}>
            <button type="button" onClick={() => choose({ layer, unit })}>
              <UnitIcon layerName={layer} unit={unit} size={22} isQuiet />
              <span class="grow">unit {unit}</span>
              <span class="track">
                <i
                  class={correlation < 0 ? "against" : "towards"}
                  style={{ width: `${50 * Math.abs(correlation)}%` }}
                />
              </span>
              <span class="muted number">{formatSigned(correlation)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Pinned units, whatever is selected: those of the address, and those that the recording keeps in full. */
function Pinned() {
  const layers = responsesA.value?.layers.map(({ name }) => name) ?? [];
  const pinned = layers.flatMap((layer) => pinnedUnits(layer).map((unit) => ({ layer, unit })));
  if (pinned.length === 0) return null;
  return (
    <section aria-label="Pinned units">
      <h3>Pinned</h3>
      <ul class="found">
        {pinned.map((each) => (
          <li key={titleOfRespondent(each)}>
            <button type="button" onClick={() => choose(each)}>
              <UnitIcon layerName={each.layer} unit={each.unit} size={22} isQuiet />
              <span class="grow">{titleOfRespondent(each)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
