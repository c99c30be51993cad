/** The filmstrip: tracked examples by records of maps, scrolled natively, drawn where it is seen. */
import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { setStepOf } from "../../actions";
import { offerExport } from "../../export";
import { isNarrow } from "../../host";
import {
  boxOf,
  type Cells,
  cellAt,
  cellsIn,
  columnWidth,
  holds,
  pictureRect,
  revealColumn,
  rowHeight,
  type ScrollBox,
  sizeOf,
} from "../../layout/filmstrip";
import { isOfB, mapRecord, shownTable } from "../../maps";
import { example } from "../../state";
import { stripExport } from "./exports";
import { RowLabel } from "./row-label";
import {
  answerAt,
  hasMasks,
  lastAtLarge,
  looks,
  nameOfClass,
  overlapAt,
  pointedExample,
  shownRows,
  shownView,
  stepOf,
  strip,
} from "./shown";
import { paintCells } from "./strip-painter";
import { CellTip, type PointedCell } from "./tip";

/** Height of the line of steps. */
const HEAD = 28;
/** Cells drawn beyond each edge: scrolling shows them before the next drawing. */
const SPARE = 3;
const NO_CELLS: Cells = { firstRow: 0, endRow: 0, firstColumn: 0, endColumn: 0 };

export function Filmstrip() {
  const place = useRef<HTMLElement>(null);
  const labelWidth = isNarrow.value ? 104 : 216;
  const { box, drawn } = useWindow(place, labelWidth);
  const pointed = useSignal<PointedCell | null>(null);
  useEffect(() => offerExport(stripExport(() => cellsIn(strip.peek(), box.peek()))), [box]);
  useLayoutEffect(() => returnTo(place.current), []);
  useSignalEffect(() => showColumn(place.current, mapRecord.value, box.peek()));
  const { width, height } = sizeOf(strip.value);
  return (
    <div class="filmstrip-place">
      <section
        ref={place}
        class="filmstrip"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys
        tabIndex={0}
        aria-label="Maps of tracked examples, a row each, by step; Enter on an example opens it"
        onKeyDown={moveAmongRows}
      >
        <div
          class="track"
          style={{ width: `${labelWidth + width}px`, height: `${HEAD + height}px` }}
        >
          <Head labelWidth={labelWidth} cells={drawn.value} />
          <Labels labelWidth={labelWidth} cells={drawn.value} />
          <Pictures labelWidth={labelWidth} cells={drawn} pointed={pointed} />
          <Now labelWidth={labelWidth} height={height} />
        </div>
      </section>
      <CellTip pointed={pointed} />
    </div>
  );
}

/** What is seen of the cells, and which of them are drawn for it. */
function useWindow(place: { readonly current: HTMLElement | null }, labelWidth: number) {
  const box = useSignal<ScrollBox>({ left: 0, top: 0, width: 800, height: 600 });
  const drawn = useSignal<Cells>(NO_CELLS);
  useLayoutEffect(() => followScroll(place.current, labelWidth, box), [place, box, labelWidth]);
  useSignalEffect(() => {
    const seen = cellsIn(strip.value, box.value);
    const isEnough = holds(drawn.peek(), seen) && holds(wholeStrip(), drawn.peek());
    if (!isEnough) drawn.value = cellsIn(strip.value, box.value, SPARE);
  });
  return { box, drawn };
}

interface PicturesProps {
  readonly labelWidth: number;
  readonly cells: Signal<Cells>;
  readonly pointed: Signal<PointedCell | null>;
}

/** The cells that are drawn, on one canvas that scrolls with the rest. */
function Pictures({ labelWidth, cells, pointed }: PicturesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useSignalEffect(() => {
    void looks.value;
    draw(canvas.current, cells.value);
  });
  const { x, y, width, height } = boxOf(strip.value, cells.value);
  const place = { left: labelWidth + x, top: HEAD + y, width, height };
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label="The maps; the table has the answers"
      style={inPixels(place)}
      onClick={(event) => goTo(cellUnder(event, cells.value))}
      onDblClick={(event) => open(cellUnder(event, cells.value))}
      onPointerMove={(event) => {
        const cell = cellUnder(event, cells.value);
        pointed.value = { cell, x: event.clientX, y: event.clientY };
        const row = cell && shownRows.value[cell.row];
        if (row) pointedExample.value = row.example;
      }}
      onPointerLeave={() => {
        pointed.value = null;
      }}
    />
  );
}

function inPixels(sizes: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, `${size}px`]));
}

/** Keep a box at what is seen of the cells: the labels and the steps lie over the rest. */
function followScroll(
  element: HTMLElement | null,
  labelWidth: number,
  box: { value: ScrollBox },
): (() => void) | undefined {
  if (!element) return undefined;
  const measure = () => {
    box.value = {
      left: element.scrollLeft,
      top: element.scrollTop,
      width: Math.max(0, element.clientWidth - labelWidth),
      height: Math.max(0, element.clientHeight - HEAD),
    };
  };
  const observer = new ResizeObserver(measure);
  observer.observe(element);
  element.addEventListener("scroll", measure, { passive: true });
  measure();
  return () => {
    observer.disconnect();
    element.removeEventListener("scroll", measure);
  };
}

