/** The dashboard's frame: bar, path and legend, view and inspector, ribbon. */
import { batch } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { failureA, runsFailure } from "../loading";
import { panel } from "../panels";
import { keyA, modelName, probeName, recordingA, runA, runs, runsWithData, view } from "../state";
import { Breadcrumb, ViewTabs } from "./breadcrumb";
import { ClassPicker, ScaleSwitch, StatisticPicker, Tools } from "./controls";
import { Empty } from "./empty";
import { Failure } from "./failure";
import { Help } from "./help";
import { Legend } from "./legend";
import { Copied, LinkPanel } from "./link";
import { Notices } from "./notices";
import { PairPanel } from "./pair";
import { Ribbon } from "./ribbon";
import { RunPickers } from "./runs";
import { Search } from "./search";
import { Status } from "./status";
import { ColourTrust } from "./unit-trust-mark";

/** What the shell frames. */
export interface ShellProps {
  readonly view: ComponentChildren;
  readonly inspector: ComponentChildren;
  readonly exportPanel: ComponentChildren;
}

export function Shell({ view: shown, inspector, exportPanel }: ShellProps) {
  return (
    <div class="shell">
      <Bar />
      <Path />
      <main class={recordingA.value ? "body" : "body whole"}>
        <h1 class="unseen">Neurons</h1>
        <div class="stack">
          {recordingA.value && <Notices />}
          <div class="view">{recordingA.value ? shown : <Instead />}</div>
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
      <Copied />
    </div>
  );
}

function Bar() {
  const hasOwnColours = view.value === "examples" || view.value === "joint";
  if (runsWithData().length === 0) return <div />;
  return (
    <header class="bar">
      <RunPickers />
      <span class="fill" />
      {recordingA.value && <StatisticPicker />}
      {recordingA.value && <ColourTrust />}
      {/* Maps and hexagons have colours of their own: there, the statistic colours the ribbon alone. */}
      {recordingA.value && !hasOwnColours && <ClassPicker />}
      {recordingA.value && !hasOwnColours && <ScaleSwitch />}
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
  if (!keyA.value) return <Missing />;
  if (failureA.value === null) return <Loading what={`Loading ${keyA.value.run}`} />;
  return <Failure what={`${keyA.value.run} could not be loaded`} why={failureA.value} />;
}

/** A link to a run, model or probe set that is not there: a way to what is. */
function Missing() {
  const first = runsWithData()[0]?.name ?? "";
  const named = [runA.value, modelName.value, probeName.value].filter((name) => name !== null);
  return (
    <div class="centre">
      <section class="card" role="status">
        <h2>This recording is not here</h2>
        <p>
          The address asks for {named.map((name) => `“${name}”`).join(", ")}, which no run in this
          log directory holds. It is looked for again every five seconds.
        </p>
        <div class="row">
          <button type="button" class="button strong" onClick={showFirst}>
            Show {first}
          </button>
        </div>
      </section>
    </div>
  );
}

function showFirst(): void {
  batch(() => {
    [runA.value, modelName.value, probeName.value] = [null, null, null];
  });
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
    case "pair":
      return <PairPanel />;
    case "search":
      return <Search />;
    case "status":
      return <Status />;
    case "link":
      return <LinkPanel />;
    case "export":
      return <>{exportPanel}</>;
    default:
      return null;
  }
}
