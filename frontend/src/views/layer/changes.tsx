/** Changes of mind: the layer's units whose attribution changed sign, or whose main class is another. */
import { batch } from "@preact/signals";
import { openUnit, setStepOf } from "../../actions";
import { titleOfAttribution } from "../../attributions";
import {
  changedSides,
  changesOf,
  changesProblem,
  ruleOfChanges,
  type SidedChange,
  shownChanges,
} from "../../changes";
import { Hint } from "../../chrome/hint";
import { shownSide } from "../../chrome/unit-icon";
import { iconStep, iconTable, recordingOf } from "../../dictionary";
import type { IconTable } from "../../dictionary-api";
import { formatCount } from "../../numbers";
import { mode, recordA, recordB, unit } from "../../state";
import { formatStep } from "../../steps";
import type { Changes } from "../../wire";
import { iconColumn, type TableColumn } from "./columns";
import { useTableExport } from "./exports";
import { Table } from "./table";

/** Changes beyond those that were sent, of the sides that are shown. */
export function changesLeftOut(): number {
  return changedSides.value.reduce((sum, side) => sum + (changesOf(side)?.leftOut ?? 0), 0);
}

export function ChangesOfMind({ layerName }: { readonly layerName: string }) {
  const rows = shownChanges.value;
  const rule = changedSides.value.map(changesOf).find((changes) => changes !== null);
  if (changesProblem.value !== null && !rows) return <p role="alert">{changesProblem.value}</p>;
  if (!rows || !rule) {
    return (
      <p class="lead muted" role="status">
        Loading what changed
      </p>
    );
  }
  return <ChangesTable layerName={layerName} rows={rows} rule={rule} />;
}

interface ChangesTableProps {
  readonly layerName: string;
  readonly rows: readonly SidedChange[];
  /** The changes of a side that is shown: what counts is the same of both. */
  readonly rule: Changes;
}

function ChangesTable({ layerName, rows, rule }: ChangesTableProps) {
  const sides = changedSides.value;
  const side = shownSide();
  const icons = iconTable(recordingOf(side), { layerName }, iconStep(side));
  const columns = columnsOf(rows, sides.length > 1, icons);
  const title = `Changes of mind in ${layerName}, by ${titleOfAttribution(rule)}`;
  useTableExport({ name: `${layerName}-changes`, title, rows, columns });
  return (
    <>
      <p class="changes-of muted">
        {mode.value !== "a" && `Of ${sides.join(" and ")}. `}
        By {titleOfAttribution(rule)}, over all records.{" "}
        <Hint text={ruleOfChanges(rule)}>
          <button type="button" class="button quiet">
            What counts
          </button>
        </Hint>
        {changesLeftOut() > 0 && ` ${formatCount(changesLeftOut())} later ones are left out.`}
      </p>
      {rows.length === 0 ? (
        <p class="changes-of">No unit changed its mind.</p>
      ) : (
        <Table
          label={`Changes of mind in ${layerName}`}
          rows={rows}
          columns={columns}
          isChosen={(row) => row.unit === unit.value && row.record === recordOfSide(row.side)}
          onOpen={(row) => open(layerName, row)}
          onPoint={() => undefined}
        />
      )}
    </>
  );
}

function recordOfSide(side: SidedChange["side"]): number {
  return side === "A" ? recordA.value : recordB.value;
}

/** The unit, at the step at which it changed. */
function open(layerName: string, { unit: index, step, side }: SidedChange): void {
  batch(() => {
    openUnit(layerName, index);
    setStepOf(side, step);
  });
}

const KINDS = { sign: "sign of mean attribution", class: "main class" } as const;

const SIDE: TableColumn<SidedChange> = {
  name: "side",
  title: "side",
  meaning: "Of which run: A or B",
  isText: true,
  key: ({ side }) => side,
  text: ({ side }) => side,
  letters: 4,
};

function columnsOf(
  rows: readonly SidedChange[],
  hasSides: boolean,
  icons: IconTable | null,
): TableColumn<SidedChange>[] {
  const longest = (text: (row: SidedChange) => string) =>
    rows.reduce((most, row) => Math.max(most, text(row).length), 1);
  return [
    ...(hasSides ? [SIDE] : []),
    {
      name: "unit",
      title: "unit",
      meaning: "Index along the layer's unit axis",
      key: ({ unit: index }) => index,
      text: ({ unit: index }) => String(index),
      letters: longest(({ unit: index }) => String(index)),
    },
    ...(icons ? [iconColumn<SidedChange>(icons)] : []),
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
