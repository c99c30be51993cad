/** What one cell says: its place in the input, what it contributes to each class, and its units. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { openUnit } from "../../actions";
import { TwoSidedBar } from "../../chrome/two-sided";
import { UnitIcon } from "../../chrome/unit-icon";
import { gridList, readCell, readPosition, shownGrid } from "../../grids";
import type { PositionTable } from "../../grids-api";
import { placeOf, placeRect, sortUnits, type UnitAt } from "../../layout/activation-grid";
import { layOutSides } from "../../layout/evidence";
import { planeOf } from "../../layout/plane";
import { mapRecording } from "../../maps";
import { formatCount, formatSigned, formatValue } from "../../numbers";
import { gridClass, gridSort, isGridShaded } from "../../state";
import { formatStep } from "../../steps";
import { titleOfMethod } from "../../titles";
import { drawPixels } from "./cell";
import { classRead, gridLook, nameOfPosition, placeIn } from "./grid-shown";
import { greyOf, inputsVersion } from "./inputs";
import { nameOfClass } from "./shown";

/** Units that are listed: more are the table's and the file's. */
export const LISTED = 24;

export function GridPosition() {
  const [cell, table, grid] = [readCell.value, readPosition.value, shownGrid.value];
  if (!cell || !table || !grid) {
    return (
      <aside class="grid-position" aria-label="Position">
        <p class="muted">Point at a cell to read it.</p>
      </aside>
    );
  }
  const { header } = table;
  const place = placeIn(grid, header);
  const number = place < 0 ? null : classRead(grid, place);
  return (
    <aside class="grid-position" aria-label="Position">
      <header>
        <Where table={table} />
        <div>
          <h2 data-draw="text">{nameOfPosition(header.shape, header.position)}</h2>
          <p class="muted" data-draw="text">
            example {header.example} in {header.layer}, step {formatStep(header.step)}
          </p>
          <p class="muted" data-draw="text">
            norm {formatValue(normOf(table))}
          </p>
        </div>
      </header>
      <Classes table={table} number={number} />
      <Units table={table} number={number} />
    </aside>
  );
}

/** The units behind a cell. */
export function unitsOf({ units, activations, net, header }: PositionTable): UnitAt[] {
  return Array.from(units, (unit, place) => ({
    unit,
    activation: activations[place] ?? Number.NaN,
    net: header.classes.map((_, at) => net[at * units.length + place] ?? Number.NaN),
  }));
}

function normOf({ activations }: PositionTable): number {
  return Math.sqrt(activations.reduce((sum, value) => sum + value * value, 0));
}

/** The cell's place marked on the input. */
function Where({ table }: { readonly table: PositionTable }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { shape, example, position } = table.header;
  const recording = mapRecording.value;
  void inputsVersion.value;
  const grey = recording && shape.length > 1 ? greyOf(recording, example) : null;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !grey) return;
    const box = { x: 0, y: 0, width: WHERE, height: WHERE };
    context.clearRect(0, 0, WHERE, WHERE);
    drawPixels(context, grey, box);
    const plane = planeOf(shape);
    const { column, row } = placeOf(plane, position);
    const { x, y, width, height } = placeRect(plane, box, column, row);
    context.lineWidth = 5;
    context.strokeStyle = "#10131a";
    context.strokeRect(x, y, width, height);
    context.lineWidth = 2.5;
    context.strokeStyle = "#ffffff";
    context.strokeRect(x, y, width, height);
  });
  if (!grey) return null;
  return (
    <canvas
      ref={canvas}
      width={WHERE}
      height={WHERE}
      role="img"
      aria-label={`The input of example ${example}, ${nameOfPosition(shape, position)} marked`}
    />
  );
}

const WHERE = 144;

interface PartProps {
  readonly table: PositionTable;
  /** The class that is read. */
  readonly number: number | null;
}

