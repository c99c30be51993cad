/** The dashboard's frame: bar, path and legend, view and inspector, ribbon. */
import type { ComponentChildren } from "preact";
import { failureA, runsFailure } from "../loading";
import { panel } from "../panels";
import { keyA, recordingA, runA, runs, runsWithData } from "../state";
import { Breadcrumb, ViewTabs } from "./breadcrumb";
import { ScaleSwitch, StatisticPicker, Tools } from "./controls";
import { Empty } from "./empty";
import { Failure } from "./failure";
import { Help } from "./help";
import { Legend } from "./legend";
import { Notices } from "./notices";
import { Ribbon } from "./ribbon";
import { RunPickers } from "./runs";
import { Search } from "./search";
import { Status } from "./status";

/** What the shell frames. */
export interface ShellProps {
  readonly view: ComponentChildren;
  readonly inspector: ComponentChildren;
  readonly exportPanel: ComponentChildren;
}

export function Shell({ view, inspector, exportPanel }: ShellProps) {
  return (
    <div class="shell">
      <Bar />
      <Path />
      <main class={recordingA.value ? "body" : "body whole"}>
        <h1 class="unseen">Neurons</h1>
        <div class="stack">
          {recordingA.value && <Notices />}
          <div class="view">{recordingA.value ? view : <Instead />}</div>
        </div>
        {recordingA.value && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keys
          <aside class="inspector-place" aria-label="Inspector" tabIndex={0}>
            {inspector}
          </aside>
        )}
      </main>
      {recordingA.value ? <Ribbon /> : <div />}
      <OpenPanel exportPanel={exportPanel} />
    </div>
  );
}

function Bar() {
  if (runsWithData().length === 0) return <div />;
  return (
    <header class="bar">
      <RunPickers />
      <span class="fill" />
      <StatisticPicker />
      <ScaleSwitch />
      <Tools />
    </header>
  );
}

function Path() {
  if (!recordingA.value) return <div />;
  return (
    <div class="path">
      <ViewTabs />
      <Breadcrumb />
      <Legend />
    </div>
  );
}

/** What stands in place of a view: why there is none. */
function Instead() {
  if (runs.value === null) {
    if (runsFailure.value === null) return <Loading what="Looking for recordings" />;
    return <Failure what="The runs could not be read" why={runsFailure.value} />;
  }
  if (runsWithData().length === 0) return <Empty />;
  if (!keyA.value) {
    const why = `“${runA.value}” holds no such recording; pick another run above.`;
    return <Failure what="This run is not here" why={why} />;
  }
  if (failureA.value === null) return <Loading what={`Loading ${keyA.value.run}`} />;
  return <Failure what={`${keyA.value.run} could not be loaded`} why={failureA.value} />;
}

function Loading({ what }: { readonly what: string }) {
  return (
    <div class="skeleton" role="status">
      <i />
      <i />
      <i />
      <span class="unseen">{what}</span>
    </div>
  );
}

function OpenPanel({ exportPanel }: Pick<ShellProps, "exportPanel">) {
  switch (panel.value) {
    case "help":
      return <Help />;
    case "search":
      return <Search />;
    case "status":
      return <Status />;
    case "export":
      return <>{exportPanel}</>;
    default:
      return null;
  }
}
