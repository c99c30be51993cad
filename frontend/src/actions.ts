/** What a user can do: the verbs behind keys, buttons and clicks. */
import { batch } from "@preact/signals";
import { unitOrder } from "./anchor";
import {
  anchor,
  currentStepA,
  currentStepB,
  effectiveStepB,
  example,
  hasB,
  hovered,
  isModeChosen,
  keyA,
  keyB,
  layer,
  layerForm,
  layerIndex,
  layerName,
  type Mode,
  mode,
  playing,
  recordA,
  recordingA,
  recordingB,
  runA,
  runB,
  speed,
  stepA,
  stepB,
  type UnitPlace,
  unit,
  unitGroup,
  type View,
  view,
} from "./state";

/** Records a second that the play button offers. */
export const SPEEDS = [1, 2, 5, 10, 20, 30, 60] as const;

/** Show A at a record; the last one stays the last while a run grows. */
export function setRecord(record: number): void {
  const steps = recordingA.value?.records.steps ?? [];
  const last = steps.length - 1;
  const place = Math.max(0, Math.min(last, record));
  stepA.value = place === last ? "last" : (steps[place] ?? "last");
}

/** Show B at a record of its own recording. */
export function setRecordB(record: number): void {
  const steps = recordingB.value?.records.steps ?? [];
  stepB.value = steps[Math.max(0, Math.min(steps.length - 1, record))] ?? null;
}

/** Show A at a step: its nearest record at or before. */
export function setStep(step: string): void {
  stepA.value = step;
}

/** Show a side at a step; B goes along with A where it is bound to A's step. */
export function setStepOf(side: "A" | "B", step: string): void {
  if (side === "A" || effectiveStepB.value === "same") setStep(step);
  else stepB.value = step;
}

/** Move A by a number of records. */
export function stepBy(records: number): void {
  setRecord(recordA.value + records);
}

/** Start or stop the film; at its end it starts anew. */
export function togglePlaying(): void {
  const last = (recordingA.value?.records.steps.length ?? 0) - 1;
  if (!playing.value && recordA.value >= last) setRecord(0);
  playing.value = !playing.value && last > 0;
}

/** Play faster (1) or slower (-1). */
export function changeSpeed(by: 1 | -1): void {
  const place = SPEEDS.findIndex((offered) => offered >= speed.value) + by;
  speed.value = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, place))] ?? speed.value;
}

/** Show a view of what is selected; the unit view needs one, so the first stands in. */
export function openView(next: View): void {
  batch(() => {
    if (next === "unit" && !layer.value) layerName.value = firstLayer();
    if (next === "unit" && unit.value === null) unit.value = unitOrderOf(layerIndex.value)[0] ?? 0;
    view.value = next;
  });
}

/** Show a layer. */
export function openLayer(name: string): void {
  batch(() => {
    view.value = "layer";
    layerName.value = name;
    unit.value = null;
  });
}

/** Show a group among those of its layer. */
export function openGroup(name: string, group: number): void {
  batch(() => {
    openLayer(name);
    layerForm.value = "groups";
    unitGroup.value = group;
  });
}

/** Show a unit. */
export function openUnit(name: string, index: number): void {
  batch(() => {
    view.value = "unit";
    layerName.value = name;
    unit.value = index;
  });
}

/** Make a unit, a layer or nothing the primary one, in the view that is open. */
export function select(name: string | null, index: number | null = null): void {
  batch(() => {
    layerName.value = name;
    unit.value = name === null ? null : index;
  });
}

/** One level in: from the model to a layer, from a layer to a unit. */
export function goIn(): void {
  const under = hovered.value;
  if (under) openPlace(under);
  else if (view.value === "overview") openView(unit.value === null ? "layer" : "unit");
  else if (view.value === "layer") openView("unit");
  else if (["flow", "map"].includes(view.value) && unit.value !== null) openView("unit");
}

/** One level out: from a unit to its layer, from a layer to the model, from a choice to none. */
export function goUp(): void {
  if (view.value === "examples" && example.value !== null) example.value = null;
  else if (view.value === "unit") view.value = "layer";
  else if (view.value === "layer") view.value = "overview";
  else if (unit.value !== null) unit.value = null;
  else layerName.value = null;
}

/** The next (1) or previous (-1) unit of the layer, in anchor order. */
export function moveUnit(by: number): void {
  if (!layer.value) layerName.value = firstLayer();
  const order = unitOrderOf(layerIndex.value);
  const place = unit.value === null ? (by > 0 ? -1 : order.length) : order.indexOf(unit.value);
  const next = Math.max(0, Math.min(order.length - 1, place + by));
  unit.value = order[next] ?? null;
}

/** The next (1) or previous (-1) layer that has units. */
export function moveLayer(by: 1 | -1): void {
  const layers = recordingA.value?.records.layers ?? [];
  const shown = layers.filter(({ units }) => units > 0);
  const place = shown.findIndex(({ name }) => name === layerName.value);
  const next = shown[place < 0 ? (by > 0 ? 0 : shown.length - 1) : place + by];
  if (!next) return;
  batch(() => {
    layerName.value = next.name;
    unit.value = view.value === "unit" ? 0 : null;
  });
}

/** Put B where A is: what is seen becomes the reference. */
export function setBHere(): void {
  batch(() => {
    runB.value = keyA.value?.run ?? null;
    stepB.value = currentStepA.value;
  });
}

/** Put A where B is. */
export function setAHere(): void {
  if (!hasB.value) return;
  batch(() => {
    runA.value = keyB.value?.run ?? null;
    stepA.value = currentStepB.value ?? "last";
  });
}

/** Exchange A and B. */
export function swap(): void {
  const [a, b] = [keyA.value, keyB.value];
  if (!a || !b) return;
  const [atA, atB] = [currentStepA.value, currentStepB.value];
  batch(() => {
    [runA.value, runB.value] = [b.run, a.run];
    stepA.value = atB ?? "last";
    stepB.value = atA;
  });
}

/** Show A, B or their difference; the difference again gives A. */
export function show(next: Mode): void {
  chooseMode(mode.value === next ? "a" : next);
}

/** Show A, B or their difference, and keep to it when another B is chosen. */
export function chooseMode(next: Mode): void {
  batch(() => {
    mode.value = next;
    isModeChosen.value = true;
  });
}

/** Put units in order by the statistic at the step that is shown: B's where B alone is. */
export function anchorHere(): void {
  anchor.value = mode.value === "b" ? currentStepB.value : currentStepA.value;
}

/** Units of a layer of A in anchor order. */
export function unitOrderOf(index: number): Uint32Array {
  const recording = recordingA.value;
  const units = recording?.records.layers[index]?.units ?? 0;
  const start = recording?.unitStart[index] ?? 0;
  return unitOrder.value?.unitAt.subarray(start, start + units) ?? new Uint32Array();
}

function openPlace(place: UnitPlace): void {
  const name = recordingA.value?.records.layers[place.layer]?.name;
  if (name !== undefined) openUnit(name, place.unit);
}

function firstLayer(): string | null {
  return recordingA.value?.records.layers.find(({ units }) => units > 0)?.name ?? null;
}
