/** Finds a layer or unit by name. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { openLayer, openUnit } from "../actions";
import { type Found, find } from "../layout/search";
import { formatCount } from "../numbers";
import { panel } from "../panels";
import { recordingA } from "../state";
import { Dialog } from "./dialog";
import { UnitIcon } from "./unit-icon";

const SHOWN = 12;

export function Search() {
  const text = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  const layers = recordingA.value?.records.layers ?? [];
  const found = find(layers, text.value, SHOWN);
  useEffect(() => field.current?.focus(), []);
  const open = ({ layer, unit }: Found) => {
    const name = layers[layer]?.name;
    panel.value = null;
    if (name === undefined) return;
    if (unit === null) openLayer(name);
    else openUnit(name, unit);
  };
  return (
    <Dialog title="Find a layer or unit">
      <input
        ref={field}
        class="field"
        style={{ width: "100%", justifyContent: "flex-start" }}
        type="search"
        aria-label="Name of a layer, and perhaps the number of a unit"
        placeholder="conv1, or conv1 37"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && found[0]) open(found[0]);
          if (event.key !== "Escape") return;
          // A browser would take it for "clear the text", and close only at the next one.
          event.preventDefault();
          panel.value = null;
        }}
      />
      <div class="hits">
        <ul class="found">
          {found.map((one, place) => (
            <li key={`${one.layer} ${one.unit}`}>
              <button type="button" class={place === 0 ? "first" : ""} onClick={() => open(one)}>
                {one.unit !== null && (
                  <UnitIcon
                    layerName={layers[one.layer]?.name ?? ""}
                    unit={one.unit}
                    size={22}
                    isQuiet
                  />
                )}
                <span class="grow">
                  {layers[one.layer]?.name}
                  {one.unit !== null && <b> unit {one.unit}</b>}
                </span>
                <span class="muted number">{formatCount(layers[one.layer]?.units ?? 0)} units</span>
              </button>
            </li>
          ))}
        </ul>
        {found.length === 0 && (
          <p class="muted" role="status">
            No layer’s name has “{text.value.trim()}” in it.
          </p>
        )}
      </div>
    </Dialog>
  );
}
