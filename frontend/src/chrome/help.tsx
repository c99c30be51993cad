/** The help: every key, and what every glyph and word means. */
import { STATE_NAMES } from "../api";
import { BINDINGS } from "../keyboard";
import { EXACTNESS } from "../numbers";
import { recordingA } from "../state";
import { definitionOf } from "../states";
import { titleOf, titleOfState } from "../titles";
import { Dialog } from "./dialog";
import { StateGlyph } from "./icons";

export function Help() {
  return (
    <Dialog title="Keys and definitions">
      <Pictures />
      <h3>Keys</h3>
      <Keys />
      <h3>States of a unit</h3>
      <States />
      <h3>Statistics, each over the probe set</h3>
      <Statistics />
      <p class="muted" style={{ marginTop: "14px" }}>
        {EXACTNESS}
      </p>
    </Dialog>
  );
}

function Pictures() {
  return (
    <p>
      Every unit of the network is a small square, coloured by a statistic of its activations on a
      fixed probe set. Units stand in the order they had at one step and keep their places, so what
      moves is the network. The strip below is the whole training: rows are layers, columns are
      recorded steps, the red in a row is its share of dead units. Drag along it, or play.
    </p>
  );
}

function Keys() {
  const half = Math.ceil(BINDINGS.length / 2);
  return (
    <div class="columns">
      {[BINDINGS.slice(0, half), BINDINGS.slice(half)].map((bindings) => (
        <dl class="pairs" key={bindings[0]?.shown}>
          {bindings.map(({ shown, does }) => (
            <>
              <dt key={shown}>
                <kbd>{shown}</kbd>
              </dt>
              <dd>{does}</dd>
            </>
          ))}
        </dl>
      ))}
    </div>
  );
}

function States() {
  const recording = recordingA.value;
  if (!recording) return <p class="muted">Shown with the first recording.</p>;
  return (
    <dl class="pairs">
      {STATE_NAMES.map((state) => (
        <>
          <dt key={state} style={{ width: "90px" }}>
            <span style={{ width: "15px", display: "inline-flex" }}>
              <StateGlyph state={state} />
            </span>
            {titleOfState(state)}
          </dt>
          <dd>{definitionOf(state, recording.records.thresholds)}</dd>
        </>
      ))}
    </dl>
  );
}

function Statistics() {
  const statistics = recordingA.value?.records.statistics ?? [];
  return (
    <dl class="pairs">
      {statistics
        .filter(({ grid }) => grid !== "exact")
        .map(({ name, description }) => (
          <>
            <dt key={name}>{titleOf(name)}</dt>
            <dd>{description}</dd>
          </>
        ))}
    </dl>
  );
}
