/** What is coloured and how: the statistic, the scale, and the buttons at the bar's end. */
import { togglePanel } from "../panels";
import { copyLink } from "../pinned";
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

interface Tool {
  readonly icon: IconName;
  readonly title: string;
  readonly run: () => void;
}

const TOOLS: readonly Tool[] = [
  { icon: "search", title: "Find a layer or unit (/)", run: () => togglePanel("search") },
  { icon: "link", title: "Copy a link to what is shown (c)", run: () => void copyLink() },
  { icon: "export", title: "Export (e)", run: () => togglePanel("export") },
  { icon: "help", title: "Keys and definitions (?)", run: () => togglePanel("help") },
];

/** Search, link, export and help. */
export function Tools() {
  return (
    <div class="tools">
      {TOOLS.map(({ icon, title, run }) => (
        <button
          key={icon}
          type="button"
          class="button icon quiet"
          aria-label={title}
          title={title}
          onClick={run}
        >
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}
