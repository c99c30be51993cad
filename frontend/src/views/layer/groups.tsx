/** A layer's units in groups that respond together: each with its life over the records. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { anchorHere, openUnit, setStepOf } from "../../actions";
import { GROUP_COUNTS } from "../../address";
import { FilterField } from "../../chrome/filter-field";
import { ResponsePicker } from "../../chrome/response-picker";
import { UnitIcon } from "../../chrome/unit-icon";
import { passing } from "../../filter";
import { layOutLife, recordNear } from "../../layout/lifeline";
import { formatCount, formatShare, formatValue } from "../../numbers";
import type { GroupTable } from "../../patterns-api";
import { costText, followResponses, responsesFailure } from "../../responses";
import { groupCount, mode, unit, unitGroup } from "../../state";
import { formatStep } from "../../steps";
import { roles } from "../../theme";
import { titleOfMethod } from "../../titles";
import { NoResponses } from "../joint/missing";
import { useGroupExport } from "./group-exports";
import { FlowOfGroups, followGroupFlow, GroupFlow } from "./group-flow";
import { GroupMaps, GroupPictures } from "./group-pictures";
import { GroupProfile } from "./group-profile";
import { type GroupRow, groupRows, MEMBER_SHARE, topStrength } from "./group-rows";
import {
  followPatterns,
  groupLives,
  groupsFailure,
  orderStep,
  shownGroups,
  shownResponses,
  wantedStep,
} from "./pattern-records";
import { Failed, NotOfLayer } from "./patterns";

export function Groups({ layerName }: { readonly layerName: string }) {
  useEffect(followResponses, []);
  useEffect(followPatterns, []);
  useEffect(followGroupFlow, []);
  const known = shownResponses.value;
  if (known && known.layers.length === 0) {
    return (
      <div class="pattern-missing">
        <NoResponses />
      </div>
    );
  }
  if (known && !known.layers.some(({ name }) => name === layerName)) {
    return <NotOfLayer layers={known.layers.map(({ name }) => name)} />;
  }
  return (
    <section class="groups-view" aria-label="Groups">
      <Bar />
      <Shown layerName={layerName} />
    </section>
  );
}

function Bar() {
  const step = orderStep.value;
  return (
    <div class="view-bar pattern-bar">
      <ResponsePicker />
      <label class="labelled" title="How many groups the layer's units are put in">
        <span>groups</span>
        <input
          type="range"
          min={GROUP_COUNTS.least}
          max={GROUP_COUNTS.most}
          value={groupCount.value}
          onChange={(event) => {
            groupCount.value = Number(event.currentTarget.value);
          }}
        />
        <output class="number">{groupCount.value}</output>
      </label>
      <span class="muted">{progressText()}</span>
      <FilterField />
      <span class="fill" />
      <span class="order">
        <span class="muted">found at step {formatStep(step ?? undefined)}</span>
        <button
          type="button"
          class="button"
          disabled={step === wantedStep.value}
          title="Groups are found at one step and followed over the others; find them anew at the step that is shown"
          onClick={anchorHere}
        >
          Find here
        </button>
      </span>
    </div>
  );
}

/** How many records have come, as long as some have not. */
function progressText(): string {
  const lives = groupLives.value;
  const here = lives.filter((life) => life !== null).length;
  return here === lives.length ? "" : `${here} of ${lives.length} records factorised`;
}

function Shown({ layerName }: { readonly layerName: string }) {
  const [found, failure] = [shownGroups.value, groupsFailure.value ?? responsesFailure.value];
  if (failure !== null) return <Failed why={failure} />;
  if (!found) {
    return (
      <p class="lead muted" role="status">
        Finding groups among the units of {layerName}
      </p>
    );
  }
  return <List layerName={layerName} found={found} />;
}

function List({ layerName, found }: { readonly layerName: string; readonly found: GroupTable }) {
  const rows = groupRows(found, groupLives.value, passing.value);
  const top = topStrength(rows);
  useGroupExport({ layerName, found, rows });
  return (
    <>
      <p class="pattern-facts muted">
        {mode.value === "diff" && (
          <b class="side-a">Differences of groups aren’t drawn: this is A. </b>
        )}
        {factsOf(found)}
        {passing.value &&
          " · the filter narrows the pictures: groups and means are of all examples"}
        <FlowOfGroups />
      </p>
      <ul class="group-list">
        {rows.map((row) => (
          <Card key={row.group} layerName={layerName} row={row} top={top} found={found} />
        ))}
      </ul>
    </>
  );
}

