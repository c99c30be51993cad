/** What is pointed at in the flow: a unit with its strongest sources and targets, or one link. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { thumbnailAddress } from "../../api";
import { UnitIcon } from "../../chrome/unit-icon";
import { formatShare, formatSigned, formatValue } from "../../numbers";
import { formatStep } from "../../steps";
import { settle } from "../overview/tooltip";
import { type FlowPointed, pointedFlow } from "./director";
import type { FlowGraph } from "./graph";
import { isOfB, shownRecording } from "./records";
import { toldGraph } from "./shown";
import { type Strand, strongest } from "./strongest";
import { amountOf, isOutput, nodeTitle, recordedLayer, shareOf, unitOf } from "./words";

const LISTED = 5;

export function FlowTip() {
  const element = useRef<HTMLDivElement>(null);
  const [at, graph] = [pointedFlow.value, toldGraph.value];
  useLayoutEffect(() => {
    if (element.current && at) settle(element.current, at.x, at.y);
  });
  const content = at && graph && contentOf(at, graph);
  if (!content) return null;
  return (
    <div ref={element} class="tip flow-tip" role="status">
      {content}
    </div>
  );
}

function contentOf(at: FlowPointed, graph: FlowGraph) {
  const placeOf = (key: string) => graph.nodes.findIndex((node) => node.key === key);
  if (at.node !== null) {
    const node = placeOf(at.node);
    return node < 0 ? null : <NodeTip graph={graph} node={node} />;
  }
  if (!at.link) return null;
  const [source, target] = [placeOf(at.link[0]), placeOf(at.link[1])];
  const isThere = graph.links.some((link) => link.source === source && link.target === target);
  return isThere ? <LinkTip graph={graph} source={source} target={target} /> : null;
}

interface NodeTipProps {
  readonly graph: FlowGraph;
  readonly node: number;
}

function NodeTip({ graph, node }: NodeTipProps) {
  const shown = graph.nodes[node]!;
  const title = nodeTitle(graph, shown, shownRecording.value);
  const [sources, targets] = [
    strongest(graph, node, "sources", LISTED),
    strongest(graph, node, "targets", LISTED),
  ];
  return (
    <>
      <span class="tip-head">
        <NodeIcon graph={graph} node={node} />
        <b>
          {isOfB.value && <span class="side-b">B: </span>}
          {title}
        </b>
      </span>
      <dl>
        <dt>{amountOf(graph.method)}</dt>
        <dd class="number">{formatSigned(shown.attribution)}</dd>
        <dd />
        <dt>mean |{amountOf(graph.method)}|</dt>
        <dd class="number">{formatValue(shown.magnitude)}</dd>
        <dd class="muted">{formatShare(shareOf(graph, shown))} of the layer</dd>
      </dl>
      <Strands graph={graph} title="from" strands={sources} />
      <Strands graph={graph} title="to" strands={targets} />
      <Hint graph={graph} node={node} />
    </>
  );
}

function NodeIcon({ graph, node }: NodeTipProps) {
  const place = unitOf(graph, graph.nodes[node]!, shownRecording.value);
  return place && <UnitIcon {...place} side={isOfB.value ? "B" : "A"} size={40} />;
}

interface StrandsProps {
  readonly graph: FlowGraph;
  readonly title: string;
  readonly strands: readonly Strand[];
}

function Strands({ graph, title, strands }: StrandsProps) {
  if (strands.length === 0) return null;
  return (
    <table>
      <tbody>
        {strands.map(({ node, value, share }, place) => (
          <tr key={node}>
            <th scope="row">
              <span class="muted">{place === 0 ? title : ""}</span>
              <span>{nodeTitle(graph, graph.nodes[node]!, shownRecording.value)}</span>
            </th>
            <td class="number">{formatSigned(value)}</td>
            <td class="number muted">{formatShare(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What can be done with the node. */
function Hint({ graph, node }: NodeTipProps) {
  const { kind, layer } = graph.nodes[node]!;
  if (kind === "bias") {
    return (
      <span class="muted">
        What the layer’s units have beyond their links: no unit is its source.
      </span>
    );
  }
  if (kind === "group") return <GroupHint graph={graph} node={node} />;
  if (kind === "none") {
    return <span class="muted">Units without weight in any group: nothing is shared out.</span>;
  }
  if (kind === "other") return <span class="muted">Units without links of their own, summed.</span>;
  const name = graph.layers[layer]?.name ?? "";
  if (recordedLayer(shownRecording.value, name) >= 0) {
    return <span class="muted">Click to select, double-click to open.</span>;
  }
  return isOutput(graph, layer) ? (
    <span class="muted">Click for the flow of this class’s examples.</span>
  ) : null;
}

const CROPS = 6;

/** Its strongest units and the examples of most activity. */
function GroupHint({ graph, node }: NodeTipProps) {
  const { layer, group } = graph.nodes[node]!;
  const totals = graph.layers[layer];
  const own = totals?.groups[group];
  const recording = shownRecording.value;
  if (!own || !recording) return null;
  const { thumbnails } = recording.records.probeSet;
  const pictures = own.examples.filter((example) => example < thumbnails).slice(0, CROPS);
  return (
    <>
      <span>
        <span class="muted">strongest units </span>
        <span class="number">{own.strongest.join(", ") || "none"}</span>
      </span>
      {pictures.length > 0 ? (
        <span class="flow-crops">
          {pictures.map((example) => (
            <img
              key={example}
              src={thumbnailAddress(recording.key, example)}
              alt={`Example ${example}`}
            />
          ))}
        </span>
      ) : (
        own.examples.length > 0 && (
          <span>
            <span class="muted">examples of most activity </span>
            <span class="number">{own.examples.join(", ")}</span>
          </span>
        )
      )}
      <span class="muted">
        Responses at step {formatStep(totals.groupStep)}. Click to open it among the layer’s groups.
      </span>
    </>
  );
}

interface LinkTipProps {
  readonly graph: FlowGraph;
  readonly source: number;
  readonly target: number;
}

/** What a signed sum between groups hides. */
function bothSigns({ links }: FlowGraph, source: number, target: number): string {
  const link = links.find((each) => each.source === source && each.target === target);
  const against = link?.against ?? 0;
  const towards = (link?.value ?? 0) + against;
  if (against === 0 || towards <= 0) return "";
  return `${formatSigned(towards)} and ${formatSigned(-against)}`;
}

function LinkTip({ graph, source, target }: LinkTipProps) {
  const titleOf = (node: number) => nodeTitle(graph, graph.nodes[node]!, shownRecording.value);
  const shareAt = (node: number, side: "sources" | "targets", other: number) =>
    strongest(graph, node, side, Number.POSITIVE_INFINITY).find((one) => one.node === other);
  const out = shareAt(source, "targets", target);
  const into = shareAt(target, "sources", source);
  return (
    <>
      <b>
        {titleOf(source)} → {titleOf(target)}
      </b>
      <dl>
        <dt>flow</dt>
        <dd class="number">{formatSigned(out?.value ?? 0)}</dd>
        <dd class="muted">{bothSigns(graph, source, target)}</dd>
        <dt>of all that leaves {titleOf(source)}</dt>
        <dd class="number">{formatShare(out?.share ?? Number.NaN)}</dd>
        <dd />
        <dt>of all that enters {titleOf(target)}</dt>
        <dd class="number">{formatShare(into?.share ?? Number.NaN)}</dd>
        <dd />
      </dl>
    </>
  );
}
