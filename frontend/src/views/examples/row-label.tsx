/** A tracked example's name: its input, its class, and when it was learned or forgotten. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { thumbnailAddress } from "../../api";
import { mapRecording } from "../../maps";
import { example } from "../../state";
import { DEFINITION, tellStanding, tellTurns } from "./learning";
import type { ExampleRow } from "./rows";
import { lastAtLarge, nameOfClass, pointedExample, stepOf } from "./shown";

/** A button that shows the example at large. */
export function RowLabel({ row }: { readonly row: ExampleRow }) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (lastAtLarge.peek() !== row.example) return;
    lastAtLarge.value = null;
    button.current?.focus({ preventScroll: true });
  }, [row.example]);
  return (
    <button
      ref={button}
      type="button"
      class="row-label"
      data-example={row.example}
      title={meaningOf(row)}
      onPointerEnter={() => tell(row)}
      onFocus={() => tell(row)}
      onClick={() => {
        example.value = row.example;
      }}
    >
      <Input row={row} />
      <span class="words">
        <b>{row.label < 0 ? `example ${row.example}` : nameOfClass(row.label)}</b>
        {row.label >= 0 && <span class="muted"> example {row.example}</span>}
        <StandingLine row={row} />
      </span>
    </button>
  );
}

function tell({ example: number }: ExampleRow): void {
  pointedExample.value = number;
}

/** Learned, forgotten or never learned, with the step. */
export function StandingLine({ row }: { readonly row: ExampleRow }) {
  const text = tellStanding(row.standing, row.turns, stepOf);
  return text === "" ? null : (
    <span class={`standing-line ${row.standing}`} data-draw="text">
      {text}
    </span>
  );
}

/** All turns of an example, and what they mean. */
export function meaningOf({ turns }: ExampleRow): string {
  const told = tellTurns(turns, stepOf);
  return told === "" ? DEFINITION : `${told}. ${DEFINITION}`;
}

function Input({ row }: { readonly row: ExampleRow }) {
  const recording = mapRecording.value;
  if (!recording || row.example >= recording.records.probeSet.thumbnails) return null;
  return <img src={thumbnailAddress(recording.key, row.example)} alt="" loading="lazy" />;
}
