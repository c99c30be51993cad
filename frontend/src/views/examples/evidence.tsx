/** What speaks for and against each class in one tracked example: the layer's units, summed and by name. */
import { openUnit } from "../../actions";
import { Failure, FailureNotice } from "../../chrome/failure";
import { TwoSidedBar } from "../../chrome/two-sided";
import { UnitIcon } from "../../chrome/unit-icon";
import {
  evidenceList,
  evidenceProblem,
  hasEvidence,
  layerEvidence,
  retryEvidence,
  shownEvidenceLayer,
} from "../../evidence";
import type { Speaker } from "../../layout/evidence";
import { formatSigned } from "../../numbers";
import { evidenceLayer, evidenceRival } from "../../state";
import { formatStep } from "../../steps";
import { adoptStyles } from "../../theme";
import { titleOfMethod } from "../../titles";
import { type ClassRow, type EvidencePicture, pictureOf, sentenceOf } from "./evidence-picture";
import { EVIDENCE_CSS } from "./evidence-style";
import { nameOfClass } from "./shown";
import { VersusList } from "./versus";

adoptStyles(EVIDENCE_CSS);

/** Units that are named for a class, and as many against it. */
const NAMED = 3;

export function EvidencePart({ example }: { readonly example: number }) {
  return (
    <section class="evidence" aria-label="Evidence for each class">
      <Head />
      <Content example={example} />
    </section>
  );
}

/** The answer in one line, where the example is named; a way down to its picture. */
export function EvidenceLine({ example }: { readonly example: number }) {
  const table = layerEvidence.value;
  const picture = table && pictureOf(table, example, evidenceRival.value, NAMED);
  if (!table || !picture?.versus) return null;
  const [first, second] = [nameOfClass(picture.versus.first), nameOfClass(picture.versus.second)];
  return (
    <button type="button" class="evidence-line" onClick={goToEvidence}>
      <b>
        Why {first} and not {second}?
      </b>{" "}
      In {table.header.layer} {sentenceOf(picture.versus, first, second)} ↓
    </button>
  );
}

function goToEvidence({ currentTarget }: { readonly currentTarget: HTMLElement }): void {
  const part = currentTarget.parentElement?.querySelector<HTMLElement>(".evidence");
  part?.scrollIntoView({ block: "start" });
  part?.querySelector("select")?.focus({ preventScroll: true });
}

function Head() {
  const [list, table] = [evidenceList.value, layerEvidence.value];
  return (
    <header>
      <h3>For and against each class</h3>
      {list && hasEvidence.value && (
        <label class="labelled">
          <span>layer</span>
          <select
            class="field"
            value={shownEvidenceLayer.value ?? ""}
            onChange={(event) => {
              evidenceLayer.value = event.currentTarget.value;
            }}
          >
            {list.layers.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {table && (
        <span class="muted">
          {titleOfMethod(table.header.method)} toward each class’s logit, at step{" "}
          {formatStep(table.header.step)}
        </span>
      )}
    </header>
  );
}

function Content({ example }: { readonly example: number }) {
  const [list, table, why] = [evidenceList.value, layerEvidence.value, evidenceProblem.value];
  if (why !== null && !table) {
    return <Failure what="The evidence could not be read" why={why} onRetry={retryEvidence} />;
  }
  if (list && !hasEvidence.value) return <NoEvidence />;
  if (!table) return <p class="muted">Loading the evidence …</p>;
  const picture = pictureOf(table, example, evidenceRival.value, NAMED);
  if (!picture) return <p class="muted">No evidence was recorded in this example.</p>;
  const layer = table.header.layer;
  return (
    <>
      {why !== null && (
        <FailureNotice
          what={`This is the evidence of step ${formatStep(table.header.step)}: that of the step shown could not be read.`}
          why={why}
          onRetry={retryEvidence}
        />
      )}
      <div class="evidence-parts">
        <Classes picture={picture} layer={layer} />
        {picture.versus && <VersusList versus={picture.versus} picture={picture} layer={layer} />}
      </div>
    </>
  );
}

/** One line on what to write. */
export function NoEvidence() {
  return (
    <p class="muted">
      What speaks for and against each class was not recorded; <code>Recording(evidence=10)</code>{" "}
      in the training script records it.
    </p>
  );
}

interface ClassesProps {
  readonly picture: EvidencePicture;
  readonly layer: string;
}

function Classes({ picture, layer }: ClassesProps) {
  return (
    <table class="evidence-classes">
      <thead>
        <tr>
          <th scope="col">class</th>
          <th scope="col" class="of-bar">
            <span class="against-key">against</span> · <span class="favour-key">for</span>, mark:
            net
            <span class="unseen">, summed over units</span>
          </th>
          <th scope="col" class="number">
            net
          </th>
          <th scope="col">units most for</th>
          <th scope="col">units most against</th>
        </tr>
      </thead>
      <tbody>
        {picture.rows.map((row) => (
          <ClassLine key={row.number} row={row} picture={picture} layer={layer} />
        ))}
      </tbody>
    </table>
  );
}

function ClassLine({ row, picture, layer }: ClassesProps & { readonly row: ClassRow }) {
  const { number, total, bar } = row;
  const [isLabel, isPredicted] = [number === picture.label, number === picture.prediction];
  const isRival = picture.versus?.second === number;
  const isFirst = picture.versus?.first === number;
  const top = Math.max(...[...row.favour, ...row.against].map(({ value }) => Math.abs(value)), 0);
  return (
    <tr class={isFirst ? "first" : isRival ? "rival" : ""}>
      <th scope="row">
        <button
          type="button"
          class="class-name"
          aria-pressed={isRival}
          disabled={isFirst}
          title={isFirst ? "" : `Hold ${nameOfClass(picture.versus?.first ?? -1)} against it`}
          onClick={() => {
            evidenceRival.value = number;
          }}
        >
          {nameOfClass(number)}
        </button>
        {isPredicted && <span class={isLabel ? "tag right" : "tag wrong"}>predicted</span>}
        {isLabel && <span class="tag">label</span>}
      </th>
      <td class="of-bar">
        <TwoSidedBar bar={bar} />
        <span class="unseen">
          {formatSigned(-total.against)} against, {formatSigned(total.favour)} for
        </span>
      </td>
      <td class="number">{formatSigned(total.net)}</td>
      <td>
        <Units {...{ layer, number, top }} speakers={row.favour} />
      </td>
      <td>
        <Units {...{ layer, number, top }} speakers={row.against} />
      </td>
    </tr>
  );
}

interface UnitsProps {
  readonly layer: string;
  readonly number: number;
  readonly speakers: readonly Speaker[];
  /** The largest magnitude that the row names. */
  readonly top: number;
}

function Units({ layer, number, speakers, top }: UnitsProps) {
  if (speakers.length === 0) return <span class="muted">–</span>;
  return (
    <span class="speakers">
      {speakers.map(({ unit, value }) => (
        <button
          key={unit}
          type="button"
          class={value < 0 ? "speaker against" : "speaker favour"}
          title={`Open unit ${unit} of ${layer}: ${formatSigned(value)} for ${nameOfClass(number)}`}
          onClick={() => openUnit(layer, unit)}
        >
          <UnitIcon layerName={layer} unit={unit} size={22} isQuiet />
          <span class="unseen">unit </span>
          {unit}
          <span class="unseen">, {formatSigned(value)}</span>
          <i style={{ width: percent(top > 0 ? Math.abs(value) / top : 0) }} />
        </button>
      ))}
    </span>
  );
}

function percent(share: number): string {
  return `${100 * share}%`;
}
