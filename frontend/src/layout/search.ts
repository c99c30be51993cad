/** Finds layers and units by what a person types: part of a name, and perhaps a number. */

/** A layer that can be found. */
export interface Findable {
  readonly name: string;
  readonly units: number;
}

/** A layer, or a unit of it. */
export interface Found {
  readonly layer: number;
  readonly unit: number | null;
}

/**
 * Layers whose name holds all words of the text, the best first; a last number is a unit.
 *
 * @param most how many are returned
 */
export function find(layers: readonly Findable[], text: string, most: number): readonly Found[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const last = words.at(-1) ?? "";
  const asUnit = /^\d+$/.test(last) && words.length > 1 ? Number(last) : null;
  const units = asUnit === null ? [] : matching(layers, words.slice(0, -1));
  const found = units
    .filter((layer) => (asUnit ?? 0) < (layers[layer]?.units ?? 0))
    .map((layer): Found => ({ layer, unit: asUnit }));
  const whole = matching(layers, words).map((layer): Found => ({ layer, unit: null }));
  return [...found, ...whole].slice(0, most);
}

function matching(layers: readonly Findable[], words: readonly string[]): number[] {
  return layers
    .map(({ name, units }, layer) => ({ name: name.toLowerCase(), units, layer }))
    .filter(({ name, units }) => units > 0 && words.every((word) => name.includes(word)))
    .sort((a, b) => rank(a.name, words) - rank(b.name, words) || a.layer - b.layer)
    .map(({ layer }) => layer);
}

/** 0 for the name itself, 1 for its beginning, 2 for a part's beginning, 3 for anything else. */
function rank(name: string, words: readonly string[]): number {
  const text = words.join(" ");
  if (name === text) return 0;
  if (name.startsWith(text)) return 1;
  return name.split(/[./#]/).some((part) => part.startsWith(text)) ? 2 : 3;
}
