/** Below the flow: which record it is, what of it is left out, and what widths and colours mean. */
import { formatCount, formatShare, formatValue } from "../../numbers";
import { callFor, titleOfSort, wordsOf } from "../../response-methods";
import { flowGroup, flowNodes, flowThreshold, groupCount, mode, responseMethod } from "../../state";
import { formatStep } from "../../steps";
import { capital, listed } from "../../titles";
import { toldStepA, toldStepB } from "../../told";
import { flowColours } from "./palette";
import { flowSteps, groupAnchor, isOfB, shownRecording, toldFlowStep } from "./records";
import { flowScale, toldGraph, toldLeftOut, toldRecord } from "./shown";
import { groupTitle, methodTitle, parseGroup } from "./words";

export function FlowFoot() {
  return (
    <footer class="flow-foot">
      <Facts />
      <Key />
    </footer>
  );
}

/** Each on a line of its own, cut where it is too long: a picture must not jump for a longer sentence. */
function Facts() {
  const facts = [methodSentence(), groupsSentence(), leftOutSentence()].filter(Boolean).join(" ");
  return (
    <>
      <p class="flow-record">
        {mode.value === "diff" && (
          <b class="side-a">Differences of flow aren’t drawn: this is A. </b>
        )}
        {isOfB.value && <b class="side-b">B: </b>}
        <b>{recordSentence()}</b>
      </p>
      <p class="flow-facts muted" title={facts}>
        {facts}
      </p>
    </>
  );
}

/** "Flow recorded at step 448", and where that is not the shown step, so. */
export function recordSentence(): string {
  const [step, shown] = [toldFlowStep.value, (isOfB.value ? toldStepB : toldStepA).value];
  if (step === null) return "";
  const at = `Flow recorded at step ${formatStep(step)}`;
  if (shown === null || shown === step) return `${at}.`;
  const isEarlier = BigInt(step) < BigInt(shown);
  return isEarlier
    ? `${at}, the last before step ${formatStep(shown)}.`
    : `${at}, the first; none before step ${formatStep(shown)}.`;
}

/** Method, target and examples. */
export function methodSentence(): string {
  const header = toldRecord.value?.header;
  if (!header) return "";
  const { kind } = parseGroup(flowGroup.value);
  const name = groupTitle(flowGroup.value, shownRecording.value);
  const count = formatCount(header.examples);
  const examples = {
    all: `mean over all ${count} examples`,
    class: `mean over the ${count} examples of ${name}`,
    example: name,
  };
  return `${capital(methodTitle(header.method, header.target))}, ${examples[kind]}.`;
}

/** What groups are of, and which layers have none; empty where units are nodes. */
export function groupsSentence(): string {
  const layers = toldGraph.value?.layers;
  if (flowNodes.value === "units" || !layers) return "";
  const named = layers.slice(0, -1).filter(({ name }) => name !== "input");
  const without = named.filter(({ groups }) => groups.length === 0).map(({ name }) => name);
  const said =
    without.length === 0
      ? ""
      : ` Units of ${listed(without)} stand for themselves: no ${wordsOf(responseMethod.value)} of them were recorded; ${callFor(responseMethod.value)} records both sorts.`;
  if (without.length === named.length && named.length > 0) return said.trim();
  return `Groups by ${titleOfSort({ method: responseMethod.value, target: "" })}, found at step ${formatStep(groupAnchor.value ?? undefined)}: each unit’s links are shared out by its weights.${said}`;
}

/** What the nodes are, for a file: "units", "6 groups by activation". */
export function nodesText(): string {
  if (flowNodes.value === "units") return "units";
  return `${groupCount.value} groups by ${responseMethod.value || "activation"}`;
}

/** What the threshold leaves out. */
export function leftOutSentence(): string {
  const { links, all, share } = toldLeftOut.value;
  const lost = toldGraph.value?.notFinite ?? 0;
  const bad = lost > 0 ? ` ${formatCount(lost)} links are not finite and left out.` : "";
  if (links === 0) return `All ${formatCount(all)} links are drawn.${bad}`;
  return `${formatCount(links)} of ${formatCount(all)} links, ${formatShare(share)} of all |flow|, lie below ${flowThreshold.value} % of the largest and aren’t drawn.${bad}`;
}

/** Height of the scale's piece, at most. */
const TALLEST = 22;

function Key() {
  const { towards, against, roles } = flowColours.value;
  const piece = scalePiece(flowScale.value.pixels);
  return (
    <ul class="flow-key" aria-label="Key">
      {piece && (
        <li title="Widths are on one scale over all recorded steps">
          <svg width="9" height={piece.height} aria-hidden="true">
            <rect width="9" height={piece.height} fill={roles.muted} rx="1.5" />
          </svg>
          = {formatValue(piece.amount)}
        </li>
      )}
      <li>
        <Swatch fill={towards} /> for the target
      </li>
      <li>
        <Swatch fill={against} isHatched /> against it
      </li>
      <li>
        <Swatch fill={roles.muted} /> other units
      </li>
      <li>
        <Swatch fill="none" stroke={roles.muted} /> bias and norm
      </li>
    </ul>
  );
}

interface SwatchProps {
  readonly fill: string;
  readonly stroke?: string;
  readonly isHatched?: boolean;
}

function Swatch({ fill, stroke = "none", isHatched = false }: SwatchProps) {
  return (
    <svg width="18" height="11" viewBox="0 0 18 11" aria-hidden="true">
      <rect
        x="0.5"
        y="0.5"
        width="17"
        height="10"
        rx="2"
        fill={fill}
        fill-opacity={isHatched ? 0.4 : 0.85}
        stroke={stroke}
      />
      {isHatched && <path d="M2 10L10 1M7 10L15 1M12 10L17 4.5" stroke={fill} stroke-width="1.5" />}
    </svg>
  );
}

/** A round amount whose ribbon is high enough to be seen beside the text. */
function scalePiece(pixels: number): { readonly amount: number; readonly height: number } | null {
  if (!(pixels > 0) || !flowSteps.value) return null;
  const most = TALLEST / pixels;
  const power = 10 ** Math.floor(Math.log10(most));
  const amount = [5, 2, 1].map((digit) => digit * power).find((round) => round <= most) ?? power;
  return { amount, height: amount * pixels };
}
