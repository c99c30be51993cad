/** What is chosen of the maps that there are: what they explain, the method, and the layer at which it reads. */
import { Hint } from "../../chrome/hint";
import { mapList, shownMethod } from "../../maps";
import { mapLayer, mapMethod, mapTarget } from "../../state";
import { formatStep } from "../../steps";
import { titleOfMethod, titleOfTarget } from "../../titles";
import type { MapMethod, MapTarget } from "../../wire";

export function MethodPicker() {
  const methods = mapList.value?.methods ?? [];
  const names = [...new Set(methods.map(({ name }) => name))];
  const shown = shownMethod.value;
  return (
    <Hint text={shown ? <About method={shown} methods={methods} /> : ""} isWide>
      <label class="labelled">
        <span>method</span>
        <select
          class="field"
          aria-label="Method"
          value={shown?.name ?? ""}
          onChange={(event) => {
            mapMethod.value = event.currentTarget.value;
          }}
        >
          {names.map((name) => (
            <MethodOption key={name} at={methods.filter((method) => method.name === name)} />
          ))}
        </select>
      </label>
    </Hint>
  );
}

/** A method, absent where it is so at each of its layers. */
function MethodOption({ at }: { readonly at: readonly MapMethod[] }) {
  const [{ name, absence } = { name: "", absence: "" }] = at;
  const isAbsent = at.every((method) => method.absence !== "");
  return (
    <option value={name} disabled={isAbsent} title={isAbsent ? absence : undefined}>
      {titleOfMethod(name)}
      {isAbsent && " — absent"}
    </option>
  );
}

/** Where the method reads: a choice where its maps were recorded at several layers. */
export function LayerPicker() {
  const shown = shownMethod.value;
  if (!shown?.layer) return null;
  const at = mapList.value?.methods.filter(({ name }) => name === shown.name) ?? [];
  if (at.length < 2) {
    return (
      <span class="muted reads-at">
        reads at <b>{shown.layer}</b>
      </span>
    );
  }
  return (
    <label class="labelled">
      <span>reads at</span>
      <select
        class="field"
        aria-label="Reads at layer"
        value={shown.layer}
        onChange={(event) => {
          mapLayer.value = event.currentTarget.value;
        }}
      >
        {at.map(({ layer, absence }) => (
          <option key={layer} value={layer} disabled={absence !== ""} title={absence || undefined}>
            {layer}
            {absence !== "" && " — absent"}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the maps explain: a choice where records differ in it. */
export function TargetPicker() {
  const list = mapList.value;
  if (!list || list.targets.length < 2) return null;
  return (
    <label class="labelled">
      <span>toward</span>
      <select
        class="field target"
        aria-label="What the maps explain"
        value={list.target}
        onChange={(event) => {
          mapTarget.value = event.currentTarget.value;
        }}
      >
        {list.targets.map((each) => (
          <option key={each.target} value={each.target}>
            {titleOfTarget(each.target)}, {stepsText(each)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Which records had another target than that which is shown. */
export function OtherTargets() {
  const list = mapList.value;
  const others = list?.targets.filter(({ target }) => target !== list.target) ?? [];
  if (others.length === 0) return null;
  const told = others.map((each) => `${stepsText(each)} toward ${titleOfTarget(each.target)}`);
  return (
    <p class="examples-note" role="status">
      Also recorded: {told.join("; ")}. They are shown under their own target alone.
    </p>
  );
}

function stepsText({ steps }: MapTarget): string {
  const [first, last] = [formatStep(steps[0]), formatStep(steps.at(-1))];
  return first === last ? `step ${first}` : `steps ${first} to ${last}`;
}

interface AboutProps {
  readonly method: MapMethod;
  readonly methods: readonly MapMethod[];
}

/** The method's sentence, choices and source, and why others are absent. */
function About({ method, methods }: AboutProps) {
  const absent = methods.filter(({ absence }) => absence !== "");
  const target = mapList.value?.target ?? "";
  return (
    <div class="about">
      <p>
        <b>{titleOfMethod(method.name)}</b> {method.description}
      </p>
      {method.settings && <p>{method.settings}</p>}
      {method.layer && <p>Reads at layer {method.layer}.</p>}
      <p class="muted">
        {target && `Explains ${titleOfTarget(target)}. `}
        {method.source}
      </p>
      {absent.map(({ name, layer, absence }) => (
        <p key={`${name} ${layer}`} class="muted">
          <b>
            {titleOfMethod(name)}
            {layer && ` at ${layer}`} is absent.
          </b>{" "}
          {absence}
        </p>
      ))}
    </div>
  );
}
