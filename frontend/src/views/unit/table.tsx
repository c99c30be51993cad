/** The unit's records as rows: the charts as numbers. */
import { setStep } from "../../actions";
import type { StateName, UnitTrace } from "../../api";
import { titleOf } from "../../chrome/controls";
import { StateGlyph } from "../../chrome/icons";
import { formatValue } from "../../numbers";
import { recordA, recordingA } from "../../state";
import { weightiest } from "../../states";
import { formatStep } from "../../steps";
import { Table, type TableColumn } from "../layer/table";

interface RecordRow {
  readonly record: number;
  readonly step: string;
  readonly state: StateName | null;
  /** By statistic of the trace. */
  readonly values: readonly number[];
}

export function TraceTable({ trace }: { readonly trace: UnitTrace }) {
  return (
    <div class="unit-table">
      <Table
        label={`Records of unit ${trace.header.unit}`}
        rows={rowsOf(trace)}
        columns={columnsOf(trace)}
        isChosen={(row) => row.record === recordA.value}
        onOpen={(row) => setStep(row.step)}
        onPoint={() => undefined}
      />
    </div>
  );
}

function rowsOf({ header, states, values }: UnitTrace): RecordRow[] {
  const records = header.steps.length;
  return header.steps.map((step, record) => ({
    record,
    step,
    state: weightiest(states[record] ?? 0, header.deadSince, record),
    values: header.statistics.map((_, row) => values[row * records + record] ?? Number.NaN),
  }));
}

function columnsOf({ header }: UnitTrace): TableColumn<RecordRow>[] {
  const described = new Map(
    recordingA.value?.records.statistics.map(({ name, description }) => [name, description]),
  );
  return [
    {
      name: "step",
      title: "The step of the record; a click shows it",
      key: ({ record }) => record,
      cell: ({ step }) => formatStep(step),
    },
    {
      name: "state",
      title: "Dead, silent, dormant, saturated or not finite",
      isText: true,
      key: ({ state }) => state ?? "",
      cell: ({ state }) => state && <State state={state} />,
    },
    ...header.statistics.map(
      (name, row): TableColumn<RecordRow> => ({
        name: titleOf(name),
        title: described.get(name) ?? "",
        key: ({ values }) => values[row] ?? Number.NaN,
        cell: ({ values }) => formatValue(values[row] ?? Number.NaN),
      }),
    ),
  ];
}

function State({ state }: { readonly state: StateName }) {
  return (
    <span class="state">
      <StateGlyph state={state} /> {state}
    </span>
  );
}
