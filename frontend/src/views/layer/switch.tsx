/** How the layer is seen: rows, what changed, a matrix of responses, by class or subset, in groups. */
import { batch } from "@preact/signals";
import type { LayerForm } from "../../address";
import { shownAttribution } from "../../attributions";
import { shownChanges } from "../../changes";
import { formatCount } from "../../numbers";
import { isChanges, layerForm } from "../../state";
import { changesLeftOut } from "./changes";

interface Choice {
  readonly form: LayerForm;
  readonly isOfChanges: boolean;
  readonly title: string;
}

const CHOICES: readonly Choice[] = [
  { form: "units", isOfChanges: false, title: "Units" },
  { form: "units", isOfChanges: true, title: "Changes of mind" },
  { form: "patterns", isOfChanges: false, title: "Patterns" },
  { form: "classes", isOfChanges: false, title: "Classes" },
  { form: "subsets", isOfChanges: false, title: "Subsets" },
  { form: "groups", isOfChanges: false, title: "Groups" },
];

/** Changes are told apart only where attributions were recorded. */
export function ListSwitch() {
  const known = shownChanges.value;
  const count = known ? known.length + changesLeftOut() : null;
  const offered = CHOICES.filter(({ isOfChanges }) => !isOfChanges || shownAttribution.value);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div class="segments" role="group" aria-label="List">
      {offered.map(({ form, isOfChanges, title }) => (
        <button
          key={title}
          type="button"
          aria-pressed={isShown(form, isOfChanges)}
          onClick={() => {
            batch(() => {
              layerForm.value = form;
              if (form === "units") isChanges.value = isOfChanges;
            });
          }}
        >
          {title}
          {isOfChanges && count !== null && <span class="number"> {formatCount(count)}</span>}
        </button>
      ))}
    </div>
  );
}

function isShown(form: LayerForm, isOfChanges: boolean): boolean {
  if (layerForm.value !== form) return false;
  return form !== "units" || (isChanges.value && shownAttribution.value !== null) === isOfChanges;
}
