/** Cells of all tracked examples as rows. */
import { chooseCell } from "../../grids";
import type { GridTable } from "../../grids-api";
import { formatSigned, formatValue } from "../../numbers";
import { isExampleTable } from "../../state";
import type { TableColumn } from "../layer/columns";
import { Table } from "../layer/table";
import { type CellRow, cellRows } from "./grid-rows";
import { nameOfPosition } from "./grid-shown";
import { nameOfClass } from "./shown";

/** A click on a row shows the cell's units. */
export function CellTable({ table }: { readonly table: GridTable }) {
  return (
    <div class="answers-table">
      <Table
        label={`Cells of ${table.header.layer}`}
        rows={cellRows(table)}
        columns={columnsOf(table)}
        isChosen={() => false}
        onOpen={(row) => {
          chooseCell(row);
          isExampleTable.value = false;
        }}
        onPoint={() => undefined}
      />
    </div>
  );
}

function columnsOf({ header }: GridTable): TableColumn<CellRow>[] {
  return [
    {
      name: "example",
      title: "example",
      meaning: "Number in the probe set",
      key: ({ example }) => example,
      text: ({ example }) => String(example),
      letters: 7,
    },
    {
      name: "label",
      title: "label",
      meaning: "The example’s class",
      isText: true,
      key: ({ label }) => (label < 0 ? "" : nameOfClass(label)),
      text: ({ label }) => nameOfClass(label),
      letters: 10,
    },
    {
      name: "position",
      title: "position",
      meaning: "Place in the layer",
      key: ({ position }) => position,
      text: ({ position }) => nameOfPosition(header.shape, position),
      letters: 16,
    },
    {
      name: "norm",
      title: "norm",
      meaning: "Norm of the activation vector",
      key: ({ norm }) => norm,
      text: ({ norm }) => formatValue(norm),
      letters: 8,
      swatch: ({ colour }) => colour,
    },
    ...header.classes.map(
      (number, at): TableColumn<CellRow> => ({
        name: `to_${number}`,
        title: nameOfClass(number),
        group: "attribution to",
        meaning: `What the position contributes to the logit of ${nameOfClass(number)}`,
        key: ({ net }) => net[at] ?? Number.NaN,
        text: ({ net }) => formatSigned(net[at] ?? Number.NaN),
        letters: 8,
      }),
    ),
  ];
}
