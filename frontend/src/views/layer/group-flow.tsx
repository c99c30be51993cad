/** A group's place in the flow: how much comes from and goes to the groups of neighbouring layers. */
import { batch, computed, effect, type ReadonlySignal } from "@preact/signals";
import { openView } from "../../actions";
import { Answers } from "../../answers";
import { type FlowRecord, fetchFlow, fetchFlowSteps } from "../../flow-api";
import type { Undo } from "../../host";
import { ownName } from "../../layer-names";
import { formatShare, formatSigned } from "../../numbers";
import { nameOf } from "../../responses";
import { flowNodes, groupCount, isVisible, layerName, playing, unitGroup } from "../../state";
import { formatStep } from "../../steps";
import { titleOfMethod } from "../../titles";
import type { FlowSteps } from "../../wire";
import { type FlowGraph, makeGraph, rankingBy } from "../flow/graph";
import { keyOfGroup } from "../flow/group-nodes";
import { type Strand, strongest } from "../flow/strongest";
import { layerTitle, nodeTitle } from "../flow/words";
import { shownGroups, shownRecording } from "./pattern-records";

const KEPT = 64;
/** Of either side, the strongest. */
const LISTED = 3;

const flows = new Answers<FlowRecord>(KEPT);
const flowSteps = new Answers<FlowSteps>(8);

interface Question {
  readonly name: string;
  readonly load: () => Promise<FlowRecord>;
}

const steps = computed(() => flowSteps.value(nameOf(shownRecording.value)));

/** The flow between groups that belongs to the groups that are shown; null where there is none. */
const question: ReadonlySignal<Question | null> = computed(() => {
  const [recording, header] = [shownRecording.value, shownGroups.value?.header];
  if (!recording || !header || !steps.value?.steps.length) return null;
  const grouping = { count: groupCount.value, anchor: header.anchor, method: header.method };
  const subject = { group: "all", method: null, grouping };
  return {
    name: JSON.stringify([recording.key, recording.records.layoutId, header.step, grouping]),
    load: () => fetchFlow(recording.key, header.step, subject),
  };
});

const graph: ReadonlySignal<FlowGraph | null> = computed(() => {
  const found = flows.value(question.value?.name ?? null);
  return found && makeGraph(found, rankingBy(null, "unit"), Number.POSITIVE_INFINITY);
});

/** Keep the flow of the shown groups, for as long as they are shown. */
export function followGroupFlow(): Undo {
  const stops = [effect(wantSteps), effect(wantFlow)];
  return () => {
    for (const stop of stops) stop();
  };
}

function wantSteps(): void {
  const [recording, name] = [shownRecording.value, nameOf(shownRecording.value)];
  if (!recording || name === null || !isVisible.value) return;
  if (!flowSteps.isSettled(name)) flowSteps.want(name, () => fetchFlowSteps(recording.key));
}

function wantFlow(): Undo | undefined {
  const asked = question.value;
  if (!asked || !isVisible.value || flows.isSettled(asked.name)) return undefined;
  // A film passes faster than it could be read.
  const wait = setTimeout(() => flows.want(asked.name, asked.load), playing.value ? 300 : 0);
  return () => clearTimeout(wait);
}

/** Which flow it is; or why there is none. */
export function FlowOfGroups() {
  const failure = flows.failure(question.value?.name ?? null);
  const shown = graph.value;
  if (steps.value?.steps.length === 0) {
    return <> · no flow to tell their place in: Recording(flow=16) records it</>;
  }
  if (failure !== null) return <> · place in the flow: {failure}</>;
  if (!shown) return null;
  return (
    <>
      {" "}
      · flow by {titleOfMethod(shown.method)} at step {formatStep(shown.step)}, shares of |flow|{" "}
    </>
  );
}

interface GroupFlowProps {
  readonly layerName: string;
  readonly group: number;
}

/** The strongest sources and targets of a group, and a way to the diagram. */
export function GroupFlow({ layerName: name, group }: GroupFlowProps) {
  const shown = graph.value;
  const node = shown?.nodes.findIndex(({ key }) => key === keyOfGroup(name, group)) ?? -1;
  if (!shown || node < 0) return null;
  return (
    <div class="group-flow">
      <h4>place in the flow</h4>
      <Strands graph={shown} side="from" strands={strongest(shown, node, "sources", LISTED)} />
      <Strands graph={shown} side="to" strands={strongest(shown, node, "targets", LISTED)} />
      <button
        type="button"
        class="button"
        title="Show the flow between the groups of all layers"
        onClick={() => {
          batch(() => {
            layerName.value = name;
            unitGroup.value = group;
            flowNodes.value = "groups";
            openView("flow");
          });
        }}
      >
        Show in the flow
      </button>
    </div>
  );
}

interface StrandsProps {
  readonly graph: FlowGraph;
  readonly side: "from" | "to";
  readonly strands: readonly Strand[];
}

function Strands({ graph: shown, side, strands }: StrandsProps) {
  return strands.map(({ node, value, share }) => {
    const title = titleAt(shown, node);
    return (
      <div key={`${side} ${node}`} title={`${side} ${title}: ${formatSigned(value)}`}>
        <span class="muted">{side}</span>
        <span>{shortTitleAt(shown, node)}</span>
        <span class="number muted">{formatShare(share)}</span>
      </div>
    );
  });
}

/** The same without what all layers share. */
function shortTitleAt(shown: FlowGraph, at: number): string {
  const layer = layerTitle(shown, shown.nodes[at]!.layer);
  return titleAt(shown, at).replace(layer, ownName(layer));
}

/** What tells nodes apart comes first: there is little room. */
function titleAt(shown: FlowGraph, at: number): string {
  const node = shown.nodes[at]!;
  if (node.kind !== "group") return nodeTitle(shown, node, shownRecording.value);
  return `group ${node.group + 1} of ${layerTitle(shown, node.layer)}`;
}
