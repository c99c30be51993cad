/** The unit's responses: their distribution at every record, and beside those to a second probe set. */
import { useEffect, useRef } from "preact/hooks";
import { setStepOf } from "../../actions";
import { Snippet } from "../../chrome/empty";
import { Failure } from "../../chrome/failure";
import { isSortMissing } from "../../chrome/no-such-responses";
import { ResponsePicker } from "../../chrome/response-picker";
import {
  distribution,
  distributionFailure,
  distributionSide,
  followDistribution,
  retryDistribution,
  sideResponses,
} from "../../distributions";
import { axisTicks } from "../../layout/hexagons";
import { layOutRidges, pathsOf, ridgeAt, sharesOf } from "../../layout/ridgeline";
import { formatCount, formatShare, formatValue } from "../../numbers";
import { callFor, wordOf, wordsOf } from "../../response-methods";
import { REDUCTIONS } from "../../responses";
import type { DistributionTable } from "../../responses-api";
import { currentStepA, currentStepB, layer, mode, responseMethod } from "../../state";
import { formatStep, recordOf } from "../../steps";
import { roles } from "../../theme";
import { useWidth } from "../examples/size";

const CALL = `Recording(responses=("activation",))`;
const BESIDE = `training = ProbeSet.from_loader(training_loader, name="training")
NeuronRecorder(model, training, writer, recording=Recording(responses=("activation",)))`;
export function Responses() {
  useEffect(followDistribution, []);
  const [known, found, failure] = [
    sideResponses.value,
    distribution.value,
    distributionFailure.value,
  ];
  return (
    <>
      <div class="part-head">
        <h3>Responses{mode.value === "b" && " of B"}</h3>
        <ResponsePicker />
        {found && known && (
          <span class="muted">
            to {formatCount(found.header.examples)} examples, {REDUCTIONS[known.reduction] ?? ""}
          </span>
        )}
      </div>
      {failure !== null && (
        <Failure what="The responses could not be read" why={failure} onRetry={retryDistribution} />
      )}
      {found ? <Pictures found={found} /> : failure === null && <NoResponses />}
    </>
  );
}

function NoResponses() {
  const known = sideResponses.value;
  const name = layer.value?.name ?? "";
  if (known?.layers.some((each) => each.name === name)) {
    return <p class="part muted">Loading the responses …</p>;
  }
  if (!known) return null;
  return (
    <div class="part">
      {known.layers.length > 0 || isSortMissing() ? (
        <p class="muted">
          No {wordsOf(responseMethod.value)} were recorded for this layer
          {responseMethod.value !== "" && `; ${callFor(responseMethod.value)} records both sorts`}.
        </p>
      ) : (
        <>
          <p class="muted">
            {distributionSide.value?.key.run ?? "This run"} holds no responses; record each unit’s
            answer to each example:
          </p>
          <Snippet code={CALL} />
        </>
      )}
    </div>
  );
}

function Pictures({ found }: { readonly found: DistributionTable }) {
  return (
    <>
      <Ridgeline found={found} />
      {found.header.other === "" ? <NoSecond /> : <Beside found={found} />}
    </>
  );
}

function NoSecond() {
  return (
    <div class="chart no-second">
      <figcaption>
        <b>Beside a second probe set</b>
      </figcaption>
      <p class="muted">
        There is no second probe set with responses in this run, so there is nothing to tell whether
        the unit responds differently to, say, training and validation examples. A second recorder
        records one:
      </p>
      <Snippet code={BESIDE} />
    </div>
  );
}

const PAD = { left: 48, right: 14, top: 8, bottom: 34 };
/** Height that many records share. */
const ROOM = 300;

/** The record of a side's responses at the shown step. */
function recordNow(steps: readonly string[]): number {
  const step = mode.value === "b" ? currentStepB.value : currentStepA.value;
  return recordOf(steps, step ?? "last");
}

function Ridgeline({ found }: { readonly found: DistributionTable }) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const { header, counts, parts } = found;
  const inner = Math.max(40, width - PAD.left - PAD.right);
  const box = { left: PAD.left, top: PAD.top, width: inner };
  const ridges = layOutRidges(counts, parts, box, ROOM);
  const height = PAD.top + ridges.height + PAD.bottom;
  const now = recordNow(header.steps);
  const { muted, sideA, sideB, canvas, page } = roles.value;
  const colour = mode.value === "b" ? sideB : sideA;
  const mixed = `color-mix(in srgb, ${colour} 35%, ${page})`;
  const labelled = Math.max(1, Math.ceil(15 / ridges.pitch));
  return (
    <figure class="chart">
      <figcaption>
        <b>Distribution over the records</b>
        <span class="muted">a row a record, the root of the share of examples</span>
      </figcaption>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: arrow keys go along the records everywhere */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the picture inside has the role */}
      <div
        ref={place}
        class="chart-place ridgeline"
        onClick={(event) => {
          const top = place.current?.getBoundingClientRect().top ?? 0;
          const step = header.steps[ridgeAt(ridges, event.clientY - top)];
          if (step !== undefined) setStepOf(mode.value === "b" ? "B" : "A", step);
        }}
      >
        {width > 0 && (
          <svg width={width} height={height} role="img" aria-label={ridgeLabel(found, now)}>
            <ValueAxis found={found} width={inner} height={height} />
            {ridges.rows.map(({ record, y, line, area }) => (
              <g key={record}>
                <path d={area} fill={record === now ? mixed : canvas} fill-opacity={0.86} />
                <path
                  d={line}
                  fill="none"
                  stroke={record === now ? colour : muted}
                  stroke-width={record === now ? 1.8 : 0.8}
                />
                {(record === now ||
                  (record % labelled === 0 && Math.abs(record - now) >= labelled)) && (
                  <text
                    x={PAD.left - 6}
                    y={y + 3}
                    text-anchor="end"
                    font-size="10.5"
                    font-weight={record === now ? 700 : 400}
                    fill={record === now ? colour : muted}
                  >
                    {formatStep(header.steps[record])}
                  </text>
                )}
              </g>
            ))}
          </svg>
        )}
      </div>
    </figure>
  );
}