function factsOf({ header, units }: GroupTable): string {
  const drawn = header.drawn === header.of ? "" : ` of ${formatCount(header.of)}`;
  return [
    `${mode.value === "b" ? "B" : "A"}, groups of ${formatCount(units.length)} units at step ${formatStep(header.step)}`,
    `by ${header.method === "" ? "responses above 0" : `${titleOfMethod(header.method)}, both signs side by side,`} to ${formatCount(header.drawn)}${drawn} ${header.of === 1 ? "example" : "examples"}`,
    `they leave ${formatShare(header.error)} of the responses’ norm unexplained`,
    "band: share of the responses, line: how alike to the record before, 0 to 1",
    costText(shownResponses.value),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Of attributions a group may take part of both signs. */
function shareText({ strength }: GroupRow, { header }: GroupTable): string {
  const of = header.method === "" ? "responses" : `|${titleOfMethod(header.method)}|`;
  return `${formatShare(strength)} of ${of}`;
}

interface CardProps {
  readonly layerName: string;
  readonly row: GroupRow;
  readonly top: number;
  readonly found: GroupTable;
}

function Card({ layerName, row, top, found }: CardProps) {
  const place = useRef<HTMLLIElement>(null);
  const isMarked = unitGroup.value === row.group;
  // Where a link leads here, the group is in sight at once.
  useLayoutEffect(() => {
    if (isMarked) place.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <li ref={place} class="group-card" aria-current={isMarked ? "true" : undefined}>
      <figure>
        <h3>
          Group {row.group + 1}
          <span class="muted number">{shareText(row, found)}</span>
        </h3>
        <Life row={row} top={top} step={found.header.step} />
        <span class="muted number">
          {Number.isFinite(row.alike)
            ? `${formatShare(row.alike)} like the record before`
            : "no record before"}
        </span>
        <GroupFlow layerName={layerName} group={row.group} />
      </figure>
      <figure>
        <h4>
          {formatCount(row.members)} units from {formatShare(MEMBER_SHARE)} of the largest weight
        </h4>
        <Units layerName={layerName} row={row} />
      </figure>
      <figure>
        <h4>
          mean activity by class
          {found.header.method !== "" && ", against the target to the left"}
        </h4>
        <GroupProfile row={row} found={found} />
      </figure>
      <div class="group-examples">
        <GroupPictures row={row} method={found.header.method} />
        {found.header.mapStep !== "" && <GroupMaps row={row} found={found} />}
      </div>
    </li>
  );
}

const LIFE = { width: 220, height: 50 };

/** Strength as a band, likeness as a line; a click goes to the record. */
function Life({
  row,
  top,
  step,
}: {
  readonly row: GroupRow;
  readonly top: number;
  readonly step: string;
}) {
  const { accent, accentSoft, text, border, sideA, sideB } = roles.value;
  const life = layOutLife(row.strengths, row.likeness, top, LIFE);
  const steps = shownResponses.value?.steps ?? [];
  const now = life.x[steps.indexOf(step)];
  const label = `Group ${row.group + 1} over the records: now ${formatShare(row.strength)} of responses, ${formatShare(row.alike)} like the record before`;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: arrow keys go from record to record everywhere
    <svg
      class="group-life"
      viewBox={`0 -2 ${LIFE.width} ${LIFE.height + 4}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const at = ((event.clientX - box.left) / box.width) * LIFE.width;
        const wanted = steps[recordNear(life, at)];
        if (wanted !== undefined) setStepOf(mode.value === "b" ? "B" : "A", wanted);
      }}
    >
      <title>
        Band: share of the layer’s responses. Line: how alike to the record before, 0 to 1.
      </title>
      <rect width={LIFE.width} height={LIFE.height} fill={accentSoft} fill-opacity={0.35} />
      <path d={`M0 0H${LIFE.width}M0 ${LIFE.height}H${LIFE.width}`} stroke={border} />
      <path d={life.band} fill={accent} fill-opacity={0.55} />
      <path
        d={life.line}
        fill="none"
        stroke={text}
        stroke-width={1.3}
        vector-effect="non-scaling-stroke"
      />
      {now !== undefined && (
        <line
          x1={now}
          x2={now}
          y1={-2}
          y2={LIFE.height + 2}
          stroke={mode.value === "b" ? sideB : sideA}
          stroke-width={2}
          vector-effect="non-scaling-stroke"
        />
      )}
    </svg>
  );
}

function Units({ layerName, row }: { readonly layerName: string; readonly row: GroupRow }) {
  if (row.units.length === 0) return <p class="muted">none: the layer is silent</p>;
  return (
    <div class="group-units">
      {row.units.map(({ number, weight }) => (
        <button
          key={number}
          type="button"
          aria-pressed={number === unit.value}
          onClick={() => openUnit(layerName, number)}
        >
          <UnitIcon layerName={layerName} unit={number} size={22} isQuiet />
          <span class="number">
            <span class="unseen">Unit </span>
            {number}
          </span>
          <span class="length" style={{ width: `${100 * weight}%` }} />
          <span class="number muted">
            <span class="unseen">, weight </span>
            {formatValue(weight)}
          </span>
        </button>
      ))}
    </div>
  );
}
