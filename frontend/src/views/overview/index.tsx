/** The overview: every unit of the model, or of one module or layer of it, at one step. */
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { offerExport } from "../../export";
import { mode, recordA, recordB } from "../../state";
import { OverviewBar } from "./bar";
import { Director } from "./director";
import { overviewExport } from "./exports";
import { type ShotNow, shotNow } from "./shot";
import { Tooltip } from "./tooltip";

/** The overview, with what orders it above and what is under the pointer beside the pointer. */
export default function Overview() {
  return (
    <section class="overview" aria-label="Overview">
      <OverviewBar />
      <Picture />
    </section>
  );
}

function Picture() {
  const host = useRef<HTMLDivElement>(null);
  const spoken = useSignal("");
  useEffect(() => {
    if (!host.current) return;
    const director = new Director(host.current, (text) => {
      spoken.value = text;
    });
    const withdraw = offerExport(overviewExport(director));
    return () => {
      withdraw();
      director.end();
    };
  }, [spoken]);
  return (
    <div class="stage-place">
      <div
        ref={host}
        class="stage"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: one stop for the keyboard, a cursor inside
        tabIndex={0}
        aria-label="All units; arrow keys move from unit to unit, Enter opens one; Tab leads to the names of layers"
      />
      <Standing />
      <Tooltip />
      <p class="unseen" aria-live="polite">
        {spoken}
      </p>
    </div>
  );
}

/** What lies over the picture while it is not the one asked for. */
function Standing() {
  const late = useSignal(false);
  const isWaiting = useComputed(() => shotNow.value.kind === "loading" || !isExact());
  useSignalEffect(() => {
    late.value = false;
    if (!isWaiting.value) return;
    // A chunk that comes at once needs no word.
    const timer = setTimeout(() => {
      late.value = true;
    }, 150);
    return () => clearTimeout(timer);
  });
  // Computed, so that a frame that is there draws nothing here.
  const isUnpaired = useComputed(() => shotNow.value.kind === "unpaired");
  const word = useComputed(() => (late.value ? wordOf(shotNow.value) : ""));
  if (isUnpaired.value) return <Unpaired />;
  return word.value === "" ? null : <p class="standing">{word.value}</p>;
}

function wordOf(shot: ShotNow): string {
  const wanted = (mode.value === "b" ? recordB.value : recordA.value) + 1;
  if (shot.kind === "loading") return `Loading record ${wanted} …`;
  return shot.kind === "shot"
    ? `Showing record ${shot.record + 1} while record ${wanted} loads`
    : "";
}

function isExact(): boolean {
  const shot = shotNow.value;
  return shot.kind !== "shot" || shot.exact;
}

function Unpaired() {
  return (
    <div class="centre over">
      <section class="card">
        <h2>No picture of both</h2>
        <p>
          A and B differ in what was measured, as said above. Units pair by layer name and index, so
          there is no unit of B to lay over a unit of A.
        </p>
        <div class="row">
          <button
            type="button"
            class="button strong"
            onClick={() => {
              mode.value = "a";
            }}
          >
            Show A
          </button>
        </div>
      </section>
    </div>
  );
}
