/** Where A stands, in numbers: step, record, the probe set's curves, what recording costs. */
import type { Recording } from "../api";
import { formatShare, formatValue } from "../numbers";
import { togglePanel } from "../panels";
import { runs } from "../state";
import { formatStep } from "../steps";
import { toldRecordA, toldStepA } from "../told";

export function Reading({ recording }: { readonly recording: Recording }) {
  const { steps, costs, live } = recording.records;
  const overhead = costs[toldRecordA.value]?.overhead;
  const problems = problemCount(recording);
  return (
    <div class="reading">
      <span class="muted">step</span>
      <span class="step number" aria-live="off">
        {formatStep(toldStepA.value ?? undefined)}
      </span>
      <Curves recording={recording} />
      <button
        type="button"
        class={problems > 0 ? "button quiet status alarm" : "button quiet status"}
        title="What was received, what it costs, what could not be read"
        onClick={() => togglePanel("status")}
      >
        {live && <i class="live-dot" title="still growing" />}
        record {toldRecordA.value + 1} of {steps.length}
        {overhead !== undefined && overhead > 0 && ` · ${formatShare(overhead)} of time`}
        {problems > 0 && ` · ${problems} problem${problems > 1 ? "s" : ""}`}
      </button>
    </div>
  );
}

/** Accuracy and loss on the probe set at A, which are also the key of the curves. */
function Curves({ recording }: { readonly recording: Recording }) {
  const accuracy = recording.accuracy[toldRecordA.value] ?? Number.NaN;
  const loss = recording.loss[toldRecordA.value] ?? Number.NaN;
  if (!Number.isFinite(accuracy) && !Number.isFinite(loss)) return null;
  return (
    <span class="key-line number">
      {Number.isFinite(accuracy) && (
        <span title="accuracy on the probe set, from 0 to 1">
          <i />
          accuracy {formatValue(accuracy)}
        </span>
      )}
      {Number.isFinite(loss) && (
        <span class="muted" title="loss on the probe set, from 0 to its largest">
          <i style={{ borderTopStyle: "dashed" }} />
          loss {formatValue(loss)}
        </span>
      )}
    </span>
  );
}

/** How many things could not be read, in this recording and its run. */
export function problemCount(recording: Recording): number {
  const run = runs.value?.runs.find(({ name }) => name === recording.key.run);
  return Math.max(recording.records.problems.length, run?.problems.length ?? 0);
}
