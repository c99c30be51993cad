/** What stands in place of maps that are not there. */
import { Snippet } from "../../chrome/empty";
import { mapList } from "../../maps";
import { example } from "../../state";
import { listed, titleOfMethod } from "../../titles";

const SNIPPET = `from tb_neuron_callbacks import NeuronRecorder, Recording

recording = Recording(maps=("saliency", "integrated_gradients"))
recorder = NeuronRecorder(model, probe, writer, recording=recording)`;

/** No method has maps: how to record some, and why those that were asked for have none. */
export function NoMaps() {
  const absent = mapList.value?.methods ?? [];
  return (
    <div class="centre">
      <section class="card" aria-label="No maps yet">
        <h2>No maps recorded yet</h2>
        <p>
          A map tells what in an example’s input a method holds responsible for the model’s answer.
          This recording holds none; add them to the recorder:
        </p>
        <Snippet code={SNIPPET} />
        {absent.map(({ name, layer, absence }) => (
          <p key={`${name} ${layer}`}>
            <b>{titleOfMethod(name)} is absent.</b> {absence}
          </p>
        ))}
      </section>
    </div>
  );
}

const TOLD = 12;

/** The numbers of the tracked examples, the first ones. */
function trackedText(): string {
  const numbers = (mapList.value?.examples ?? []).map((each) => String(each.example));
  const more = numbers.length - TOLD;
  return listed([...numbers.slice(0, TOLD), ...(more > 0 ? [`${more} more`] : [])]);
}

/** The address names an example that is not tracked. */
export function NotTracked() {
  return (
    <div class="centre">
      <section class="card" role="status">
        <h2>This example is not tracked</h2>
        <p>
          The address asks for example {example.value}, of which no maps are kept. Tracked are{" "}
          {trackedText()}.
        </p>
        <div class="row">
          <button
            type="button"
            class="button strong"
            onClick={() => {
              example.value = null;
            }}
          >
            All tracked examples
          </button>
        </div>
      </section>
    </div>
  );
}
