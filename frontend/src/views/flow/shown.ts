/** What the selection asks the flow view to show: the record as a graph, and the scale of all of them. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { USUAL_FLOW_UNITS } from "../../address";
import type { FlowRecord } from "../../flow-api";
import { type ColumnItem, columnItems, type SankeyFrame, scaleThatFits } from "../../layout/sankey";
import { flowGroup, flowOrder, flowThreshold, flowUnits } from "../../state";
import { type FlowGraph, leftOutBelow, makeGraph, type Ranking, rankingBy } from "./graph";
import {
  anchorStep,
  arrivedRecords,
  flowSteps,
  isSettled,
  recordAt,
  shownStep,
  toldFlowStep,
} from "./records";

/** Room that the picture has, in CSS pixels. */
export const stageSize = signal({ width: 0, height: 0 });

/** Spaces of the diagram; to the right of the last column stand its labels. */
const SPACES = { right: 104, bar: 10, columnStep: 124, slot: 14, gap: 2, stackGap: 16 };
const EDGE = 8;

export const frame: ReadonlySignal<SankeyFrame> = computed(() => ({
  width: Math.max(200, stageSize.value.width - 2 * EDGE),
  height: Math.max(120, stageSize.value.height - 2 * EDGE),
  ...SPACES,
}));
/** Between the edge of the picture and the diagram. */
export const MARGIN = EDGE;

/** The groups that the recording has, and whether the chosen one is among them. */
export const isGroupThere: ReadonlySignal<boolean> = computed(
  () => flowSteps.value?.groups.some(({ name }) => name === flowGroup.value) ?? true,
);

interface Choice {
  readonly ranking: Ranking;
  readonly most: number;
}

// Of its own, so that the order is made anew only when it is another record.
const anchorRecord = computed(() => recordAt(anchorStep.value));
const isAnchorSettled = computed(() => isSettled(anchorStep.value));
const choice: ReadonlySignal<Choice | null> = computed(() => {
  if (!isAnchorSettled.value) return null;
  const ranking = rankingBy(anchorRecord.value, flowOrder.value);
  return { ranking, most: flowUnits.value ?? USUAL_FLOW_UNITS };
});

/** The graph that is asked for; null as long as it is not here. */
export const shownGraph: ReadonlySignal<FlowGraph | null> = computed(() =>
  graphOf(shownRecord.value, choice.value),
);
const shownRecord = computed(() => recordAt(shownStep.value));
/** The record that words tell of. */
export const toldRecord: ReadonlySignal<FlowRecord | null> = computed(
  () => recordAt(toldFlowStep.value) ?? shownRecord.value,
);
/** Its graph. */
export const toldGraph: ReadonlySignal<FlowGraph | null> = computed(() =>
  graphOf(toldRecord.value, choice.value),
);
/** What the threshold leaves out of it. */
export const toldLeftOut = computed(() =>
  leftOutBelow(toldGraph.value?.links ?? [], flowThreshold.value),
);

/** Most units that a layer of any record shows by themselves, beside the pinned. */
export const mostRecorded: ReadonlySignal<number> = computed(() =>
  arrivedRecords.value.reduce(
    (most, { header }) =>
      Math.max(most, ...header.layers.map(({ shown, pinned }) => shown.length - pinned.length)),
    1,
  ),
);

/** One scale for all records that are here: what grows over the steps is seen to grow. */
export const flowScale = computed(() => {
  const chosen = choice.value;
  const columns = arrivedRecords.value.flatMap((record) => columnsOf(graphOf(record, chosen)));
  return scaleThatFits(columns, frame.value);
});

const graphs = new WeakMap<FlowRecord, { readonly choice: Choice; readonly graph: FlowGraph }>();
const columnsKnown = new WeakMap<FlowGraph, readonly (readonly ColumnItem[])[]>();

function graphOf(record: FlowRecord | null, chosen: Choice | null): FlowGraph | null {
  if (!record || !chosen) return null;
  const known = graphs.get(record);
  if (known?.choice === chosen) return known.graph;
  const graph = makeGraph(record, chosen.ranking, chosen.most);
  graphs.set(record, { choice: chosen, graph });
  return graph;
}

function columnsOf(graph: FlowGraph | null): readonly (readonly ColumnItem[])[] {
  if (!graph) return [];
  const known = columnsKnown.get(graph) ?? columnItems(graph);
  columnsKnown.set(graph, known);
  return known;
}
