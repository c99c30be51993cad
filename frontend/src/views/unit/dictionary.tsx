/** What the unit responds to most: its top examples, images that were sought, how far they drift. */
import { useCallback } from "preact/hooks";
import type { Recording } from "../../api";
import { IconOf, namesOf, SoughtImage } from "../../chrome/unit-icon";
import {
  dictionaryOf,
  driftTable,
  exampleStep,
  iconStep,
  iconTable,
  MEANING_DRIFT,
  recordingOf,
  visualisationsOf,
} from "../../dictionary";
import type { DriftTable, IconTable } from "../../dictionary-api";
import { iconAt } from "../../layout/unit-icon";
import { formatCount, formatShare, formatValue } from "../../numbers";
import { classOf, type SideName } from "../../sides";
import { mode } from "../../state";
import { formatStep, recordOf } from "../../steps";
import { adoptStyles } from "../../theme";
import { isOtherRun } from "../../traces";
import type { Visualisation } from "../../wire";
import { type ChartContext, driftChart } from "./charts";
import { Drawn, type PairProps } from "./gallery";
import type { Reader } from "./pointing";
import type { Point } from "./series";

adoptStyles(`
.top-examples { grid-column: 1 / -1; display: grid; gap: 6px; min-width: 0; }
.top-examples ol { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 10px 12px; align-items: start; }
.top-examples li { display: grid; gap: 3px; justify-items: start; font-size: 11.5px; max-width: 100%; }
.top-examples li > span:last-child { display: grid; line-height: 1.3; }
.top-examples .sought { padding-left: 12px; border-left: 1px solid var(--border); }
`);

/** Height of an icon; rows and words take less, and stand in lines. */
const SIZES = { picture: 56, signal: 48, tokens: 28, columns: 46, numbers: 20 } as const;

export function Dictionary(pair: PairProps) {
  const { layer, unit } = pair.a.header;
  const sides: SideName[] = mode.value === "b" ? ["B"] : mode.value === "a" ? ["A"] : ["A", "B"];
  return (
    <>
      {sides.map((side) => (
        <TopExamples key={side} side={side} layerName={layer} unit={unit} />
      ))}
      <Drift {...pair} />
    </>
  );
}

interface SideProps {
  readonly side: SideName;
  readonly layerName: string;
  readonly unit: number;
}

function TopExamples({ side, layerName, unit }: SideProps) {
  const [recording, step] = [recordingOf(side), iconStep(side)];
  const known = dictionaryOf(recording);
  if (!recording || !known || step === null) return null;
  const table = iconTable(recording, { layerName, unit }, step);
  const at = exampleStep(known, layerName, step);
  const sought = visualisationsOf(known, { layerName, unit }, step);
  if (at === null && sought.length === 0) return null;
  const isAlone = mode.value === "a";
  return (
    <section class="top-examples" aria-label={`Top examples${isAlone ? "" : ` of ${side}`}`}>
      <div class="part-head">
        <h3>
          Responds most to
          {!isAlone && <span class={classOf(side)}> {side}</span>}
        </h3>
        {table && shownCount(table, unit) > 0 && (
          <span class="muted">
            {formatCount(shownCount(table, unit))} of {formatCount(table.header.examplesOf)}{" "}
            examples at step {formatStep(table.header.step)}
            {FORMS[table.header.form]}
            {table.header.form !== "columns" && "; below each its response"}
          </span>
        )}
      </div>
      <ol>
        {table && <Strip {...{ recording, table, unit }} />}
        {sought.map((each) => (
          <Sought key={each.place} recording={recording} image={each} />
        ))}
      </ol>
      {table && shownCount(table, unit) === 0 && (
        <p class="muted">It responds alike to all examples, so none of them stands for it.</p>
      )}
    </section>
  );
}

const FORMS = {
  picture: ", cut to what the unit sees",
  tokens: ", the token that it answers marked",
  signal: ", the stretch that the unit sees",
  columns: ": the columns in which they lie furthest from the probe set’s mean",
  numbers: ", by number",
} as const;

function shownCount(table: IconTable, unit: number): number {
  const places = Array.from({ length: table.top }, (_, place) => iconAt(table, unit, place));
  return places.filter((icon) => icon !== null).length;
}

interface StripProps {
  readonly recording: Recording;
  readonly table: IconTable;
  readonly unit: number;
}

function Strip({ recording, table, unit }: StripProps) {
  const { form } = table.header;
  const names = namesOf(recording);
  // Columns are those of all top examples together: they are shown once.
  const places = Array.from({ length: form === "columns" ? 1 : table.top }, (_, place) => place);
  return (
    <>
      {places.map((place) => {
        const icon = iconAt(table, unit, place);
        if (!icon) return null;
        const label = names.classNames[icon.label] ?? (icon.label < 0 ? "" : `class ${icon.label}`);
        return (
          <li key={place}>
            <IconOf {...{ recording, table, unit, place }} size={SIZES[form]} />
            {form !== "columns" && (
              <span>
                <b class="number">{formatValue(icon.value)}</b>
                <span class="muted">{label || `example ${icon.example}`}</span>
              </span>
            )}
          </li>
        );
      })}
    </>
  );
}

/** An image that was sought, and how. */
function Sought({
  recording,
  image,
}: {
  readonly recording: Recording;
  readonly image: Visualisation;
}) {
  return (
    <li class="sought">
      <SoughtImage recording={recording} image={image} size={SIZES.picture} />
      <span>
        <b class="number">{image.response === null ? "–" : formatValue(image.response)}</b>
        <span class="muted">sought</span>
      </span>
    </li>
  );
}

function Drift(pair: PairProps) {
  const { layer, unit } = pair.a.header;
  const ofA = driftTable(recordingOf("A"), layer);
  const ofB = isOtherRun.value ? driftTable(recordingOf("B"), layer) : null;
  const of = useCallback(
    (context: ChartContext) => driftChart(context, pointsOf(ofA, unit), pointsOf(ofB, unit)),
    [ofA, ofB, unit],
  );
  const read = useCallback<Reader>(
    ({ step }) => {
      const [a, b] = [driftOf(ofA, unit, step), ofB ? driftOf(ofB, unit, step) : null];
      return {
        of: null,
        step,
        stepB: null,
        lines: [{ name: "meaning drift", a, b }],
        events: Number.isFinite(a) ? [] : ["undefined: the first record, or no top examples"],
      };
    },
    [ofA, ofB, unit],
  );
  if (!ofA || ofA.header.steps.length < 2) return null;
  const last = pointsOf(ofA, unit).findLast(({ value }) => Number.isFinite(value));
  const now = last ? ` · last ${formatShare(last.value)}` : " · undefined at every record";
  return (
    <Drawn
      {...pair}
      title="Meaning drift"
      of={of}
      names={read}
      keys={`share of its top examples that changed since the record before${now}`}
      hint={MEANING_DRIFT}
    />
  );
}

function pointsOf(table: DriftTable | null, unit: number): readonly Point[] {
  if (!table) return [];
  const { steps } = table.header;
  const units = table.drifts.length / Math.max(1, steps.length);
  return steps.map((step, record) => ({
    step: Number(step),
    value: table.drifts[record * units + unit] ?? Number.NaN,
  }));
}

function driftOf(table: DriftTable | null, unit: number, step: string): number {
  return pointsOf(table, unit)[recordOf(table?.header.steps ?? [], step)]?.value ?? Number.NaN;
}
