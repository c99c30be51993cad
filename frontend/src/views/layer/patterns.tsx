/** The matrix of a layer's responses: examples or classes by units, in an order that is kept over steps. */
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { anchorHere } from "../../actions";
import { Failure } from "../../chrome/failure";
import { FilterField } from "../../chrome/filter-field";
import { ResponsePicker } from "../../chrome/response-picker";
import type { Scale } from "../../colour";
import { hasIcons } from "../../dictionary";
import { theme } from "../../host";
import { cellAt, layOutMatrix, type MatrixLayout } from "../../layout/matrix";
import { formatCount } from "../../numbers";
import type { PatternTable } from "../../patterns-api";
import { callFor, wordOf, wordsOf } from "../../response-methods";
import { costText, followResponses, responsesFailure, retryResponses } from "../../responses";
import { filter, isPatternTable, mode, responseMethod, scaleChoice } from "../../state";
import { formatStep } from "../../steps";
import { roles } from "../../theme";
import { NoResponses } from "../joint/missing";
import { useMatrixExport } from "./pattern-exports";
import { Overlay, type PointedCell } from "./pattern-overlay";
import { type Picture, paintPicture } from "./pattern-painter";
import {
  type Cells,
  cellsOfClasses,
  cellsOfExamples,
  cellsOfSubsets,
  paintTexels,
  scaleOfPatterns,
  texelsIn,
} from "./pattern-picture";
import {
  followPatterns,
  orderStep,
  patternsFailure,
  retryPatterns,
  shownPatterns,
  shownRecording,
  shownResponses,
  trackedExamples,
  wantedStep,
} from "./pattern-records";
import { PatternTableRows } from "./pattern-table";
import { ScaleKey } from "./scale-key";

export type MatrixForm = "patterns" | "classes" | "subsets";

const TITLES = { patterns: "Patterns", classes: "Classes", subsets: "Subsets" } as const;
const ROWS = { patterns: "examples", classes: "classes", subsets: "subsets" } as const;

interface PatternsProps {
  readonly layerName: string;
  readonly form: MatrixForm;
}

export function Patterns({ layerName, form }: PatternsProps) {
  useEffect(followResponses, []);
  useEffect(followPatterns, []);
  const known = shownResponses.value;
  if (known && known.layers.length === 0) {
    return (
      <div class="pattern-missing">
        <NoResponses />
      </div>
    );
  }
  if (known && !known.layers.some(({ name }) => name === layerName)) {
    return <NotOfLayer layers={known.layers.map(({ name }) => name)} />;
  }
  return (
    <section class="patterns" aria-label={TITLES[form]}>
      <Bar />
      <Shown layerName={layerName} form={form} />
    </section>
  );
}

/** Responses may have been left out of a layer that was too large. */
export function NotOfLayer({ layers }: { readonly layers: readonly string[] }) {
  const method = responseMethod.value;
  return (
    <>
      <div class="view-bar pattern-bar">
        <ResponsePicker />
      </div>
      <p class="lead muted" role="status">
        No {wordsOf(method)} of this layer were recorded; there are some of {layers.join(", ")}.
        {method !== "" && ` ${callFor(method)} records both sorts where the layer has both.`}
      </p>
    </>
  );
}

function Bar() {
  const step = orderStep.value;
  return (
    <div class="view-bar pattern-bar">
      <ResponsePicker />
      <FilterField />
      <span class="fill" />
      <span class="order">
        <span class="muted">order of step {formatStep(step ?? undefined)}</span>
        <button
          type="button"
          class="button"
          disabled={step === wantedStep.value}
          title="Examples and units keep their order while steps pass; sort them anew by the step that is shown"
          onClick={anchorHere}
        >
          Sort here
        </button>
      </span>
      <button
        type="button"
        class="button"
        aria-pressed={isPatternTable.value}
        onClick={() => {
          isPatternTable.value = !isPatternTable.value;
        }}
      >
        {isPatternTable.value ? "Picture" : "Table"}
      </button>
    </div>
  );
}

function Shown({ layerName, form }: PatternsProps) {
  const [found, failure] = [shownPatterns.value, patternsFailure.value ?? responsesFailure.value];
  if (failure !== null) return <Failed why={failure} />;
  if (!found) {
    return (
      <p class="lead muted" role="status">
        Loading the responses of {layerName}
      </p>
    );
  }
  const scale = scaleOfPatterns(found, scaleChoice.value ?? "linear", theme.value);
  if (form === "subsets" && found.header.subsets.length === 0) return <NoSubsets />;
  return (
    <>
      <Facts found={found} form={form} />
      {form === "subsets" && <Unusable found={found} />}
      {isPatternTable.value ? (
        <PatternTableRows layerName={layerName} form={form} found={found} />
      ) : (
        <Matrix layerName={layerName} form={form} found={found} scale={scale} />
      )}
    </>
  );
}

function NoSubsets() {
  return (
    <p class="no-subsets muted" role="status">
      No subset is saved yet. Write a filter above, such as <code>not correct</code>, and save it
      under a name: each saved subset is a row here.
    </p>
  );
}

/** Subsets whose filters this recording can't answer. */
function Unusable({ found }: { readonly found: PatternTable }) {
  const wrong = found.header.subsets.filter(({ problem }) => problem !== "");
  return (
    <>
      {wrong.map(({ name, problem }) => (
        <p key={name} class="pattern-facts muted" role="status">
          {name}: {problem}.
        </p>
      ))}
    </>
  );
}