function Classes({ table, number }: PartProps) {
  const { header, totals } = table;
  if (header.classes.length === 0) return <NoAttributions layer={header.layer} />;
  const bars = layOutSides(Array.from(totals));
  return (
    <section aria-label="What this position says for and against each class">
      <h3>
        <span data-draw="text">For and against each class</span>
        <span class="muted" data-draw="text">
          {titleOfMethod(header.method)}, summed over units
          {header.evidenceStep !== header.step && `, step ${formatStep(header.evidenceStep)}`}
        </span>
      </h3>
      <ul class="position-classes">
        {header.classes.map((each, at) => {
          const bar = bars[at];
          return (
            <li key={each}>
              <button
                type="button"
                aria-pressed={each === number}
                title={`Shade cells by what they contribute to ${nameOfClass(each)}`}
                onClick={() => {
                  const isSame = gridClass.value === each && isGridShaded.value;
                  gridClass.value = isSame ? null : each;
                  isGridShaded.value = !isSame;
                }}
              >
                <span class="name" data-draw="text">
                  {nameOfClass(each)}
                </span>
                {bar && <TwoSidedBar bar={bar} />}
                <span class="number" data-draw="text">
                  {formatSigned(totals[at] ?? Number.NaN)}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function NoAttributions({ layer }: { readonly layer: string }) {
  const why = gridList.value?.notes.find(
    (note) => note.includes(layer) && note.includes("attributions at positions"),
  );
  if (why !== undefined) return <p class="muted">{why}.</p>;
  return (
    <p class="muted">
      What positions contribute to each class was not recorded of this layer;{" "}
      <code>Recording(evidence=10, tracked=True)</code> in the training script records it.
    </p>
  );
}

function Units({ table, number }: PartProps) {
  const { header } = table;
  const at = number === null ? -1 : header.classes.indexOf(number);
  const isKept = number !== null && header.kept.includes(number);
  const isByClass = gridSort.value === "attribution" && isKept;
  const units = sortUnits(unitsOf(table), isByClass ? at : null);
  const top = units.reduce((most, { activation }) => Math.max(most, Math.abs(activation) || 0), 0);
  const reach = units.reduce(
    (most, { net }) => net.reduce((own, value) => Math.max(own, Math.abs(value) || 0), most),
    0,
  );
  return (
    <section aria-label="Units at this position">
      <h3>
        <span data-draw="text">Units</span>
        <span class="muted" data-draw="text">
          {formatCount(Math.min(LISTED, units.length))} of {formatCount(units.length)}, by{" "}
          {isByClass ? `attribution to ${nameOfClass(number ?? -1)}` : "activation"}
        </span>
        <SortSwitch isKept={isKept} number={number} />
      </h3>
      {header.classes.length > 0 && header.kept.length < header.classes.length && (
        <p class="muted">{keptText(header.kept)}</p>
      )}
      <ol class="position-units">
        {units.slice(0, LISTED).map((unit) => (
          <li key={unit.unit}>
            <UnitLine {...{ unit, table, top, reach }} at={isKept ? at : -1} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function keptText(kept: readonly number[]): string {
  if (kept.length === 0) {
    return "Units’ attributions here did not fit in Recording(max_position_bytes=…).";
  }
  const names = kept.map(nameOfClass).join(" and ");
  return `Units’ attributions were kept toward ${names} alone: more did not fit in Recording(max_position_bytes=…).`;
}

function SortSwitch({
  isKept,
  number,
}: {
  readonly isKept: boolean;
  readonly number: number | null;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <span class="segments" role="group" aria-label="Sort units by">
      <button
        type="button"
        aria-pressed={gridSort.value === "activation" || !isKept}
        onClick={() => {
          gridSort.value = "activation";
        }}
      >
        activation
      </button>
      <button
        type="button"
        disabled={!isKept}
        aria-pressed={gridSort.value === "attribution" && isKept}
        title={isKept ? "" : "Units’ attributions to this class were not kept here"}
        onClick={() => {
          gridSort.value = "attribution";
        }}
      >
        attribution{number !== null && ` to ${nameOfClass(number)}`}
      </button>
    </span>
  );
}

interface UnitLineProps {
  readonly unit: UnitAt;
  readonly table: PositionTable;
  readonly top: number;
  readonly reach: number;
  readonly at: number;
}

function UnitLine({ unit, table, top, reach, at }: UnitLineProps) {
  const { header } = table;
  const net = unit.net[at] ?? Number.NaN;
  const share = top > 0 ? Math.abs(unit.activation) / top : 0;
  const told = Number.isFinite(net)
    ? `; ${formatSigned(net)} to ${nameOfClass(header.classes[at] ?? -1)}`
    : "";
  return (
    <button
      type="button"
      title={`Open unit ${unit.unit} of ${header.layer}: activation ${formatValue(unit.activation)}${told}`}
      onClick={() => openUnit(header.layer, unit.unit)}
    >
      <span class="icon">
        <UnitIcon layerName={header.layer} unit={unit.unit} size={30} />
      </span>
      <b data-draw="text">
        <span class="unseen">unit </span>
        {unit.unit}
      </b>
      <span class="activation">
        <i style={{ width: `${100 * share}%` }} />
        <span class="number" data-draw="text">
          {formatValue(unit.activation)}
        </span>
      </span>
      <ClassBars unit={unit} reach={reach} at={at} />
      <span class="number net" data-draw="text">
        {Number.isFinite(net) ? formatSigned(net) : "–"}
      </span>
    </button>
  );
}

const BARS = { width: 6, height: 26 };

/** A unit's attribution to each class, as bars up and down from a zero. */
function ClassBars({ unit: { net }, reach, at }: { unit: UnitAt; reach: number; at: number }) {
  const { favour, against } = gridLook.value;
  const width = Math.max(1, net.length) * BARS.width;
  const half = BARS.height / 2;
  return (
    <svg
      class="class-bars"
      viewBox={`0 0 ${width} ${BARS.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {at >= 0 && (
        <rect class="read" x={at * BARS.width} y={0} width={BARS.width} height={BARS.height} />
      )}
      <path class="zero" d={`M0 ${half}H${width}`} />
      {net.map((value, place) => {
        const length = Number.isFinite(value) && reach > 0 ? (half * Math.abs(value)) / reach : 0;
        return (
          <rect
            key={place}
            x={place * BARS.width + 1}
            y={value > 0 ? half - length : half}
            width={BARS.width - 2}
            height={length}
            fill={value > 0 ? favour : against}
          />
        );
      })}
    </svg>
  );
}
