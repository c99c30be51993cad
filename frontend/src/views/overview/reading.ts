/** One unit in words and numbers: what the tooltip shows and a screen reader says. */
import type { Recording, StateName } from "../../api";
import { LevelTables } from "../../codes";
import { arrived, type Film, filmOf, statesFilmOf } from "../../film";
import { formatValue } from "../../numbers";
import {
  coloured,
  comparison,
  hasB,
  mode,
  recordA,
  recordB,
  recordingA,
  recordingB,
  type UnitPlace,
} from "../../state";
import { weightiest } from "../../states";
import { formatStep } from "../../steps";
import { titleOfState } from "../../titles";

/** One side's value and state of a unit. */
export interface UnitReading {
  /** NaN where there is no number, or no frame yet. */
  readonly value: number;
  readonly state: StateName | null;
  readonly step: string | undefined;
}

/** A's reading of a unit at its record, or null without a recording. */
export function readA(place: UnitPlace, record = recordA): UnitReading | null {
  return read(recordingA.value, record.value, place);
}

/** B's reading of a unit at its record, or null where B takes no part or has no such unit. */
export function readB(place: UnitPlace, record = recordB): UnitReading | null {
  if (!hasB.value || !comparison.value.ok) return null;
  return read(recordingB.value, record.value, place);
}

/** A unit in one sentence. */
export function describe(place: UnitPlace): string {
  const layer = recordingA.value?.records.layers[place.layer]?.name ?? "";
  const found = mode.value === "b" ? readB(place) : readA(place);
  const state = found?.state ? `, ${titleOfState(found.state)}` : "";
  const value = formatValue(found?.value ?? Number.NaN);
  return `${layer} unit ${place.unit}, ${coloured.value?.title ?? ""} ${value}${state}, step ${formatStep(found?.step)}`;
}

const tables = new WeakMap<Film, LevelTables>();

function read(
  recording: Recording | null,
  record: number,
  { layer, unit }: UnitPlace,
): UnitReading | null {
  void arrived.value;
  const name = coloured.value?.film;
  if (!recording || name === undefined || record < 0) return null;
  const film = filmOf(recording, name);
  const frame = film.frame(record);
  const at = (recording.unitStart[layer] ?? 0) + unit;
  const table = frame ? tablesOf(film).at(frame.offsets[layer] ?? 0) : null;
  const value = table?.[frame?.codes[at] ?? 255] ?? Number.NaN;
  const bits = statesFilmOf(recording).frame(record)?.codes[at] ?? 0;
  const state = weightiest(bits, recording.deadSince[at] ?? -1, record);
  return { value, state, step: recording.records.steps[record] };
}

function tablesOf(film: Film): LevelTables {
  const known = tables.get(film) ?? new LevelTables(film.grid);
  tables.set(film, known);
  return known;
}
