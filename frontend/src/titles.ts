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

/** A statistic of attributions by its parts. */
export interface AttributionName {
  readonly method: string;
  readonly target: string;
  readonly figure: string;
}

/** The parts of a name such as "gradient_x_activation:label:mean"; null for one of activations. */
export function attributionOf(name: string): AttributionName | null {
  const parts = name.split(":");
  const [figure, target] = [parts.at(-1), parts.at(-2)];
  // A method's own name may have a colon: "captum:LayerDeepLift".
  if (parts.length < 3 || figure === undefined || target === undefined) return null;
  return { method: parts.slice(0, -2).join(":"), target, figure };
}

/** A method's name for people. */
export function titleOfMethod(method: string): string {
  const [, library, name] = /^(captum|zennit):(?:Layer)?(.+)$/.exec(method) ?? [];
  if (library && name) return `${name} (${capital(library)})`;
  return method.replaceAll("_x_", " × ").replaceAll("_", " ");
}

/** What attributions explain, for people. */
export function titleOfTarget(target: string): string {
  if (["label", "prediction", "loss"].includes(target)) return `the ${target}`;
  return /^\d+$/.test(target) ? `class ${target}` : target.replaceAll("_", " ");
}

/** What a statistic is grouped under: the activation, or a method and what it explains. */
export function groupOf(name: string): string {
  const found = attributionOf(name);
  if (!found) return "activation";
  return `${titleOfMethod(found.method)}, toward ${titleOfTarget(found.target)}`;
}

/** A figure of attributions, where the method is said beside it. */
const FIGURES: Readonly<Record<string, string>> = {
  mean_abs: "mean |attribution|",
  share: "share of the layer",
};

/** A figure of attributions, with the method in it. */
const FIGURES_OF: Readonly<Record<string, (method: string) => string>> = {
  mean: (method) => `mean ${method}`,
  mean_abs: (method) => `mean |${method}|`,
  share: (method) => `share of |${method}|`,
};

/** A statistic's name for people where its group is said beside it. */
export function figureTitleOf(name: string): string {
  const figure = attributionOf(name)?.figure;
  return (figure === undefined ? undefined : FIGURES[figure]) ?? plainTitle(figure ?? name);
}

/** A statistic's name for people, without what attributions explain. */
export function methodTitleOf(name: string): string {
  const found = attributionOf(name);
  if (!found) return plainTitle(name);
  const method = titleOfMethod(found.method);
  return FIGURES_OF[found.figure]?.(method) ?? `${plainTitle(found.figure)} of ${method}`;
}

/** A statistic's name for people. */
export function titleOf(name: string): string {
  const found = attributionOf(name);
  return found
    ? `${methodTitleOf(name)}, toward ${titleOfTarget(found.target)}`
    : methodTitleOf(name);
}

function plainTitle(name: string): string {
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
