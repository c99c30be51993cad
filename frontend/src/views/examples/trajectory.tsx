/** How the label's probability ran over the records, with what was right and wrong. */
import { useRef } from "preact/hooks";
import { setStepOf } from "../../actions";
import {
  type ChartBox,
  layOutTrajectory,
  recordNear,
  runsOf,
  xOfRecord,
} from "../../layout/trajectory";
import { isOfB, mapRecord, shownTable } from "../../maps";
import { formatStep } from "../../steps";
import { roles } from "../../theme";
import type { ExampleRow } from "./rows";
import { answerAt } from "./shown";
import { useWidth } from "./size";
import { colourOfAnswer } from "./strip-painter";

const HEIGHT = 210;
/** Records nearer than this have no point of their own. */
const CROWDED = 5;

interface TrajectoryProps {
  readonly row: ExampleRow;
  readonly height?: number;
}

/** A click goes to the record. */
export function Trajectory({ row, height = HEIGHT }: TrajectoryProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const steps = shownTable.value?.header.steps ?? [];
  const box: ChartBox = { left: 44, top: 10, width: Math.max(10, width - 62), height: height - 38 };
  const name = row.label >= 0 ? "Probability of the label" : "Probability of the prediction";
  return (
    <figure class="trajectory">
      <figcaption data-draw="text">{name} over the records of maps</figcaption>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: arrow keys go along the records everywhere */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the picture inside has the role */}
      <div
        ref={place}
        onClick={(event) => {
          const left = place.current?.getBoundingClientRect().left ?? 0;
          const step = steps[recordNear(steps, event.clientX - left, box)];
          if (step !== undefined) setStepOf(isOfB.value ? "B" : "A", step);
        }}
      >
        {width > 0 && (
          <svg
            width={width}
            height={height}
            role="img"
            aria-label={`${name} by step; the table has it as numbers`}
          >
            <Grid box={box} steps={steps} />
            <Curve row={row} box={box} steps={steps} />
          </svg>
        )}
      </div>
    </figure>
  );
}

interface PartProps {
  readonly box: ChartBox;
  readonly steps: readonly string[];
}

function Grid({ box, steps }: PartProps) {
  const { border, muted } = roles.value;
  const right = box.left + box.width;
  return (
    <g font-size="11" fill={muted}>
      {[0, 0.5, 1].map((share) => {
        const y = box.top + box.height * (1 - share);
        return (
          <g key={share}>
            <line x1={box.left} x2={right} y1={y} y2={y} stroke={border} />
            <text x={box.left - 8} y={y + 4} text-anchor="end">
              {100 * share} %
            </text>
          </g>
        );
      })}
      <text x={box.left} y={box.top + box.height + 22}>
        {formatStep(steps[0])}
      </text>
      <text x={right} y={box.top + box.height + 22} text-anchor="end">
        {formatStep(steps.at(-1))}
      </text>
    </g>
  );
}

function Curve({ row, box, steps }: PartProps & { readonly row: ExampleRow }) {
  const answers = steps.map((_, record) => answerAt(record, row));
  const points = layOutTrajectory(
    steps,
    answers.map(({ probability }) => probability),
    box,
  );
  const { sideA, sideB, strongBorder } = roles.value;
  const now = xOfRecord(steps, mapRecord.value, box);
  const showsPoints = box.width / Math.max(1, steps.length) > CROWDED;
  return (
    <>
      <line
        x1={now}
        x2={now}
        y1={box.top - 4}
        y2={box.top + box.height + 4}
        stroke={isOfB.value ? sideB : sideA}
        stroke-width="2"
      />
      {runsOf(points).map((run) => (
        <polyline
          key={run[0]?.record}
          points={run.map(({ x, y }) => `${x},${y}`).join(" ")}
          fill="none"
          stroke={strongBorder}
          stroke-width="1.5"
        />
      ))}
      {showsPoints &&
        points.map(({ record, x, y }) => (
          <Point key={record} x={x} y={y} isRight={answers[record]?.isRight ?? null} />
        ))}
    </>
  );
}

interface PointProps {
  readonly x: number;
  readonly y: number;
  readonly isRight: boolean | null;
}

/** A disc where the prediction is right, a cross where it is wrong. */
function Point({ x, y, isRight }: PointProps) {
  const colour = colourOfAnswer(isRight, roles.value);
  if (isRight !== false) return <circle cx={x} cy={y} r="3.2" fill={colour} />;
  return <path d={`M${x - 3} ${y - 3}l6 6m0-6l-6 6`} stroke={colour} stroke-width="1.8" />;
}
