/** Above each column: its layers, how much of them is shown, and what they hold in all. */
import { openLayer } from "../../actions";
import { LayerName } from "../../chrome/layer-name";
import { formatShare, formatSigned, formatValue } from "../../numbers";
import { columnsNow } from "./director";
import type { FlowGraph, LayerTotals } from "./graph";
import { shownRecording } from "./records";
import { MARGIN, toldGraph } from "./shown";
import { amountOf, groupedSentence, layerTitle, recordedLayer, shownSentence } from "./words";

/** Between a header and that of the next column. */
const APART = 12;

export function FlowHeads() {
  const graph = toldGraph.value;
  const { columns, width } = columnsNow.value;
  if (!graph) return null;
  return (
    <div class="flow-heads" style={{ width: `${width}px` }}>
      {columns.map((x, column) => {
        const room = (columns[column + 1] ?? width - MARGIN) - x - APART;
        return (
          <div key={x} class="flow-head" style={{ left: `${x + MARGIN}px`, width: `${room}px` }}>
            <ColumnHead graph={graph} column={column} />
          </div>
        );
      })}
    </div>
  );
}

function ColumnHead({ graph, column }: { readonly graph: FlowGraph; readonly column: number }) {
  const layers = graph.layers
    .map((totals, layer) => ({ totals, layer }))
    .filter(({ totals }) => totals.column === column);
  const isOne = layers.length === 1;
  return layers.map(({ totals, layer }) => (
    <LayerHead key={layer} graph={graph} layer={layer} totals={totals} isFull={isOne} />
  ));
}

interface LayerHeadProps {
  readonly graph: FlowGraph;
  readonly layer: number;
  readonly totals: LayerTotals;
  /** Whether there is room for all; else one line has to do. */
  readonly isFull: boolean;
}

function LayerHead({ graph, layer, totals, isFull }: LayerHeadProps) {
  const isGrouped = totals.groups.length > 0;
  const sentence = (isGrouped ? groupedSentence : shownSentence)(totals, graph.method);
  const amount = amountOf(graph.method);
  const share = formatShare(
    totals.magnitude > 0 ? totals.shownMagnitude / totals.magnitude : Number.NaN,
  );
  const sums = `total ${formatSigned(totals.attribution)}, magnitude ${formatValue(totals.magnitude)}`;
  if (!isFull) {
    return (
      <div class="flow-layer" title={`${sentence}; ${sums}`}>
        <Name graph={graph} layer={layer} name={totals.name} />
        <span class="muted number">
          {formatSigned(totals.attribution)} · |{formatValue(totals.magnitude)}|
        </span>
      </div>
    );
  }
  return (
    <div class="flow-layer">
      <Name graph={graph} layer={layer} name={totals.name} />
      <span class="muted number" title={sentence}>
        {isGrouped
          ? `${totals.groups.length} groups · ${share}`
          : `${totals.shown} of ${totals.units} · ${share}`}
      </span>
      <span class="number" title={`Sum of ${amount} with its signs: ${sums}`}>
        <span class="muted">total</span> {formatSigned(totals.attribution)}
      </span>
      <span class="number" title={`Mean |${amount}| over the examples, summed over all units`}>
        <span class="muted">magnitude</span> {formatValue(totals.magnitude)}
      </span>
    </div>
  );
}

interface NameProps {
  readonly graph: FlowGraph;
  readonly layer: number;
  readonly name: string;
}

/** A layer's name is the way to it; the model's input and classes have no place of their own. */
function Name({ graph, layer, name }: NameProps) {
  const title = layerTitle(graph, layer);
  if (recordedLayer(shownRecording.value, name) < 0) return <b title={title}>{title}</b>;
  return (
    <button type="button" title={`Show layer ${title}`} onClick={() => openLayer(name)}>
      <LayerName name={title} />
    </button>
  );
}
