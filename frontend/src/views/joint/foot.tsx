/** Below the picture: its scale, correlation, shares at an end, and what is left out. */
import { colourOf, legendTicks, positionOf, valueAt } from "../../colour";
import { EXACTNESS, formatCount, formatShare, formatSigned, formatValue } from "../../numbers";
import { costText, responsesA, titleOfRespondent } from "../../responses";
import type { JointBins } from "../../responses-api";
import { filter, isJointTable } from "../../state";
import { formatStep } from "../../steps";
import type { EndShares, JointSide } from "../../wire";
import { COLOURED, colourOfGroup, largestGroups, MOST_FACETS, scaleOfBins } from "./picture";
import { looksNow } from "./plane";
import { isDifference, isPaired, shownSide } from "./records";
import { jointRows } from "./rows";

export function JointFoot({ found }: { readonly found: JointBins }) {
  const sides = isDifference.value ? found.header.sides : [found.header.sides[shownSide.value]];
  return (
    <div class="joint-foot">
      <div class="joint-facts">
        <p class="muted exact">
          {EXACTNESS} {costSentence()}
        </p>
        {sides.map(
          (side, place) => side && <Facts key={place} side={side} place={place} found={found} />,
        )}
      </div>
      {!isJointTable.value && <Key found={found} />}
    </div>
  );
}

function costSentence(): string {
  const text = costText(responsesA.value);
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function Key({ found }: { readonly found: JointBins }) {
  return looksNow().form === "colours" ? <ClassKey found={found} /> : <ScaleKey found={found} />;
}

interface FactsProps {
  readonly side: JointSide;
  readonly place: number;
  readonly found: JointBins;
}

function Facts({ side, place, found }: FactsProps) {
  const letter = isDifference.value
    ? "AB"[place]
    : isPaired.value && shownSide.value === 1
      ? "B"
      : "";
  return (
    <p>
      {letter && <b class={letter === "B" ? "side-b" : "side-a"}>{letter} </b>}
      <b>{correlationText(side, found)}</b>
      <span class="muted"> · {sentences(side, found).join(" · ")}</span>
    </p>
  );
}

/** Correlation; or why there is none. */
export function correlationText({ correlation, examples }: JointSide, found: JointBins): string {
  if (correlation !== null) return `correlation ${formatSigned(correlation)}`;
  if (examples < 2) return "correlation undefined: fewer than two examples";
  return `correlation undefined: ${constantOnes(found)} constant`;
}

/** Which of the two are the same on all counted examples. */
function constantOnes(found: JointBins): string {
  const side = isDifference.value ? 0 : shownSide.value;
  const rows = jointRows(found, side);
  const names = [
    rows.every(({ first }) => first === rows[0]?.first) ? found.header.first : null,
    rows.every(({ second }) => second === rows[0]?.second) ? found.header.second : null,
  ].flatMap((each) => (each ? [titleOfRespondent(each)] : []));
  if (names.length === 0) return "a response is";
  return `${names.join(" and ")} ${names.length > 1 ? "are" : "is"}`;
}

function sentences(side: JointSide, { header }: JointBins): string[] {
  const of = filter.value === "" ? "" : ` of ${formatCount(side.known)}`;
  const parts = [
    `step ${formatStep(side.step)}`,
    `${formatCount(side.examples)}${of} examples`,
    ...endText(side.lower, header.first.method === "" ? "at the floor" : "exactly 0"),
    ...endText(side.upper, "at the ceiling"),
  ];
  [header.first, header.second].forEach((each, place) => {
    const share = side.explained[place];
    if (each.unit === null && share != null) {
      parts.push(`the component of ${each.layer} holds ${formatShare(share)} of its variance`);
    }
  });
  return parts;
}

/** On how many examples the two stand at an end of their nonlinearity; nothing where they have none. */
function endText({ first, second, both }: EndShares, where: string): string[] {
  const of = (share: number | null, name: string) =>
    share === null ? null : `${name} ${formatShare(share)}`;
  const said = [of(first, "across"), of(second, "up"), of(both, "both")];
  const known = said.filter((text) => text !== null);
  return known.length === 0 ? [] : [`${where}: ${known.join(", ")}`];
}

const ENTRIES = 48;

function ScaleKey({ found }: { readonly found: JointBins }) {
  const looks = looksNow();
  const scale = scaleOfBins(found, looks);
  const ticks = looks.isDifference
    ? legendTicks(scale)
    : [1, ...legendTicks(scale).filter((value) => value > 2 && value < scale.max / 2), scale.max];
  const name = looks.isDifference ? "share of A’s examples less B’s" : "examples per hexagon";
  return (
    <figure class="joint-scale">
      <figcaption>{name}, all records</figcaption>
      <svg viewBox={`0 0 ${ENTRIES} 6`} preserveAspectRatio="none" aria-hidden="true">
        {Array.from({ length: ENTRIES }, (_, place) => (
          <rect
            key={place}
            x={place}
            width={1.1}
            height={6}
            fill={colourOf(scale, valueAt(scale, (place + 0.5) / ENTRIES))}
          />
        ))}
      </svg>
      <div class="ticks">
        {ticks.map((value) => (
          <span key={value} style={{ left: `${100 * positionOf(scale, value)}%` }}>
            {looks.isDifference
              ? `${value < 0 ? "−" : value > 0 ? "+" : ""}${value === 0 ? "0" : formatShare(Math.abs(value))}`
              : formatValue(value)}
          </span>
        ))}
      </div>
      {looks.form === "facets" && <LeftOut found={found} />}
    </figure>
  );
}

/** Classes beyond those that have a plane. */
function LeftOut({ found }: { readonly found: JointBins }) {
  const all = found.header.groups.length;
  const shown = largestGroups(found, looksNow()).length;
  if (shown < MOST_FACETS || all <= MOST_FACETS) return null;
  return (
    <p class="muted">
      the {MOST_FACETS} classes with most examples of {formatCount(all)}
    </p>
  );
}

function ClassKey({ found }: { readonly found: JointBins }) {
  const { groups } = found.header;
  return (
    <ul
      class="joint-classes"
      title="A hexagon has the colour of the class with most examples in it"
    >
      {groups.slice(0, COLOURED).map((name, group) => (
        <li key={name}>
          <i style={{ background: colourOfGroup(group) }} />
          {name}
        </li>
      ))}
      {groups.length > COLOURED && (
        <li>
          <i style={{ background: colourOfGroup(COLOURED) }} />
          {formatCount(groups.length - COLOURED)} others
        </li>
      )}
    </ul>
  );
}
