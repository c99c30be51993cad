/** What the flow saves: the whole diagram with headers and labels, and a row a link. */
import type { Drawing, Shape } from "../../drawing";
import type { ViewExport } from "../../export";
import { formatShare, formatSigned, formatValue } from "../../numbers";
import { flowGroup, flowNodes, flowThreshold } from "../../state";
import { formatStep } from "../../steps";
import type { FlowDirector } from "./director";
import { groupsSentence, leftOutSentence, methodSentence, nodesText, recordSentence } from "./foot";
import { largestLink } from "./graph";
import { flowColours } from "./palette";
import { isOfB, shownMethod, shownRecording, toldFlowStep } from "./records";
import { frame, MARGIN, toldRecord } from "./shown";
import { diagramMarkup } from "./svg";
import { linksFile } from "./table";
import { amountOf, flowMethodTitle, groupTitle, labelOf, layerTitle, PINNED } from "./words";

/** Headers above the diagram, and sentences below it. */
const HEAD = 62;
const FOOT = 40;
const LINE = 15;
const SMALL = 11;

/** The export of the flow that a director shows. */
export function flowExport(director: FlowDirector): ViewExport {
  return {
    name: fileName(),
    title: titleOf,
    subject: () => `flow recorded at step ${formatStep(toldFlowStep.value ?? undefined)}`,
    hasLegend: false,
    note: leftOutSentence,
    drawing: () => drawingOf(director),
    table: () => {
      const header = toldRecord.value?.header;
      const run = shownRecording.value?.key.run ?? "";
      const origin = [
        run,
        header?.step ?? "",
        flowGroup.value,
        header?.method ?? "",
        header?.target ?? "",
        nodesText(),
      ] as const;
      return linksFile(director.drawn?.graph ?? null, origin, flowThreshold.value);
    },
  };
}

function fileName(): string {
  const method = shownMethod.value?.name ?? "";
  const by = amountOf(method) === "relevance" ? `-${method}` : "";
  const nodes = flowNodes.value === "groups" ? "-groups" : "";
  return `flow-${flowGroup.value.replace(" ", "")}${by}${nodes}`;
}

/** "Flow of all examples", and where it is not the usual method, so. */
function titleOf(): string {
  const of = `Flow of ${groupTitle(flowGroup.value, shownRecording.value)}`;
  const method = toldRecord.value?.header.method ?? "";
  const by = amountOf(method) === "relevance" ? ` by ${flowMethodTitle(method)}` : "";
  const nodes = flowNodes.value === "groups" ? ", groups of units" : "";
  return `${isOfB.value ? "B: " : ""}${of}${by}${nodes}`;
}

function drawingOf(director: FlowDirector): Drawing | null {
  const drawn = director.drawn;
  if (!drawn) return null;
  const colours = flowColours.value;
  const width = drawn.geometry.width + 2 * MARGIN;
  const height = frame.value.height + 2 * MARGIN;
  const least = (largestLink(drawn.graph.links) * flowThreshold.value) / 100;
  const markup = diagramMarkup({ ...drawn, colours, least, margin: MARGIN });
  const diagram: Shape = { kind: "svg", rect: { x: 0, y: HEAD, width, height }, markup };
  const { text, muted, page } = colours.roles;
  const facts = [methodSentence(), groupsSentence(), leftOutSentence()].filter(Boolean).join(" ");
  const foot = [recordSentence(), facts].map(
    (line, place): Shape => ({
      kind: "text",
      x: MARGIN,
      y: HEAD + height + 12 + place * LINE,
      text: line,
      fill: place === 0 ? text : muted,
      size: SMALL,
    }),
  );
  const shapes = [...headShapes(drawn, text, muted), diagram, ...labelShapes(drawn), ...foot];
  return { width, height: HEAD + height + FOOT, background: page, shapes };
}

type Drawn = NonNullable<FlowDirector["drawn"]>;

function headShapes({ graph, geometry }: Drawn, text: string, muted: string): Shape[] {
  return geometry.columns.flatMap((x, column) => {
    const layers = graph.layers.flatMap((totals, layer) =>
      totals.column === column ? [{ totals, layer }] : [],
    );
    const maxWidth = (geometry.columns[column + 1] ?? geometry.width) - x - 8;
    return layers.slice(0, 4).flatMap(({ totals, layer }, place): Shape[] => {
      const at = { kind: "text", x: x + MARGIN, maxWidth } as const;
      const name = layerTitle(graph, layer);
      const share = formatShare(totals.shownMagnitude / (totals.magnitude || Number.NaN));
      const lines =
        layers.length > 1
          ? [`${formatSigned(totals.attribution)}, |${formatValue(totals.magnitude)}|`]
          : [
              totals.groups.length > 0
                ? `${totals.groups.length} groups, ${share}`
                : `${totals.shown} of ${totals.units}, ${share}`,
              `total ${formatSigned(totals.attribution)}`,
              `magnitude ${formatValue(totals.magnitude)}`,
            ];
      const top = 12 + place * (1 + lines.length) * LINE;
      return [
        { ...at, y: top, text: name, fill: text, size: 12, weight: 600 },
        ...lines.map(
          (line, row): Shape => ({
            ...at,
            y: top + (row + 1) * LINE,
            text: line,
            fill: muted,
            size: SMALL,
          }),
        ),
      ];
    });
  });
}

function labelShapes({ graph, geometry }: Drawn): Shape[] {
  const { text, muted } = flowColours.value.roles;
  const recording = shownRecording.value;
  return graph.nodes.flatMap((node, place): Shape[] => {
    const [bar, slot] = [geometry.bars[place]!, geometry.slots[place]!];
    if (slot.height < SMALL) return [];
    const x = bar.x + bar.width + 4 + MARGIN;
    const y = HEAD + MARGIN + slot.y + slot.height / 2 + 4;
    const fill = node.kind === "unit" || node.kind === "group" ? text : muted;
    return [
      {
        kind: "text",
        x,
        y,
        text: `${labelOf(graph, node, recording)}${node.isPinned ? PINNED : ""}`,
        fill,
        size: SMALL,
      },
    ];
  });
}
