/** The examples of the chosen hexagon: what they are, what was predicted; each can be followed. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { fetchTokens, type Recording, thumbnailAddress } from "../../api";
import { formatCount, formatValue } from "../../numbers";
import { titleOfRespondent } from "../../responses";
import type { JointBins } from "../../responses-api";
import { example, isJointTable, mode, recordingA, recordingB } from "../../state";
import { roles } from "../../theme";
import { readableToken } from "../../tokens";
import { colourOfAnswer, glyphOf } from "../examples/strip-painter";
import { chosenBin } from "./plane";
import { isPaired, shownSide } from "./records";
import { type JointRow, jointRows, rowsIn } from "./rows";

const MOST = 60;
const TOKENS = 24;

/** The recording whose examples are listed. */
export function shownRecording(): Recording | null {
  const isOfB = mode.value === "b" && (!isPaired.value || shownSide.value === 1);
  return isOfB ? recordingB.value : recordingA.value;
}

/** A class by its name, its number where it has none. */
export function nameOfClass(recording: Recording | null, label: number): string {
  if (label < 0) return "–";
  return recording?.records.probeSet.classNames[label] ?? String(label);
}

/** Follow an example, or no longer. */
export function follow(wanted: number): void {
  example.value = example.value === wanted ? null : wanted;
}

export function BinExamples({ found }: { readonly found: JointBins }) {
  const chosen = chosenBin.value;
  const rows = jointRows(found, shownSide.value);
  const inside = chosen ? rowsIn(rows, chosen.bin, chosen.group) : [];
  const followed = rows.find((row) => row.example === example.value);
  return (
    <section class="joint-side" aria-label="Examples of the hexagon">
      {example.value !== null && (
        <div class="joint-followed">
          <h2>Followed over all records</h2>
          {followed ? (
            <ul>
              <ExampleItem row={followed} found={found} />
            </ul>
          ) : (
            <p class="muted">
              Example {example.value} is not counted here: the filter leaves it out, or it has no
              response.{" "}
              <button type="button" class="button" onClick={() => follow(example.value ?? -1)}>
                Follow no longer
              </button>
            </p>
          )}
        </div>
      )}
      {chosen ? (
        <Inside rows={inside} found={found} />
      ) : (
        <p class="muted">
          {isJointTable.value
            ? "A click on a row follows the example over the records."
            : "Click a hexagon for its examples. A click on an example follows it over the records."}
        </p>
      )}
    </section>
  );
}

function Inside({
  rows,
  found,
}: {
  readonly rows: readonly JointRow[];
  readonly found: JointBins;
}) {
  return (
    <>
      <h2>
        <span>{countOf(rows.length)} in the hexagon</span>
        <button
          type="button"
          class="button quiet"
          aria-label="Close the hexagon"
          onClick={() => {
            chosenBin.value = null;
          }}
        >
          Close
        </button>
      </h2>
      {rows.length === 0 && <p class="muted">At other records there may be some.</p>}
      <ul>
        {rows.slice(0, MOST).map((row) => (
          <ExampleItem key={row.example} row={row} found={found} />
        ))}
      </ul>
      {rows.length > MOST && (
        <button
          type="button"
          class="button"
          onClick={() => {
            isJointTable.value = true;
          }}
        >
          All {formatCount(rows.length)} in the table
        </button>
      )}
    </>
  );
}

function countOf(examples: number): string {
  if (examples === 0) return "No examples";
  return examples === 1 ? "1 example" : `${formatCount(examples)} examples`;
}

function ExampleItem({ row, found }: { readonly row: JointRow; readonly found: JointBins }) {
  const recording = shownRecording();
  const { header } = found;
  return (
    <li>
      <button
        type="button"
        class="joint-example"
        aria-pressed={example.value === row.example}
        title={
          example.value === row.example
            ? "Follow no longer"
            : "Follow this example over the records"
        }
        onClick={() => follow(row.example)}
      >
        <Input recording={recording} example={row.example} />
        <span class="joint-words">
          <b>
            {nameOfClass(recording, row.label)} <span class="muted">example {row.example}</span>
          </b>
          <span style={{ color: colourOfAnswer(row.isRight, roles.value) }}>
            {row.prediction < 0
              ? "prediction unknown"
              : `${glyphOf(row.isRight)} predicted ${nameOfClass(recording, row.prediction)}`}
          </span>
          <span
            class="muted number"
            title={`${titleOfRespondent(header.first)}; ${titleOfRespondent(header.second)}`}
          >
            {formatValue(row.first)}, {formatValue(row.second)}
          </span>
        </span>
      </button>
    </li>
  );
}

/** A picture or the text, where there is one. */
function Input({ recording, example: number }: InputProps) {
  const { thumbnails = 0, tokens = 0 } = recording?.records.probeSet ?? {};
  if (recording && number < thumbnails) {
    return <img src={thumbnailAddress(recording.key, number)} alt="" loading="lazy" />;
  }
  if (recording && number < tokens) return <Tokens recording={recording} example={number} />;
  return null;
}

interface InputProps {
  readonly recording: Recording | null;
  readonly example: number;
}

function Tokens({ recording, example: number }: { recording: Recording; example: number }) {
  const text = useSignal("…");
  useEffect(() => {
    const asked = new AbortController();
    fetchTokens(recording.key, number, asked.signal)
      .then((tokens) => {
        const shown = tokens.slice(0, TOKENS).map(readableToken).join(" ");
        text.value = tokens.length > TOKENS ? `${shown} …` : shown;
      })
      // The number stands for a text that can't be had.
      .catch(() => undefined);
    return () => asked.abort();
  }, [recording, number, text]);
  return <span class="joint-tokens">{text.value}</span>;
}
