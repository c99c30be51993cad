/** Numbers as people read them: short, and never more exact than a byte's grid. */

/** How exact a stored value is: what every table and file of them says. */
export const EXACTNESS =
  "Values are stored as one byte each, in steps of about 8 %: at most 3.7 % off, so shown in three digits.";

/** Digits that a stored value deserves. */
const DIGITS = 3;

/** A stored value without the digits that its byte does not tell. */
export function roundStored(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

/** A value in three digits; "–" where there is none. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  return value < 0 ? `−${formatMagnitude(-value)}` : formatMagnitude(value);
}

function formatMagnitude(magnitude: number): string {
  if (magnitude >= 1e5 || magnitude < 1e-3) {
    return magnitude.toExponential(1).replace("e+", "e").replace(".0e", "e");
  }
  return String(roundStored(magnitude));
}

/** A difference: as a value, with its sign also where it is positive. */
export function formatSigned(difference: number): string {
  return difference > 0 && Number.isFinite(difference)
    ? `+${formatValue(difference)}`
    : formatValue(difference);
}

/** A share as a percentage; never 0 % or 100 % where it is only near. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const percent = 100 * share;
  if (percent !== 0 && Math.abs(percent) < 0.1) return "< 0.1 %";
  if (percent < 100 && percent >= 99.95) return "> 99.9 %";
  return `${Number(percent.toPrecision(percent >= 10 ? 3 : 2))} %`;
}

/** A share in whole percent, for where there is no room for more; never 0 % or 100 % where it is only near. */
export function formatRoughShare(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const percent = 100 * share;
  if (percent > 0 && percent < 0.5) return "<1 %";
  if (percent < 100 && percent >= 99.5) return ">99 %";
  return `${Math.round(percent)} %`;
}

/** A count with its thousands grouped. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** A difference of counts, with its sign. */
export function formatSignedCount(difference: number): string {
  if (difference === 0) return "0";
  return `${difference < 0 ? "−" : "+"}${formatCount(Math.abs(difference))}`;
}

/** A number of bytes in its largest whole unit. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const names = ["kB", "MB", "GB", "TB"];
  const power = Math.min(names.length, Math.floor(Math.log(bytes) / Math.log(1024)));
  return `${Number((bytes / 1024 ** power).toPrecision(3))} ${names[power - 1]}`;
}

/** How long ago a time was, in words. */
export function formatAge(seconds: number): string {
  if (seconds < 5) return "just now";
  if (seconds < 90) return `${Math.round(seconds)} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} days ago`;
}