export function Failed({ why }: { readonly why: string }) {
  return (
    <div style={{ position: "relative", flex: 1 }}>
      <Failure
        what="The responses could not be read"
        why={why}
        onRetry={() => {
          retryResponses();
          retryPatterns();
        }}
      />
    </div>
  );
}

const BY = {
  label: "by label, classes that are taken for each other side by side",
  prediction: "by prediction, for there are no labels",
  none: "in one group, for there are neither labels nor predictions",
} as const;

/** What is shown of what. */
function Facts({ found, form }: Pick<DrawnProps, "found" | "form">) {
  const { header, units, examples } = found;
  const shown = filter.value === "" ? header.drawn : examples.length;
  const parts = [
    `${mode.value === "b" ? "B" : "A"}, ${wordsOf(header.method)} at step ${formatStep(header.step)}`,
    ratio(shown, filter.value === "" ? header.of : header.drawn, "examples"),
    ratio(units.length, header.units, "units"),
    form === "subsets"
      ? "a row is the mean over a subset’s examples, as many as stand before its name"
      : `examples ${BY[header.by]}`,
  ];
  return (
    <p class="pattern-facts muted">
      {mode.value === "diff" && (
        <b class="side-a">Differences of responses aren’t drawn: this is A. </b>
      )}
      {[...parts, costText(shownResponses.value)].filter(Boolean).join(" · ")}
    </p>
  );
}

function ratio(count: number, of: number, what: string): string {
  return count === of
    ? `all ${formatCount(of)} ${what}`
    : `${formatCount(count)} of ${formatCount(of)} ${what}`;
}

const CELLS_OF = {
  patterns: cellsOfExamples,
  classes: cellsOfClasses,
  subsets: cellsOfSubsets,
} as const;

interface MatrixProps extends PatternsProps {
  readonly found: PatternTable;
  readonly scale: Scale;
}

function Matrix({ layerName, form, found, scale }: MatrixProps) {
  const cells = useMemo(
    () => CELLS_OF[form](found, scale),
    [form, found, scale.kind, scale.max, scale.palette],
  );
  const place = useRef<HTMLDivElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => {
      size.value = { width: element.clientWidth, height: element.clientHeight };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [size]);
  return (
    <>
      <div ref={place} class="pattern-place">
        {size.value.width > 0 && (
          <Drawn
            layerName={layerName}
            form={form}
            found={found}
            scale={scale}
            cells={cells}
            size={size.value}
          />
        )}
        {cells.rows === 0 && <p class="standing">No example passes the filter.</p>}
      </div>
      <ScaleKey
        scale={scale}
        word={`${form !== "patterns" ? "mean " : ""}${wordOf(found.header.method)}`}
        hasTracked={form === "patterns" && trackedExamples.value.size > 0}
      />
    </>
  );
}

interface DrawnProps extends MatrixProps {
  readonly cells: Cells;
  readonly size: { readonly width: number; readonly height: number };
}

const NARROW = 700;
/** Room of an icon over its column: none where columns are narrower than the least. */
const HEAD = { least: 13, most: 30, gap: 4 };

function headRoom({ width }: DrawnProps["size"], { columns }: Cells, sideWidth: number): number {
  const each = (width - sideWidth) / Math.max(1, columns);
  return each < HEAD.least ? 0 : Math.min(HEAD.most, Math.floor(each)) + HEAD.gap;
}

function Drawn({ layerName, form, found, cells, size }: DrawnProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointed = useSignal<PointedCell | null>(null);
  const sideWidth = size.width < NARROW ? 84 : 124;
  const heads = hasIcons(shownRecording.value, layerName) ? headRoom(size, cells, sideWidth) : 0;
  const layout = useMemo(
    () => layOutMatrix(size, cells, cells.runs, sideWidth, heads),
    [size, cells, sideWidth, heads],
  );
  const ratio = window.devicePixelRatio || 1;
  const texels = useMemo(
    () => paintTexels(cells, texelsIn(cells, layout, ratio)),
    [cells, layout, ratio],
  );
  const picture: Picture = {
    layout,
    texels,
    table: found,
    axis: axisText(found, form),
    roles: roles.value,
  };
  useLayoutEffect(() => {
    if (canvas.current) paintPicture(canvas.current, size, ratio, picture);
  });
  useMatrixExport({ layerName, form, size, picture });
  return (
    <div
      class="pattern-picture"
      onPointerMove={(event) => {
        pointed.value = pointAt(event, layout);
      }}
      onPointerLeave={() => {
        pointed.value = null;
      }}
    >
      <canvas
        ref={canvas}
        style={{ width: `${size.width}px`, height: `${size.height}px` }}
        role="img"
        aria-label={`${formatCount(cells.rows)} ${ROWS[form]} by ${formatCount(cells.columns)} units of ${layerName}; the table has them as numbers`}
      />
      <Overlay
        layerName={layerName}
        form={form}
        found={found}
        cells={cells}
        layout={layout}
        pointed={pointed}
      />
    </div>
  );
}

function pointAt(
  event: PointerEvent & { readonly currentTarget: Element },
  layout: MatrixLayout,
): PointedCell | null {
  const box = event.currentTarget.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const cell = cellAt(layout, x, y);
  return cell && { cell, x, y };
}

function axisText({ header, units }: PatternTable, form: MatrixForm): string {
  const likeness = `${formatCount(units.length)} units, neighbours respond alike at step ${formatStep(header.anchor)}`;
  if (form === "classes") return `${likeness}; a dot marks the class of the largest mean`;
  return likeness;
}
