/** Sums of amounts of which some may not be finite. */

/** The sum of what is finite of a stretch. */
export function sumOf(values: Float32Array, start: number, count: number): number {
  return values.subarray(start, start + count).reduce((sum, value) => sum + finite(value), 0);
}

/** How many amounts are NaN or infinite. */
export function countNotFinite(values: Float32Array): number {
  return values.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
}

/** What is not finite can neither be summed nor drawn. */
export function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}
