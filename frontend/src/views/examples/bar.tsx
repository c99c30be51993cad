/** Above the maps: method and whether to believe it, opacity, order and filter, and the scale. */
import {
  EXAMPLE_FILTERS,
  EXAMPLE_SORTS,
  type ExampleFilter,
  type ExampleSort,
} from "../../address";
import { FilterField } from "../../chrome/filter-field";
import { Hint } from "../../chrome/hint";
import { mapRecord, mapStep, shownMethod } from "../../maps";
import { example, exampleFilter, exampleSort, isExampleTable, mapOpacity } from "../../state";
import { formatStep } from "../../steps";
import { verdictAt } from "../../verdicts";
import { FormSwitch } from "./grid-bar";
import { DEFINITION } from "./learning";
import { MapLegend } from "./legend";
import { LayerPicker, MethodPicker, TargetPicker } from "./pickers";
import { allRows, hasMasks, shownRows, shownView, stepOf } from "./shown";
import { TrustMark } from "./trust-mark";

export function ExamplesBar() {
  const [method, view] = [shownMethod.value, shownView.value];
  return (
    <>
      <div class="examples-bar">
        <FormSwitch />
        <TargetPicker />
        <MethodPicker />
        <LayerPicker />
        {method && <TrustMark verdict={verdictAt(method, mapStep.value ?? "0")} />}
        {(method?.form === "image" || method?.form === "tokens") && <Opacity />}
        <span class="fill" />
        {view && <MapLegend view={view} />}
      </div>
      {example.value === null && <Arrangement />}
    </>
  );
}

function Opacity() {
  return (
    <label class="labelled opacity" title="How much of the input a map covers">
      <span>opacity</span>
      <input
        type="range"
        min="0"
        max="100"
        step="5"
        value={mapOpacity.value}
        onInput={(event) => {
          mapOpacity.value = Number(event.currentTarget.value);
        }}
      />
      <span class="number percent">{mapOpacity.value} %</span>
    </label>
  );
}

const SORT_TITLES: Readonly<Record<ExampleSort, string>> = {
  recorded: "as recorded",
  learned: "learned first",
  forgotten: "forgotten first",
  probability: "probability now",
  label: "label",
  overlap: "overlap with the mask",
};

const FILTER_TITLES: Readonly<Record<ExampleFilter, string>> = {
  all: "all",
  wrong: "wrong now",
  forgotten: "forgotten",
};

const FILTER_MEANINGS: Readonly<Record<ExampleFilter, string>> = {
  all: "Every tracked example",
  wrong: "Those whose prediction is not the label at this step",
  forgotten: DEFINITION,
};

/** Order and filter of the examples, and the way to their table. */
function Arrangement() {
  return (
    <div class="examples-bar second">
      <SortPicker />
      <Filter />
      <FilterField />
      <span class="muted number">
        {shownRows.value.length} of {allRows.value.length} tracked examples
      </span>
      <span class="fill" />
      <MapsOfStep />
      <button
        type="button"
        class="button"
        onClick={() => {
          isExampleTable.value = !isExampleTable.value;
        }}
      >
        {isExampleTable.value ? "Filmstrip" : "Table"}
      </button>
    </div>
  );
}

function SortPicker() {
  return (
    <label class="labelled">
      <span>sort</span>
      <select
        class="field"
        aria-label="Sort examples by"
        value={exampleSort.value}
        onChange={(event) => {
          exampleSort.value = chosenOf(EXAMPLE_SORTS, event.currentTarget.value);
        }}
      >
        {EXAMPLE_SORTS.filter(isOffered).map((name) => (
          <option key={name} value={name}>
            {SORT_TITLES[name]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Where no example has a mask, there is no overlap to sort by. */
function isOffered(name: ExampleSort): boolean {
  return name !== "overlap" || name === exampleSort.value || hasMasks.value;
}

function Filter() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div class="segments" role="group" aria-label="Filter">
      {EXAMPLE_FILTERS.map((name) => (
        <Hint key={name} text={FILTER_MEANINGS[name]}>
          <button
            type="button"
            aria-pressed={exampleFilter.value === name}
            onClick={() => {
              exampleFilter.value = name;
            }}
          >
            {FILTER_TITLES[name]}
          </button>
        </Hint>
      ))}
    </div>
  );
}

/** Which maps are marked where none were recorded at the step that is shown. */
function MapsOfStep() {
  const [step, told] = [formatStep(mapStep.value ?? undefined), stepOf(mapRecord.value)];
  if (step === told) return null;
  return (
    <span class="muted number" title={`No maps were recorded at step ${step}`}>
      maps of step {told}, the last before {step}
    </span>
  );
}

function chosenOf<T extends string>(choices: readonly T[], text: string): T {
  const [first] = choices as readonly [T];
  return choices.find((choice) => choice === text) ?? first;
}
