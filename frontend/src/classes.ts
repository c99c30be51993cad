/** Statistics over the examples of one class: which there are, their films, and what those hold. */
import type { Recording } from "./api";
import { recordOf } from "./steps";
import { attributionOf, methodTitleOf, titleOfTarget } from "./titles";
import type { ClassStatistic, GridName, Statistic } from "./wire";

/** What colours units: a statistic over all examples, or over those of one class. */
export interface Coloured {
  readonly statistic: Statistic;
  /** Of the film. */
  readonly film: string;
  /** Name of the class, or null for all examples. */
  readonly className: string | null;
  readonly grid: GridName;
  /** Largest magnitude over all records and layers, and over all classes. */
  readonly top: number;
  readonly title: string;
  /** The title in two parts: what, and of what. */
  readonly shortTitle: string;
  readonly rest: string;
}

/** Names of the classes that any statistic is known of; a class without a name by its number. */
export function classNamesOf({ records }: Recording): readonly string[] {
  const count = Math.max(0, ...records.classStatistics.map(({ classes }) => classes));
  const { classNames } = records.probeSet;
  return Array.from({ length: count }, (_, number) => classNames[number] ?? String(number));
}

/** A statistic as it is known class by class, or undefined. */
export function classStatisticOf(
  recording: Recording | null,
  statistic: string,
): ClassStatistic | undefined {
  return recording?.records.classStatistics.find(({ name }) => name === statistic);
}

/**
 * What colours units.
 *
 * @param className that was chosen; without effect where the statistic is not known of this class
 */
export function colouredBy(
  recording: Recording | null,
  statistic: Statistic | null,
  className: string | null,
): Coloured | null {
  if (!recording || !statistic) return null;
  const { name, grid, top } = statistic;
  const found = classStatisticOf(recording, name);
  const number = className === null ? -1 : classNamesOf(recording).indexOf(className);
  if (!found || className === null || number < 0 || number >= found.classes) {
    return { ...titled(name, ""), statistic, film: name, className: null, grid, top };
  }
  return {
    statistic,
    film: `${name}@${number}`,
    className,
    grid: "signed_log",
    top: found.top,
    ...titled(name, `over class ${className}`),
  };
}

function titled(name: string, ofClass: string): Pick<Coloured, "title" | "shortTitle" | "rest"> {
  const target = attributionOf(name)?.target;
  const toward = target === undefined ? "" : `toward ${titleOfTarget(target)}`;
  const rest = [toward, ofClass].filter(Boolean).join(", ");
  const shortTitle = methodTitleOf(name);
  return { title: [shortTitle, rest].filter(Boolean).join(", "), shortTitle, rest };
}

/** The statistic of a film, of whatever class. */
export function statisticOfFilm(film: string): string {
  return film.replace(/@\d+$/, "");
}

/** On which grid a film's codes are; undefined where the recording has no such film. */
export function gridOfFilm(recording: Recording, film: string): GridName | undefined {
  const name = statisticOfFilm(film);
  if (name !== film) return classStatisticOf(recording, name) ? "signed_log" : undefined;
  return recording.records.statistics.find((statistic) => statistic.name === name)?.grid;
}

/** Largest magnitude in a film; 0 where the recording has no such film. */
export function topOfFilm(recording: Recording, film: string): number {
  const name = statisticOfFilm(film);
  if (name !== film) return classStatisticOf(recording, name)?.top ?? 0;
  return recording.records.statistics.find((statistic) => statistic.name === name)?.top ?? 0;
}

/** The step whose values a film shows at a record: what is recorded more rarely holds until the next. */
export function heldStep(recording: Recording, film: string, record: number): string | undefined {
  const { steps } = recording.records;
  const name = statisticOfFilm(film);
  if (name !== film) {
    const known = classStatisticOf(recording, name)?.steps ?? [];
    return known[recordOf(known, steps[record] ?? "last")];
  }
  return steps[heldRecord(recording, film, record)];
}

/** The record whose values of a statistic hold at a record; the record itself where none is known. */
export function heldRecord(recording: Recording, statistic: string, record: number): number {
  const known = held.get(recording) ?? new Map<string, Int32Array>();
  held.set(recording, known);
  const records = known.get(statistic) ?? heldRecords(recording, statistic);
  known.set(statistic, records);
  return records[record] ?? record;
}

const held = new WeakMap<Recording, Map<string, Int32Array>>();

function heldRecords(recording: Recording, statistic: string): Int32Array {
  const { statistics, layers, steps } = recording.records;
  const row = statistics.findIndex(({ name }) => name === statistic);
  const isRarer = (statistics[row]?.method ?? "") !== "";
  const isKnown = (record: number) =>
    layers.some((_, layer) =>
      Number.isFinite(recording.means[(row * layers.length + layer) * steps.length + record]),
    );
  let last = -1;
  return Int32Array.from(steps, (_, record) => {
    if (!isRarer || isKnown(record)) last = record;
    return last < 0 ? record : last;
  });
}
