/** What layers are called where there is little room: what all names of a model begin with goes first. */
import { recordingA, recordingB } from "./state";

/**
 * The modules that all names begin with, "network." of "network.conv1" and "network.logits";
 * empty where they share none, and where one layer is all there is.
 */
export function sharedStart(names: readonly string[]): string {
  const [first = "", ...others] = names;
  if (others.length === 0) return "";
  const parts = first.split(".");
  const most = parts.slice(0, -1).findLastIndex((_, place) => {
    const start = `${parts.slice(0, place + 1).join(".")}.`;
    return others.every((name) => name.startsWith(start));
  });
  return most < 0 ? "" : `${parts.slice(0, most + 1).join(".")}.`;
}

/** A layer's name in two: what all layers of its model share, and what tells it from them. */
export function partsOfName(name: string): readonly [shared: string, own: string] {
  const layers = [recordingA.value, recordingB.value].map((each) => each?.records.layers ?? []);
  const known = layers.find((each) => each.some((layer) => layer.name === name)) ?? [];
  const start = sharedStart(known.map((layer) => layer.name));
  return [start, name.slice(start.length)];
}

/** A layer's name without what all layers of its model share. */
export function ownName(name: string): string {
  return partsOfName(name)[1];
}
