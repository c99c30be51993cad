/** What is told of each group: its life over the records, its units, examples and classes. */
import type { GroupTable } from "../../patterns-api";

/** Something with a weight, the heaviest first. */
export interface Weighed {
  readonly number: number;
  readonly weight: number;
}

/** A group at the shown record. */
export interface GroupRow {
  readonly group: number;
  readonly strength: number;
  /** To the record before; NaN at the first. */
  readonly alike: number;
  readonly units: readonly Weighed[];
  /** Units of at least a tenth of the heaviest's weight. */
  readonly members: number;
  /** Of most activity; of attributions, for the target. */
  readonly examples: readonly Weighed[];
  /** Of attributions: those on which it is most against the target, by the size of that. */
  readonly opposed: readonly Weighed[];
  /** Mean activity, by class of the header; NaN for one without examples. */
  readonly profile: readonly number[];
  /** By record, NaN where none has come. */
  readonly strengths: readonly number[];
  readonly likeness: readonly number[];
}

const UNITS = 7;
const EXAMPLES = 6;
/** Of attributions, of either sign. */
const EXAMPLES_A_SIGN = 4;
/** A weight counts from this share of the heaviest. */
export const MEMBER_SHARE = 0.1;

/**
 * The groups of a record, each at its place, with their lives as far as they have come.
 *
 * @param passing numbers of the examples that are shown; null: all
 */
export function groupRows(
  shown: GroupTable,
  lives: readonly (GroupTable | null)[],
  passing: ReadonlySet<number> | null = null,
): readonly GroupRow[] {
  const { units, examples, header } = shown;
  const most = header.method === "" ? EXAMPLES : EXAMPLES_A_SIGN;
  return Array.from(shown.strength, (strength, group) => {
    const weights = rowOf(shown.weights, group, units.length);
    const activity = rowOf(shown.activity, group, examples.length);
    return {
      group,
      strength,
      alike: shown.alike[group] ?? Number.NaN,
      units: heaviest(units, weights, UNITS),
      members: weights.filter((weight) => weight >= MEMBER_SHARE).length,
      examples: heaviest(examples, activity, most, passing),
      opposed:
        header.method === ""
          ? []
          : heaviest(
              examples,
              activity.map((net) => -net),
              most,
              passing,
            ),
      profile: Array.from(rowOf(shown.profile, group, header.classes.length)),
      strengths: lives.map((life) => life?.strength[group] ?? Number.NaN),
      likeness: lives.map((life) => life?.alike[group] ?? Number.NaN),
    };
  });
}

/** The largest strength of any group at any record: the upper edge of all life lines. */
export function topStrength(rows: readonly GroupRow[]): number {
  const finite = rows.flatMap(({ strengths, strength }) => [...strengths, strength]);
  return Math.max(0, ...finite.filter(Number.isFinite)) || 1;
}

/** A group's map on one example, by position. */
export function mapOf(shown: GroupTable, group: number, place: number): Float32Array {
  const { mapExamples, mapShape } = shown.header;
  const positions = mapShape.reduce((product, size) => product * size, 1);
  const first = (group * mapExamples.length + place) * positions;
  return shown.maps.subarray(first, first + positions);
}

function rowOf(values: Float32Array, row: number, width: number): Float32Array {
  return values.subarray(row * width, (row + 1) * width);
}

function heaviest(
  numbers: Int32Array,
  weights: Float32Array,
  most: number,
  passing: ReadonlySet<number> | null = null,
): Weighed[] {
  return Array.from(numbers, (number, place) => ({ number, weight: weights[place] ?? 0 }))
    .filter(({ number, weight }) => weight > 0 && (passing?.has(number) ?? true))
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, most);
}
