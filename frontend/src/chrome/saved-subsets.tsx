/** The saved subsets in the filter's panel: taken, saved, renamed, deleted. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Subset } from "../choices";
import { setFilter } from "../filter";
import { filter } from "../state";
import { deleteSubset, followSubsets, renameSubset, savedSubsets, saveSubset } from "../subsets";
import { adoptStyles } from "../theme";

adoptStyles(`
.saved-subsets { display: grid; gap: 4px; }
.saved-subsets ul { display: grid; gap: 3px; margin: 0; padding: 0; list-style: none; max-height: 168px; overflow: auto; }
.saved-subsets li { display: flex; align-items: center; gap: 4px; min-width: 0; }
.saved-subsets li .button.take { flex: 1 1 0; min-width: 0; display: flex; gap: 8px; justify-content: flex-start; height: 24px; text-align: left; }
.saved-subsets .take[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent); color: var(--accent); }
.saved-subsets .take b { font-weight: 600; white-space: nowrap; }
.saved-subsets .take span { font-family: var(--mono); font-size: 11px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.saved-subsets li .button { height: 24px; }
.saved-subsets form { display: flex; gap: 6px; }
.saved-subsets form .field { flex: 1; min-width: 90px; height: 26px; font-family: inherit; }
.saved-subsets form .button { height: 26px; }
`);

/** Longer names don't fit beside a row. */
const MOST_LETTERS = 40;

export function SavedSubsets({ canSave }: { readonly canSave: boolean }) {
  const renamed = useSignal<string | null>(null);
  const refusal = useSignal<string | null>(null);
  useEffect(followSubsets, []);
  const known = savedSubsets.value;
  const isSaved = known.some((each) => each.filter === filter.value);
  if (known.length === 0 && (!canSave || filter.value === "")) return null;
  return (
    <span class="saved-subsets">
      <span class="muted">Saved subsets, also rows of Layer › Subsets</span>
      <ul>
        {known.map((each) => (
          <li key={each.name}>
            {renamed.value === each.name ? (
              <Naming
                label={`New name of ${each.name}`}
                name={each.name}
                action="Rename"
                onName={(name) => {
                  refusal.value = renameSubset(each.name, name);
                  if (refusal.value === null) renamed.value = null;
                }}
                onLeave={() => {
                  renamed.value = null;
                }}
              />
            ) : (
              <Saved subset={each} renamed={renamed} />
            )}
          </li>
        ))}
      </ul>
      {canSave && filter.value !== "" && !isSaved && (
        <Naming
          label="Name of the subset"
          name=""
          action="Save"
          onName={(name) => {
            refusal.value = saveSubset(name, filter.value);
          }}
        />
      )}
      {refusal.value !== null && (
        <span class="wrong" role="alert">
          {refusal.value}
        </span>
      )}
    </span>
  );
}

interface SavedProps {
  readonly subset: Subset;
  readonly renamed: Signal<string | null>;
}

function Saved({ subset, renamed }: SavedProps) {
  const { name } = subset;
  return (
    <>
      <button
        type="button"
        class="button take"
        aria-pressed={filter.value === subset.filter}
        title={subset.filter}
        onClick={() => setFilter(subset.filter)}
      >
        <b>{name}</b>
        <span class="muted">{subset.filter}</span>
      </button>
      <button
        type="button"
        class="button"
        aria-label={`Rename ${name}`}
        onClick={() => {
          renamed.value = name;
        }}
      >
        Rename
      </button>
      <button
        type="button"
        class="button icon"
        aria-label={`Delete ${name}`}
        title="Delete"
        onClick={(event) => {
          // The button goes; without focus inside, the panel would go with it.
          event.currentTarget.closest(".filter-field")?.querySelector("input")?.focus();
          deleteSubset(name);
        }}
      >
        ×
      </button>
    </>
  );
}

interface NamingProps {
  readonly label: string;
  readonly name: string;
  readonly action: string;
  readonly onName: (name: string) => void;
  readonly onLeave?: () => void;
}

function Naming({ label, name, action, onName, onLeave }: NamingProps) {
  const text = useSignal(name);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (onLeave) field.current?.select();
  }, []);
  const wanted = text.value.trim();
  return (
    <form
      style={{ flex: 1 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted === "") return;
        onName(wanted);
        text.value = "";
      }}
    >
      <input
        ref={field}
        class="field"
        aria-label={label}
        placeholder={label}
        maxLength={MOST_LETTERS}
        value={text.value}
        autocomplete="off"
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || !onLeave) return;
          event.stopPropagation();
          onLeave();
        }}
      />
      <button type="submit" class="button" disabled={wanted === ""}>
        {action}
      </button>
    </form>
  );
}
