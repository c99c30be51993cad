/** What colours and glyphs mean: the scale with the spread of values on it, and the states with counts. */
import { computed, useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { type Recording, STATE_NAMES, type StateName } from "../api";
import { heldStep } from "../classes";
import { legendTicks, positionOf, type Scale } from "../colour";
import { arrived, filmOf } from "../film";
import { countFrame, type Histogram, type Shown } from "../histogram";
import { isNarrow } from "../host";
import { formatCount, formatValue } from "../numbers";
import type { Palette } from "../palettes";
import { toldSides } from "../sides";
import {
  coloured,
  comparison,
  mode,
  only,
  recordingA,
  recordingB,
  scale,
  statistic,
  view,
} from "../state";
import { countEach, countOnce, hiding, type StateCounts } from "../state-counts";
import { definitionOf } from "../states";
import { formatStep } from "../steps";
import { roles } from "../theme";
import { listed, titleOfState } from "../titles";
import { toldRecordA, toldRecordB } from "../told";
import { Hint } from "./hint";
import { CornerOfB, StateGlyph } from "./icons";

const BINS = 59;
const BAR = 7;

/** The colour scale, and the states beside it; folded on a small screen, and not beside charts there nor beside the flow. */
export function Legend() {
  if (!recordingA.value || !statistic.value) return null;
  if (isNarrow.value && view.value === "unit") return null;
  // The flow's colours are signs, maps have a scale of their own, and the views say so.
  if (["flow", "examples", "joint", "map"].includes(view.value)) return null;
  return (
    <section class="legend" aria-label="Legend">
      {isNarrow.value ? <Folded /> : <Parts />}
    </section>
  );
}

function Parts() {
  return (
    <>
      <ColourScale />
      <StateChips />
    </>
  );
}

/** One line, and the parts once it is opened: a picture drawn while it is hidden would have no width. */
function Folded() {
  const isOpen = useSignal(false);
  const [side] = toldSides.value;
  const dead = side && countOnce(side.recording, side.record)?.dead;
  const filter = only.value === "all" ? "" : `, only ${titleOfState(only.value)}`;
  return (
    <details
      open={isOpen.value}
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>
        {nameOfScale()}
        {dead !== undefined && (
          <span class="muted number">
            {" "}
            · {formatCount(dead)} dead{mode.value === "diff" && " in A"}
          </span>
        )}
        {filter}
      </summary>
      {isOpen.value && <Parts />}
    </details>
  );
}

/** The statistic, and whose it is where A alone is not meant. */
function nameOfScale(): string {
  return signOfMode() + (coloured.value?.title ?? "");
}

function signOfMode(): string {
  return { a: "", b: "B, ", diff: "A − B, " }[mode.value];
}

/** From which step values are held, where that is another than the shown one. */
function heldSince(): string {
  const of = coloured.value;
  const [side] = toldSides.value;
  if (!of || !side || side.record < 0) return "";
  const held = heldStep(side.recording, of.film, side.record);
  if (held === undefined || held === side.step) return "";
  const what = of.className === null ? "values" : "class means";
  return `${what} of step ${formatStep(held)}`;
}

function ColourScale() {
  const ticks = legendTicks(scale.value);
  const [name, sign] = [nameOfScale(), signOfMode()];
  const rest = [coloured.value?.rest, heldSince()].filter(Boolean).join(", ");
  const kind = scale.value.kind === "log" ? "logarithmic" : "linear";
  return (
    <figure class={rest === "" ? "" : "long"}>
      <div class="scale-name">
        <span title={`${name}, ${kind}`}>
          <b>{sign + (coloured.value?.shortTitle ?? "")}</b> {kind}
        </span>
        {rest === "" && <Counted />}
      </div>
      {rest !== "" && (
        <div class="scale-name">
          <span title={rest}>{rest}</span>
          <Counted />
        </div>
      )}
      <ScaleBar />
      <div class="ticks" aria-hidden="true">
        {ticks.map((value) => (
          <span key={value} style={{ left: `${100 * positionOf(scale.value, value)}%` }}>
            {formatValue(value)}
          </span>
        ))}
      </div>
    </figure>
  );
}

function Counted() {
  const counted = histogram.value;
  return <span>{counted && countsOf(counted)}</span>;
}

/** n of N, and how many of them show an end's colour because they lie beyond it. */
function countsOf({ finite, total, outside }: Histogram): string {
  const beyond = outside > 0 ? `, ◂ ${formatCount(outside)} beyond ▸` : "";
  return `${formatCount(finite)} of ${formatCount(total)} units${beyond}`;
}

function ScaleBar() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useSignalEffect(() => {
    const counted = histogram.value;
    if (canvas.current) drawBar(canvas.current, scale.value, counted, roles.value.muted);
  });
  const { min, max } = scale.value;
  const label = `Colours from ${formatValue(min)} to ${formatValue(max)}, with the spread of values at this step`;
  return <canvas ref={canvas} role="img" aria-label={label} />;
}

