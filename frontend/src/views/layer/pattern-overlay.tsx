/** Over the matrix: the cell that is pointed at, the chosen unit, tracked examples, keys. */
import type { Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { openUnit } from "../../actions";
import { thumbnailAddress } from "../../api";
import { shownSide, UnitIcon } from "../../chrome/unit-icon";
import { type Cell, cellRect, headsOf, type MatrixLayout } from "../../layout/matrix";
import { formatValue } from "../../numbers";
import type { PatternTable } from "../../patterns-api";
import { example, unit, view } from "../../state";
import { inputsVersion, textsOf } from "../examples/inputs";
import { settle } from "../overview/tooltip";
import { type Cells, classesWithExamples, nameOfNumber } from "./pattern-picture";
import { shownRecording, trackedExamples } from "./pattern-records";
import type { MatrixForm } from "./patterns";

/** A cell under the pointer or the keys, and where in the picture that is; row -1 is the strip. */
export interface PointedCell {
  readonly cell: Cell;
  readonly x: number;
  readonly y: number;
}

interface OverlayProps {
  readonly layerName: string;
  readonly form: MatrixForm;
  readonly found: PatternTable;
  readonly cells: Cells;
  readonly layout: MatrixLayout;
  readonly pointed: Signal<PointedCell | null>;
}

export function Overlay(props: OverlayProps) {
  const { layout, pointed, found, form } = props;
  const chosen = unit.value === null ? -1 : found.units.indexOf(unit.value);
  return (
    <>
      <Heads {...props} />
      {form === "classes" && <PreferredMarks {...props} />}
      {chosen >= 0 && <Band name="chosen" layout={layout} column={chosen} />}
      {form === "patterns" && <TrackedRows {...props} />}
      <KeyArea {...props} />
      {pointed.value && <Cross layout={layout} cell={pointed.value.cell} />}
      {pointed.value && <CellTip {...props} at={pointed.value} />}
    </>
  );
}

const HEAD_GAP = 4;

/** The icons of units over their columns, where there is room. */
function Heads({ layerName, found, layout }: OverlayProps) {
  const [room, side] = [headsOf(layout), shownSide()];
  if (room <= HEAD_GAP) return null;
  return (
    <>
      {Array.from(found.units, (number, column) => {
        const { x, width } = cellRect(layout, { row: 0, column });
        const size = Math.min(room - HEAD_GAP, Math.floor(width) - 2);
        const style = {
          left: `${x + width / 2 - size / 2}px`,
          top: `${layout.strip.y - room}px`,
          width: `${size}px`,
        };
        return (
          <span key={number} class="pattern-head" style={style}>
            <UnitIcon layerName={layerName} unit={number} side={side} size={size} />
          </span>
        );
      })}
    </>
  );
}

interface BandProps {
  readonly name: string;
  readonly layout: MatrixLayout;
  readonly column: number;
}

/** A column, from the strip down. */
function Band({ name, layout, column }: BandProps) {
  const { x, width } = cellRect(layout, { row: 0, column });
  const { strip, body } = layout;
  const height = body.y + body.height - strip.y;
  const wide = Math.max(3, width);
  const style = { left: `${x + width / 2 - wide / 2}px`, top: `${strip.y}px` };
  return (
    <span
      class={`pattern-${name}`}
      style={{ ...style, width: `${wide}px`, height: `${height}px` }}
    />
  );
}

function Cross({ layout, cell }: { readonly layout: MatrixLayout; readonly cell: Cell }) {
  const { body } = layout;
  const { y, height } = cellRect(layout, cell);
  return (
    <>
      <Band name="pointed" layout={layout} column={cell.column} />
      {cell.row >= 0 && (
        <span
          class="pattern-pointed"
          style={{
            left: `${body.x}px`,
            top: `${y + height / 2 - Math.max(3, height) / 2}px`,
            width: `${body.width}px`,
            height: `${Math.max(3, height)}px`,
          }}
        />
      )}
    </>
  );
}

/** Most marks that are elements of their own. */
const MOST_MARKS = 1500;
const LEAST_CELL = 5;

/** A dot in the cell of each unit's preferred class, where cells have room for one. */
function PreferredMarks({ found, layout }: OverlayProps) {
  const present = classesWithExamples(found).map((place) => found.header.classes[place]?.number);
  const { width, height } = cellRect(layout, { row: 0, column: 0 });
  if (Math.min(width, height) < LEAST_CELL || found.units.length > MOST_MARKS) return null;
  return (
    <>
      {Array.from(found.preferred, (number, column) => {
        const row = number < 0 ? -1 : present.indexOf(number);
        if (row < 0) return null;
        const { x, y } = cellRect(layout, { row, column });
        const style = { left: `${x + width / 2}px`, top: `${y + height / 2}px` };
        return <span key={found.units[column]} class="pattern-dot" style={style} />;
      })}
    </>
  );
}

/** Tracked examples have a page: a mark leads there. */
function TrackedRows({ found, layout }: OverlayProps) {
  const tracked = trackedExamples.value;
  const { body } = layout;
  return (
    <>
      {Array.from(found.examples, (number, row) => {
        if (!tracked.has(number)) return null;
        const { y, height } = cellRect(layout, { row, column: 0 });
        return (
          <button
            key={number}
            type="button"
            class="pattern-tracked"
            aria-label={`Tracked example ${number}`}
            title={`Example ${number} is tracked: open it`}
            style={{ left: `${body.x + body.width + 1}px`, top: `${y + height / 2}px` }}
            onClick={() => openExample(number)}
          />
        );
      })}
    </>
  );
}

function openExample(number: number): void {
  example.value = number;
  view.value = "examples";
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** What takes clicks and keys: a click or Enter opens the unit, with Shift the example. */
function KeyArea({ layerName, form, found, cells, layout, pointed }: OverlayProps) {
  const { strip, body } = layout;
  const open = (isOfExample: boolean) => {
    const { row, column } = pointed.value?.cell ?? { row: -1, column: -1 };
    const [number, index] = [found.examples[row], found.units[column]];
    const isTracked = number !== undefined && trackedExamples.value.has(number);
    if (isOfExample && form === "patterns" && isTracked) openExample(number);
    else if (index !== undefined) openUnit(layerName, index);
  };
  const move = ([down, right]: readonly [number, number]) => {
    const now = pointed.value?.cell ?? { row: 0, column: 0 };
    const step = pointed.value ? 1 : 0;
    const row = clamp(now.row + down * step, cells.rows - 1);
    const column = clamp(now.column + right * step, cells.columns - 1);
    const { x, y, width, height } = cellRect(layout, { row, column });
    pointed.value = { cell: { row, column }, x: x + width / 2, y: y + height / 2 };
  };
  return (
    <button
      type="button"
      class="pattern-keys"
      aria-label={`Cells of ${layerName}: arrow keys point, Enter opens the unit`}
      style={{
        left: `${body.x}px`,
        top: `${strip.y}px`,
        width: `${body.width}px`,
        height: `${body.y + body.height - strip.y}px`,
      }}
      onClick={(event) => open(event.shiftKey)}
      onKeyDown={(event) => {
        const step = event.shiftKey ? undefined : MOVES[event.key];
        if (!step && event.key !== "Enter") return;
        event.preventDefault();
        if (step) move(step);
        else open(event.shiftKey);
      }}
      onBlur={() => {
        pointed.value = null;
      }}
    />
  );
}

function clamp(place: number, last: number): number {
  return Math.max(0, Math.min(last, place));
}

function CellTip(props: OverlayProps & { readonly at: PointedCell }) {
  const { found, form, cells, at, layerName } = props;
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (element.current) settle(element.current, at.x, at.y);
  });
  const { row, column } = at.cell;
  const selectivity = found.selectivity[column] ?? Number.NaN;
  const preferred = nameOfNumber(found, found.preferred[column] ?? -1);
  const value = row < 0 ? Number.NaN : cells.valueAt(row * cells.columns + column);
  const isExample = row >= 0 && form === "patterns";
  return (
    <div ref={element} class="tip pattern-tip" role="status">
      {isExample && <ExampleOf found={found} row={row} />}
      <span class="tip-head">
        <UnitIcon layerName={layerName} unit={found.units[column] ?? -1} size={40} />
        <b>
          {layerName} · unit {found.units[column]}
        </b>
      </span>
      {row >= 0 && (
        <span class="number">
          {form === "patterns" ? "response" : `mean response to ${cells.runs[row]?.name}`}{" "}
          {Number.isFinite(value) ? formatValue(value) : nothingOf(found, form, row)}
        </span>
      )}
      <span class="muted">
        {Number.isFinite(selectivity)
          ? `selectivity ${formatValue(selectivity)}, most of all for ${preferred}`
          : "selectivity undefined: it answers to all alike, or there is one class"}
      </span>
      <span class="muted">
        Click: open the unit.
        {isExample && isTracked(found, row) && " Shift and click: open the example."}
      </span>
    </div>
  );
}

