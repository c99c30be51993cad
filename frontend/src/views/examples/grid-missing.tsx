/** What stands in place of activation grids that are not there. */
import { Snippet } from "../../chrome/empty";
import { gridList } from "../../grids";
import { FormSwitch } from "./grid-bar";

const SNIPPET = `from tb_neuron_callbacks import NeuronRecorder, Recording

recording = Recording(tracked=True, evidence=10)
recorder = NeuronRecorder(model, probe, writer, recording=recording)`;

/** No activations of tracked examples: how to record them. */
export function NoGrids() {
  return (
    <>
      <div class="examples-bar">
        <FormSwitch />
      </div>
      <div class="centre">
        <section class="card" aria-label="No activation grids yet">
          <h2>No activations of tracked examples yet</h2>
          <p>
            An activation grid shows a layer at each position of an example: how strongly it answers
            there, and to what. <code>tracked=True</code> records it, and with <code>evidence</code>{" "}
            also what each position contributes to each class:
          </p>
          <Snippet code={SNIPPET} />
          {gridList.value?.notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </section>
      </div>
    </>
  );
}
