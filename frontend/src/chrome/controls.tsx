/** What is coloured and how: the statistic, the scale, and the buttons at the bar's end. */
import { togglePanel } from "../panels";
import { recordingA, scaleChoice, scaleKind, statistic, statisticName } from "../state";
import { titleOf } from "../titles";
import { Hint } from "./hint";
import { Icon, type IconName } from "./icons";

export { titleOf };

/** The statistic, with its definition one hover away. */
export function StatisticPicker() {
  const names = recordingA.value?.records.statistics.filter(({ grid }) => grid !== "exact") ?? [];
  return (
    <Hint text={statistic.value?.description ?? ""}>
      <label class="labelled">
        <span>colour</span>
        <select
          class="field"
          value={statistic.value?.name ?? ""}
          onChange={(event) => {
            statisticName.value = event.currentTarget.value;
          }}
        >
          {names.map(({ name }) => (
            <option key={name} value={name}>
              {titleOf(name)}
            </option>
          ))}
        </select>
      </label>
    </Hint>
  );
}

/** Linear or logarithmic. */
export function ScaleSwitch() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div class="segments" role="group" aria-label="Scale">
      {(["linear", "log"] as const).map((kind) => (
        <button
          key={kind}
          type="button"
          aria-pressed={scaleKind.value === kind}
          onClick={() => {
            scaleChoice.value = kind;
          }}
        >
          {kind}
        </button>
      ))}
    </div>
  );
}

const TOOLS: readonly [IconName & ("search" | "export" | "help"), string][] = [
  ["search", "Find a layer or unit (/)"],
  ["export", "Export (e)"],
  ["help", "Keys and definitions (?)"],
];

/** Search, export and help. */
export function Tools() {
  return (
    <div class="tools">
      {TOOLS.map(([name, title]) => (
        <button
          key={name}
          type="button"
          class="button icon quiet"
          aria-label={title}
          title={title}
          onClick={() => togglePanel(name)}
        >
          <Icon name={name} />
        </button>
      ))}
    </div>
  );
}
