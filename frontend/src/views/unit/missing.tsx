/** What stands in place of a unit that is not there: what is, and the way to it. */
import { openUnit, openView, unitOrderOf } from "../../actions";
import { layerMeant } from "../../corrections";
import { formatCount } from "../../numbers";
import { layer, layerIndex, layerName, recordingA, unit } from "../../state";

/** The chosen unit is none: which, or why not. */
export function Missing() {
  if (layer.value) {
    return unit.value === null ? <NoneChosen /> : <NoSuchUnit index={unit.value} />;
  }
  return layerName.value === null ? <NoneChosen /> : <NoSuchLayer name={layerName.value} />;
}

/** Whether there is such a unit. */
export function isThere(): boolean {
  return unit.value !== null && layer.value !== null && unit.value < layer.value.units;
}

function NoSuchUnit({ index }: { readonly index: number }) {
  const { name = "", units = 0 } = layer.value ?? {};
  const first = unitOrderOf(layerIndex.value)[0] ?? 0;
  return (
    <div class="centre">
      <section class="card" role="status">
        <h2>This unit is not here</h2>
        <p>
          {units > 0 ? `${name} has units 0–${units - 1}` : `${name} has no units`}; the address
          asks for unit {formatCount(index)}.
        </p>
        <div class="row">
          {units > 0 && (
            <button type="button" class="button strong" onClick={() => openUnit(name, first)}>
              Show unit {first}
            </button>
          )}
          <button type="button" class="button" onClick={() => openView("layer")}>
            All units of {name}
          </button>
        </div>
      </section>
    </div>
  );
}

function NoSuchLayer({ name }: { readonly name: string }) {
  const recording = recordingA.value;
  const first = recording?.records.layers.find(({ units }) => units > 0)?.name ?? null;
  const meant = recording ? (layerMeant(recording, name) ?? first) : null;
  return (
    <div class="centre">
      <section class="card" role="status">
        <h2>This layer is not here</h2>
        <p>The address asks for layer “{name}”, which this run does not hold.</p>
        <div class="row">
          {meant !== null && (
            <button
              type="button"
              class="button strong"
              onClick={() => openUnit(meant, unitWithin(meant))}
            >
              Show {meant}
            </button>
          )}
          <button type="button" class="button" onClick={() => openView("layer")}>
            All layers
          </button>
        </div>
      </section>
    </div>
  );
}

/** The unit that was asked for where the layer has it, else its first. */
function unitWithin(name: string): number {
  const found = recordingA.value?.records.layers.find((candidate) => candidate.name === name);
  const wanted = unit.value ?? 0;
  return wanted < (found?.units ?? 0) ? wanted : 0;
}

function NoneChosen() {
  const { name, units = 1 } = layer.value ?? {};
  return (
    <div class="centre">
      <section class="card">
        <h2>No unit chosen</h2>
        <p>
          {name === undefined
            ? "Click a unit in the overview, or press j."
            : `${name} has units 0–${units - 1}: click one in the overview or the layer's table, or press j.`}
        </p>
        <div class="row">
          <button type="button" class="button strong" onClick={() => openView("unit")}>
            Show the first in order
          </button>
        </div>
      </section>
    </div>
  );
}
