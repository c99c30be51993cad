/** What is coloured and how: the statistic, the scale, and the buttons at the bar's end. */
import type { Recording } from "../api";
import { classNamesOf, classStatisticOf } from "../classes";
import { togglePanel } from "../panels";
import { copyLink } from "../pinned";
import {
  className,
  recordingA,
  scaleChoice,
  scaleKind,
  statistic,
  statisticName,
  view,
} from "../state";
import { capital, groupOf, methodTitleOf, titleOf } from "../titles";
import type { Statistic } from "../wire";
import { Hint } from "./hint";
import { Icon, type IconName } from "./icons";

export { titleOf };

/** The statistic, grouped by what it is of, with its definition one hover away. */
export function StatisticPicker() {
  const shown = recordingA.value?.records.statistics.filter(({ grid }) => grid !== "exact") ?? [];
  const groups = [...new Set(shown.map(({ name }) => groupOf(name)))];
  return (
    <Hint text={hintOf(statistic.value)}>
      <label class="labelled">
        <span>{["examples", "joint"].includes(view.value) ? "ribbon" : "colour"}</span>
        <select
          class="field statistic"
          value={statistic.value?.name ?? ""}
          onChange={(event) => {
            statisticName.value = event.currentTarget.value;
          }}
        >
          {groups.map((group) => (
            <optgroup key={group} label={capital(group)}>
              {shown
                .filter(({ name }) => groupOf(name) === group)
                .map(({ name }) => (
                  <option key={name} value={name}>
                    {methodTitleOf(name)}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
    </Hint>
  );
}

function hintOf(shown: Statistic | null): string {
  if (!shown) return "";
  return shown.method ? `${capital(titleOf(shown.name))}. ${shown.description}` : shown.description;
}

/** The class whose examples alone colour the overview; nothing where there are no classes. */
export function ClassPicker() {
  const recording = recordingA.value;
  const names = recording ? classNamesOf(recording) : [];
  if (names.length === 0) return null;
  const why = whyNoClass(recording, statistic.value?.name ?? "");
  return (
    <Hint text={why ?? "Colours the overview by the mean over the examples of one class"}>
      <label class="labelled">
        <span>class</span>
        <select
          class="field class-of"
          // What is disabled has no focus, and so no hint for a keyboard.
          aria-disabled={why !== null}
          value={
            why === null && names.includes(className.value ?? "") ? (className.value ?? "") : ""
          }
          onChange={(event) => {
            className.value = event.currentTarget.value || null;
          }}
        >
          <option value="">all</option>
          {why === null &&
            names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
        </select>
      </label>
    </Hint>
  );
}

/** Why no class can be chosen, in a sentence; null where one can. */
function whyNoClass(recording: Recording | null, name: string): string | null {
  if (view.value !== "overview") {
    return "A class colours the overview; here every statistic is over all examples.";
  }
  if (classStatisticOf(recording, name)) return null;
  const known = recording?.records.classStatistics.map((each) => titleOf(each.name)) ?? [];
  return `Not known class by class: ${titleOf(name)}. Known are: ${known.join("; ")}.`;
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
