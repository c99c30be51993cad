/** The pickers of A and B: a run and a step each; model and probe set where there are several. */
import { useSignal } from "@preact/signals";
import { chooseMode, setStep, show, swap } from "../actions";
import {
  effectiveStepB,
  hasB,
  isModeChosen,
  keyA,
  keyB,
  mode,
  modelName,
  probeName,
  recordingB,
  runA,
  runB,
  runsWithData,
  stepB,
} from "../state";
import { formatStep, recordOf } from "../steps";
import { toldStepA, toldStepB } from "../told";
import { Icon } from "./icons";

/** Both pickers, with the switch between them. */
export function RunPickers() {
  return (
    <>
      <div class="side a">
        <span class="badge" aria-hidden="true">
          A
        </span>
        <RunField side="A" chosen={keyA.value?.run ?? runA.value} onChoose={chooseA} />
        <StepField />
      </div>
      <button
        type="button"
        class="button icon"
        aria-label="Swap A and B"
        title="Swap A and B (x)"
        onClick={swap}
      >
        <Icon name="swap" />
      </button>
      <div class={hasB.value ? "side b" : "side b idle"}>
        <span class="badge" aria-hidden="true">
          B
        </span>
        <RunField side="B" chosen={keyB.value?.run ?? runB.value} onChoose={chooseB} />
        <StepOfB />
      </div>
      <ModeSwitch />
      <RecordingFields />
    </>
  );
}

function chooseA(name: string): void {
  runA.value = name;
}

/** The first B is meant to be seen; later ones, and who has chosen what is shown, stay where they are. */
function chooseB(name: string): void {
  runB.value = name;
  if (!isModeChosen.value) show("diff");
}

interface RunFieldProps {
  readonly side: "A" | "B";
  readonly chosen: string | null;
  readonly onChoose: (name: string) => void;
}

function RunField({ side, chosen, onChoose }: RunFieldProps) {
  const names = runsWithData().map(({ name }) => name);
  const isKnown = chosen !== null && names.includes(chosen);
  return (
    <select
      class="field run"
      aria-label={`Run of ${side}`}
      title={chosen ?? ""}
      value={chosen ?? ""}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {!isKnown && <option value={chosen ?? ""}>{chosen ?? "no run"}</option>}
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** A's step: typed, it goes to the nearest record at or before. */
function StepField() {
  const typed = useSignal<string | null>(null);
  const commit = () => {
    const digits = typed.value?.replace(/[,\s]/g, "") ?? "";
    if (/^-?\d{1,19}$/.test(digits) || ["first", "last"].includes(digits)) setStep(digits);
    typed.value = null;
  };
  return (
    <input
      class="field step"
      aria-label="Step of A, as a number"
      title="Type a step, first or last"
      value={typed.value ?? formatStep(toldStepA.value ?? undefined)}
      onFocus={(event) => event.currentTarget.select()}
      onInput={(event) => {
        typed.value = event.currentTarget.value;
      }}
      onChange={commit}
      onBlur={commit}
    />
  );
}

/** B's step: bound to an end or to A's, or where its marker was put. */
function StepOfB() {
  const chosen = effectiveStepB.value;
  const isFixed = /\d/.test(chosen);
  const atB = formatStep(toldStepB.value ?? undefined);
  return (
    <select
      class="field step"
      aria-label="Step of B"
      title="Step of B; drag its marker on the ribbon, or press b to keep what is shown"
      value={chosen}
      onChange={(event) => {
        stepB.value = event.currentTarget.value;
        if (!isModeChosen.value) show("diff");
      }}
    >
      {isFixed && <option value={chosen}>step {atB}</option>}
      <option value="first">first ({endOfB("first")})</option>
      <option value="last">last ({endOfB("last")})</option>
      <option value="same">as A ({formatStep(toldStepA.value ?? undefined)})</option>
    </select>
  );
}

function endOfB(end: "first" | "last"): string {
  const steps = recordingB.value?.records.steps ?? [];
  return formatStep(steps[recordOf(steps, end)]);
}

const MODE_NAMES = [
  ["a", "A", "Show A"],
  ["b", "B", "Show B"],
  ["diff", "A − B", "Show the difference (d)"],
] as const;

function ModeSwitch() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div class="segments" role="group" aria-label="What is shown">
      {MODE_NAMES.map(([name, text, title]) => (
        <button
          key={name}
          type="button"
          title={title}
          aria-pressed={mode.value === name}
          onClick={() => chooseMode(name)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

/** Model and probe set, where the run has several. */
function RecordingFields() {
  const run = runsWithData().find(({ name }) => name === keyA.value?.run);
  const models = [...new Set(run?.recordings.map(({ model }) => model))];
  const probes = [...new Set(run?.recordings.map(({ probe }) => probe))];
  return (
    <>
      {models.length > 1 && (
        <Choice
          label="model"
          names={models}
          chosen={keyA.value?.model ?? ""}
          onChoose={(name) => {
            modelName.value = name;
          }}
        />
      )}
      {probes.length > 1 && (
        <Choice
          label="probe set"
          names={probes}
          chosen={keyA.value?.probe ?? ""}
          onChoose={(name) => {
            probeName.value = name;
          }}
        />
      )}
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly names: readonly string[];
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
}

/** A labelled list to pick from. */
export function Choice({ label, names, chosen, onChoose }: ChoiceProps) {
  return (
    <label class="labelled">
      <span>{label}</span>
      <select
        class="field"
        value={chosen}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
