/** The layer view: all units of the chosen layer as a table, or all layers where none is chosen. */
import { batch } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { openLayer, openUnit } from "../../actions";
import { type LayerTable, type Recording, STATE_NAMES, type StateName } from "../../api";
import { Failure } from "../../chrome/failure";
import { StateGlyph } from "../../chrome/icons";
import { colourOf } from "../../colour";
import { formatCount, formatValue } from "../../numbers";
import {
  comparison,
  hovered,
  layer,
  layerIndex,
  layerName,
  mode,
  type Only,
  only,
  recordA,
  recordB,
  recordingA,
  recordingB,
  scale,
  statistic,
  unit,
} from "../../state";
import { definitionOf, isInState } from "../../states";
import { formatStep } from "../../steps";
import { adoptStyles } from "../../theme";
import { useTableExport } from "./exports";
import { type LayerRow, layerRows, type UnitRow, unitRows } from "./rows";
import { LAYER_CSS } from "./style";
import { Table, type TableColumn } from "./table";
import { followTables, retryTables, tableA, tableB, tablesFailure } from "./tables";

adoptStyles(LAYER_CSS);

export default function LayerView() {
  useEffect(followTables, []);
  const checked = comparison.value;
  if (mode.value !== "a" && !checked.ok) {
    return (
      <div class="layer-view">
        <div class="unpaired" role="status">
          <h2>A and B cannot be laid side by side</h2>
          <ul>
            {checked.differences.map((difference) => (
              <li key={difference}>{difference}</li>
            ))}
          </ul>
        </div>
      </div>
    );
  }
  return <div class="layer-view">{layer.value ? <Units /> : <Layers />}</div>;
}

function Units() {
  const shown = mode.value === "b" ? tableB.value : tableA.value;
  const minus = mode.value === "diff" ? tableB.value : null;
  if (tablesFailure.value !== null) {
    return (
      <Failure what="The layer could not be read" why={tablesFailure.value} onRetry={retryTables} />
    );
  }
  if (!shown || (mode.value === "diff" && !minus)) {
    return (
      <p class="lead muted" role="status">
        Loading {layer.value?.name}
      </p>
    );
  }
  const { name = "", kind = "" } = layer.value ?? {};
  return <UnitTable name={name} kind={kind} shown={shown} minus={minus} />;
}

interface UnitTableProps {
  readonly name: string;
  readonly kind: string;
  readonly shown: LayerTable;
  readonly minus: LayerTable | null;
}

function UnitTable({ name, kind, shown, minus }: UnitTableProps) {
  const filter = only.value;
  const rows = useMemo(
    () => unitRows(shown, minus).filter((row) => isWanted(row, shown, filter)),
    [shown, minus, filter],
  );
  const columns = unitColumns(shown.header.statistics);
  useTableExport({ name, title: `Units of ${name}, ${describe(shown, minus)}`, rows, columns });
  return (
    <>
      <div class="lead">
        <button type="button" class="button quiet" onClick={showLayers}>
          ← All layers
        </button>
        <h2>{name}</h2>
        <span class="muted">
          {kind} · {formatCount(rows.length)}
          {filter !== "all" && ` of ${formatCount(shown.states.length)}`} units
          {filter !== "all" && `, only ${filter}`} · {describe(shown, minus)}
        </span>
      </div>
      <Table
        label={`Units of ${name}`}
        rows={rows}
        columns={columns}
        isChosen={(row) => row.unit === unit.value}
        onOpen={(row) => openUnit(name, row.unit)}
        onPoint={(row) => {
          hovered.value = row ? { layer: layerIndex.value, unit: row.unit } : null;
        }}
      />
    </>
  );
}

function showLayers(): void {
  batch(() => {
    layerName.value = null;
    unit.value = null;
  });
}

function isWanted({ unit: index }: UnitRow, table: LayerTable, filter: Only): boolean {
  if (filter === "all") return true;
  const { states, deadSince, header } = table;
  return isInState(filter, states[index] ?? 0, deadSince[index] ?? -1, header.record);
}

function describe(shown: LayerTable, minus: LayerTable | null): string {
  const step = `step ${formatStep(shown.header.step)}`;
  if (minus) return `A at ${step} − B at step ${formatStep(minus.header.step)}`;
  return `${mode.value === "b" ? "B" : "A"} at ${step}`;
}

