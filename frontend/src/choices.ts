/** What is chosen of examples and of units, as the address holds it: filters, subsets, and pins. */

/** The server refuses longer filters. */
const MAX_LENGTH = 4000;
/** More units than this at once are no longer told apart. */
export const MOST_PINS = 32;

/** Units of one layer that are kept in sight. */
export interface Pins {
  readonly layer: string;
  /** Rising. */
  readonly units: readonly number[];
}

/**
 * A filter that lets exactly some examples pass; null where it would be too long.
 *
 * @param total examples of the probe set: where most are chosen, the others are named
 */
export function filterOfExamples(examples: readonly number[], total: number): string | null {
  const chosen = new Set(examples);
  const others = Array.from({ length: total }, (_, example) => example).filter(
    (example) => !chosen.has(example),
  );
  const rising = [...chosen].toSorted((a, b) => a - b);
  const text =
    rising.length <= others.length
      ? `example in [${rising.join(", ")}]`
      : `example not in [${others.join(", ")}]`;
  return text.length <= MAX_LENGTH ? text : null;
}

/** More subsets, or longer ones together, the server refuses. */
export const MOST_SUBSETS = 24;
const MOST_LETTERS = 16_000;

/** A filter under a name. */
export interface Subset {
  readonly name: string;
  readonly filter: string;
}

/** Subsets as the address, the browser and the server hold them: `name:filter;name:filter`. */
export function formatSubsets(subsets: readonly Subset[]): string {
  const part = (text: string) => text.replace(/[%;:]/g, encodeURIComponent);
  return subsets.map(({ name, filter }) => `${part(name)}:${part(filter)}`).join(";");
}

/** Subsets that a text holds; what is none is passed over. */
export function parseSubsets(text: string): Subset[] {
  const found = text.split(";").map((part): Subset => {
    const [name = "", filter = ""] = part.split(":").map(unescapePart);
    return { name: name.trim(), filter: filter.trim() };
  });
  return withoutDoubles(found.filter(({ name, filter }) => name !== "" && filter !== ""));
}

/** Each name once, as it stands first. */
export function withoutDoubles(subsets: readonly Subset[]): Subset[] {
  const first = new Map(subsets.toReversed().map((each) => [each.name, each]));
  return subsets.filter((each) => first.get(each.name) === each);
}

/** As many of the first subsets as the server takes at once. */
export function withinLimits(subsets: readonly Subset[]): Subset[] {
  const most = subsets.slice(0, MOST_SUBSETS);
  while (formatSubsets(most).length > MOST_LETTERS) most.pop();
  return most;
}

/** Why subsets can't be kept, in a sentence; null where they can. */
export function refusalOfSubsets(subsets: readonly Subset[]): string | null {
  if (subsets.length > MOST_SUBSETS) {
    return `At most ${MOST_SUBSETS} subsets are kept; delete one first.`;
  }
  if (formatSubsets(subsets).length > MOST_LETTERS) {
    return "The subsets are too long together; delete one first.";
  }
  return null;
}

function unescapePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Pins as the address holds them; null for none. */
export function formatPins({ layer, units }: Pins): string | null {
  if (units.length === 0) return null;
  return `${[...new Set(units)].toSorted((a, b) => a - b).join(",")}@${layer}`;
}

/** Pins that an address holds; null for text that is none. */
export function parsePins(text: string | null): Pins | null {
  const found = /^(\d+(?:,\d+)*)@(.+)$/s.exec(text ?? "");
  if (!found) return null;
  const [, units = "", layer = ""] = found;
  return { layer, units: units.split(",").map(Number) };
}

/** Pins with a unit more, or without it where it was one. */
export function togglePin(pins: Pins | null, layer: string, unit: number): Pins {
  const units = pins?.layer === layer ? pins.units : [];
  const without = units.filter((one) => one !== unit);
  return { layer, units: without.length < units.length ? without : [...units, unit] };
}
