/** What statistics and states are called, everywhere the same; names stay in files and in the address. */
import type { StateName } from "./api";

/** Words for the standard statistics; others are shown by their name. */
const STATISTICS: Readonly<Record<string, string>> = {
  mean: "mean",
  std: "standard deviation",
  min: "minimum",
  max: "maximum",
  mean_abs: "mean |activation|",
  frequency: "activation frequency",
  zeros: "share of zeros",
  nonfinite: "share not finite",
  saturation: "saturation",
};

/** A statistic's name for people. */
export function titleOf(name: string): string {
  return STATISTICS[name] ?? name.replaceAll("_", " ");
}

/** What a layer's mean over its units is called: "mean mean" would be said of the commonest one. */
export function layerAverageOf(name: string): string {
  return `layer average of ${titleOf(name)}`;
}

/** A state's name for people. */
export function titleOfState(state: StateName): string {
  return state === "nonfinite" ? "not finite" : state;
}

/** Words as a sentence joins them: "saturated, silent and dormant". */
export function listed(words: readonly string[]): string {
  const before = words.slice(0, -1).join(", ");
  return [before, words.at(-1)].filter(Boolean).join(" and ");
}

/** A text with a capital letter, to begin a title. */
export function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;
}