function unitColumns(statistics: readonly string[]): TableColumn<UnitRow>[] {
  const recording = mode.value === "b" ? recordingB.value : recordingA.value;
  const described = new Map(
    recording?.records.statistics.map(({ name, description }) => [name, description]),
  );
  return [
    {
      name: "unit",
      title: "Index along the layer's unit axis",
      key: ({ unit: index }) => index,
      cell: ({ unit: index }) => index,
    },
    {
      name: "state",
      title: "Dead, silent, dormant, saturated or not finite at this step",
      isText: true,
      key: ({ state }) => state ?? "",
      cell: ({ state }) => <State state={state} />,
    },
    {
      name: "silent since",
      title: "The step from which the unit has been silent without a break",
      key: ({ silentSince }) => (silentSince < 0 ? Number.NaN : silentSince),
      text: ({ silentSince }) =>
        silentSince < 0 ? "" : (recording?.records.steps[silentSince] ?? ""),
      cell: ({ silentSince }) =>
        silentSince < 0 ? "" : formatStep(recording?.records.steps[silentSince]),
    },
    ...statistics.map((name, place) => statisticColumn(name, described.get(name) ?? "", place)),
  ];
}

function statisticColumn(name: string, title: string, place: number): TableColumn<UnitRow> {
  const isShown = name === statistic.value?.name;
  return {
    name,
    title,
    key: ({ values }) => values[place] ?? Number.NaN,
    cell: ({ values }) => {
      const value = values[place] ?? Number.NaN;
      const colour = isShown && Number.isFinite(value) ? colourOf(scale.value, value) : null;
      return (
        <>
          {colour && <span class="swatch" style={{ background: colour }} />}
          {formatValue(value)}
        </>
      );
    },
  };
}

function State({ state }: { readonly state: StateName | null }) {
  const thresholds = recordingA.value?.records.thresholds;
  if (!state) return null;
  return (
    <span class="state" title={thresholds ? definitionOf(state, thresholds) : ""}>
      <StateGlyph state={state} />
      {state}
    </span>
  );
}

function Layers() {
  const isB = mode.value === "b";
  const recording = isB ? recordingB.value : recordingA.value;
  const record = isB ? recordB.value : recordA.value;
  const name = statistic.value?.name ?? "";
  if (!recording) return null;
  const rows = withDifference(layerRows(recording, record, name), name);
  return <LayersTable rows={rows} recording={recording} record={record} statistic={name} />;
}

interface LayersTableProps {
  readonly rows: readonly LayerRow[];
  readonly recording: Recording;
  readonly record: number;
  readonly statistic: string;
}

function LayersTable({ rows, recording, record, statistic: name }: LayersTableProps) {
  const columns = layerColumns(name);
  useTableExport({ name: "layers", title: "All layers", rows, columns });
  return (
    <>
      <div class="lead">
        <h2>All layers</h2>
        <span class="muted">
          {formatCount(rows.length)} layers · {formatCount(recording.units)} units · step{" "}
          {formatStep(recording.records.steps[record])}
        </span>
      </div>
      <Table
        label="Layers"
        rows={rows}
        columns={columns}
        isChosen={() => false}
        onOpen={(row) => openLayer(row.name)}
        onPoint={() => undefined}
      />
    </>
  );
}

/** In a difference, what of B stands against each layer is taken away. */
function withDifference(rows: readonly LayerRow[], name: string): readonly LayerRow[] {
  const b = recordingB.value;
  if (mode.value !== "diff" || !b) return rows;
  const others = layerRows(b, recordB.value, name);
  return rows.map((row, place) => {
    const other = others[place];
    if (!other) return row;
    const counts = row.counts.map((count, state) => count - (other.counts[state] ?? 0));
    return { ...row, counts, mean: row.mean - other.mean };
  });
}

function layerColumns(name: string): TableColumn<LayerRow>[] {
  return [
    {
      name: "layer",
      title: "In execution order",
      isText: true,
      key: (row) => row.layer,
      text: (row) => row.name,
      cell: (row) => row.name,
    },
    {
      name: "kind",
      title: "Kind of layer",
      isText: true,
      key: (row) => row.kind,
      cell: (row) => row.kind,
    },
    {
      name: "units",
      title: "Units of the layer",
      key: (row) => row.units,
      cell: (row) => row.units,
    },
    ...STATE_NAMES.map(
      (state, place): TableColumn<LayerRow> => ({
        name: state,
        title: `Units that are ${state} at this step`,
        key: (row) => row.counts[place] ?? 0,
        cell: (row) => <Count count={row.counts[place] ?? 0} />,
      }),
    ),
    {
      name: `mean ${name}`,
      title: `Mean of ${name} over the layer's units`,
      key: (row) => row.mean,
      cell: (row) => formatValue(row.mean),
    },
  ];
}

function Count({ count }: { readonly count: number }) {
  return <span class={count === 0 ? "zero" : ""}>{formatCount(count)}</span>;
}
