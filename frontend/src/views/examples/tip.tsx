/** What a cell of the filmstrip tells when it is pointed at. */
import type { Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { formatShare } from "../../numbers";
import { tellOverlap } from "./overlap";
import { answerAt, nameOfClass, overlapAt, shownRows, stepOf } from "./shown";
import { glyphOf } from "./strip-painter";

/** A cell under the pointer, and where on the page that is. */
export interface PointedCell {
  readonly cell: { readonly row: number; readonly column: number } | null;
  readonly x: number;
  readonly y: number;
}

const AWAY = 14;

/** Beside the pointer; the table says the same to those who have none. */
export function CellTip({ pointed }: { readonly pointed: Signal<PointedCell | null> }) {
  const element = useRef<HTMLDivElement>(null);
  const at = pointed.value;
  useLayoutEffect(() => {
    if (element.current && at) settle(element.current, at);
  });
  const row = at?.cell && shownRows.value[at.cell.row];
  if (!at?.cell || !row) return null;
  const { prediction, probability, isRight } = answerAt(at.cell.column, row);
  const overlap = overlapAt(at.cell.column, row);
  return (
    <div ref={element} class="tip" aria-hidden="true">
      <b>
        example {row.example}, step {stepOf(at.cell.column)}
      </b>
      <span>
        {glyphOf(isRight)} predicted {nameOfClass(prediction)}
        {row.label >= 0 && ` · label ${nameOfClass(row.label)}`}
      </span>
      <span class="muted">
        probability of the {row.label >= 0 ? "label" : "prediction"}: {formatShare(probability)}
      </span>
      {overlap && <span class="muted overlap-told">{tellOverlap(overlap)}</span>}
      <span class="muted">Click: go to the step. Double-click: open the example.</span>
    </div>
  );
}

function settle(tip: HTMLElement, { x, y }: PointedCell): void {
  const place = tip.parentElement?.getBoundingClientRect();
  if (!place) return;
  const [left, top] = [x - place.left, y - place.top];
  const isRight = left + AWAY + tip.offsetWidth > place.width;
  const isLow = top + AWAY + tip.offsetHeight > place.height;
  const moved = {
    left: isRight ? left - AWAY - tip.offsetWidth : left + AWAY,
    top: isLow ? top - AWAY - tip.offsetHeight : top + AWAY,
  };
  tip.style.transform = `translate(${Math.max(4, moved.left)}px, ${Math.max(4, moved.top)}px)`;
}
