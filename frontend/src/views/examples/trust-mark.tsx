/** The mark beside a method: whether to believe its maps, with the figures and what they mean on hover. */
import { Hint } from "../../chrome/hint";
import { Figures, MarkGlyph } from "../../chrome/marks";
import { formatStep } from "../../steps";
import { MARK_WORDS } from "../../verdicts";
import type { Verdict } from "../../wire";

interface TrustProps {
  /** null where the method was not checked until this step. */
  readonly verdict: Verdict | null;
}

/** Glyph and word, with the step of the check. */
export function TrustMark({ verdict }: TrustProps) {
  const mark = verdict?.mark ?? "none";
  const figures = verdict && <Figures caption={captionOf(verdict)} figures={verdict.figures} />;
  return (
    <Hint text={figures ?? NOT_CHECKED} isWide={verdict !== null}>
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

function captionOf({ mark, step }: Verdict): string {
  return `${MARK_WORDS[mark]}: the worst of the figures at step ${formatStep(step)}`;
}
