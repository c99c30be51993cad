/** Below the map: how it was laid out, how many are shown, and what the colours mean. */

import { Hint } from "../../chrome/hint";
import { positionOf, type Scale } from "../../colour";
import { isOnePlace } from "../../layout/scatter";
import { isOfB } from "../../maps";
import { formatCount, formatShare, formatValue } from "../../numbers";
import { cssOf } from "../../palettes";
import {
  planeList,
  planeQuestion,
  planeRecord,
  planeRecording,
  planeStep,
  shownPlane,
} from "../../planes";
import { type PlaneQuestion, projectorAddress } from "../../planes-api";
import { wordOf } from "../../response-methods";
import { costText, REDUCTIONS, responsesA, responsesB } from "../../responses";
import { coloured, mapStyle, pointKind, scale } from "../../state";
import { formatStep } from "../../steps";
import { colourNow, legendEntries, looks } from "./colours";
import { MOST_DOTS } from "./painter";
import { chosenPoints, placedNow, placesNow, said, seenNow } from "./shown";

/** Classes beyond these are one entry. */
const MOST_ENTRIES = 12;

export function MapFoot() {
  return (
    <div class="map-foot">
      <p class="map-said" role="status">
        {said.value ?? countText()}
      </p>
      <Key />
      <p class="muted map-settings">
        {settingsText()} <ProjectorLink />
      </p>
    </div>
  );
}

/** n of N: those with a place, those chosen. */
function countText(): string {
  const table = shownPlane.value;
  if (!table) return "";
  const { total, done, steps } = table.header;
  const chosen = chosenPoints.value?.size ?? null;
  const isShade = mapStyle.value === "points" && seenNow.value > MOST_DOTS;
  const dead = looks.value.states.filter((state) => state === "dead").length;
  return [
    `${formatCount(placedNow.value)} of ${formatCount(total)} ${pointKind.value}`,
    placedNow.value > seenNow.value ? `${formatCount(seenNow.value)} in view` : "",
    isShade ? "zoom in for dots" : "",
    dead > 0 ? `${formatCount(dead)} dead ×` : "",
    chosen === null
      ? ""
      : `${formatCount(chosen)} ${pointKind.value === "units" ? "pinned" : "chosen"}`,
    isOnePlace(placesNow.value) ? "all at one place: their responses are equal" : "",
    done < steps.length ? `${done} of ${steps.length} records laid out …` : "",
    done === 0 ? preparationText(table.header.projection) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What takes long when a projection is first used. */
function preparationText(name: string): string {
  return planeList.value?.projections.find((each) => each.name === name)?.preparation ?? "";
}

/** What the places are: projection, anchor, and how much of the variance two axes show. */
function settingsText(): string {
  const table = shownPlane.value;
  if (!table) return "";
  const { header } = table;
  const record = planeRecord.value;
  const [first = Number.NaN, second = Number.NaN] = table.explained.subarray(
    2 * record,
    2 * record + 2,
  );
  const shares = Number.isFinite(first + second)
    ? `two axes show ${formatShare(first + second)} of the variance at step ${formatStep(header.steps[record])} (${formatShare(first)} + ${formatShare(second)})`
    : "";
  const layers = planeRecording.value?.records.layers ?? [];
  const shape = layers.find(({ name }) => name === header.layer)?.shape ?? [];
  const hasPositions = shape.length > 1 && header.reduction !== "";
  const over = REDUCTIONS[header.reduction] ?? `${header.reduction} over positions`;
  const by = [header.method === "" ? "" : wordOf(header.method), hasPositions ? over : ""];
  const words = by.filter(Boolean).join(", ");
  const reduction = words && `responses: ${words}`;
  const cost = costText(isOfB.value ? responsesB.value : responsesA.value);
  return [header.settings, `aligned to step ${formatStep(header.anchor)}`, shares, reduction, cost]
    .filter(Boolean)
    .join(" · ");
}

function Key() {
  if (colourNow.value === "statistic") return <ScaleKey shown={scale.value} />;
  const entries = legendEntries.value;
  const rest = entries.slice(MOST_ENTRIES).reduce((sum, { count }) => sum + count, 0);
  return (
    <ul class="map-key">
      {entries.slice(0, MOST_ENTRIES).map(({ name, colour, count }) => (
        <li key={name}>
          <i style={{ background: colour }} />
          {name} <span class="muted number">{formatCount(count)}</span>
        </li>
      ))}
      {rest > 0 && <li class="muted">{formatCount(rest)} of other classes</li>}
    </ul>
  );
}

function ScaleKey({ shown }: { readonly shown: Scale }) {
  const stops = Array.from({ length: 24 }, (_, at) =>
    cssOf(shown.palette[Math.round((at / 23) * (shown.palette.length - 1))] ?? 0),
  );
  const kind = shown.kind === "log" ? "logarithmic" : "linear";
  return (
    <figure class="map-legend" title={`${coloured.value?.title ?? ""}, ${kind}`}>
      <div class="scale-name">
        <span>{coloured.value?.title}</span>
        <span>{kind}</span>
      </div>
      <div
        class="band"
        role="img"
        aria-label={`Colours from ${formatValue(shown.min)} to ${formatValue(shown.max)}, one scale for all steps`}
        style={{ background: `linear-gradient(to right, ${stops.join(", ")})` }}
      />
      <div class="ticks" aria-hidden="true">
        {[shown.min, shown.max].map((value) => (
          <span key={value} style={{ left: `${100 * positionOf(shown, value)}%` }}>
            {formatValue(value)}
          </span>
        ))}
      </div>
    </figure>
  );
}

/** The responses of this step as a zip for another of TensorBoard's tabs. */
function ProjectorLink() {
  const [recording, asked] = [planeRecording.value, planeQuestion.value];
  if (!recording || !asked) return null;
  const question: PlaneQuestion = { ...asked, step: planeStep.value ?? asked.step };
  const name = `projector-${question.layer.replace(/[^\w.-]+/g, "-")}-step${question.step}.zip`;
  return (
    <Hint text="The responses at this step as vectors, metadata and pictures: unzip, and open the folder with tensorboard --logdir, tab Projector">
      <a href={projectorAddress(recording.key, question)} download={name}>
        Download for the Embedding Projector
      </a>
    </Hint>
  );
}
