/** The layer view: the chosen layer as a table of its units, by their responses or in groups; or all layers. */
import { batch } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { openLayer, openUnit } from "../../actions";
import type { LayerTable, Recording } from "../../api";
import { shownAttribution } from "../../attributions";
import { followChanges } from "../../changes";
import { Failure } from "../../chrome/failure";
import { shownSide } from "../../chrome/unit-icon";
import { UnitTrustMark } from "../../chrome/unit-trust-mark";
import { driftAt, driftTable, iconStep, iconTable, recordingOf } from "../../dictionary";
import { drift, followDrift, sideResponses } from "../../distributions";
import { EXACTNESS, formatCount } from "../../numbers";
import type { DriftTable } from "../../responses-api";
import {
  comparison,
  currentStepA,
  currentStepB,
  hovered,
  isChanges,
  layer,
  layerForm,
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
import { isInState } from "../../states";
import { formatStep } from "../../steps";
import { adoptStyles } from "../../theme";
import { groupOf, titleOfState } from "../../titles";
import { ChangesOfMind } from "./changes";
import { layerColumns, unitColumns } from "./columns";
import { useTableExport } from "./exports";
import { Groups } from "./groups";
import { Patterns } from "./patterns";
import { PATTERNS_CSS } from "./patterns-style";
import { type LayerRow, layerRows, type UnitRow, unitRows, withDifference } from "./rows";
import { LAYER_CSS } from "./style";
import { ListSwitch } from "./switch";
import { Table } from "./table";
import { followTables, retryTables, tableA, tableB, tablesFailure } from "./tables";

adoptStyles(LAYER_CSS);
adoptStyles(PATTERNS_CSS);

export default function LayerView() {
  useEffect(followTables, []);
  useEffect(followChanges, []);
  useEffect(followDrift, []);
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
  return (
    <div class="layer-view">
      {layer.value ? <OneLayer name={layer.value.name} /> : <Layers />}
      <p class="foot muted">{EXACTNESS}</p>
    </div>
  );
}

/** The layer as it was chosen to be seen. */
function OneLayer({ name }: { readonly name: string }) {
  const form = layerForm.value;
  const isOfUnits = form === "units";
  if (isOfUnits && (!isChanges.value || !shownAttribution.value)) return <Units />;
  return (
    <>
      <div class="lead">
        <button type="button" class="button quiet" onClick={showLayers}>
          ← All layers
        </button>
        <h2>{name}</h2>
        <ListSwitch />
      </div>
      {isOfUnits && <ChangesOfMind layerName={name} />}
      {(form === "patterns" || form === "classes" || form === "subsets") && (
        <Patterns layerName={name} form={form} />
      )}
      {form === "groups" && <Groups layerName={name} />}
    </>
  );
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
  const gaps = drift.value;
  const side = shownSide();
  const recording = recordingOf(side);
  const meaning = driftAt(driftTable(recording, name), iconStep(side));
  const rows = useMemo(
    () =>
      unitRows(shown, minus)
        .filter((row) => isWanted(row, shown, filter))
        .map((row) => withDrift(row, gaps))
        .map((row) => (meaning ? { ...row, meaningDrift: meaning[row.unit] ?? Number.NaN } : row)),
    [shown, minus, filter, gaps, meaning],
  );
  const columns = unitColumns({
    table: shown,
    recording,
    isDifference: minus !== null,
    statistic: statistic.value?.name ?? "",
    scale: scale.value,
    driftFrom: sideResponses.value?.others[0]?.probe,
    icons: iconTable(recording, { layerName: name }, iconStep(side)),
    hasMeaningDrift: meaning !== null,
  });
  const sides = sidesAt(shown.header.step, minus?.header.step);
  useTableExport({ name, title: `Units of ${name}, ${sides}`, rows, columns });
  return (
    <>
      <div class="lead">
        <button type="button" class="button quiet" onClick={showLayers}>
          ← All layers
        </button>
        <h2>{name}</h2>
        <ListSwitch />
        <span class="muted">
          {kind} · {formatCount(rows.length)}
          {filter !== "all" && ` of ${formatCount(shown.states.length)}`} units
          {filter !== "all" && `, only ${titleOfState(filter)}`} · {sides}
        </span>
      </div>
      <Table
        label={`Units of ${name}`}
        rows={rows}
        columns={columns}
        subset={filter}
        besideGroup={(title) => <GroupTrust title={title} layer={name} />}
        isChosen={(row) => row.unit === unit.value}
        onOpen={(row) => openUnit(name, row.unit)}
        onPoint={(row) => {
          hovered.value = row ? { layer: layerIndex.value, unit: row.unit } : null;
        }}
      />
    </>
  );
}

interface GroupTrustProps {
  readonly title: string;
  readonly layer: string;
}

/** Whether to believe the attributions that columns stand under. */
function GroupTrust({ title, layer: name }: GroupTrustProps) {
  const statistics = (mode.value === "b" ? recordingB : recordingA).value?.records.statistics ?? [];
  const method = statistics.find((one) => groupOf(one.name) === title)?.method ?? "";
  return method === "" ? null : <UnitTrustMark method={method} layer={name} />;
}

function withDrift(row: UnitRow, gaps: DriftTable | null): UnitRow {
  return gaps ? { ...row, drift: gaps.distances[row.unit] ?? Number.NaN } : row;
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

/** Which sides are shown, at which steps. */
function sidesAt(step: string, minus: string | undefined): string {
  const shown = `step ${formatStep(step)}`;
  if (minus !== undefined) return `A at ${shown} − B at step ${formatStep(minus)}`;
  return `${mode.value === "b" ? "B" : "A"} at ${shown}`;
}

function Layers() {
  const isB = mode.value === "b";
  const recording = isB ? recordingB.value : recordingA.value;
  const record = isB ? recordB.value : recordA.value;
  const name = statistic.value?.name ?? "";
  if (!recording) return null;
  const minus = mode.value === "diff" ? recordingB.value : null;
  const rows = layerRows(recording, record, name);
  const shown = minus ? withDifference(rows, layerRows(minus, recordB.value, name)) : rows;
  return <LayersTable rows={shown} recording={recording} statistic={name} />;
}

interface LayersTableProps {
  readonly rows: readonly LayerRow[];
  readonly recording: Recording;
  readonly statistic: string;
}

function LayersTable({ rows, recording, statistic: name }: LayersTableProps) {
  const isDifference = mode.value === "diff";
  const columns = layerColumns(recording, name, isDifference);
  const step = (mode.value === "b" ? currentStepB : currentStepA).value ?? "";
  const sides = sidesAt(step, isDifference ? (currentStepB.value ?? "") : undefined);
  useTableExport({ name: "layers", title: `All layers, ${sides}`, rows, columns });
  return (
    <>
      <div class="lead">
        <h2>All layers</h2>
        <span class="muted">
          {formatCount(rows.length)} layers · {formatCount(recording.units)} units · {sides}
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