function ridgeLabel({ header, quantiles }: DistributionTable, now: number): string {
  const [low, , middle, , high] = Array.from(quantiles.subarray(now * 5, now * 5 + 5), formatValue);
  return `Distribution of the unit's responses at ${header.steps.length} records; at step ${formatStep(
    header.steps[now],
  )} from ${low} to ${high}, median ${middle}`;
}

interface ValueAxisProps {
  readonly found: DistributionTable;
  readonly width: number;
  readonly height: number;
}

function ValueAxis({ found: { header }, width, height }: ValueAxisProps) {
  const { muted, border } = roles.value;
  const span = header.upper - header.lower || 1;
  const bottom = height - PAD.bottom;
  return (
    <g font-size="11" fill={muted} text-anchor="middle">
      {axisTicks(header, Math.max(3, Math.floor(width / 80))).map((tick) => {
        const x = PAD.left + (width * (tick - header.lower)) / span;
        return (
          <g key={tick}>
            <line x1={x} x2={x} y1={PAD.top} y2={bottom} stroke={border} />
            <text x={x} y={bottom + 15}>
              {formatValue(tick)}
            </text>
          </g>
        );
      })}
      <text x={PAD.left + width / 2} y={bottom + 30}>
        {wordOf(header.method)}
      </text>
    </g>
  );
}

const BESIDE_HEIGHT = 200;

/** Two distributions on one scale: those to this probe set filled, those to the other outlined. */
function Beside({ found }: { readonly found: DistributionTable }) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const { header, parts } = found;
  const now = recordNow(header.steps);
  const step = header.steps[now] ?? "0";
  const own = sharesOf(found.counts, now, parts);
  const theirs = sharesOf(found.otherCounts, recordOf(header.otherSteps, step), parts);
  const top = Math.max(...own, ...theirs) || 1;
  const room = BESIDE_HEIGHT - PAD.top - PAD.bottom;
  const inner = Math.max(40, width - PAD.left - PAD.right);
  const heightOf = (share: number) => room * Math.sqrt(share / top);
  const base = PAD.top + room;
  const box = { left: PAD.left, width: inner };
  const [mine, other] = [own, theirs].map((shares) => pathsOf(shares.map(heightOf), base, box));
  const { sideA, sideB, text } = roles.value;
  const colour = mode.value === "b" ? sideB : sideA;
  const distance = found.distances[now] ?? Number.NaN;
  const probe = distributionSide.value?.key.probe ?? "";
  return (
    <figure class="chart">
      <figcaption>
        <b>Beside probe set {header.other}</b>
        <span class="muted">
          filled: {probe}, {formatCount(header.examples)} examples · line: {header.other},{" "}
          {formatCount(header.otherExamples)}
        </span>
      </figcaption>
      <div ref={place} class="chart-place beside" style={{ cursor: "default" }}>
        {width > 0 && (
          <svg
            width={width}
            height={BESIDE_HEIGHT}
            role="img"
            aria-label={`Responses to ${probe} and to ${header.other} at step ${formatStep(step)}: largest gap of the cumulative distributions ${formatShare(distance)}`}
          >
            <ValueAxis found={found} width={inner} height={BESIDE_HEIGHT} />
            <path d={mine?.area} fill={colour} fill-opacity="0.35" />
            <path d={other?.line} fill="none" stroke={text} stroke-width="1.5" />
          </svg>
        )}
      </div>
      <p class="muted beside-gap">
        Largest gap between the two cumulative distributions at step {formatStep(step)}:{" "}
        <b class="number">{formatShare(distance)}</b> of the examples
        {Number.isFinite(distance) &&
          `; by chance alone about ${formatShare(chanceOf(header.examples, header.otherExamples))} or more in one of twenty`}
        .
      </p>
    </figure>
  );
}

/** The gap that two samples of one distribution exceed in a twentieth of all cases (Smirnov 1939). */
export function chanceOf(first: number, second: number): number {
  return 1.358 * Math.sqrt((first + second) / (first * second));
}
