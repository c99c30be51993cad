/** What each key does: one table, which the help dialog shows. */
import {
  changeSpeed,
  goIn,
  goUp,
  moveLayer,
  moveUnit,
  openView,
  setAHere,
  setBHere,
  setRecord,
  show,
  stepBy,
  swap,
  togglePlaying,
} from "./actions";
import type { Undo } from "./host";
import { panel, togglePanel } from "./panels";
import { copyLink } from "./pinned";

/** Keys that do one thing. */
export interface Binding {
  /** As in `KeyboardEvent.key`, with `Shift+` before it where that matters. */
  readonly keys: readonly string[];
  /** As the help shows them. */
  readonly shown: string;
  readonly does: string;
  readonly run: (key: string) => void;
}

const LONG_STEP = 10;

export const BINDINGS: readonly Binding[] = [
  { keys: ["ArrowLeft", "ArrowRight"], shown: "← →", does: "one record back or forth", run: step },
  {
    keys: ["Shift+ArrowLeft", "Shift+ArrowRight"],
    shown: "Shift ← →",
    does: "ten records back or forth",
    run: step,
  },
  { keys: ["Home"], shown: "Home", does: "first record", run: () => setRecord(0) },
  { keys: ["End"], shown: "End", does: "last record", run: () => setRecord(Infinity) },
  { keys: [" "], shown: "Space", does: "play or pause", run: togglePlaying },
  { keys: ["["], shown: "[", does: "slower", run: () => changeSpeed(-1) },
  { keys: ["]"], shown: "]", does: "faster", run: () => changeSpeed(1) },
  { keys: ["1"], shown: "1", does: "overview", run: () => openView("overview") },
  { keys: ["2"], shown: "2", does: "layer", run: () => openView("layer") },
  { keys: ["3"], shown: "3", does: "unit", run: () => openView("unit") },
  { keys: ["4"], shown: "4", does: "flow", run: () => openView("flow") },
  { keys: ["5"], shown: "5", does: "examples", run: () => openView("examples") },
  { keys: ["6"], shown: "6", does: "joint", run: () => openView("joint") },
  { keys: ["7"], shown: "7", does: "map", run: () => openView("map") },
  { keys: ["j"], shown: "j", does: "next unit in order", run: () => moveUnit(1) },
  { keys: ["k"], shown: "k", does: "previous unit in order", run: () => moveUnit(-1) },
  { keys: ["l"], shown: "l", does: "next layer", run: () => moveLayer(1) },
  { keys: ["h"], shown: "h", does: "previous layer", run: () => moveLayer(-1) },
  { keys: ["Enter"], shown: "Enter", does: "go in", run: goIn },
  { keys: ["Escape"], shown: "Esc", does: "go out", run: goUp },
  { keys: ["b"], shown: "b", does: "keep what is shown as B", run: setBHere },
  { keys: ["a"], shown: "a", does: "put A where B is", run: setAHere },
  { keys: ["x"], shown: "x", does: "swap A and B", run: swap },
  { keys: ["d"], shown: "d", does: "show A − B, or A again", run: () => show("diff") },
  {
    keys: ["p"],
    shown: "p",
    does: "compare the unit with another",
    run: () => togglePanel("pair"),
  },
  { keys: ["/"], shown: "/", does: "find a layer or unit", run: () => togglePanel("search") },
  { keys: ["c"], shown: "c", does: "copy a link to what is shown", run: () => void copyLink() },
  { keys: ["e"], shown: "e", does: "export", run: () => togglePanel("export") },
  { keys: ["?", "Shift+?"], shown: "?", does: "this help", run: () => togglePanel("help") },
];

/** Listen for keys, wherever nothing else has a use for them. */
export function followKeys(): Undo {
  let isReachedByKey = false;
  // Asked when the focus comes: the first key that is pressed would make it visible.
  const onFocus = ({ target }: FocusEvent) => {
    isReachedByKey = target instanceof Element && target.matches(":focus-visible");
  };
  const onPointer = () => {
    isReachedByKey = false;
  };
  const onKey = (event: KeyboardEvent) => {
    const binding = bindingOf(event);
    if (!binding || isTakenBy(event, isReachedByKey)) return;
    event.preventDefault();
    binding.run(nameOf(event));
  };
  // A list that was clicked keeps the focus as unseen as a button: the next key is for the film again.
  const onChange = ({ target }: Event) => {
    if (!isReachedByKey && target instanceof HTMLSelectElement) target.blur();
  };
  document.addEventListener("focusin", onFocus);
  document.addEventListener("change", onChange);
  document.addEventListener("pointerdown", onPointer);
  document.addEventListener("keydown", onKey);
  return () => {
    document.removeEventListener("focusin", onFocus);
    document.removeEventListener("change", onChange);
    document.removeEventListener("pointerdown", onPointer);
    document.removeEventListener("keydown", onKey);
  };
}

/** The binding of a key press, or null. */
export function bindingOf(
  event: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">,
): Binding | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  return BINDINGS.find(({ keys }) => keys.includes(nameOf(event))) ?? null;
}

function nameOf({ key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">): string {
  return shiftKey ? `Shift+${key}` : key;
}

const TYPED_IN = "input, select, textarea, [contenteditable=true]";
const PRESSED = "button, a[href], summary, [role=button], [role=row]";

/**
 * Whether the key belongs to what has the focus: text, a list, an open dialog, or a button that was
 * reached by key. One that was clicked keeps the focus unseen: who then presses Space means the film.
 */
function isTakenBy(event: KeyboardEvent, isReachedByKey: boolean): boolean {
  if (event.defaultPrevented || panel.value !== null) return true;
  if (!(event.target instanceof Element)) return false;
  if (event.target.closest(TYPED_IN)) return true;
  const presses = event.key === " " || event.key === "Enter";
  return presses && isReachedByKey && event.target.closest(PRESSED) !== null;
}

function step(key: string): void {
  const records = key.startsWith("Shift+") ? LONG_STEP : 1;
  stepBy(key.endsWith("ArrowLeft") ? -records : records);
}
