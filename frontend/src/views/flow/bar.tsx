/** Above the flow: of which examples, how many units, which links, in which order; or as a table. */
import { anchorHere } from "../../actions";
import { FLOW_NODES, FLOW_ORDERS, GROUP_COUNTS, USUAL_FLOW_UNITS } from "../../address";
import { thumbnailAddress } from "../../api";
import { ResponsePicker } from "../../chrome/response-picker";
import { formatCount } from "../../numbers";
import {
  flowGroup,
  flowMethod,
  flowNodes,
  flowOrder,
  flowThreshold,
  flowUnits,
  groupCount,
  isFlowTable,
} from "../../state";
import { formatStep } from "../../steps";
import { anchorStep, flowSteps, shownMethod, shownRecording, toldFlowStep } from "./records";
import { mostRecorded } from "./shown";
import { amountOf, flowMethodTitle, groupTitle, parseGroup } from "./words";

/** Percentages of the largest link that the threshold offers. */
const THRESHOLDS = [0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50] as const;

export function FlowBar() {
  return (
    <div class="view-bar flow-bar">
      <GroupPicker />
      <MethodPicker />
      <NodesSwitch />
      {flowNodes.value === "units" ? (
        <UnitsSlider />
      ) : (
        <>
          <GroupsSlider />
          <ResponsePicker />
        </>
      )}
      <ThresholdSlider />
      <Order />
      <span class="fill" />
      <button
        type="button"
        class="button"
        aria-pressed={isFlowTable.value}
        onClick={() => {
          isFlowTable.value = !isFlowTable.value;
        }}
      >
        {isFlowTable.value ? "Diagram" : "Table"}
      </button>
    </div>
  );
}

const KINDS = [
  ["class", "Examples of a class"],
  ["example", "One tracked example"],
] as const;

function GroupPicker() {
  const groups = flowSteps.value?.groups ?? [];
  const recording = shownRecording.value;
  const optionsOf = (wanted: string) =>
    groups
      .filter(({ name }) => parseGroup(name).kind === wanted)
      .map(({ name, examples }) => (
        <option key={name} value={name}>
          {groupTitle(name, recording)}
          {wanted !== "example" && ` (${formatCount(examples)})`}
        </option>
      ));
  return (
    <label class="labelled flow-group">
      <span>flow of</span>
      <Thumbnail />
      <select
        class="field"
        value={flowGroup.value}
        onChange={(event) => {
          flowGroup.value = event.currentTarget.value;
        }}
      >
        {optionsOf("all")}
        {KINDS.map(([kind, title]) => (
          <optgroup key={kind} label={title}>
            {optionsOf(kind)}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

/** Nothing where there is no choice: the line below the diagram names the method. */
function MethodPicker() {
  const methods = flowSteps.value?.methods ?? [];
  const shown = shownMethod.value;
  if (methods.length < 2 || !shown) return null;
  return (
    <label class="labelled" title={shown.description}>
      <span>method</span>
      <select
        class="field"
        value={shown.name}
        onChange={(event) => {
          flowMethod.value = event.currentTarget.value;
        }}
      >
        {methods.map(({ name }) => (
          <option key={name} value={name}>
            {flowMethodTitle(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The picture of the example whose flow is shown. */
function Thumbnail() {
  const recording = shownRecording.value;
  const { kind, number } = parseGroup(flowGroup.value);
  if (kind !== "example" || !recording || number >= recording.records.probeSet.thumbnails) {
    return null;
  }
  const address = thumbnailAddress(recording.key, number);
  return <img class="flow-thumbnail" src={address} alt={`Example ${number}`} />;
}

const NODE_MEANINGS = {
  units: "A node is a unit",
  groups:
    "A node is a group of units that respond together: each unit’s links are shared out by its weights",
} as const;

function NodesSwitch() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div class="segments" role="group" aria-label="Nodes">
      {FLOW_NODES.map((nodes) => (
        <button
          key={nodes}
          type="button"
          title={NODE_MEANINGS[nodes]}
          aria-pressed={flowNodes.value === nodes}
          onClick={() => {
            flowNodes.value = nodes;
          }}
        >
          {nodes}
        </button>
      ))}
    </div>
  );
}

/** In how many groups: the same as in Layer > Groups. */
function GroupsSlider() {
  return (
    <label class="labelled" title="How many groups the units of each layer are put in">
      <span>groups</span>
      <input
        type="range"
        min={GROUP_COUNTS.least}
        max={GROUP_COUNTS.most}
        value={groupCount.value}
        onChange={(event) => {
          groupCount.value = Number(event.currentTarget.value);
        }}
      />
      <output class="number">{groupCount.value}</output>
    </label>
  );
}

function UnitsSlider() {
  const most = mostRecorded.value;
  const shown = Math.min(flowUnits.value ?? USUAL_FLOW_UNITS, most);
  return (
    <label
      class="labelled"
      title="Units of each layer that stand for themselves; the others are one node"
    >
      <span>units</span>
      <input
        type="range"
        min={1}
        max={most}
        value={shown}
        aria-valuetext={`${shown} of each layer`}
        onInput={(event) => {
          const wanted = Number(event.currentTarget.value);
          flowUnits.value = wanted === USUAL_FLOW_UNITS ? null : wanted;
        }}
      />
      <output class="number">{shown}</output>
    </label>
  );
}

function ThresholdSlider() {
  const at = THRESHOLDS.findLastIndex((offered) => offered <= flowThreshold.value);
  return (
    <label class="labelled" title="Links below this share of the largest link are not drawn">
      <span>links from</span>
      <input
        type="range"
        min={0}
        max={THRESHOLDS.length - 1}
        value={at}
        aria-valuetext={`${flowThreshold.value} % of the largest`}
        onInput={(event) => {
          flowThreshold.value = THRESHOLDS[Number(event.currentTarget.value)] ?? 0;
        }}
      />
      <output class="number wide">{flowThreshold.value} %</output>
    </label>
  );
}

function Order() {
  const isHere = toldFlowStep.value === anchorStep.value;
  const at = formatStep(anchorStep.value ?? undefined);
  return (
    <span class="flow-order">
      <label class="labelled" title="Nodes keep this order at every step">
        <span>by</span>
        <select
          class="field"
          value={flowOrder.value}
          onChange={(event) => {
            const wanted = event.currentTarget.value;
            flowOrder.value = FLOW_ORDERS.find((order) => order === wanted) ?? "attribution";
          }}
        >
          {FLOW_ORDERS.map((order) => (
            <option key={order} value={order}>
              {order === "unit" ? "number" : amountOf(shownMethod.value?.name ?? "")}
              {order === "attribution" && ` at step ${at}`}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="button"
        disabled={isHere}
        title="Nodes keep their order while steps pass; sort them anew by the step that is shown"
        onClick={anchorHere}
      >
        Sort here
      </button>
    </span>
  );
}
