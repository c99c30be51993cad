/** What stands in place of a map that is not there: how to record responses. */
import { Snippet } from "../../chrome/empty";
import { isSortMissing, NoSuchResponses } from "../../chrome/no-such-responses";
import { planeRecording } from "../../planes";

const CALL = `from tb_neuron_callbacks import Recording
from tb_neuron_callbacks.lightning import NeuronCallback

NeuronCallback(..., recording=Recording(responses=("activation",), examples=9))`;

export function NoResponses() {
  const run = planeRecording.value?.key.run ?? "This run";
  if (isSortMissing()) return <NoSuchResponses run={run} />;
  return (
    <div class="centre">
      <section class="card" aria-label="No responses yet">
        <h2>No responses recorded</h2>
        <p>
          The map lays units out by their responses to the examples of the probe set, and examples
          by the responses of units. {run} holds none; record them, with the examples that each unit
          responds to most:
        </p>
        <div class="block">
          <Snippet code={CALL} />
        </div>
      </section>
    </div>
  );
}
