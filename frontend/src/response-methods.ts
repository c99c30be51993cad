/** By what responses were recorded, activations or attributions by a method, and what they are called. */
import { titleOfMethod, titleOfTarget } from "./titles";
import type { ResponseSteps } from "./wire";

/** A sort of responses: activations have neither method nor target. */
export interface ResponseSort {
  readonly method: string;
  readonly target: string;
}

/** The sorts that any layer has, activations first. */
export function sortsOf(known: ResponseSteps | null): readonly ResponseSort[] {
  const found = new Map<string, string>();
  for (const { methods } of known?.layers ?? []) {
    for (const { name, target } of methods) found.set(name, target);
  }
  return [...found]
    .map(([method, target]) => ({ method, target }))
    .toSorted((a, b) => Number(a.method !== "") - Number(b.method !== ""));
}

/** What is known of one sort alone: its layers, the steps at which any has some, other probe sets. */
export function narrowed(known: ResponseSteps | null, method: string): ResponseSteps | null {
  if (!known) return null;
  const layers = known.layers.flatMap((layer) => {
    const own = layer.methods.filter(({ name }) => name === method);
    return own.length > 0 ? [{ ...layer, methods: own }] : [];
  });
  const there = new Set(layers.flatMap(({ methods }) => methods.flatMap(({ steps }) => steps)));
  const steps = known.steps.filter((step) => there.has(step));
  const others = known.others.filter(({ methods }) => methods.includes(method));
  return { ...known, layers, steps, others, reduction: method === "" ? known.reduction : "sum" };
}

/** A sort in words: "gradient × activation to the label". */
export function titleOfSort({ method, target }: ResponseSort): string {
  if (method === "") return "activations";
  return target === ""
    ? titleOfMethod(method)
    : `${titleOfMethod(method)} to ${titleOfTarget(target)}`;
}

/** What one such response is called, beside an axis or a scale. */
export function wordOf(method: string): string {
  return method === "" ? "response" : titleOfMethod(method);
}

/** What several are called, in a sentence. */
export function wordsOf(method: string): string {
  return method === "" ? "responses" : `responses (${titleOfMethod(method)})`;
}

/** The call that records both sorts. */
export function callFor(method: string): string {
  const attribution = method === "" ? "gradient_x_activation" : method;
  return `Recording(responses=("activation", "${attribution}"))`;
}
