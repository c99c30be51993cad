/** When an example was learned and forgotten: read from whether the model was right at the records. */

/** Records in a row that make a change of answers count. */
export const IN_A_ROW = 2;

/** What the dates mean, in words for people. */
export const DEFINITION =
  `Learned: the first of ${IN_A_ROW} records in a row at which the prediction is the label. ` +
  `Forgotten: after that, the first of ${IN_A_ROW} in a row at which it is not. ` +
  "The dates are of the whole run, not of the step that is shown.";

/** The example was learned, or forgotten, at a record. */
export interface Turn {
  readonly kind: "learned" | "forgotten";
  readonly record: number;
}

/** Values of `correct` as the server tells them. */
export const WRONG = 0;
export const RIGHT = 1;

/**
 * Every turn of an example, in order: learned, forgotten, learned again.
 *
 * @param correct by record: 1 right, 0 wrong, another number unknown; unknown records are passed over
 */
export function turnsOf(correct: ArrayLike<number>): readonly Turn[] {
  const known = Array.from(correct, (value, record) => ({ value, record })).filter(
    ({ value }) => value === RIGHT || value === WRONG,
  );
  const turns: Turn[] = [];
  let state = WRONG;
  known.forEach(({ value, record }, place) => {
    const run = known.slice(place, place + IN_A_ROW);
    const lasts = run.length === IN_A_ROW && run.every((each) => each.value === value);
    if (value === state || !lasts) return;
    state = value;
    turns.push({ kind: value === RIGHT ? "learned" : "forgotten", record });
  });
  return turns;
}

/** How things stand at the end: "unknown" where it was never said whether the model is right. */
export type Standing = "learned" | "forgotten" | "never" | "unknown";

/** How an example stands after all of its turns. */
export function standingOf(turns: readonly Turn[], correct: ArrayLike<number>): Standing {
  const last = turns.at(-1);
  if (last) return last.kind;
  const isKnown = Array.from(correct).some((value) => value === RIGHT || value === WRONG);
  return isKnown ? "never" : "unknown";
}

/** The turn that counts most, in words: "learned at step 120", "forgotten at 360", "never learned". */
export function tellStanding(
  standing: Standing,
  turns: readonly Turn[],
  stepOf: (record: number) => string,
): string {
  const last = turns.at(-1);
  if (last)
    return last.kind === "learned" ? learnedText(turns, stepOf) : forgottenText(last, stepOf);
  return standing === "never" ? "never learned" : "";
}

/** All turns in words, the first one first. */
export function tellTurns(turns: readonly Turn[], stepOf: (record: number) => string): string {
  return turns
    .map(({ kind, record }, place) => {
      const again = kind === "learned" && place > 0 ? " again" : "";
      return `${kind}${again} at step ${stepOf(record)}`;
    })
    .join(", ");
}

function learnedText(turns: readonly Turn[], stepOf: (record: number) => string): string {
  const [first, last] = [turns[0], turns.at(-1)];
  if (!first || !last || first === last) return `learned at step ${stepOf(first?.record ?? 0)}`;
  return `learned again at ${stepOf(last.record)}`;
}

function forgottenText({ record }: Turn, stepOf: (record: number) => string): string {
  return `forgotten at ${stepOf(record)}`;
}
