/** Activation grids: every tracked example as cells of a layer, or one example at large in all layers. */
import { useEffect, useRef } from "preact/hooks";
import { Failure, FailureNotice } from "../../chrome/failure";
import { offerExport } from "../../export";
import {
  followGrids,
  gridList,
  gridsProblem,
  layerGrids,
  retryGrids,
  shownGrid,
  shownGridLayer,
} from "../../grids";
import type { GridTable } from "../../grids-api";
import { formatShare } from "../../numbers";
import { example, gridCell, gridLayer, isExampleTable } from "../../state";
import { adoptStyles, roles } from "../../theme";
import { GridBar } from "./grid-bar";
import { GridCells } from "./grid-cells";
import { gridExport } from "./grid-exports";
import { NoGrids } from "./grid-missing";
import { GridPosition } from "./grid-position";
import { GRID_CSS } from "./grid-style";
import { CellTable } from "./grid-table";
import { GridTokens, isOfTokens } from "./grid-tokens";
import { nameOfClass, pointedExample } from "./shown";
import { colourOfAnswer, glyphOf } from "./strip-painter";

adoptStyles(GRID_CSS);

export function ActivationGrids() {
  useEffect(followGrids, []);
  const [list, why, table] = [gridList.value, gridsProblem.value, shownGrid.value];
  if (!list && why !== null) {
    return <Failure what="The activation grids could not be read" why={why} onRetry={retryGrids} />;
  }
  if (list && list.layers.length === 0) return <NoGrids />;
  return (
    <>
      <GridBar />
      {why !== null && (
        <FailureNotice what="Some cells could not be read." why={why} onRetry={retryGrids} />
      )}
      {table ? <Shown table={table} /> : <Loading />}
    </>
  );
}

function Shown({ table }: { readonly table: GridTable }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => offerExport(gridExport(() => place.current)), []);
  if (isExampleTable.value) return <CellTable table={table} />;
  const at = table.header.examples.findIndex((one) => one.example === example.value);
  return (
    <div ref={place} class="grid-parts">
      {example.value === null ? <Wall table={table} /> : at < 0 ? <NotThere /> : <Large at={at} />}
      {(example.value === null || at >= 0) && <GridPosition />}
    </div>
  );
}

function Wall({ table }: { readonly table: GridTable }) {
  const isWide = isOfTokens(table);
  return (
    <ol class={isWide ? "grid-wall wide" : "grid-wall"} aria-label="Tracked examples">
      {table.header.examples.map((one, place) => (
        <li key={one.example}>
          <Caption table={table} place={place} />
          <CellsOf table={table} place={place} />
        </li>
      ))}
    </ol>
  );
}

interface CaptionProps {
  readonly table: GridTable;
  readonly place: number;
}

/** The example's class and what the model answered; it leads to the example at large. */
function Caption({ table, place }: CaptionProps) {
  const { example: number = 0, label = -1 } = table.header.examples[place] ?? {};
  return (
    <button
      type="button"
      class="grid-caption"
      title={`Show example ${number} at large, layer by layer`}
      onPointerEnter={() => {
        pointedExample.value = number;
      }}
      onClick={() => {
        example.value = number;
      }}
    >
      <b data-draw="text">{label < 0 ? `example ${number}` : nameOfClass(label)}</b>
      <Answer table={table} place={place} />
    </button>
  );
}

function Answer({ table, place }: CaptionProps) {
  const prediction = table.prediction[place] ?? -1;
  if (prediction < 0) return null;
  const correct = table.correct[place];
  const isRight = correct === 1 ? true : correct === 0 ? false : null;
  return (
    <span data-draw="text" class="number" style={{ color: colourOfAnswer(isRight, roles.value) }}>
      {glyphOf(isRight)} {nameOfClass(prediction)} ·{" "}
      {formatShare(table.probability[place] ?? Number.NaN)}
    </span>
  );
}

interface CellsOfProps extends CaptionProps {
  readonly onEnter?: () => void;
}

function CellsOf(props: CellsOfProps) {
  return isOfTokens(props.table) ? <GridTokens {...props} /> : <GridCells {...props} />;
}

/** One example, its layers beside each other in the order in which they run. */
function Large({ at }: { readonly at: number }) {
  const [known, grid] = [layerGrids.value, shownGrid.value];
  const number = grid?.header.examples[at];
  if (!grid || !number) return null;
  const layers = [...(known ?? [])];
  return (
    <section class="grid-large" aria-label={`Example ${number.example}`}>
      <header class="detail-head">
        <button
          type="button"
          class="button"
          onClick={() => {
            example.value = null;
          }}
        >
          ← All examples
        </button>
        <h2 data-draw="text">
          {number.label < 0 ? "" : `${nameOfClass(number.label)} `}
          <span class="muted">example {number.example}</span>
        </h2>
        <Answer table={grid} place={at} />
        <span class="fill" />
        <Neighbours table={grid} at={at} />
      </header>
      <ol class="grid-layers">
        {layers.map(([name, table]) => {
          const isRead = name === shownGridLayer.value?.layer;
          const read = () => {
            if (isRead) return;
            gridLayer.value = name;
            gridCell.value = null;
          };
          return (
            <li key={name} class={isRead ? "read" : ""}>
              <button
                type="button"
                class="grid-caption"
                aria-pressed={isRead}
                title={`List the units of ${name}`}
                onClick={read}
              >
                <b data-draw="text">{name}</b>
                <span class="muted number" data-draw="text">
                  {table.header.shape.length === 0
                    ? "no positions"
                    : table.header.shape.join(" × ")}
                </span>
              </button>
              <CellsOf table={table} place={0} onEnter={read} />
            </li>
          );
        })}
      </ol>
      {layers.length === 0 && <Loading />}
    </section>
  );
}

function Neighbours({ table, at }: { readonly table: GridTable; readonly at: number }) {
  const { examples } = table.header;
  const go = (by: number) => () => {
    example.value = examples[at + by]?.example ?? example.value;
  };
  return (
    <span class="neighbours">
      <button
        type="button"
        class="button icon"
        aria-label="Previous example"
        disabled={at === 0}
        onClick={go(-1)}
      >
        ‹
      </button>
      <span class="number">
        {at + 1} of {examples.length}
      </span>
      <button
        type="button"
        class="button icon"
        aria-label="Next example"
        disabled={at === examples.length - 1}
        onClick={go(1)}
      >
        ›
      </button>
    </span>
  );
}

function NotThere() {
  return (
    <p class="grid-none" role="status">
      Example {example.value} is not tracked at this step.{" "}
      <button
        type="button"
        class="button"
        onClick={() => {
          example.value = null;
        }}
      >
        All tracked examples
      </button>
    </p>
  );
}

function Loading() {
  return (
    <p class="standing" role="status">
      Loading the cells …
    </p>
  );
}
