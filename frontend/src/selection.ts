/** What the user chose, as one value: read off the state's signals and written to them. */
import { batch, type Signal } from "@preact/signals";
import { NOTHING_CHOSEN, type Selection } from "./address";
import * as state from "./state";

type Signals = { readonly [F in keyof Selection]: Signal<Selection[F]> };

const SIGNALS: Signals = {
  view: state.view,
  runA: state.runA,
  stepA: state.stepA,
  runB: state.runB,
  stepB: state.stepB,
  model: state.modelName,
  probe: state.probeName,
  statistic: state.statisticName,
  className: state.className,
  area: state.area,
  attribution: state.attribution,
  mode: state.mode,
  layerName: state.layerName,
  unit: state.unit,
  only: state.only,
  scale: state.scaleChoice,
  anchor: state.anchor,
  sort: state.sortColumn,
  focus: state.focus,
  isLogSteps: state.isLogSteps,
  isUnitTable: state.isUnitTable,
  flowGroup: state.flowGroup,
  flowMethod: state.flowMethod,
  flowUnits: state.flowUnits,
  flowThreshold: state.flowThreshold,
  flowOrder: state.flowOrder,
  flowNodes: state.flowNodes,
  isFlowTable: state.isFlowTable,
  mapMethod: state.mapMethod,
  mapLayer: state.mapLayer,
  mapTarget: state.mapTarget,
  mapOpacity: state.mapOpacity,
  exampleSort: state.exampleSort,
  exampleFilter: state.exampleFilter,
  example: state.example,
  isExampleTable: state.isExampleTable,
  exampleForm: state.exampleForm,
  gridLayer: state.gridLayer,
  gridCell: state.gridCell,
  gridClass: state.gridClass,
  gridSort: state.gridSort,
  isGridShaded: state.isGridShaded,
  evidenceLayer: state.evidenceLayer,
  evidenceRival: state.evidenceRival,
  isChanges: state.isChanges,
  layerForm: state.layerForm,
  groupCount: state.groupCount,
  unitGroup: state.unitGroup,
  isPatternTable: state.isPatternTable,
  pairLayer: state.pairLayer,
  pairUnit: state.pairUnit,
  jointForm: state.jointForm,
  isJointTable: state.isJointTable,
  responseMethod: state.responseMethod,
  filter: state.filter,
  subsets: state.subsets,
  pointKind: state.pointKind,
  projection: state.projection,
  mapStyle: state.mapStyle,
  mapColour: state.mapColour,
  isMapTable: state.isMapTable,
  pins: state.pins,
};

/** All that the address holds. */
export function currentSelection(): Selection {
  const entries = Object.entries(SIGNALS).map(([field, { value }]) => [field, value]);
  return Object.fromEntries(entries) as Selection;
}

/** Show what an address holds. */
export function applySelection(selection: Selection): void {
  batch(() => {
    for (const field of Object.keys(SIGNALS) as (keyof Selection)[]) apply(field, selection);
    if (selection.mode !== NOTHING_CHOSEN.mode) state.isModeChosen.value = true;
  });
}

function apply<F extends keyof Selection>(field: F, selection: Selection): void {
  const signal: Signal<Selection[F]> = SIGNALS[field];
  signal.value = selection[field];
}
