/** The mark beside a method: whether to believe its maps, with the figures and what they mean on hover. */
import { Hint } from "../../chrome/hint";
import { formatValue } from "../../numbers";
import { formatStep } from "../../steps";
import type { Mark, Verdict } from "../../wire";
import { MARK_COLOURS, MARK_GLYPHS, MARK_GROUNDS, MARK_WORDS, nameOfFigure } from "./trust";

/** A glyph alone; the words stand beside it or in the name of what bears it. */
export function MarkGlyph({ mark }: { readonly mark: Mark }) {
  return (
    <svg class="mark-glyph" viewBox="-1.1 -1.1 2.2 2.2" aria-hidden="true">
      <path d={MARK_GROUNDS[mark]} fill={MARK_COLOURS[mark]} />
      <path
        d={MARK_GLYPHS[mark]}
        fill="none"
        stroke="#ffffff"
        stroke-width=".24"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

interface TrustProps {
  /** null where the method was not checked until this step. */
  readonly verdict: Verdict | null;
}

/** Glyph and word, with the step of the check. */
export function TrustMark({ verdict }: TrustProps) {
  const mark = verdict?.mark ?? "none";
  return (
    <Hint text={verdict ? <Figures verdict={verdict} /> : NOT_CHECKED} isWide={verdict !== null}>
      <button type="button" class={`trust ${mark}`}>
        <MarkGlyph mark={mark} />
        <span class="unseen">Trust: </span>
        <b>{MARK_WORDS[mark]}</b>
        {verdict && <span class="muted">checked at {formatStep(verdict.step)}</span>}
      </button>
    </Hint>
  );
}

const NOT_CHECKED =
  "These maps were not checked at this step or before. Checks are recorded with maps where Recording(trust=True), the default, on their own schedule.";

function Figures({ verdict }: { readonly verdict: Verdict }) {
  return (
    <table class="figures">
      <caption>
        {MARK_WORDS[verdict.mark]}: the worst of the figures at step {formatStep(verdict.step)}
      </caption>
      <tbody>
        {verdict.figures.map(({ name, value, mark, sentence }) => (
          <tr key={name}>
            <td>
              <MarkGlyph mark={mark} />
              <span class="unseen">{MARK_WORDS[mark]}</span>
            </td>
            <th scope="row">{nameOfFigure(name)}</th>
            <td class="number">{value === null ? "–" : formatValue(value)}</td>
            <td class="muted">{sentence}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
