/** What must be known before the picture is believed: a comparison that does not hold, data that is late. */
import { arrived, filmFailure, filmOf } from "../film";
import { failureB, runsFailure } from "../loading";
import { comparison, mode, recordA, recordingA, runB, statistic, stepB } from "../state";
import { FailureNotice } from "./failure";

export function Notices() {
  const refused = filmFailure.value;
  return (
    <>
      {runsFailure.value !== null && (
        <FailureNotice what="The list of runs could not be read again." why={runsFailure.value} />
      )}
      {mode.value !== "a" && failureB.value !== null && (
        <FailureNotice what="B could not be loaded." why={failureB.value} />
      )}
      {refused && refused.status !== 404 && (
        <FailureNotice what="A part of the film could not be loaded." why={refused.message} />
      )}
      <Mismatch />
    </>
  );
}

/** A and B that cannot be laid side by side, with what differs. */
function Mismatch() {
  const result = comparison.value;
  if (mode.value === "a" || result.ok) return null;
  return (
    <div class="notice" role="status">
      <div class="fill">
        <b>A and B cannot be compared unit by unit:</b>
        <ul>
          {result.differences.map((difference) => (
            <li key={difference}>{difference}</li>
          ))}
        </ul>
      </div>
      <button
        type="button"
        class="button"
        onClick={() => {
          runB.value = null;
          stepB.value = null;
        }}
      >
        Compare with A’s own first step
      </button>
    </div>
  );
}

/** Whether what is shown is not yet what was asked for. */
export function isWaiting(): boolean {
  void arrived.value;
  const [recording, shown] = [recordingA.value, statistic.value];
  if (!recording || !shown || recordA.value < 0) return false;
  return !filmOf(recording, shown.name).has(recordA.value);
}
