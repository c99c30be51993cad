/** Whether two recordings can be laid side by side, unit by unit; and if not, what differs. */
import type { Recording } from "./api";
import type { Layer } from "./wire";

/** Units pair by layer name and index, and only where that is known to be right. */
export type Comparison =
  | { readonly ok: true }
  | { readonly ok: false; readonly differences: readonly string[] };

const LISTED = 3;

/** Compare what two recordings measured, and on what. */
export function compareRecordings(a: Recording, b: Recording): Comparison {
  const differences: string[] = [];
  if (a.records.layoutId !== b.records.layoutId) {
    differences.push(...layoutDifferences(a.records.layers, b.records.layers));
  }
  if (a.records.probeSet.hash !== b.records.probeSet.hash) differences.push(probeDifference(a, b));
  return differences.length === 0 ? { ok: true } : { ok: false, differences };
}

function layoutDifferences(a: readonly Layer[], b: readonly Layer[]): string[] {
  const [ofA, ofB] = [byName(a), byName(b)];
  const found = [
    ...a.filter(({ name }) => !ofB.has(name)).map(({ name }) => `layer ${name} is only in A`),
    ...b.filter(({ name }) => !ofA.has(name)).map(({ name }) => `layer ${name} is only in B`),
    ...a.flatMap((layer) => layerDifference(layer, ofB.get(layer.name))),
  ];
  if (found.length === 0) return ["the layers are the same but their order or connections differ"];
  const rest = found.length - LISTED;
  return rest > 0 ? [...found.slice(0, LISTED), `and ${rest} more`] : found;
}

function layerDifference(a: Layer, b: Layer | undefined): string[] {
  if (!b) return [];
  if (a.units !== b.units) return [`layer ${a.name} has ${a.units} units in A and ${b.units} in B`];
  if (a.kind !== b.kind) return [`layer ${a.name} is of kind ${a.kind} in A and ${b.kind} in B`];
  return [];
}

function probeDifference(a: Recording, b: Recording): string {
  const [ofA, ofB] = [a.records.probeSet, b.records.probeSet];
  if (ofA.examples !== ofB.examples) {
    return `the probe set has ${ofA.examples} examples in A and ${ofB.examples} in B`;
  }
  return "the probe sets hold different examples";
}

function byName(layers: readonly Layer[]): ReadonlyMap<string, Layer> {
  return new Map(layers.map((layer) => [layer.name, layer]));
}
