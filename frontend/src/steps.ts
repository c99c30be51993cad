/** Steps: decimal strings that may exceed 2^53, in ascending order; a record is a place in the list. */

/** The record that a step names: the nearest at or before it, the first for an earlier step; -1 of none. */
export function recordOf(steps: readonly string[], step: string): number {
  const last = steps.length - 1;
  if (step === "last" || last < 0) return last;
  if (step === "first" || !/^-?\d+$/.test(step)) return 0;
  return Math.max(0, countUpTo(steps, BigInt(step)) - 1);
}

/** How many steps are at or before this one. */
function countUpTo(steps: readonly string[], step: bigint): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (BigInt(steps[middle] ?? 0) <= step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The step that should stand for one that has no record: that of its record; null where it has one. */
export function stepInstead(steps: readonly string[], step: string): string | null {
  const found = steps[recordOf(steps, step)];
  if (found === undefined || !/^-?\d+$/.test(step)) return null;
  return BigInt(found) === BigInt(step) ? null : found;
}

/** A step with its thousands grouped. */
export function formatStep(step: string | undefined): string {
  if (step === undefined) return "–";
  return step.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}
