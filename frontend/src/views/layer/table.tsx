/** A sortable table of which only the visible rows are elements. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { StateGlyph } from "../../chrome/icons";
import { UnitIcon } from "../../chrome/unit-icon";
import { windowOf } from "../../layout/windowing";
import { sortColumn } from "../../state";
import { columnGroups, type TableColumn, titleLines } from "./columns";
import { formatSorting, nextSorting, parseSorting, sorted } from "./rows";

export interface TableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
  /** What stands beside the title of a group of columns. */
  readonly besideGroup?: (title: string) => ComponentChildren;
  /** Which of the rows there could be these are: another choice begins at the top again. */
  readonly subset?: string;
  readonly isChosen: (row: Row) => boolean;
  readonly onOpen: (row: Row) => void;
  readonly onPoint: (row: Row | null) => void;
}

const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 46;
const PADDING = 10;
/** Room for a glyph or a swatch beside the text. */
const PICTURE = 20;

export function Table<Row>(props: TableProps<Row>) {
  const { label, rows, columns, subset = "", besideGroup, isChosen, onOpen, onPoint } = props;
  const scroll = useSignal({ top: 0, height: 600 });
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => {
      scroll.value = { top: element.scrollTop, height: element.clientHeight - headHeight(element) };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [scroll]);
  const order = [label, subset, sortColumn.value].join("\n");
  useLayoutEffect(() => {
    // Whoever asks for another order wants to see what is first in it.
    if (order && place.current) place.current.scrollTop = 0;
  }, [order]);
  const ordered = inOrder(rows, columns);
  const heads = columnGroups(columns).length > 0 ? 2 : 1;
  const shown = windowOf(ordered.length, ROW_HEIGHT, scroll.value);
  const below = shown.track - shown.top - (shown.end - shown.first) * ROW_HEIGHT;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys
    <section ref={place} class="layer-table" tabIndex={0} aria-label={label}>
      <table
        class={heads > 1 ? "grouped" : ""}
        aria-rowcount={ordered.length + heads}
        aria-label={label}
      >
        <Widths columns={columns} />
        <thead>
          <Groups columns={columns} beside={besideGroup} />
          <tr aria-rowindex={heads}>
            {columns.map((column) => (
              <Heading key={column.name} column={column} />
            ))}
          </tr>
        </thead>
        <tbody onPointerLeave={() => onPoint(null)}>
          <Space height={shown.top} columns={columns.length} />
          {ordered.slice(shown.first, shown.end).map((row, at) => (
            <tr
              key={shown.first + at}
              aria-rowindex={shown.first + at + heads + 1}
              class={isChosen(row) ? "row chosen" : "row"}
              tabIndex={0}
              onClick={() => onOpen(row)}
              onKeyDown={(event) => {
                if (event.key !== "Enter") return;
                event.preventDefault();
                onOpen(row);
              }}
              onPointerEnter={() => onPoint(row)}
            >
              {columns.map((column) => (
                <Cell key={column.name} row={row} column={column} />
              ))}
            </tr>
          ))}
          <Space height={below} columns={columns.length} />
        </tbody>
      </table>
    </section>
  );
}

interface ColumnsProps<Row> {
  readonly columns: readonly TableColumn<Row>[];
}

/** Room for the longest text that any row may have; what is left over is shared. */
function Widths<Row>({ columns }: ColumnsProps<Row>) {
  return (
    <colgroup>
      {columns.map((column) => {
        const head = Math.max(...titleLines(column.title).map(({ length }) => length));
        const letters = Math.max(column.letters, head) + 0.6;
        const width = `calc(${letters}ch + ${2 * PADDING + (hasPicture(column) ? PICTURE : 0)}px)`;
        return <col key={column.name} style={{ width }} />;
      })}
    </colgroup>
  );
}

interface GroupsProps<Row> extends ColumnsProps<Row> {
  readonly beside: ((title: string) => ComponentChildren) | undefined;
}

/** What the columns stand under, over their headings. */
function Groups<Row>({ columns, beside }: GroupsProps<Row>) {
  const groups = columnGroups(columns);
  if (groups.length === 0) return null;
  return (
    <tr class="groups" aria-rowindex={1}>
      {groups.map(({ title, columns: count }, place) =>
        title === "" ? (
          <td key={place} colSpan={count} />
        ) : (
          <th key={place} colSpan={count} scope="colgroup">
            <span>
              {title}
              {beside?.(title)}
            </span>
          </th>
        ),
      )}
    </tr>
  );
}

function hasPicture<Row>({ swatch, state }: TableColumn<Row>): boolean {
  return swatch !== undefined || state !== undefined;
}

interface CellProps<Row> {
  readonly row: Row;
  readonly column: TableColumn<Row>;
}

function Cell<Row>({ row, column }: CellProps<Row>) {
  const icon = column.icon?.(row);
  if (icon) {
    return (
      <td class="text icon-cell">
        <UnitIcon {...icon} size={22} />
      </td>
    );
  }
  const [text, state, swatch] = [column.text(row), column.state?.(row), column.swatch?.(row)];
  const name = [column.isText ? "text" : "number", column.isCount && text === "0" ? "zero" : ""];
  return (
    <td class={name.join(" ").trim()} title={column.hint?.(row) || undefined}>
      {state || swatch ? (
        <span class={state ? "with-glyph" : "with-swatch"}>
          {state && <StateGlyph state={state} />}
          {swatch && <i class="swatch" style={{ background: swatch }} />}
          <span>{text}</span>
        </span>
      ) : (
        text
      )}
    </td>
  );
}

function Heading<Row>({ column }: { readonly column: TableColumn<Row> }) {
  const sorting = parseSorting(sortColumn.value);
  const isSorted = sorting?.name === column.name;
  const direction = sorting?.isDescending ? "descending" : "ascending";
  const choose = () => {
    const next = nextSorting(parseSorting(sortColumn.value), column.name);
    sortColumn.value = next && formatSorting(next);
  };
  const [first, second] = titleLines(column.title);
  return (
    <th
      scope="col"
      class={column.isText ? "text" : ""}
      {...(isSorted ? { "aria-sort": direction } : {})}
    >
      <button type="button" title={column.meaning} onClick={choose}>
        {first} {second !== undefined && <br />}
        {second}
        {isSorted && (
          <span class="arrow" aria-hidden="true">
            {sorting.isDescending ? "↓" : "↑"}
          </span>
        )}
      </button>
    </th>
  );
}

function headHeight(place: HTMLElement): number {
  return place.querySelector("thead")?.clientHeight || HEAD_HEIGHT;
}

function Space({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height <= 0) return null;
  return (
    <tr>
      <td colSpan={columns} style={{ height: `${height}px`, padding: 0, border: 0 }} />
    </tr>
  );
}

/** Rows as the address sorts them. */
export function inOrder<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
): readonly Row[] {
  const sorting = parseSorting(sortColumn.value);
  const column = columns.find(({ name }) => name === sorting?.name);
  return column && sorting ? sorted(rows, column.key, sorting.isDescending) : rows;
}
