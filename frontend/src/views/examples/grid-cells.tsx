/** One example's activation grid as a picture that is read by pointer and by arrow keys. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { chooseCell, pointedCell, readCell } from "../../grids";
import type { GridTable } from "../../grids-api";
import { placeOf, positionBeside, positionUnder } from "../../layout/activation-grid";
import { planeOf } from "../../layout/plane";
import { formatValue } from "../../numbers";
import { normAt, paintGrid } from "./grid-painter";
import { nameOfPosition, pictureOf } from "./grid-shown";

interface GridCellsProps {
  readonly table: GridTable;
  /** Place of the example in the table. */
  readonly place: number;
  /** Called before a cell is chosen. */
  readonly onEnter?: () => void;
}

export function GridCells({ table, place, onEnter }: GridCellsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = pictureOf(table, place);
  const example = table.header.examples[place]?.example ?? 0;
  const { layer } = table.header;
  const read = readCell.value;
  const cell = read?.example === example && read.layer === layer ? read : null;
  useLayoutEffect(() => {
    const [element, context] = [canvas.current, canvas.current?.getContext("2d")];
    if (!element || !context) return;
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = element;
    [element.width, element.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintGrid(context, picture, { x: 0, y: 0, width, height });
  });
  const told = cell
    ? `; ${nameOfPosition(table.header.shape, cell.position)}, norm ${formatValue(normAt(picture, cell.position))}`
    : "";
  const choose = (position: number) => {
    onEnter?.();
    pointedCell.value = null;
    chooseCell({ example, position });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div
      class={table.positions > 1 ? "grid-cells" : "grid-cells single"}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its cells are walked through with arrow keys
      tabIndex={0}
      role="group"
      aria-label={`Cells of example ${example} in ${table.header.layer}${told}`}
      style={{ aspectRatio: String(aspectOf(table)) }}
      onPointerMove={(event) => point(table, example, under(event, table))}
      onPointerLeave={() => {
        pointedCell.value = null;
      }}
      onClick={(event) => {
        const position = under(event, table);
        if (position !== null) choose(position);
      }}
      onKeyDown={(event) => {
        const at = cell?.position ?? 0;
        const next = positionBeside(picture.plane, at, event.key);
        if (next === null || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        choose(next);
      }}
    >
      <canvas ref={canvas} />
      {cell && <Frame table={table} position={cell.position} />}
    </div>
  );
}

function Frame({ table, position }: { readonly table: GridTable; readonly position: number }) {
  const plane = planeOf(table.header.shape);
  const { column, row } = placeOf(plane, position);
  return (
    <i
      class="place-frame"
      style={{
        left: `${(100 * column) / plane.columns}%`,
        top: `${(100 * row) / plane.rows}%`,
        width: `${100 / plane.columns}%`,
        height: `${100 / plane.rows}%`,
      }}
    />
  );
}

/** Width over height: a strip for one line of positions. */
function aspectOf({ header: { shape } }: GridTable): number {
  const { columns, rows } = planeOf(shape);
  return rows > 1 || columns === 1 ? columns / rows : Math.max(1, Math.min(columns, 6));
}

function point({ header }: GridTable, example: number, position: number | null): void {
  const before = pointedCell.peek();
  const isSame = before?.example === example && before.position === position;
  if (isSame && before.layer === header.layer) return;
  pointedCell.value = position === null ? null : { layer: header.layer, example, position };
}

function under(event: MouseEvent, { header }: GridTable): number | null {
  if (!(event.currentTarget instanceof Element)) return null;
  const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
  const box = { x: left, y: top, width, height };
  return positionUnder(planeOf(header.shape), box, event.clientX, event.clientY);
}
