/** What stands in place of the flow: nothing was recorded, the group is another run's, it failed, it loads. */
import { Snippet } from "../../chrome/empty";
import { Failure } from "../../chrome/failure";
import { flowGroup } from "../../state";
import { formatStep } from "../../steps";
import { flowFailure, flowSteps, retryFlow, shownRecording, toldFlowStep } from "./records";
import { isGroupThere, toldGraph } from "./shown";

const CALL = `from tb_neuron_callbacks import Recording
from tb_neuron_callbacks.lightning import NeuronCallback

NeuronCallback(..., recording=Recording(flow=16))`;

/** Whether there is a flow to show, or what stands in its place. */
export type Standing = "shown" | "empty" | "no group" | "failed" | "loading";

export function standing(): Standing {
  const steps = flowSteps.value;
  if (steps && steps.steps.length === 0) return "empty";
  if (!isGroupThere.value) return "no group";
  if (flowFailure.value !== null) return "failed";
  return toldGraph.value ? "shown" : "loading";
}

export function Instead({ why }: { readonly why: Exclude<Standing, "shown"> }) {
  switch (why) {
    case "empty":
      return <NothingRecorded />;
    case "no group":
      return <NoSuchGroup />;
    case "failed":
      return (
        <Failure
          what={`The flow${atStep()} could not be read`}
          why={flowFailure.value ?? ""}
          onRetry={retryFlow}
        />
      );
    case "loading":
      return (
        <p class="standing" role="status">
          Loading the flow{atStep()} …
        </p>
      );
  }
}

function atStep(): string {
  return toldFlowStep.value === null ? "" : ` at step ${formatStep(toldFlowStep.value)}`;
}

function NothingRecorded() {
  return (
    <div class="centre">
      <section class="card">
        <h2>No flow recorded</h2>
        <p>
          Flow is the attribution that units of one layer pass to units of the next.{" "}
          {shownRecording.value?.key.run ?? "This run"} holds none; record it for the 16 units of
          each layer that contribute most:
        </p>
        <div class="block">
          <Snippet code={CALL} />
        </div>
        <p>
          It needs the attributions <code>gradient_x_activation</code>, which are recorded by
          default.
        </p>
      </section>
    </div>
  );
}

function NoSuchGroup() {
  return (
    <div class="centre">
      <section class="card" role="status">
        <h2>These examples are not here</h2>
        <p>
          The address asks for the flow of “{flowGroup.value}”, which{" "}
          {shownRecording.value?.key.run ?? "this run"} does not tell apart.
        </p>
        <div class="row">
          <button
            type="button"
            class="button strong"
            onClick={() => {
              flowGroup.value = "all";
            }}
          >
            Show all examples
          </button>
        </div>
      </section>
    </div>
  );
}
