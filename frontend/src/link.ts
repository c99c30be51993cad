/** Keeps the host's address and the selection the same, in both directions. */
import { effect } from "@preact/signals";
import { formatHash, parseHash, type Selection, tabOf } from "./address";
import { isRefused } from "./corrections";
import { onHashChange, PLUGIN, readHash, type Undo, writeHash } from "./host";
import { applySelection, currentSelection } from "./selection";

const PAUSE_MS = 250;

/** Show what the address holds, then follow both. */
export function linkAddress(): Undo {
  let written = parseHash(readHash(), PLUGIN);
  applySelection(written);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    const hash = readHash();
    if (!isOurs(hash)) return;
    const selection = currentSelection();
    const next = formatHash(hash, PLUGIN, selection);
    if (next !== hash) writeHash(next, isAnotherPlace(written, selection));
    written = selection;
  };
  const stop = effect(() => {
    currentSelection();
    clearTimeout(timer);
    timer = setTimeout(write, PAUSE_MS);
  });
  const unlisten = onHashChange(() => {
    const hash = readHash();
    if (!isOurs(hash)) return;
    written = parseHash(hash, PLUGIN);
    applySelection(written);
  });
  return () => {
    stop();
    unlisten();
    clearTimeout(timer);
  };
}

/** While another tab is open the address is that tab's. */
function isOurs(hash: string): boolean {
  return [PLUGIN, ""].includes(tabOf(hash));
}

/** Whether Back should return from here: another view, layer or unit, not another step. */
function isAnotherPlace(before: Selection, after: Selection): boolean {
  // Back to a place that is not there would only lead here again.
  if (isRefused(before.layerName)) return false;
  return (
    before.view !== after.view || before.layerName !== after.layerName || before.unit !== after.unit
  );
}
