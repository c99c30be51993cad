/** The mark beside an attribution of units: of a layer its own, of all layers the worst. */
import type { ComponentChildren } from "preact";
import type { Recording } from "../api";
import { toldSides } from "../sides";
import { layerName, mode, statistic, view } from "../state";
import { formatStep } from "../steps";
import { adoptStyles } from "../theme";
import { titleOfMethod } from "../titles";
import {
  absenceOf,
  type LayerVerdict,
  trustOf,
  trustProblem,
  verdictsAt,
  worstFigures,
  worstOf,
} from "../unit-trust";
import { MARK_WORDS } from "../verdicts";
import type { Mark, UnitTrust } from "../wire";
import { Hint } from "./hint";
import { Figures, MarkGlyph } from "./marks";
import { MARKS_CSS } from "./marks-style";

adoptStyles(MARKS_CSS);

/** Beside the statistic that colours units: of the layer that is shown alone, else of all. */
export function ColourTrust() {
  const method = statistic.value?.method ?? "";
  if (method === "" || view.value === "flow" || view.value === "examples") return null;
  const isOfLayer = view.value !== "overview" && layerName.value !== null;
  return <UnitTrustMark method={method} layer={isOfLayer ? layerName.value : null} />;
}

interface UnitTrustProps {
  readonly method: string;
  /** null for all layers. */
  readonly layer: string | null;
}

/** Glyph and words, the figures and what they mean on hover and on focus. */
export function UnitTrustMark({ method, layer }: UnitTrustProps) {
  const [side] = toldSides.value;
  const trust = side && trustOf(side.recording);
  if (!side || side.step === undefined) return null;
  if (!trust) return <NotRead recording={side.recording} />;
  const checked = verdictsAt(trust, method, side.step);
  const of = layer === null ? checked : checked.filter((one) => one.layer === layer);
  const { mark, names } = worstOf(of);
  const isMany = layer === null && of.length > 0;
  const count = `${names.length} of ${of.length} ${of.length === 1 ? "layer" : "layers"}`;
  return (
    <Badge mark={mark} isWide={of.length > 0} text={<Told {...{ method, layer, of, trust }} />}>
      {isMany && <span class="muted">{count}</span>}
    </Badge>
  );
}

interface BadgeProps {
  readonly mark: Mark;
  readonly isWide?: boolean;
  readonly text: ComponentChildren;
  readonly children?: ComponentChildren;
}

function Badge({ mark, isWide = false, text, children }: BadgeProps) {
  return (
    <span class="trust-of">
      <Hint text={text} isWide={isWide}>
        <button type="button" class={`trust brief ${mark}`}>
          <MarkGlyph mark={mark} />
          <span class="unseen">Trust: </span>
          <b>{MARK_WORDS[mark]}</b>
          {children}
        </button>
      </Hint>
    </span>
  );
}

/** What could not be had is told; what has not come yet is nothing. */
function NotRead({ recording }: { readonly recording: Recording }) {
  const problem = trustProblem(recording);
  return problem === "" ? null : <Badge mark="none" text={problem} />;
}

interface ToldProps extends UnitTrustProps {
  readonly of: readonly LayerVerdict[];
  readonly trust: UnitTrust;
}

function Told({ method, layer, of, trust }: ToldProps) {
  const [first] = of;
  if (!first) return <>{whyNone(trust, method, layer)}</>;
  const { mark, names } = worstOf(of);
  const where = `${titleOfMethod(method)}${mode.value === "diff" ? " of A" : ""}`;
  const when = `checked at step ${formatStep(first.verdict.step)} on ${trust.examples.length} tracked examples`;
  if (layer !== null) {
    const caption = `${where}, ${layer}: ${MARK_WORDS[mark]}, the worst of the figures; ${when}`;
    return <Figures caption={caption} figures={first.verdict.figures} />;
  }
  const worst = worstFigures(of);
  const layerOf = new Map(worst.map((one) => [one.figure, one.layer]));
  return (
    <>
      <Figures
        caption={`${where}: ${MARK_WORDS[mark]} in ${names.length} of ${of.length} layers; ${when}`}
        figures={worst.map(({ figure }) => figure)}
        beside={(figure) => (figure.mark === "none" ? "" : (layerOf.get(figure) ?? ""))}
      />
      <p class="muted">Each figure where its mark is worst. Open a layer to see its own.</p>
    </>
  );
}

/** Why there is no verdict, in a sentence. */
function whyNone(trust: UnitTrust, method: string, layer: string | null): string {
  const name = titleOfMethod(method);
  const absence = absenceOf(trust, method);
  if (absence !== "") return `${name} was not checked: ${absence}`;
  const where = layer === null ? "" : ` of ${layer}`;
  return (
    `The attributions${where} by ${name} were not checked at this step or before. Checks are recorded ` +
    "on tracked examples with Recording(trust=True), the default, in every sixteenth record."
  );
}
