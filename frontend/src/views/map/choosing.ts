/** What a click on a point opens, and what a lasso chooses for all views. */
import { batch } from "@preact/signals";
import { openUnit } from "../../actions";
import { filterOfExamples, formatPins, MOST_PINS } from "../../choices";
import { formatCount } from "../../numbers";
import { planeLayer, planeRecording } from "../../planes";
import { example, filter, pins, pointKind, view } from "../../state";
import { numberOf, said } from "./shown";

/** Go to the unit or the example that a point stands for. */
export function openPoint(point: number): void {
  const number = numberOf(point);
  if (number < 0) return;
  if (pointKind.value === "units") {
    openUnit(planeLayer.value ?? "", number);
    return;
  }
  batch(() => {
    example.value = number;
    view.value = "examples";
  });
}

/** Choose what a lasso holds: examples as a filter, few units as pins; nothing frees the choice. */
export function chooseInside(points: readonly number[]): void {
  const numbers = points.map(numberOf).toSorted((a, b) => a - b);
  batch(() => {
    if (numbers.length === 0) clearChoice();
    else if (pointKind.value === "units") pin(numbers);
    else choose(numbers);
  });
}

/** Free what is chosen of the shown sort of points. */
export function clearChoice(): void {
  if (pointKind.value === "units") pins.value = null;
  else filter.value = "";
  said.value = null;
}

function pin(units: readonly number[]): void {
  if (units.length > MOST_PINS) {
    said.value = `${formatCount(units.length)} units are too many to pin: ${MOST_PINS} at most. Zoom in and draw a smaller lasso.`;
    return;
  }
  said.value = null;
  pins.value = formatPins({ layer: planeLayer.value ?? "", units });
}

function choose(examples: readonly number[]): void {
  const total = planeRecording.value?.records.probeSet.examples ?? 0;
  const text = filterOfExamples(examples, total);
  said.value =
    text === null
      ? `${formatCount(examples.length)} examples are too many for a filter; draw a smaller lasso.`
      : null;
  if (text !== null) filter.value = text;
}
