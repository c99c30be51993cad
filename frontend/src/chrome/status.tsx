/** What was received and what it cost the training; what could not be read, in sentences. */
import { useSignal, useSignalEffect } from "@preact/signals";
import type { Recording } from "../api";
import { lastAnswer } from "../loading";
import { formatAge, formatBytes, formatCount, formatShare } from "../numbers";
import { keyA, recordingA, runs } from "../state";
import { formatStep } from "../steps";
import { toldRecordA } from "../told";
import type { Problem } from "../wire";
import { Dialog } from "./dialog";

export function Status() {
  const recording = recordingA.value;
  return (
    <Dialog title="This recording">
      {recording ? <Facts recording={recording} /> : <p>Nothing has been received yet.</p>}
      {recording && <Losses recording={recording} />}
      <h3>Read from</h3>
      <p>
        {runs.value?.source} in <code>{runs.value?.logdir}</code>
      </p>
    </Dialog>
  );
}

function Facts({ recording }: { readonly recording: Recording }) {
  const { steps, wallTimes, layers, probeSet, costs } = recording.records;
  const now = useNow();
  const cost = costs[toldRecordA.value];
  const age = (now - 1000 * (wallTimes.at(-1) ?? 0)) / 1000;
  const facts: [string, string][] = [
    [
      "records",
      `${formatCount(steps.length)}, steps ${formatStep(steps[0])} to ${formatStep(steps.at(-1))}`,
    ],
    ["last written", formatAge(age)],
    ["last asked for", formatAge((now - lastAnswer.value) / 1000)],
    ["layers", `${layers.length} with ${formatCount(recording.units)} units`],
    [
      "probe set",
      `${probeSet.name}: ${formatCount(probeSet.examples)} examples (${probeSet.input})`,
    ],
  ];
  if (cost) {
    facts.push(["time of this record", `${Number((1000 * cost.wallSeconds).toPrecision(3))} ms`]);
    facts.push(["its size", `${formatBytes(cost.bytes)} of values`]);
    facts.push(["share of the training's time", formatShare(cost.overhead)]);
  }
  return (
    <dl class="pairs">
      {facts.map(([name, value]) => (
        <>
          <dt key={name} class="muted">
            {name}
          </dt>
          <dd class="number">{value}</dd>
        </>
      ))}
    </dl>
  );
}

function Losses({ recording }: { readonly recording: Recording }) {
  const { problems, notes, absences } = recording.records;
  const ofRun = runs.value?.runs.find(({ name }) => name === keyA.value?.run)?.problems ?? [];
  const all = [
    ...problems,
    ...ofRun.filter((one) => !problems.some((other) => isSame(one, other))),
  ];
  return (
    <>
      <h3>Problems</h3>
      {all.length === 0 ? (
        <p class="muted">None: everything that was written could be read.</p>
      ) : (
        <List items={all} />
      )}
      {absences.length > 0 && <h3>Layers that were asked for and are not there</h3>}
      <List items={absences} />
      {notes.length > 0 && <h3>Notes of the recorder</h3>}
      <List items={notes.map((message) => ({ place: "", message }))} />
    </>
  );
}

function List({ items }: { readonly items: readonly Problem[] }) {
  return (
    <ul>
      {items.map(({ place, message }) => (
        <li key={place + message}>
          {place && <code>{place}</code>} {message}
        </li>
      ))}
    </ul>
  );
}

function isSame(a: Problem, b: Problem): boolean {
  return a.place === b.place && a.message === b.message;
}

/** The time, each second. */
function useNow(): number {
  const now = useSignal(Date.now());
  useSignalEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 1000);
    return () => clearInterval(timer);
  });
  return now.value;
}
