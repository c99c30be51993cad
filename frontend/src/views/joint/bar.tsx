/** Above the picture: which two responses, of which examples, in which form. */
import { batch } from "@preact/signals";
import { select } from "../../actions";
import { JOINT_FORMS } from "../../address";
import { FilterField } from "../../chrome/filter-field";
import { ResponsePicker } from "../../chrome/response-picker";
import { ownName } from "../../layer-names";
import { togglePanel } from "../../panels";
import {
  firstRespondent,
  pairWith,
  pinnedUnits,
  responsesA,
  secondRespondent,
} from "../../responses";
import type { Respondent } from "../../responses-api";
import { isJointTable, jointForm, recordingA } from "../../state";

const FORM_TITLES = {
  all: "all examples",
  facets: "a plane a class",
  colours: "coloured by class",
} as const;

export function JointBar() {
  const [first, second] = [firstRespondent.value, secondRespondent.value];
  return (
    <div class="view-bar joint-bar">
      <span class="joint-pair">
        <Picker axis="across" shown={first} onChoose={({ layer, unit }) => select(layer, unit)} />
        <button
          type="button"
          class="button icon"
          aria-label="Swap the two"
          title="Swap the two"
          disabled={!first || !second}
          onClick={() => swapAxes(first, second)}
        >
          ⇄
        </button>
        <Picker axis="up" shown={second} onChoose={pairWith} />
        <button
          type="button"
          class="button"
          title="Units that respond alike or opposed, and search (p)"
          onClick={() => togglePanel("pair")}
        >
          Compare with …
        </button>
      </span>
      <span class="fill" />
      <FormPicker />
      <button
        type="button"
        class="button"
        aria-pressed={isJointTable.value}
        onClick={() => {
          isJointTable.value = !isJointTable.value;
        }}
      >
        {isJointTable.value ? "Picture" : "Table"}
      </button>
      <span class="joint-filter">
        <ResponsePicker />
        <FilterField />
      </span>
    </div>
  );
}

function swapAxes(first: Respondent | null, second: Respondent | null): void {
  if (!first || !second) return;
  batch(() => {
    select(second.layer, second.unit);
    pairWith(first);
  });
}

interface PickerProps {
  readonly axis: "across" | "up";
  readonly shown: Respondent | null;
  readonly onChoose: (respondent: Respondent) => void;
}

/** A layer with responses and a unit of it; no number stands for the layer's first component. */
function Picker({ axis, shown, onChoose }: PickerProps) {
  const known = responsesA.value?.layers ?? [];
  const units = unitsOf(shown?.layer ?? null);
  return (
    <span class="labelled">
      <span>{axis}</span>
      <select
        class="field"
        aria-label={`Layer ${axis}`}
        title={shown?.layer}
        value={shown?.layer ?? ""}
        onChange={(event) => {
          const layer = event.currentTarget.value;
          const isThere = (shown?.unit ?? null) !== null && (shown?.unit ?? 0) < unitsOf(layer);
          onChoose({ layer, unit: isThere ? (shown?.unit ?? null) : null });
        }}
      >
        {shown && !known.some(({ name }) => name === shown.layer) && (
          <option value={shown.layer}>{shown.layer}</option>
        )}
        {known.map(({ name }) => (
          <option key={name} value={name}>
            {ownName(name)}
          </option>
        ))}
      </select>
      <input
        class="field"
        type="number"
        min={0}
        max={Math.max(0, units - 1)}
        aria-label={`Unit ${axis}; none for the layer's first principal component`}
        title={`Unit 0 to ${units - 1}; none for the layer’s first principal component`}
        placeholder="PC 1"
        list={`pins-${axis}`}
        value={shown?.unit ?? ""}
        onChange={(event) => {
          const { value } = event.currentTarget;
          const unit = value === "" ? null : Math.min(units - 1, Math.max(0, Number(value)));
          if (shown) onChoose({ layer: shown.layer, unit: Number.isInteger(unit) ? unit : null });
        }}
      />
      <datalist id={`pins-${axis}`}>
        {pinnedUnits(shown?.layer ?? "").map((unit) => (
          <option key={unit} value={unit} label="pinned" />
        ))}
      </datalist>
    </span>
  );
}

function unitsOf(name: string | null): number {
  return recordingA.value?.records.layers.find((each) => each.name === name)?.units ?? 0;
}

function FormPicker() {
  const hasLabels = recordingA.value?.records.probeSet.hasLabels ?? false;
  return (
    <label
      class="labelled"
      title={hasLabels ? "How classes are told apart" : "The probe set has no labels"}
    >
      <span>show</span>
      <select
        class="field"
        aria-label="Classes"
        value={jointForm.value}
        disabled={!hasLabels}
        onChange={(event) => {
          const wanted = event.currentTarget.value;
          jointForm.value = JOINT_FORMS.find((form) => form === wanted) ?? "all";
        }}
      >
        {JOINT_FORMS.map((form) => (
          <option key={form} value={form}>
            {FORM_TITLES[form]}
          </option>
        ))}
      </select>
    </label>
  );
}
