/** What the unit says for each class: in every tracked example, and over the probe set if it is pinned. */
import { batch } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { thumbnailAddress } from "../../api";
import { TwoSidedBar } from "../../chrome/two-sided";
import { colourOf, makeScale, type Scale } from "../../colour";
import {
  evidenceListA,
  evidenceProblem,
  followUnitEvidence,
  isKnown,
  unitEvidence,
} from "../../evidence";
import type { UnitEvidenceTable } from "../../evidence-api";
import { formatSigned, formatValue } from "../../numbers";
import { cssOf } from "../../palettes";
import { evidenceLayer, example, layer, recordingA, theme, unit, view } from "../../state";
import { formatStep, recordOf } from "../../steps";
import { adoptStyles } from "../../theme";
import { titleOfMethod } from "../../titles";
import { toldStepA } from "../../told";
import { isOtherRun } from "../../traces";
import { UNIT_EVIDENCE_CSS } from "./evidence-style";
import { cellsOf, type ExampleCells, meansOf, topOf } from "./evidence-table";

adoptStyles(UNIT_EVIDENCE_CSS);

export function UnitEvidence() {
  useEffect(followUnitEvidence, []);
  const table = unitEvidence.value;
  const record = recordOf(table?.header.steps ?? [], toldStepA.value ?? "last");
  const when = table
    ? `${titleOfMethod(table.header.method)} toward each class’s logit, at step ${formatStep(table.header.steps[record])}`
    : "";
  return (
    <>
      <div class="part-head">
        <h3>Evidence for each class</h3>
        <span class="muted">
          {isOtherRun.value && table ? "A’s " : ""}
          {when}
        </span>
      </div>
      {table ? <Found table={table} record={record} /> : <Missing />}
    </>
  );
}

function Missing() {
  const [list, why] = [evidenceListA.value, evidenceProblem.value];
  if (why !== null) return <p class="part muted">{why}</p>;
  if (!list) return <p class="part muted">Loading the evidence …</p>;
  if (list.steps.length === 0) {
    return (
      <p class="part muted">
        <span>
          Not recorded; <code>Recording(evidence=10)</code> in the training script records what
          units say for and against each class.
        </span>
      </p>
    );
  }
  if (!isKnown(list, layer.value?.name ?? "")) {
    return (
      <p class="part muted">
        <span>
          This layer did not fit; <code>Recording(max_evidence_bytes=…)</code> makes room for more.
        </span>
      </p>
    );
  }
  return <p class="part muted">Loading the evidence …</p>;
}

interface FoundProps {
  readonly table: UnitEvidenceTable;
  readonly record: number;
}

function Found({ table, record }: FoundProps) {
  return (
    <div class="unit-evidence">
      <Matrix table={table} record={record} />
      <Means table={table} record={record} />
    </div>
  );
}

function Matrix({ table, record }: FoundProps) {
  const top = topOf(table);
  const choice = { kind: "linear", isDifference: false, theme: theme.value } as const;
  const scale = makeScale({ grid: "signed_log", top }, choice);
  return (
    <figure class="evidence-matrix">
      <figcaption>
        <b>In tracked examples</b> <Key scale={scale} top={top} />
      </figcaption>
      <div class="scrolls">
        <table>
          <thead>
            <tr>
              <th scope="col">example</th>
              {table.header.classes.map((number) => (
                <th key={number} scope="col" title={nameOf(number)}>
                  {nameOf(number)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cellsOf(table, record).map((cells) => (
              <Line key={cells.of.example} cells={cells} table={table} scale={scale} />
            ))}
          </tbody>
        </table>
      </div>
      <p class="muted keys">framed: its label · dot: predicted</p>
    </figure>
  );
}

function Key({ scale, top }: { readonly scale: Scale; readonly top: number }) {
  const colours = Array.from({ length: 16 }, (_, at) => cssOf(scale.palette[at * 16 + 8] ?? 0));
  return (
    <span class="evidence-key muted">
      <span>−{formatValue(top)} against</span>
      <span>
        {colours.map((background) => (
          <i key={background} style={{ background }} />
        ))}
      </span>
      <span>+{formatValue(top)} for</span>
    </span>
  );
}

interface LineProps {
  readonly cells: ExampleCells;
  readonly table: UnitEvidenceTable;
  readonly scale: Scale;
}

function Line({ cells, table, scale }: LineProps) {
  const { label } = cells.of;
  return (
    <tr>
      <th scope="row">
        <Example cells={cells} />
      </th>
      {table.header.classes.map((number, at) => {
        const value = cells.values[at] ?? Number.NaN;
        const isPredicted = number === cells.prediction;
        const told = `${formatSigned(value)} for ${nameOf(number)}`;
        const background = Number.isFinite(value) ? colourOf(scale, value) : "transparent";
        return (
          <td
            key={number}
            class={number === label ? "label" : ""}
            style={{ background }}
            title={told}
          >
            <span class="unseen">{formatSigned(value)}</span>
            {number === label && <span class="unseen"> label</span>}
            {isPredicted && <i aria-hidden="true" />}
            {isPredicted && <span class="unseen"> predicted</span>}
          </td>
        );
      })}
    </tr>
  );
}

/** The example's name, a way to it at large. */
function Example({ cells: { of } }: { readonly cells: ExampleCells }) {
  const recording = recordingA.value;
  const hasPicture = recording && of.example < recording.records.probeSet.thumbnails;
  return (
    <button
      type="button"
      class="example-link"
      title={`Show example ${of.example} at large`}
      onClick={() => openExample(of.example)}
    >
      {hasPicture && <img src={thumbnailAddress(recording.key, of.example)} alt="" />}
      {of.label >= 0 && <b>{nameOf(of.label)}</b>}
      <span class="muted">
        <span class="unseen">example </span>#{of.example}
      </span>
    </button>
  );
}

/** The unit's layer goes along: there it stands beside its others. */
function openExample(number: number): void {
  batch(() => {
    evidenceLayer.value = layer.value?.name ?? null;
    example.value = number;
    view.value = "examples";
  });
}

function Means({ table, record }: FoundProps) {
  const means = meansOf(table, record);
  if (means.length === 0) {
    const call = `Recording(detail=["${layer.value?.name}:${unit.value}"])`;
    return (
      <p class="muted not-pinned">
        The mean over the whole probe set is recorded of pinned units; <code>{call}</code> pins this
        one.
      </p>
    );
  }
  return (
    <figure class="evidence-means">
      <figcaption>
        <b>Mean over the probe set</b>{" "}
        <span class="muted">
          <span class="against-key">against</span> · <span class="favour-key">for</span>, mark: net
        </span>
      </figcaption>
      <table>
        <thead class="unseen">
          <tr>
            <th scope="col">class</th>
            <th scope="col">against and for</th>
            <th scope="col">net</th>
          </tr>
        </thead>
        <tbody>
          {means.map(({ number, total, bar }) => (
            <tr key={number}>
              <th scope="row">{nameOf(number)}</th>
              <td class="of-bar">
                <TwoSidedBar bar={bar} />
                <span class="unseen">
                  {formatSigned(-total.against)} against, {formatSigned(total.favour)} for
                </span>
              </td>
              <td class="number">{formatSigned(total.net)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function nameOf(number: number): string {
  return recordingA.value?.records.probeSet.classNames[number] ?? String(number);
}
