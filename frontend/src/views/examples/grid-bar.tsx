/** Above the activation grids: form of the view, layer, what colours cells, and what it means. */
import { anchorHere } from "../../actions";
import { EXAMPLE_FORMS, type ExampleForm } from "../../address";
import { gridList, shownGrid, shownGridLayer } from "../../grids";
import type { GridTable } from "../../grids-api";
import { mapStep } from "../../maps";
import { formatCount, formatShare, formatValue } from "../../numbers";
import { exampleForm, gridClass, gridLayer, isExampleTable, isGridShaded, mode } from "../../state";
import { formatStep } from "../../steps";
import { titleOfMethod } from "../../titles";
import { hasAttributions } from "./grid-shown";
import { nameOfClass } from "./shown";

const FORM_TITLES: Readonly<Record<ExampleForm, string>> = {
  maps: "Maps",
  grid: "Activation grid",
};

/** Maps of inputs, or what a layer is at each position. */
export function FormSwitch() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div class="segments" role="group" aria-label="Form">
      {EXAMPLE_FORMS.map((form) => (
        <button
          key={form}
          type="button"
          aria-pressed={exampleForm.value === form}
          onClick={() => {
            exampleForm.value = form;
          }}
        >
          {FORM_TITLES[form]}
        </button>
      ))}
    </div>
  );
}

export function GridBar() {
  return (
    <>
      <div class="examples-bar">
        <FormSwitch />
        <LayerSelect />
        {hasAttributions.value && <Colouring />}
        {isGridShaded.value && hasAttributions.value && <ClassSelect />}
        <span class="fill" />
        <button
          type="button"
          class="button"
          onClick={() => {
            isExampleTable.value = !isExampleTable.value;
          }}
        >
          {isExampleTable.value ? "Grid" : "Table"}
        </button>
      </div>
      {shownGrid.value && <GridKey table={shownGrid.value} />}
      {mode.value === "diff" && (
        <p class="examples-note" role="status">
          Differences of activation grids are not drawn: these are A’s.
        </p>
      )}
    </>
  );
}

function LayerSelect() {
  return (
    <label class="labelled">
      <span>layer</span>
      <select
        class="field"
        aria-label="Layer"
        value={shownGridLayer.value?.layer ?? ""}
        onChange={(event) => {
          gridLayer.value = event.currentTarget.value;
        }}
      >
        {gridList.value?.layers.map(({ layer, shape }) => (
          <option key={layer} value={layer}>
            {layer}, {shape.length === 0 ? "no positions" : shape.join(" × ")}
          </option>
        ))}
      </select>
    </label>
  );
}

function Colouring() {
  const choose = (isShaded: boolean) => () => {
    isGridShaded.value = isShaded;
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div class="segments" role="group" aria-label="Colour cells by">
      <button type="button" aria-pressed={!isGridShaded.value} onClick={choose(false)}>
        components
      </button>
      <button type="button" aria-pressed={isGridShaded.value} onClick={choose(true)}>
        attribution
      </button>
    </div>
  );
}

function ClassSelect() {
  const classes = shownGrid.value?.header.classes ?? [];
  return (
    <label class="labelled">
      <span>toward</span>
      <select
        class="field"
        aria-label="Attribution toward"
        value={gridClass.value ?? ""}
        onChange={(event) => {
          const text = event.currentTarget.value;
          gridClass.value = text === "" ? null : Number(text);
        }}
      >
        <option value="">each one’s prediction</option>
        {classes.map((number) => (
          <option key={number} value={number}>
            {nameOfClass(number)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What sizes and colours mean, in a sentence each; it is also the export's. */
export function keyText({ header }: GridTable): string[] {
  const whole = header.explained.reduce((sum, share) => sum + share, 0);
  const some =
    header.kept < header.units
      ? ` of ${formatCount(header.kept)} of ${formatCount(header.units)} units, the pinned ones`
      : "";
  const sizes = `side: norm of the activation vector${some}, full at ${formatValue(header.top)}`;
  const colours = `colours: first three principal components, fitted at step ${formatStep(header.anchor)}, ${formatShare(whole)} of the variance`;
  const at =
    header.evidenceStep === header.step ? "" : ` of step ${formatStep(header.evidenceStep)}`;
  const shades = `shade: ${titleOfMethod(header.method)}${at}, summed over units, by its root, full at ±${formatValue(header.attributionTop)}`;
  return isGridShaded.value && header.classes.length > 0 ? [shades] : [sizes, colours];
}

const KEY_MEANING =
  "Red, green and blue are a vector’s place along the first, second and third component; grey is the mean. Full is the largest of all steps and tracked examples, so sizes, shades and colours keep their meaning while the steps pass.";

function GridKey({ table }: { readonly table: GridTable }) {
  const { header } = table;
  const [step, told] = [formatStep(header.step), formatStep(mapStep.value ?? undefined)];
  const isShaded = isGridShaded.value && hasAttributions.value;
  const notes = gridList.value?.notes ?? [];
  return (
    <div class="examples-bar second grid-key">
      <span class="keys">
        {isShaded ? (
          <i class="shades" aria-hidden="true" />
        ) : (
          <i class="components" aria-hidden="true">
            <i />
            <i />
            <i />
          </i>
        )}
        <span class="muted" title={KEY_MEANING}>
          {keyText(table).join(" · ")}
        </span>
      </span>
      <span class="fill" />
      {step !== told && <span class="muted number">cells of step {step}</span>}
      {notes.length > 0 && (
        <span class="muted more" title={notes.join("\n")}>
          {notes.length === 1 ? "1 note" : `${notes.length} notes`}
        </span>
      )}
      {!isShaded && (
        <button
          type="button"
          class="button"
          title="Fit the components anew at the step that is shown; colours then keep to them"
          disabled={header.anchor === header.step}
          onClick={anchorHere}
        >
          Fit here
        </button>
      )}
    </div>
  );
}
