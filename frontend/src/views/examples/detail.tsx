/** One tracked example at large: its map, how its probability ran, and what every method says. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { MarkGlyph } from "../../chrome/marks";
import { offerExport } from "../../export";
import { keyOfMethod, mapList, mapRecord, mapStep, shownMethod, tableOf } from "../../maps";
import { formatShare } from "../../numbers";
import { example, mapLayer, mapMethod } from "../../state";
import { roles } from "../../theme";
import { titleOfMethod } from "../../titles";
import { MARK_WORDS, verdictAt } from "../../verdicts";
import type { MapMethod } from "../../wire";
import { BigMap } from "./big";
import { drawMap } from "./cell";
import { EvidenceLine, EvidencePart } from "./evidence";
import { detailExport } from "./exports";
import { shortOverlap, tellOverlap } from "./overlap";
import { meaningOf, StandingLine } from "./row-label";
import type { ExampleRow } from "./rows";
import { answerAt, nameOfClass, overlapAt, shownRows, shownView, stepOf, viewOf } from "./shown";
import { colourOfAnswer, glyphOf } from "./strip-painter";
import { Trajectory } from "./trajectory";

export function Detail({ row }: { readonly row: ExampleRow }) {
  const place = useRef<HTMLElement>(null);
  const view = shownView.value;
  useEffect(() => followArrows(), []);
  useLayoutEffect(() => place.current?.focus(), []);
  useEffect(() => offerExport(detailExport(row, () => place.current)), [row]);
  return (
    <section ref={place} class="example-detail" tabIndex={-1} aria-label={`Example ${row.example}`}>
      <Head row={row} />
      <EvidenceLine example={row.example} />
      <div class="detail-parts">
        {view && <BigMap lens={view.lens} subject={view.subjectOf(mapRecord.value, row)} />}
        <Trajectory row={row} />
      </div>
      <Methods row={row} />
      <EvidencePart example={row.example} />
    </section>
  );
}

function Head({ row }: { readonly row: ExampleRow }) {
  const { prediction, probability, isRight } = answerAt(mapRecord.value, row);
  return (
    <header class="detail-head">
      <button type="button" class="button" onClick={close}>
        ← All examples
      </button>
      <h2>
        {row.label >= 0 && <span data-draw="text">{nameOfClass(row.label)}</span>}{" "}
        <span class="muted" data-draw="text">
          example {row.example}
        </span>
      </h2>
      <b data-draw="text" style={{ color: colourOfAnswer(isRight, roles.value) }}>
        {glyphOf(isRight)} predicted {nameOfClass(prediction)}
      </b>
      <span class="muted number" data-draw="text">
        {formatShare(probability)} for the {row.label >= 0 ? "label" : "prediction"} at step{" "}
        {stepOf(mapRecord.value)}
      </span>
      <span title={meaningOf(row)}>
        <StandingLine row={row} />
      </span>
      <span class="fill" />
      <Neighbours row={row} />
    </header>
  );
}

function Neighbours({ row }: { readonly row: ExampleRow }) {
  const rows = shownRows.value;
  const at = rows.findIndex((other) => other.example === row.example);
  return (
    <span class="neighbours">
      <button
        type="button"
        class="button icon"
        aria-label="Previous example"
        title="Previous example (↑)"
        disabled={at <= 0}
        onClick={() => move(-1)}
      >
        ‹
      </button>
      <span class="number">{at < 0 ? "filtered out" : `${at + 1} of ${rows.length}`}</span>
      <button
        type="button"
        class="button icon"
        aria-label="Next example"
        title="Next example (↓)"
        disabled={at === rows.length - 1}
        onClick={() => move(1)}
      >
        ›
      </button>
    </span>
  );
}

/** The example under every method that has maps, each on its own scale. */
function Methods({ row }: { readonly row: ExampleRow }) {
  const methods = mapList.value?.methods.filter(({ absence }) => absence === "") ?? [];
  return (
    <section class="all-methods" aria-label="All methods">
      <h3 data-draw="text">
        Every method at step {stepOf(mapRecord.value)}, each on its own scale
      </h3>
      <ul>
        {methods.map((method) => (
          <li key={keyOfMethod(method)}>
            <MethodButton method={method} row={row} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function MethodButton({ method, row }: { readonly method: MapMethod; readonly row: ExampleRow }) {
  const mark = verdictAt(method, mapStep.value ?? "0")?.mark ?? "none";
  const [shown, table] = [shownMethod.value, tableOf(method)];
  const overlap = table && overlapAt(mapRecord.value, row, table);
  return (
    <button
      type="button"
      class="method-button"
      aria-pressed={shown !== null && keyOfMethod(shown) === keyOfMethod(method)}
      title={method.description}
      onClick={() => {
        mapMethod.value = method.name;
        mapLayer.value = method.layer === "" ? mapLayer.value : method.layer;
      }}
    >
      <Small method={method} row={row} />
      <span class="method-name">
        <MarkGlyph mark={mark} />
        <span data-draw="text">
          {titleOfMethod(method.name)}
          {method.layer && <span class="muted"> at {method.layer}</span>}
        </span>
        <span class="unseen">, {MARK_WORDS[mark]}</span>
      </span>
      {overlap && (
        <span class="muted number" title={tellOverlap(overlap)} data-draw="text">
          {shortOverlap(overlap)}
        </span>
      )}
    </button>
  );
}

function Small({ method, row }: { readonly method: MapMethod; readonly row: ExampleRow }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = viewOf(method);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!canvas.current || !context) return;
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas.current;
    [canvas.current.width, canvas.current.height] = [width * ratio, height * ratio];
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const rect = { x: 0, y: 0, width, height };
    if (view) drawMap(context, view.lens, view.subjectOf(mapRecord.value, row), rect);
  });
  const { columns, rows } = view?.lens.plane ?? { columns: 1, rows: 1 };
  const aspect = method.form === "image" ? columns / rows : 1.8;
  return <canvas ref={canvas} style={{ aspectRatio: String(aspect) }} />;
}

function close(): void {
  example.value = null;
}

function move(by: number): void {
  const rows = shownRows.value;
  const at = rows.findIndex((row) => row.example === example.value);
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
  if (next) example.value = next.example;
}

const MOVES: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 };

/** Arrow keys go from example to example, before anything else on the page takes them. */
function followArrows(): () => void {
  const onKey = (event: KeyboardEvent) => {
    const by = MOVES[event.key];
    const isHeld = event.ctrlKey || event.metaKey || event.altKey;
    const isTyped =
      event.target instanceof Element && event.target.closest("input, select, dialog");
    if (by === undefined || isHeld || isTyped) return;
    event.preventDefault();
    event.stopPropagation();
    move(by);
  };
  document.addEventListener("keydown", onKey, true);
  return () => document.removeEventListener("keydown", onKey, true);
}
