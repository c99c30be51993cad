/** Beside the examples: the one that is pointed at or shown at large, what was predicted of it and when. */
import { setStepOf } from "../../actions";
import { thumbnailAddress } from "../../api";
import { type Fact, Facts } from "../../chrome/inspector";
import { isOfB, mapRecord, mapRecording, shownTable } from "../../maps";
import { formatShare } from "../../numbers";
import { example, exampleForm } from "../../state";
import { roles } from "../../theme";
import { DEFINITION, tellTurns } from "./learning";
import { OVERLAP_MEANING, tellOverlap } from "./overlap";
import { type Answer, type ExampleRow, type PredictionRun, predictionRuns } from "./rows";
import {
  allRows,
  answerAt,
  chosenRow,
  nameOfClass,
  overlapAt,
  pointedExample,
  stepOf,
} from "./shown";
import { colourOfAnswer, glyphOf } from "./strip-painter";
import { Trajectory } from "./trajectory";

const HEIGHT = 112;
/** Predictions that are listed, the last ones: more are a table's. */
const LISTED = 10;

export default function ExamplePart() {
  const pointed = allRows.value.find((row) => row.example === pointedExample.value);
  const row = chosenRow.value ?? pointed;
  if (!row) {
    if (allRows.value.length === 0) return null;
    return (
      <p class="muted hint-line">
        {exampleForm.value === "grid"
          ? "Point at a cell to read it, click it to keep it, click an example’s name to see it at large."
          : "Point at an example to read it, click a map to go to its step, click the example’s name to see it at large."}
      </p>
    );
  }
  const records = shownTable.value?.header.steps.length ?? 0;
  const answers = Array.from({ length: records }, (_, record) => answerAt(record, row));
  return (
    <section class="example-part">
      <h2>
        <span>
          {row.label < 0 ? "Example" : `${nameOfClass(row.label)} · example`} {row.example}
        </span>
        {example.value === null && (
          <button
            type="button"
            class="button"
            onClick={() => {
              example.value = row.example;
            }}
          >
            Open
          </button>
        )}
      </h2>
      <Thumbnail row={row} />
      <Facts rows={factsOf(row, answerAt(mapRecord.value, row))} />
      {example.value === null && <Trajectory row={row} height={HEIGHT} />}
      <Predictions runs={predictionRuns(answers)} />
    </section>
  );
}

function Thumbnail({ row }: { readonly row: ExampleRow }) {
  const recording = mapRecording.value;
  if (!recording || row.example >= recording.records.probeSet.thumbnails) return null;
  const name = `Input of example ${row.example}`;
  return (
    <img class="example-input" src={thumbnailAddress(recording.key, row.example)} alt={name} />
  );
}

function factsOf(row: ExampleRow, answer: Answer): Fact[] {
  const { prediction, probability, isRight } = answer;
  const learned = tellTurns(row.turns, stepOf);
  const facts: Fact[] = [
    ["at step", stepOf(mapRecord.value)],
    [
      "prediction",
      <b key="prediction" style={{ color: colourOfAnswer(isRight, roles.value) }}>
        {glyphOf(isRight)} {nameOfClass(prediction)}
      </b>,
    ],
    [row.label < 0 ? "probability" : "label’s probability", formatShare(probability)],
  ];
  const overlap = overlapAt(mapRecord.value, row);
  if (overlap) {
    facts.push([
      "map and mask",
      <span key="overlap" title={OVERLAP_MEANING}>
        {tellOverlap(overlap)}
      </span>,
    ]);
  }
  if (row.label >= 0) facts.splice(1, 0, ["label", nameOfClass(row.label)]);
  if (row.standing !== "unknown") {
    facts.push([
      "over the run",
      <span key="learned" title={DEFINITION}>
        {learned === "" ? "never learned" : learned}
      </span>,
    ]);
  }
  return facts;
}

/** What was predicted from when to when; a click goes to the step at which it began. */
function Predictions({ runs }: { readonly runs: readonly PredictionRun[] }) {
  const steps = shownTable.value?.header.steps ?? [];
  if (runs.length === 0) return null;
  const earlier = runs.length - LISTED;
  return (
    <>
      <h3>Predictions over the steps</h3>
      <ul class="happened">
        {earlier > 0 && <li class="muted">… {earlier} earlier ones</li>}
        {runs.slice(-LISTED).map(({ first, last, prediction, isRight }) => (
          <li key={first}>
            <button
              type="button"
              style={{ color: colourOfAnswer(isRight, roles.value) }}
              onClick={() => setStepOf(isOfB.value ? "B" : "A", steps[first] ?? "last")}
            >
              {glyphOf(isRight)} {nameOfClass(prediction)}
            </button>{" "}
            <span class="muted">
              {first === last
                ? `at step ${stepOf(first)}`
                : `steps ${stepOf(first)} to ${stepOf(last)}`}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
