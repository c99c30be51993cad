/** Cells as rows: what a table shows and a file holds. */
import type { GridTable } from "../../grids-api";

/** One cell. */
export interface CellRow {
  readonly example: number;
  /** Index of its class; -1 where there is none. */
  readonly label: number;
  readonly position: number;
  readonly norm: number;
  readonly colour: string;
  /** To each class of the header. */
  readonly net: readonly number[];
}

/** All cells of a table, example by example. */
export function cellRows(table: GridTable): CellRow[] {
  const { header, positions, norms, colours, net } = table;
  return header.examples.flatMap(({ example, label }, place) =>
    Array.from({ length: positions }, (_, position): CellRow => {
      const at = place * positions + position;
      const [red = 0, green = 0, blue = 0] = colours.subarray(3 * at, 3 * at + 3);
      return {
        example,
        label,
        position,
        norm: norms[at] ?? Number.NaN,
        colour: `rgb(${red} ${green} ${blue})`,
        net: header.classes.map(
          (_, number) =>
            net[(place * header.classes.length + number) * positions + position] ?? Number.NaN,
        ),
      };
    }),
  );
}
