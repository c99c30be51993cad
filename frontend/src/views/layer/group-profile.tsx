/** A group's mean activity by class, as bars; of attributions to either side of nothing. */
import { formatCount, formatSigned, formatValue } from "../../numbers";
import type { GroupTable } from "../../patterns-api";
import { flowColours } from "../flow/palette";
import type { GroupRow } from "./group-rows";

const MOST_CLASSES = 12;

interface ProfileProps {
  readonly row: GroupRow;
  readonly found: GroupTable;
}

/** The classes of most activity, in the order of the confusion hierarchy. */
export function GroupProfile({ row, found: { header } }: ProfileProps) {
  const isSigned = header.method !== "";
  const { towards, against } = flowColours.value;
  const all = header.classes.map(({ name }, place) => ({
    name: name || "all examples",
    place,
    mean: row.profile[place] ?? Number.NaN,
  }));
  const known = all.filter(({ mean }) => Number.isFinite(mean));
  const size = ({ mean }: { readonly mean: number }) => Math.abs(mean);
  const kept = known.toSorted((a, b) => size(b) - size(a)).slice(0, MOST_CLASSES);
  const most = Math.max(0, ...kept.map(size)) || 1;
  const text = isSigned ? formatSigned : formatValue;
  return (
    <div class={`group-profile ${isSigned ? "signed" : ""}`}>
      {kept
        .toSorted((a, b) => a.place - b.place)
        .map(({ name, place, mean }) => (
          <div key={place} title={`${name}: mean activity ${text(mean)}`}>
            <span>{name}</span>
            <span class="track">
              <i
                class={isSigned ? (mean < 0 ? "against" : "towards") : ""}
                style={{
                  width: `${((isSigned ? 50 : 100) * Math.abs(mean)) / most}%`,
                  ...(isSigned && { background: mean < 0 ? against : towards }),
                }}
              />
            </span>
          </div>
        ))}
      {known.length > kept.length && (
        <span class="muted">
          the {kept.length} of {formatCount(known.length)} classes with most
        </span>
      )}
    </div>
  );
}
