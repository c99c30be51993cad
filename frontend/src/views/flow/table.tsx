/** The links as rows: on the screen, and in the file. */
import type { Cell, Table as CsvTable } from "../../csv";
import { EXACTNESS, formatShare, formatSigned } from "../../numbers";
import { flowThreshold } from "../../state";
import { capital } from "../../titles";
import { type TableColumn, VALUE_LETTERS } from "../layer/columns";
import { Table } from "../layer/table";
import { type FlowGraph, largestLink } from "./graph";
import { shownRecording } from "./records";
import { toldGraph } from "./shown";
import { amountOf, labelOf, layerTitle } from "./words";

/** A link in words and numbers. */
export interface LinkRow {
  readonly place: number;
  readonly fromLayer: string;
  readonly from: string;
  readonly toLayer: string;
  readonly to: string;
  readonly value: number;
  /** Of all |flow| between the two layers. */
  readonly share: number;
  /** Whether the diagram draws it. */
  readonly isDrawn: boolean;
}

/** All links of a graph, those below the threshold too. */
export function linkRows(graph: FlowGraph, percentage: number): readonly LinkRow[] {
  const least = (largestLink(graph.links) * percentage) / 100;
  const sums = new Map<string, number>();
  const between = ({ source, target }: FlowGraph["links"][number]) => {
    const [from, to] = [graph.nodes[source]!, graph.nodes[target]!];
    return `${from.stack}>${to.stack}`;
  };
  for (const link of graph.links) {
    const name = between(link);
    sums.set(name, (sums.get(name) ?? 0) + Math.abs(link.value));
  }
  const recording = shownRecording.value;
  return graph.links.map((link, place) => {
    const [from, to] = [graph.nodes[link.source]!, graph.nodes[link.target]!];
    return {
      place,
      fromLayer: from.kind === "bias" ? "" : layerTitle(graph, from.layer),
      from: labelOf(graph, from, recording),
      toLayer: layerTitle(graph, to.layer),
      to: labelOf(graph, to, recording),
      value: link.value,
      share: Math.abs(link.value) / (sums.get(between(link)) ?? 1),
      isDrawn: Math.abs(link.value) >= least,
    };
  });
}

export function LinksTable() {
  const graph = toldGraph.value;
  if (!graph) return null;
  const rows = linkRows(graph, flowThreshold.value);
  return (
    <>
      <Table
        label="Links of the flow"
        rows={rows}
        columns={columnsFor(rows, graph.method)}
        isChosen={() => false}
        onOpen={() => undefined}
        onPoint={() => undefined}
      />
      <p class="foot muted">{EXACTNESS}</p>
    </>
  );
}

function columnsFor(rows: readonly LinkRow[], method: string): TableColumn<LinkRow>[] {
  const amount = amountOf(method);
  const text = (
    name: string,
    title: string,
    meaning: string,
    of: (row: LinkRow) => string,
  ): TableColumn<LinkRow> => ({
    name,
    title,
    meaning,
    isText: true,
    key: of,
    text: of,
    letters: rows.reduce((most, row) => Math.max(most, of(row).length), 4),
  });
  return [
    text("from_layer", "from layer", "The layer that it comes from", (row) => row.fromLayer),
    text(
      "from",
      "from",
      "The unit or group, the other units, or biases and normalisation",
      (row) => row.from,
    ),
    text("to_layer", "to layer", "The layer that it leads to", (row) => row.toLayer),
    text("to", "to", "The unit or group, or the other units", (row) => row.to),
    {
      name: "flow",
      title: "flow",
      meaning: `${capital(amount)} that is passed, mean over the examples, signed`,
      key: ({ value }) => value,
      text: ({ value }) => formatSigned(value),
      letters: VALUE_LETTERS,
    },
    {
      name: "share",
      title: "share",
      meaning: "Of all |flow| between the two layers",
      key: ({ share }) => share,
      text: ({ share }) => formatShare(share),
      letters: VALUE_LETTERS,
    },
    text("drawn", "drawn", "Whether it is large enough to be drawn", (row) =>
      row.isDrawn ? "yes" : "no",
    ),
  ];
}

const COLUMNS = ["run", "step", "group", "method", "target", "nodes"];
const LINK_COLUMNS = ["from_layer", "from", "to_layer", "to", "flow", "share", "drawn"];

/** Where the links of a file come from. */
export type Origin = readonly [
  run: string,
  step: string,
  group: string,
  method: string,
  target: string,
  nodes: string,
];

/** The links as a file. */
export function linksFile(graph: FlowGraph | null, origin: Origin, percentage: number): CsvTable {
  const rows = graph ? linkRows(graph, percentage) : [];
  return { columns: [...COLUMNS, ...LINK_COLUMNS], rows: rows.map((row) => cellsOf(row, origin)) };
}

function cellsOf(row: LinkRow, origin: Origin): Cell[] {
  const ends = [row.fromLayer, row.from, row.toLayer, row.to];
  return [...origin, ...ends, row.value, row.share, row.isDrawn ? "yes" : "no"];
}
