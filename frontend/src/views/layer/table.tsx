/** A sortable table of which only the visible rows are elements. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { windowOf } from "../../layout/windowing";
import { sortColumn } from "../../state";
import { formatSorting, nextSorting, parseSorting, sorted } from "./rows";

/** A column: what it is called, how it sorts and what its cells show. */
export interface TableColumn<Row> {
  readonly name: string;
  readonly title: string;
  readonly isText?: boolean;
  readonly key: (row: Row) => number | string;
  /** What a file holds, where that is not the key. */
  readonly text?: (row: Row) => number | string;
  readonly cell: (row: Row) => ComponentChildren;
}

export interface TableProps<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
  readonly isChosen: (row: Row) => boolean;
  readonly onOpen: (row: Row) => void;
  readonly onPoint: (row: Row | null) => void;
}

const ROW_HEIGHT = 28;
const HEAD_HEIGHT = 34;

export function Table<Row>({ label, rows, columns, isChosen, onOpen, onPoint }: TableProps<Row>) {
  const scroll = useSignal({ top: 0, height: 600 });
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => {
      scroll.value = { top: element.scrollTop, height: element.clientHeight - HEAD_HEIGHT };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [scroll]);
  const ordered = inOrder(rows, columns);
  const shown = windowOf(ordered.length, ROW_HEIGHT, scroll.value);
  const below = shown.track - shown.top - (shown.end - shown.first) * ROW_HEIGHT;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys
    <section ref={place} class="layer-table" tabIndex={0} aria-label={label}>
      <table aria-rowcount={ordered.length + 1} aria-label={label}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Heading key={column.name} column={column} />
            ))}
          </tr>
        </thead>
        <tbody onPointerLeave={() => onPoint(null)}>
          <Space height={shown.top} columns={columns.length} />
          {ordered.slice(shown.first, shown.end).map((row, place) => (
            <tr
              key={shown.first + place}
              aria-rowindex={shown.first + place + 2}
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
                <td key={column.name} class={column.isText ? "text" : "number"}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          <Space height={below} columns={columns.length} />
        </tbody>
      </table>
    </section>
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
  return (
    <th
      scope="col"
      class={column.isText ? "text" : ""}
      {...(isSorted ? { "aria-sort": direction } : {})}
    >
      <button type="button" title={column.title} onClick={choose}>
        {column.name}
        {isSorted && (sorting.isDescending ? " ↓" : " ↑")}
      </button>
    </th>
  );
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
