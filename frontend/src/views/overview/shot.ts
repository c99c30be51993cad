/** What the selection asks the overview to show, gathered from the films that have arrived. */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { Recording } from "../../api";
import { gridOfFilm } from "../../classes";
import { LevelTables } from "../../codes";
import { arrived, type Film, type Frame, filmOf, statesFilmOf } from "../../film";
import { hasStatistic } from "../../histogram";
import { packHex } from "../../palettes";
import {
  coloured,
  comparison,
  mode,
  only,
  recordA,
  recordB,
  recordingA,
  recordingB,
  scale,
  statistic,
} from "../../state";
import { roles } from "../../theme";
import type { Shot, Side } from "./colouring";

/** Why there is no picture, or the picture. */
export type ShotNow =
  | { readonly kind: "loading" }
  | { readonly kind: "unpaired"; readonly differences: readonly string[] }
  | {
      readonly kind: "shot";
      readonly shot: Shot;
      readonly exact: boolean;
      readonly record: number;
    };

const tables = new WeakMap<Film, LevelTables>();

/** The picture that the selection asks for, as far as its frames are here. */
export const shotNow: ReadonlySignal<ShotNow> = computed(() => {
  void arrived.value;
  const checked = comparison.value;
  if (mode.value !== "a" && !checked.ok) {
    return { kind: "unpaired", differences: checked.differences };
  }
  const missing = missingInB();
  if (missing !== null) return { kind: "unpaired", differences: [missing] };
  const a = sideOf(recordingA.value, recordA.value);
  const b = mode.value === "a" ? null : sideOf(recordingB.value, recordB.value);
  const shown = mode.value === "b" ? b : a;
  if (!shown || (mode.value === "diff" && !b)) return { kind: "loading" };
  const minus = mode.value === "diff" ? b : null;
  const shot: Shot = {
    shown: shown.side,
    minus: minus?.side ?? null,
    scale: scale.value,
    only: only.value,
    surface: packHex(roles.value.surface),
    unmeasured: unmeasuredOf(shown.side.recording, statistic.value?.name ?? ""),
    blank: packHex(roles.value.border),
  };
  const exact = shown.exact && (minus?.exact ?? true);
  return { kind: "shot", shot, exact, record: shown.side.values.record };
});

/** What colours A's units, where B has none of it; else null. */
function missingInB(): string | null {
  const [b, shown] = [recordingB.value, coloured.value];
  if (mode.value === "a" || !b || !shown || gridOfFilm(b, shown.film) !== undefined) return null;
  return `B has no ${shown.title}`;
}

interface FoundSide {
  readonly side: Side;
  readonly exact: boolean;
}

function sideOf(recording: Recording | null, record: number): FoundSide | null {
  const name = coloured.value?.film;
  if (!recording || name === undefined || record < 0) return null;
  const film = filmOf(recording, name);
  const values = film.frame(record);
  if (!values || values.codes.length !== recording.units) return null;
  const states = matching(statesFilmOf(recording).frame(values.record), values);
  return {
    side: { recording, values, states, tables: tablesOf(film) },
    exact: values.exact && states !== null,
  };
}

/** States of another record than the values' would lie about them. */
function matching(states: Frame | null, values: Frame): Frame | null {
  return states && states.record === values.record ? states : null;
}

const unmeasured = new WeakMap<Recording, Map<string, ReadonlySet<number>>>();

/** Layers for which a statistic was never recorded, as saturation outside of bounded nonlinearities. */
export function unmeasuredOf(recording: Recording, name: string): ReadonlySet<number> {
  const known = unmeasured.get(recording) ?? new Map<string, ReadonlySet<number>>();
  unmeasured.set(recording, known);
  const layers = recording.records.layers.map((_, layer) => layer);
  const found =
    known.get(name) ?? new Set(layers.filter((layer) => !hasStatistic(recording, name, layer)));
  known.set(name, found);
  return found;
}

function tablesOf(film: Film): LevelTables {
  const known = tables.get(film) ?? new LevelTables(film.grid);
  tables.set(film, known);
  return known;
}
