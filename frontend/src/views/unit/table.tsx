/** The unit's records as rows: the charts as numbers. */
import { setStep } from "../../actions";
import type { StateName, UnitTrace } from "../../api";
import { EXACTNESS, formatValue } from "../../numbers";
import { recordA, recordingA } from "../../state";
import { weightiest } from "../../states";
import { formatStep } from "../../steps";
import { figureTitleOf, groupOf, titleOfState } from "../../titles";
import { STATE_LETTERS, STATE_MEANING, type TableColumn, VALUE_LETTERS } from "../layer/columns";
import { Table } from "../layer/table";

interface RecordRow {
  readonly record: number;
  readonly step: string;
  readonly state: StateName | null;
  /** By statistic of the trace. */
  readonly values: readonly number[];
}

export function TraceTable({ trace }: { readonly trace: UnitTrace }) {
  return (
    <>
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
      <p class="muted exactness">{EXACTNESS}</p>
    </>
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
      title: "step",
      meaning: "The step of the record; a click shows it",
      key: ({ record }) => record,
      text: ({ step }) => formatStep(step),
      letters: formatStep(header.steps.at(-1)).length,
    },
    {
      name: "state",
      title: "state",
      meaning: STATE_MEANING,
      isText: true,
      key: ({ state }) => state ?? "",
      text: ({ state }) => (state ? titleOfState(state) : ""),
      letters: STATE_LETTERS,
      state: ({ state }) => state,
    },
    ...header.statistics.map(
      (name, row): TableColumn<RecordRow> => ({
        name,
        title: figureTitleOf(name),
        group: groupOf(name),
        meaning: described.get(name) ?? "",
        key: ({ values }) => values[row] ?? Number.NaN,
        text: ({ values }) => formatValue(values[row] ?? Number.NaN),
        letters: VALUE_LETTERS,
      }),
    ),
  ];
}
