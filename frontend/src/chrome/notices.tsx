/** What must be known before the picture is believed: a comparison that does not hold, data that is late. */
import { type Correction, corrections, dismiss } from "../corrections";
import { arrived, filmFailure, filmOf } from "../film";
import { failureB, runsFailure } from "../loading";
import { coloured, comparison, mode, recordA, recordingA, runB, stepB } from "../state";
import { adoptStyles } from "../theme";
import { FailureNotice } from "./failure";
import { Icon } from "./icons";

adoptStyles(`
.notice.aside { background: var(--accent-soft); align-items: center; padding: 5px 14px; }
.notice.aside .button { height: 24px; }
`);

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
      {corrections.value.map((correction) => (
        <Aside key={correction.of} correction={correction} />
      ))}
    </>
  );
}

/** What the address asked for and is not there, with what was probably meant. */
function Aside({ correction }: { readonly correction: Correction }) {
  const { text, meant } = correction;
  return (
    <div class="notice aside" role="status">
      <span class="fill">{text}</span>
      {meant && (
        <button type="button" class="button" onClick={meant.show}>
          Show {meant.name}
        </button>
      )}
      <button
        type="button"
        class="button icon quiet"
        aria-label="Dismiss"
        onClick={() => dismiss(correction)}
      >
        <Icon name="close" />
      </button>
    </div>
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
  const [recording, shown] = [recordingA.value, coloured.value];
  if (!recording || !shown || recordA.value < 0) return false;
  return !filmOf(recording, shown.film).has(recordA.value);
}