/** Why there is no number. */
function nothingOf({ header }: PatternTable, form: MatrixForm, row: number): string {
  const isEmpty = form === "subsets" && header.subsets[row]?.examples === 0;
  return isEmpty ? "none: no example is in it" : "not finite";
}

function isTracked(found: PatternTable, row: number): boolean {
  return trackedExamples.value.has(found.examples[row] ?? -1);
}

const TOKENS = 24;

function ExampleOf({ found, row }: { readonly found: PatternTable; readonly row: number }) {
  void inputsVersion.value;
  const recording = shownRecording.value;
  const number = found.examples[row];
  if (!recording || number === undefined) return null;
  const { thumbnails, tokens } = recording.records.probeSet;
  const names = recording.records.probeSet.classNames;
  const nameOf = (label: number) => (label < 0 ? "unknown" : (names[label] ?? String(label)));
  const [label, prediction] = [found.labels[row] ?? -1, found.predictions[row] ?? -1];
  return (
    <span class="pattern-example">
      {number < thumbnails && (
        <img src={thumbnailAddress(recording.key, number)} alt={`Example ${number}`} />
      )}
      <span>
        <b>example {number}</b>
        <span>label {nameOf(label)}</span>
        <span>
          {label >= 0 && prediction >= 0 && (label === prediction ? "✓ " : "✗ ")}predicted{" "}
          {nameOf(prediction)}
        </span>
      </span>
      {number < tokens && (
        <span class="pattern-tokens">{textsOf(recording, number, TOKENS).join(" ")}</span>
      )}
    </span>
  );
}