function drawBar(
  canvas: HTMLCanvasElement,
  shown: Scale,
  counted: Histogram | null,
  ink: string,
): void {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext("2d");
  if (!context) return;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.drawImage(bandOf(shown.palette), 0, height - BAR, width, BAR);
  if (counted) drawCounts(context, counted, ink, { width, height: height - BAR - 1 });
}

const bands = new WeakMap<Palette, HTMLCanvasElement>();

/** A palette as a picture one pixel high; drawn once, for the film passes sixty times a second. */
function bandOf(palette: Palette): HTMLCanvasElement {
  const known = bands.get(palette);
  if (known) return known;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [palette.length, 1];
  const image = new ImageData(palette.length, 1);
  new Uint32Array(image.data.buffer).set(palette);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  bands.set(palette, canvas);
  return canvas;
}

/** Bars by the square root of the count: a few units among thousands stay visible. */
function drawCounts(
  context: CanvasRenderingContext2D,
  { counts }: Histogram,
  ink: string,
  size: { readonly width: number; readonly height: number },
): void {
  const tallest = Math.sqrt(counts.reduce((most, count) => Math.max(most, count), 1));
  const width = size.width / counts.length;
  context.fillStyle = ink;
  counts.forEach((count, bin) => {
    if (count === 0) return;
    const height = Math.max(1, (Math.sqrt(count) / tallest) * size.height);
    context.fillRect(bin * width, size.height - height, Math.max(1, width - 1), height);
  });
}

/** The spread of what is shown now; counted once for all who ask. */
const histogram = computed((): Histogram | null => {
  void arrived.value;
  const a = shownFrame(recordingA.value, toldRecordA.value);
  const b = mode.value === "a" ? null : shownFrame(recordingB.value, toldRecordB.value);
  if (mode.value === "a") return a && countFrame(scale.value, BINS, a, null);
  if (mode.value === "b") return b && countFrame(scale.value, BINS, b, null);
  return a && b && comparison.value.ok ? countFrame(scale.value, BINS, a, b) : null;
});

function shownFrame(recording: Recording | null, record: number): Shown | null {
  const name = coloured.value?.film;
  if (!recording || name === undefined || record < 0) return null;
  const film = filmOf(recording, name);
  const frame = film.frame(record);
  return frame && { film, frame };
}

/** The states with their counts; pressed, a chip dims all units that are not counted there. */
function StateChips() {
  const [side] = toldSides.value;
  if (!side || side.record < 0) return null;
  const { recording, record } = side;
  const isDifference = mode.value === "diff";
  const [once, each] = [countOnce(recording, record), countEach(recording, record)];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div
      class="chips"
      role="group"
      aria-label={`Show only units that are${isDifference ? ", in A" : ""}`}
    >
      {isDifference && <span class="side-a">of A</span>}
      {STATE_NAMES.map((state) => (
        <StateChip
          key={state}
          state={state}
          count={once?.[state] ?? null}
          letters={formatCount(recording.units).length}
          meaning={`${definitionOf(state, recording.records.thresholds)} ${amongOf(state, once, each)}`}
        />
      ))}
      {isDifference && <DeadOfB />}
    </div>
  );
}

/** How many there are with those that are counted under weightier states. */
function amongOf(state: StateName, once: StateCounts | null, each: StateCounts): string {
  if (!once || each[state] <= once[state]) return "";
  const weightier = hiding(state, once).map((name) => `the ${titleOfState(name)}`);
  return `${formatCount(each[state])} with ${listed(weightier)} among them.`;
}

/** What the red corners of a difference are. */
function DeadOfB() {
  const [, b] = toldSides.value;
  const dead = b && countOnce(b.recording, b.record)?.dead;
  return (
    <Hint text="Units that are dead in B have a red corner; all other glyphs and counts are A’s.">
      <span class="chip-note">
        <CornerOfB />
        <b class="number">{dead === undefined ? "–" : formatCount(dead)}</b>
        <span class="side-b">dead in B</span>
      </span>
    </Hint>
  );
}

interface StateChipProps {
  readonly state: StateName;
  /** null before its frame has come. */
  readonly count: number | null;
  /** Room for the largest count there can be: chips must not move while a film plays. */
  readonly letters: number;
  readonly meaning: string;
}

function StateChip({ state, count, letters, meaning }: StateChipProps) {
  const isPressed = only.value === state;
  return (
    <Hint text={meaning}>
      <button
        type="button"
        class={count === 0 ? "chip none" : "chip"}
        aria-pressed={isPressed}
        onClick={() => {
          only.value = isPressed ? "all" : state;
        }}
      >
        <StateGlyph state={state} />
        <b class="digits" style={{ minWidth: `${letters}ch` }}>
          {count === null ? "–" : formatCount(count)}
        </b>{" "}
        {titleOfState(state)}
      </button>
    </Hint>
  );
}