/** Bring the example that was shown at large last into sight; its row takes the focus. */
function returnTo(element: HTMLElement | null): () => void {
  const row = shownRows.peek().findIndex((one) => one.example === lastAtLarge.peek());
  if (element && row >= 0) {
    element.scrollTop = row * rowHeight(strip.peek()) - element.clientHeight / 3;
  }
  return () => {
    lastAtLarge.value = example.peek();
  };
}

function wholeStrip(): Cells {
  const { rows, columns } = strip.value;
  return { firstRow: 0, endRow: rows, firstColumn: 0, endColumn: columns };
}

function draw(canvas: HTMLCanvasElement | null, cells: Cells): void {
  const view = shownView.peek();
  if (!canvas || !view) return;
  const film = {
    strip: strip.peek(),
    rows: shownRows.peek(),
    view,
    answer: answerAt,
    overlap: hasMasks.peek() ? overlapAt : null,
    nameOfClass,
  };
  paintCells(canvas, film, cells, window.devicePixelRatio || 1);
}

function showColumn(element: HTMLElement | null, column: number, box: ScrollBox): void {
  if (!element || column < 0) return;
  const left = revealColumn(strip.peek(), column, box);
  if (left !== element.scrollLeft) element.scrollLeft = left;
}

interface PartProps {
  readonly labelWidth: number;
  readonly cells: Cells;
}

/** The steps above the columns that are drawn. */
function Head({ labelWidth, cells }: PartProps) {
  const steps = shownTable.value?.header.steps ?? [];
  const size = columnWidth(strip.value);
  return (
    <div class="strip-head" style={{ height: `${HEAD}px` }}>
      <span class="corner muted" style={{ width: `${labelWidth}px` }}>
        {isNarrow.value ? "step" : "example · step"}
      </span>
      {steps.slice(cells.firstColumn, cells.endColumn).map((step, at) => {
        const column = cells.firstColumn + at;
        const left = labelWidth + pictureRect(strip.value, 0, column).x;
        return (
          <span
            key={step}
            class={column === mapRecord.value ? "step now" : "step"}
            style={{ left: `${left}px`, width: `${size - strip.value.gap}px` }}
          >
            {stepOf(column)}
          </span>
        );
      })}
    </div>
  );
}

/** The examples beside the rows that are drawn. */
function Labels({ labelWidth, cells }: PartProps) {
  const height = rowHeight(strip.value);
  return (
    <ol class="strip-labels" style={{ width: `${labelWidth}px` }}>
      {shownRows.value.slice(cells.firstRow, cells.endRow).map((row, at) => {
        const top = (cells.firstRow + at) * height + strip.value.gap / 2;
        return (
          <li key={row.example} style={{ top: `${top}px`, height: `${height}px` }}>
            <RowLabel row={row} />
          </li>
        );
      })}
    </ol>
  );
}

/** The frame around the column of the step: moved, nothing is drawn anew. */
function Now({ labelWidth, height }: { readonly labelWidth: number; readonly height: number }) {
  const column = mapRecord.value;
  if (column < 0 || height === 0) return null;
  const { gap } = strip.value;
  const left = labelWidth + column * columnWidth(strip.value) + gap / 2;
  return (
    <i
      class={isOfB.value ? "now-column b" : "now-column"}
      style={{
        transform: `translateX(${left}px)`,
        width: `${columnWidth(strip.value)}px`,
        top: `${HEAD}px`,
        height: `${height}px`,
      }}
    />
  );
}

type Cell = { readonly row: number; readonly column: number } | null;

function cellUnder(event: MouseEvent, cells: Cells): Cell {
  const { x, y } = boxOf(strip.value, cells);
  return cellAt(strip.value, event.offsetX + x, event.offsetY + y);
}

function goTo(cell: Cell): void {
  const step = cell && shownTable.value?.header.steps[cell.column];
  if (step !== null && step !== undefined) setStepOf(isOfB.value ? "B" : "A", step);
}

function open(cell: Cell): void {
  const row = cell && shownRows.value[cell.row];
  if (row) example.value = row.example;
}

/** Arrow keys go from example to example, as far as their buttons are drawn; Enter opens one. */
function moveAmongRows(event: KeyboardEvent): void {
  const list = event.currentTarget instanceof Element ? event.currentTarget : null;
  const buttons = [...(list?.querySelectorAll<HTMLElement>(".strip-labels button") ?? [])];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  // A button that was clicked keeps the focus, and Enter on it would go elsewhere.
  if (event.key === "Enter" && at >= 0) buttons[at]?.click();
  else if (by !== 0) buttons[Math.max(0, Math.min(buttons.length - 1, at + by))]?.focus();
  else return;
  event.preventDefault();
}
