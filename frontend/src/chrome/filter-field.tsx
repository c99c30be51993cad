/** The field of the filter: what is typed, how many examples it holds for, what is wrong, what may be said. */
import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import {
  filterError,
  filtered,
  filterFacts,
  filterText,
  followFilter,
  setFilter,
  typeFilter,
} from "../filter";
import { formatCount } from "../numbers";
import { filter } from "../state";
import { adoptStyles } from "../theme";
import type { Fact } from "../wire";
import { SavedSubsets } from "./saved-subsets";

adoptStyles(`
.filter-field { position: relative; display: inline-flex; align-items: center; gap: 6px; min-width: 0; flex: 1 1 260px; max-width: 460px; }
.filter-field input { flex: 1; min-width: 90px; height: 26px; font-family: var(--mono); font-size: 12px; }
.filter-field input[aria-invalid="true"] { border-color: var(--danger); }
.filter-field .count { white-space: nowrap; font-size: 12px; }
.filter-panel {
  position: absolute; left: 0; top: calc(100% + 5px); z-index: 30; width: min(460px, 86vw); padding: 10px 14px; display: grid; gap: 8px;
  max-height: min(52vh, 460px); overflow: auto;
  border: 1px solid var(--strong-border); border-radius: 8px; background: var(--raised); box-shadow: var(--shadow); font-size: 12.5px;
}
.filter-panel .wrong { color: var(--danger); overflow-wrap: anywhere; }
.filter-panel dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 12px; margin: 0; }
.filter-panel dt { font-family: var(--mono); } .filter-panel dd { margin: 0; color: var(--muted); overflow-wrap: anywhere; }
.filter-panel .tries { display: flex; flex-wrap: wrap; gap: 4px 6px; }
.filter-panel .tries button { font-family: var(--mono); font-size: 12px; height: 24px; }
`);

export function FilterField() {
  const isOpen = useSignal(false);
  const id = useId();
  useEffect(followFilter, []);
  const error = filterError.value;
  return (
    <span
      class="filter-field"
      onFocusIn={() => {
        isOpen.value = true;
      }}
      onFocusOut={({ currentTarget, relatedTarget }) => {
        isOpen.value = relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
      }}
    >
      <input
        class="field"
        type="search"
        aria-label="Filter of examples"
        aria-invalid={error !== null}
        aria-describedby={id}
        placeholder="all examples; label == 3 and not correct"
        spellcheck={false}
        autocomplete="off"
        value={filterText.value}
        onInput={(event) => typeFilter(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") setFilter(event.currentTarget.value);
        }}
      />
      <span class="count muted number" title="Examples of the probe set that pass">
        {countText()}
      </span>
      {(isOpen.value || error !== null) && (
        <span class="filter-panel" id={id}>
          {error !== null && (
            <span class="wrong" role="alert">
              {error}
            </span>
          )}
          {isOpen.value && <SavedSubsets canSave={error === null} />}
          {isOpen.value && <Help />}
        </span>
      )}
    </span>
  );
}

function countText(): string {
  const found = filtered.value;
  if (filter.value === "" || !found) return "";
  return `${formatCount(found.examples.length)} of ${formatCount(found.of)}`;
}

function Help() {
  const facts = filterFacts.value;
  if (facts.length === 0) return <span class="muted">Asking what is known of examples …</span>;
  return (
    <>
      <span class="muted">
        Compare with ==, !=, &lt;, &lt;=, &gt;, &gt;=, in [ ]; join with and, or, not. Known of each
        example:
      </span>
      <dl>
        {facts.map((fact) => (
          <div key={fact.name} style={{ display: "contents" }}>
            <dt>{fact.name}</dt>
            <dd>{meaningOf(fact)}</dd>
          </div>
        ))}
      </dl>
      <span class="tries">
        {triesOf(facts).map((text) => (
          <button key={text} type="button" class="button" onClick={() => setFilter(text)}>
            {text}
          </button>
        ))}
        {filter.value !== "" && (
          <button type="button" class="button" onClick={() => setFilter("")}>
            all examples
          </button>
        )}
      </span>
    </>
  );
}

function meaningOf({ kind, values }: Fact): string {
  if (kind === "claim") return "true or false";
  if (kind === "text") return values.join(", ");
  return values.length === 2 ? `${values[0]} to ${values[1]}` : values.join(", ");
}

/** A few filters that say something here. */
function triesOf(facts: readonly Fact[]): readonly string[] {
  const firstOf = (name: string) => facts.find((fact) => fact.name === name)?.values[0];
  const has = (name: string) => facts.some((fact) => fact.name === name);
  const label = firstOf("label");
  return [
    ...(has("correct") ? ["not correct"] : []),
    ...(label === undefined ? [] : [`label == ${label}`]),
    ...(label !== undefined && has("correct") ? [`label == ${label} and not correct`] : []),
    ...(has("margin") ? ["margin < 0.5"] : []),
  ];
}
