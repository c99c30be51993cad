/** Above the overview: what is shown, in which order its units stand, and the way back out. */
import { anchorHere, openView } from "../../actions";
import { anchorNow } from "../../anchor";
import { figureOf, shownAttribution } from "../../attributions";
import { Hint } from "../../chrome/hint";
import { ColourTrust } from "../../chrome/unit-trust-mark";
import { isUnder } from "../../layout/modules";
import { FLOOR } from "../../layout/treemap";
import { formatCount } from "../../numbers";
import { area, focus, layerName, mode, ordering, recordingA } from "../../state";
import { formatStep } from "../../steps";
import { methodTitleOf, titleOfTarget } from "../../titles";
import { toldStepA, toldStepB } from "../../told";
import { areaNow } from "./area";
import { trail, zoomTo } from "./focus";

export function OverviewBar() {
  const areas = sentenceOfArea();
  return (
    <div class="view-bar">
      <Trail />
      <Amount />
      <AreaPicker />
      <ColourTrust />
      <span class="fill" />
      <Order />
      <button type="button" class="button" onClick={openTable}>
        Table
      </button>
      {areas !== null && <p class="area-of muted">{areas}</p>}
    </div>
  );
}

/** The table of what fills the overview: of the layer, or of all layers. */
function openTable(): void {
  const layers = recordingA.value?.records.layers ?? [];
  const isLayer = layers.some(({ name }) => name === focus.value);
  layerName.value = isLayer ? focus.value : null;
  openView("layer");
}

function Trail() {
  const path = trail();
  if (path.length === 0) return null;
  return (
    <span class="trail">
      <button type="button" class="button quiet" onClick={() => zoomTo(null)}>
        ← All layers
      </button>
      {path.map((place, level) =>
        level === path.length - 1 ? (
          <b key={place}>{place}</b>
        ) : (
          <button key={place} type="button" class="button quiet" onClick={() => zoomTo(place)}>
            {place}
          </button>
        ),
      )}
    </span>
  );
}

function Amount() {
  const layers = recordingA.value?.records.layers ?? [];
  const shown = layers.filter(({ name }) => isUnder(name, focus.value ?? ""));
  const units = shown.reduce((sum, layer) => sum + layer.units, 0);
  return (
    <span class="amount muted">
      {formatCount(units)} units
      {shown.length !== 1 && ` in ${formatCount(shown.length)} layers`}
      <span class="extra">, one cell each</span>
    </span>
  );
}

/** What tiles are sized by; nothing where no attribution was recorded. */
function AreaPicker() {
  const of = shownAttribution.value;
  if (!of) return null;
  const said = sentenceOfArea();
  return (
    <Hint text={said ?? "Tiles are sized by their layer’s units"}>
      <label class="labelled area">
        <span>area</span>
        <select
          class="field"
          value={area.value}
          onChange={(event) => {
            area.value = event.currentTarget.value === "share" ? "share" : "units";
          }}
        >
          <option value="units">units</option>
          <option value="share">share of attribution</option>
        </select>
      </label>
    </Hint>
  );
}

/** What areas by attribution are of, and what of them is not to scale. */
function sentenceOfArea(): string | null {
  const now = areaNow.value;
  if (!now) return null;
  const name = methodTitleOf(figureOf(now.attribution, "share"));
  const least = `no tile is smaller than ${Math.round(100 * FLOOR)} % of the mean one`;
  const toward = titleOfTarget(now.attribution.target);
  return `Areas: ${name}, toward ${toward}, at step ${formatStep(now.step)}; ${least}.`;
}

function Order() {
  const at = anchorNow.value;
  const step = at?.recording.records.steps[at.record];
  const isHere = step === (mode.value === "b" ? toldStepB : toldStepA).value;
  // Whose values they are is plain only where A alone is shown.
  const whose = mode.value === "a" ? "" : `${at?.side ?? "A"}’s `;
  const text = `sorted by ${whose}${ordering.value?.title ?? ""} at step ${formatStep(step)}`;
  return (
    <span class="order">
      <span class="muted" title={text}>
        {text}
      </span>
      <button
        type="button"
        class="button"
        disabled={isHere}
        title="Units keep their places while steps pass; sort them anew by the step that is shown"
        onClick={anchorHere}
      >
        Sort here
      </button>
    </span>
  );
}
