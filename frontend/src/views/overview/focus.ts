/** Which module or layer fills the overview, and the ways in and out. */
import { batch } from "@preact/signals";
import { ancestors } from "../../layout/modules";
import { focus, hovered, layerName, recordingA, unit } from "../../state";
import { pointed } from "./director";

/** Fill the overview with a module or layer; null for the model. */
export function zoomTo(path: string | null): void {
  const layers = recordingA.value?.records.layers ?? [];
  const isLayer = layers.some(({ name }) => name === path);
  batch(() => {
    hovered.value = null;
    pointed.value = null;
    focus.value = focus.value === path ? parentOf(path) : path;
    if (isLayer && layerName.value !== path) {
      layerName.value = path;
      unit.value = null;
    }
  });
}

/** Fill the overview with what holds the present module or layer. */
export function goOut(): void {
  batch(() => {
    hovered.value = null;
    pointed.value = null;
    focus.value = parentOf(focus.value);
  });
}

/** The modules from the model down to the focus, the focus included. */
export function trail(): readonly string[] {
  const path = focus.value;
  if (path === null) return [];
  const layers = recordingA.value?.records.layers ?? [];
  const under = layers.find(({ name }) => name === path || name.startsWith(`${path}.`));
  const above = ancestors(layers, under?.name ?? path).filter((group) =>
    path.startsWith(`${group}.`),
  );
  return [...above, path];
}

function parentOf(path: string | null): string | null {
  return path === focus.value ? (trail().at(-2) ?? null) : null;
}
