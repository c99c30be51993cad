/** Above the map: of which layer, units or examples, by which projection, how drawn and coloured. */
import { anchorHere, select } from "../../actions";
import { MAP_STYLES, type MapColour, POINT_KINDS } from "../../address";
import { FilterField } from "../../chrome/filter-field";
import { Hint } from "../../chrome/hint";
import { ResponsePicker } from "../../chrome/response-picker";
import { ownName } from "../../layer-names";
import {
  cropFailure,
  planeLayer,
  planeList,
  planeQuestion,
  planeStep,
  shownPlane,
} from "../../planes";
import { isMapTable, mapColour, mapStyle, pointKind, projection } from "../../state";
import { formatStep } from "../../steps";
import { clearChoice } from "./choosing";
import { colourChoices, colourNow } from "./colours";
import { hasPictures } from "./pictures";
import { chosenPoints, isLasso, moved } from "./shown";

export function MapBar() {
  return (
    <div class="view-bar map-bar">
      <LayerPicker />
      <ResponsePicker />
      <KindSwitch />
      <ProjectionPicker />
      <AnchorButton />
      <span class="fill" />
      <StyleSwitch />
      <ColourPicker />
      <Tools />
      {pointKind.value === "examples" && (
        <span class="map-filter">
          <FilterField />
        </span>
      )}
    </div>
  );
}

function LayerPicker() {
  return (
    <label class="labelled">
      <span>layer</span>
      <select
        class="field"
        aria-label="Layer whose responses are laid out"
        title={planeLayer.value ?? undefined}
        value={planeLayer.value ?? ""}
        onChange={(event) => select(event.currentTarget.value)}
      >
        {planeList.value?.layers.map(({ name }) => (
          <option key={name} value={name}>
            {ownName(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

const KIND_MEANINGS = {
  units: "A point is a unit: near ones respond to the same examples",
  examples: "A point is an example: near ones make the same units respond",
} as const;

function KindSwitch() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div class="segments" role="group" aria-label="Points">
      {POINT_KINDS.map((kind) => (
        <Hint key={kind} text={KIND_MEANINGS[kind]}>
          <button
            type="button"
            aria-pressed={pointKind.value === kind}
            onClick={() => {
              pointKind.value = kind;
            }}
          >
            {kind}
          </button>
        </Hint>
      ))}
    </div>
  );
}

/** A projection whose package is missing stays listed, and its hint says what to type. */
function ProjectionPicker() {
  const offered = planeList.value?.projections ?? [];
  const missing = offered.filter(({ absence }) => absence !== "");
  const settings = shownPlane.value?.header.settings ?? "";
  const hint = (
    <div class="about">
      {settings !== "" && <p>{settings}.</p>}
      {missing.map(({ name, absence }) => (
        <p key={name} class="muted">
          {absence}
        </p>
      ))}
    </div>
  );
  return (
    <Hint text={hint} isWide>
      <label class="labelled">
        <span>by</span>
        <select
          class="field"
          aria-label="Projection"
          value={projection.value}
          onChange={(event) => {
            projection.value = event.currentTarget.value;
          }}
        >
          {offered.map(({ name, title, absence }) => (
            <option key={name} value={name} disabled={absence !== ""} title={absence || undefined}>
              {title}
              {absence !== "" && " — not installed"}
            </option>
          ))}
        </select>
      </label>
    </Hint>
  );
}

function AnchorButton() {
  const anchor = planeQuestion.value?.step;
  const isHere = anchor === (planeStep.value ?? undefined);
  return (
    <button
      type="button"
      class="button"
      disabled={isHere}
      title={`All records are turned to lie as near as they can to that of step ${formatStep(anchor)}; take the shown step instead`}
      onClick={anchorHere}
    >
      Align here
    </button>
  );
}

const STYLE_MEANINGS = {
  points: "Every point is a dot; a crowd is shaded",
  atlas:
    "The plane is cut into squares; each shows the picture nearest to its middle, larger for more points",
} as const;

function StyleSwitch() {
  const why = hasPictures() ? null : (cropFailure.value ?? "There are no pictures.");
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div class="segments" role="group" aria-label="Drawn as">
      {MAP_STYLES.map((style) => {
        const isOff = style === "atlas" && why !== null && pointKind.value === "units";
        return (
          <Hint key={style} text={isOff ? why : STYLE_MEANINGS[style]}>
            <button
              type="button"
              aria-pressed={mapStyle.value === style}
              onClick={() => {
                mapStyle.value = style;
              }}
            >
              {style}
            </button>
          </Hint>
        );
      })}
    </div>
  );
}

const COLOUR_TITLES: Readonly<Record<MapColour, string>> = {
  statistic: "statistic",
  state: "state",
  class: "label",
  prediction: "prediction",
  correct: "right or wrong",
};

function ColourPicker() {
  return (
    <label class="labelled">
      <span>coloured by</span>
      <select
        class="field"
        aria-label="Colour of points"
        value={colourNow.value}
        onChange={(event) => {
          const wanted = event.currentTarget.value;
          mapColour.value = colourChoices.value.find((name) => name === wanted) ?? null;
        }}
      >
        {colourChoices.value.map((name) => (
          <option key={name} value={name}>
            {COLOUR_TITLES[name]}
          </option>
        ))}
      </select>
    </label>
  );
}

function Tools() {
  return (
    <>
      <Hint text="Draw around points, here or with Shift held: examples become a filter, up to 32 units are pinned">
        <button
          type="button"
          class="button"
          aria-pressed={isLasso.value}
          onClick={() => {
            isLasso.value = !isLasso.value;
          }}
        >
          Lasso
        </button>
      </Hint>
      {chosenPoints.value !== null && (
        <button type="button" class="button" onClick={clearChoice}>
          {pointKind.value === "units" ? "Unpin" : "Show all"}
        </button>
      )}
      {moved.value !== null && (
        <button
          type="button"
          class="button"
          title="Look at everything again (double click)"
          onClick={() => {
            moved.value = null;
          }}
        >
          Fit
        </button>
      )}
      <button
        type="button"
        class="button"
        aria-pressed={isMapTable.value}
        onClick={() => {
          isMapTable.value = !isMapTable.value;
        }}
      >
        {isMapTable.value ? "Map" : "Table"}
      </button>
    </>
  );
}
