/** Changes of mind: the layer's units whose attribution changed sign, or whose main class is another. */
import { batch } from "@preact/signals";
import { openUnit, setStep } from "../../actions";
import { shownAttribution, titleOfAttribution } from "../../attributions";
import { changesProblem, layerChanges, ruleOfChanges } from "../../changes";
import { Hint } from "../../chrome/hint";
import { formatCount } from "../../numbers";
import { isChanges, mode, recordA, unit } from "../../state";
import { formatStep } from "../../steps";
import type { Changes, UnitChange } from "../../wire";
import type { TableColumn } from "./columns";
import { useTableExport } from "./exports";
import { Table } from "./table";

/** Units or changes; nothing where no attribution was recorded. */
export function ListSwitch() {
  if (!shownAttribution.value) return null;
  const changes = layerChanges.value;
  const count = changes ? changes.changes.length + changes.leftOut : null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame
    <div class="segments" role="group" aria-label="List">
      <button
        type="button"
        aria-pressed={!isChanges.value}
        onClick={() => {
          isChanges.value = false;
        }}
      >
        Units
      </button>
      <button
        type="button"
        aria-pressed={isChanges.value}
        onClick={() => {
          isChanges.value = true;
        }}
      >
        Changes of mind {count !== null && <span class="number">{formatCount(count)}</span>}
      </button>
    </div>
  );
}

export function ChangesOfMind({ layerName }: { readonly layerName: string }) {
  const changes = layerChanges.value;
  if (changesProblem.value !== null && !changes) return <p role="alert">{changesProblem.value}</p>;
  if (!changes) {
    return (
      <p class="lead muted" role="status">
        Loading what changed
      </p>
    );
  }
  return <ChangesTable layerName={layerName} changes={changes} />;
}

interface ChangesTableProps {
  readonly layerName: string;
  readonly changes: Changes;
}

function ChangesTable({ layerName, changes }: ChangesTableProps) {
  const rows = changes.changes;
  const columns = columnsOf(rows);
  const title = `Changes of mind in ${layerName}, by ${titleOfAttribution(changes)}`;
  useTableExport({ name: `${layerName}-changes`, title, rows, columns });
  return (
    <>
      <p class="changes-of muted">
        {mode.value !== "a" && "Of A. "}
        By {titleOfAttribution(changes)}, over all records.{" "}
        <Hint text={ruleOfChanges(changes)}>
          <button type="button" class="button quiet">
            What counts
          </button>
        </Hint>
        {changes.leftOut > 0 && ` ${formatCount(changes.leftOut)} later ones are left out.`}
      </p>
      {rows.length === 0 ? (
        <p class="changes-of">No unit changed its mind.</p>
      ) : (
        <Table
          label={`Changes of mind in ${layerName}`}
          rows={rows}
          columns={columns}
          isChosen={(row) => row.unit === unit.value && row.record === recordA.value}
          onOpen={(row) => open(layerName, row)}
          onPoint={() => undefined}
        />
      )}
    </>
  );
}

/** The unit, at the step at which it changed. */
function open(layerName: string, { unit: index, step }: UnitChange): void {
  batch(() => {
    openUnit(layerName, index);
    setStep(step);
  });
}

const KINDS = { sign: "sign of mean attribution", class: "main class" } as const;

function columnsOf(rows: readonly UnitChange[]): TableColumn<UnitChange>[] {
  const longest = (text: (row: UnitChange) => string) =>
    rows.reduce((most, row) => Math.max(most, text(row).length), 1);
  return [
    {
      name: "unit",
      title: "unit",
      meaning: "Index along the layer's unit axis",
      key: ({ unit: index }) => index,
      text: ({ unit: index }) => String(index),
      letters: longest(({ unit: index }) => String(index)),
    },
    {
      name: "change",
      title: "what changed",
      meaning: "The sign of its mean attribution, or the class of its largest mean attribution",
      isText: true,
      key: ({ kind }) => kind,
      text: ({ kind }) => KINDS[kind],
      letters: KINDS.sign.length,
    },
    {
      name: "before",
      title: "from",
      meaning: "What it last clearly was",
      isText: true,
      key: ({ before }) => before,
      text: ({ before }) => before,
      letters: longest(({ before }) => before),
    },
    {
      name: "after",
      title: "to",
      meaning: "What it clearly is from this step on",
      isText: true,
      key: ({ after }) => after,
      text: ({ after }) => after,
      letters: longest(({ after }) => after),
    },
    {
      name: "step",
      title: "step",
      meaning: "The first record at which it is clear; a click leads there",
      key: ({ record }) => record,
      stored: ({ step }) => step,
      text: ({ step }) => formatStep(step),
      letters: longest(({ step }) => formatStep(step)),
    },
  ];
}
