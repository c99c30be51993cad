/** What stands in place of the picture: nothing was recorded, two sides that can't be mixed, a failure. */
import { Snippet } from "../../chrome/empty";
import { isSortMissing, NoSuchResponses } from "../../chrome/no-such-responses";
import { comparison, recordingA } from "../../state";

const CALL = `from tb_neuron_callbacks import Recording
from tb_neuron_callbacks.lightning import NeuronCallback

NeuronCallback(..., recording=Recording(responses=("activation",)))`;

export function NoResponses() {
  const run = recordingA.value?.key.run ?? "This run";
  if (isSortMissing()) return <NoSuchResponses run={run} />;
  return (
    <div class="centre">
      <section class="card">
        <h2>No responses recorded</h2>
        <p>
          A response is a unit’s activation on one example, or what it contributes there. {run}{" "}
          holds none; record those of all units to all examples of the probe set, in every eighth
          record:
        </p>
        <div class="block">
          <Snippet code={CALL} />
        </div>
      </section>
    </div>
  );
}

export function CannotMix() {
  const checked = comparison.value;
  return (
    <div class="centre">
      <section class="card" role="status">
        <h2>A and B cannot be laid on one plane</h2>
        <p>A plane shows the answers of the same units to the same examples. What differs:</p>
        <ul>
          {(checked.ok ? [] : checked.differences).map((difference) => (
            <li key={difference}>{difference}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}
