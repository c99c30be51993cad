/** Marks of trust: a glyph told apart by shape as by colour, and the figures behind it. */
import { formatValue } from "../numbers";
import { MARK_COLOURS, MARK_GLYPHS, MARK_GROUNDS, MARK_WORDS, nameOfFigure } from "../verdicts";
import type { Mark, TrustFigure } from "../wire";

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

interface FiguresProps {
  readonly caption: string;
  readonly figures: readonly TrustFigure[];
  /** What else is said of a figure, such as where it is worst. */
  readonly beside?: (figure: TrustFigure) => string;
}

/** Figures with their values, and what they mean. */
export function Figures({ caption, figures, beside = () => "" }: FiguresProps) {
  return (
    <table class="figures">
      <caption>{caption}</caption>
      <tbody>
        {figures.map((figure) => (
          <tr key={figure.name}>
            <td>
              <MarkGlyph mark={figure.mark} />
              <span class="unseen">{MARK_WORDS[figure.mark]}</span>
            </td>
            <th scope="row">{nameOfFigure(figure.name)}</th>
            <td class="number">{figure.value === null ? "–" : formatValue(figure.value)}</td>
            <td class="muted">
              {beside(figure) && <b>{beside(figure)}: </b>}
              {figure.sentence}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
