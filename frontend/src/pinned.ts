/** The selection with every default written out: what a colleague must be sent to see the same. */

import { signal } from "@preact/signals";
import { formatHash, type Selection } from "./address";
import { copyText, PLUGIN, readAddress, readHash } from "./host";
import { panel } from "./panels";
import { currentSelection } from "./selection";
import {
  anchor,
  currentStepA,
  currentStepB,
  effectiveStepB,
  firstSeenLast,
  hasB,
  keyA,
  keyB,
  recordB,
  recordingA,
  recordingB,
  scaleKind,
  statistic,
} from "./state";
import { recordOf } from "./steps";
import { subsetText } from "./subsets";

/** Whether a link has just been copied. */
export const isLinkCopied = signal(false);
const SAID_MS = 2600;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Copy the address that pins what is shown; show it where the browser refuses. */
export async function copyLink(): Promise<void> {
  if (!(await copyText(pinnedAddress()))) {
    panel.value = "link";
    return;
  }
  isLinkCopied.value = true;
  clearTimeout(timer);
  timer = setTimeout(() => {
    isLinkCopied.value = false;
  }, SAID_MS);
}

/** The address of what is shown, the same also when runs have grown or others have come. */
export function pinnedAddress(): string {
  return `${readAddress()}#${formatHash(readHash(), PLUGIN, pinnedSelection())}`;
}

/** What is shown, by names and steps in place of "the first run" and "the last step". */
export function pinnedSelection(): Selection {
  const chosen = currentSelection();
  const [a, b] = [keyA.value, hasB.value ? keyB.value : null];
  return {
    ...chosen,
    runA: a?.run ?? chosen.runA,
    stepA: currentStepA.value ?? chosen.stepA,
    runB: b?.run ?? chosen.runB,
    stepB: b ? pinnedStepB() : chosen.stepB,
    // One choice holds for both sides: where B's differs, naming A's would leave B without a recording.
    model: b && b.model !== a?.model ? chosen.model : (a?.model ?? chosen.model),
    probe: b && b.probe !== a?.probe ? chosen.probe : (a?.probe ?? chosen.probe),
    statistic: statistic.value?.name ?? chosen.statistic,
    scale: scaleKind.value,
    anchor: pinnedAnchor(),
    subsets: subsetText.value,
  };
}

/** B stays bound to A's step as long as no later record of B can come to stand there. */
function pinnedStepB(): string | null {
  const steps = recordingB.value?.records.steps ?? [];
  const isSettled = recordB.value < steps.length - 1 || currentStepB.value === currentStepA.value;
  return effectiveStepB.value === "same" && isSettled ? "same" : currentStepB.value;
}

function pinnedAnchor(): string | null {
  const steps = recordingA.value?.records.steps ?? [];
  const wanted = anchor.value ?? firstSeenLast.value ?? "last";
  return /\d/.test(wanted) ? wanted : (steps[recordOf(steps, wanted)] ?? null);
}
