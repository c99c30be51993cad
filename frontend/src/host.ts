/** What surrounds the dashboard: the host's theme, address, reload button and whether it is shown. */
import { signal } from "@preact/signals";
import type { Theme } from "./colour";

/** Undoes what handed it out. */
export type Undo = () => void;

/** The plugin's name, as it stands in the address. */
export const PLUGIN = "tb_neuron";

/** The theme that the host shows now. */
export const theme = signal<Theme>("light");
/** Whether the tab can be seen; a hidden one neither plays nor polls. */
export const isVisible = signal(true);
/** Whether the window is so narrow that what is not looked at must fold away. */
export const isNarrow = signal(false);

/** Follow the host's theme; the browser's where the host cannot be seen. */
export function followTheme(): Undo {
  const body = hostWindow()?.document.body;
  if (!body) return followBrowserTheme();
  const read = () => {
    theme.value = body.classList.contains("dark-mode") ? "dark" : "light";
  };
  const observer = new MutationObserver(read);
  observer.observe(body, { attributes: true, attributeFilter: ["class"] });
  read();
  return () => observer.disconnect();
}

/** Watch whether the element has a height: the host gives a hidden tab none, and says nothing. */
export function followVisibility(element: Element): Undo {
  const observer = new ResizeObserver((entries) => {
    const height = entries.at(-1)?.contentRect.height ?? 0;
    isVisible.value = height > 0 && document.visibilityState === "visible";
  });
  observer.observe(element);
  const onChange = () => {
    isVisible.value = document.visibilityState === "visible" && element.clientHeight > 0;
  };
  document.addEventListener("visibilitychange", onChange);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", onChange);
  };
}

/** The width below which parts fold away; style sheets name it, too. */
const NARROW = "(max-width: 640px)";

/** Watch the window's width. */
export function followNarrowness(): Undo {
  const query = window.matchMedia(NARROW);
  const read = () => {
    isNarrow.value = query.matches;
  };
  query.addEventListener("change", read);
  read();
  return () => query.removeEventListener("change", read);
}

/** Let keys reach the dashboard, unless something else on the host's page has the focus. */
export function takeFocus(): void {
  const host = hostWindow();
  const focused = host?.document.activeElement;
  if (host && (!focused || focused === host.document.body)) window.focus();
}

/** The part of the address after `#`, of the host's page or, without one, of our own. */
export function readHash(): string {
  return addressWindow().location.hash.replace(/^#/, "");
}

/** The address before `#` of the host's page or, without one, of our own. */
export function readAddress(): string {
  return addressWindow().location.href.replace(/#.*$/s, "");
}

/**
 * Put a text on the clipboard.
 *
 * @returns whether the browser let us
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Over plain HTTP from another machine there is no such clipboard.
    return copyByCommand(text);
  }
}

function copyByCommand(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return isCopied;
}

/** Replace the part after `#`, or add to the history; nothing reloads. */
export function writeHash(hash: string, asNewEntry: boolean): void {
  const { history } = addressWindow();
  if (asNewEntry) history.pushState(history.state, "", `#${hash}`);
  else history.replaceState(history.state, "", `#${hash}`);
}

/** Call back when the user or the host changes the address. */
export function onHashChange(listener: () => void): Undo {
  const target = addressWindow();
  target.addEventListener("hashchange", listener);
  target.addEventListener("popstate", listener);
  return () => {
    target.removeEventListener("hashchange", listener);
    target.removeEventListener("popstate", listener);
  };
}

/** Call back when the host's reload button is pressed. */
export function onDataReloaded(listener: () => void): Undo {
  if (window.parent === window) return () => {};
  const channel = new MessageChannel();
  channel.port1.onmessage = (event: MessageEvent<unknown>) => {
    const message = parseMessage(event.data);
    if (!message || message.isReply) return;
    if (message.type === "experimental.DataReloaded") listener();
    channel.port1.postMessage(
      JSON.stringify({ ...message, payload: null, error: null, isReply: true }),
    );
  };
  window.parent.postMessage("experimental.bootstrap", "*", [channel.port2]);
  return () => channel.port1.close();
}

interface HostMessage {
  readonly type: string;
  readonly id: number;
  readonly isReply: boolean;
}

function parseMessage(data: unknown): HostMessage | null {
  if (typeof data !== "string") return null;
  try {
    const json = JSON.parse(data) as Partial<HostMessage> | null;
    if (typeof json?.type !== "string" || typeof json.id !== "number") return null;
    return { type: json.type, id: json.id, isReply: json.isReply === true };
  } catch {
    return null;
  }
}

function followBrowserTheme(): Undo {
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  const read = () => {
    theme.value = query.matches ? "dark" : "light";
  };
  query.addEventListener("change", read);
  read();
  return () => query.removeEventListener("change", read);
}

/** The host's window, or null where there is none or its origin is another. */
function hostWindow(): Window | null {
  try {
    return window.parent !== window && window.parent.document.body ? window.parent : null;
  } catch {
    return null;
  }
}

function addressWindow(): Window {
  return hostWindow() ?? window;
}

/** What this browser keeps under a name; empty for nothing, and where it keeps nothing. */
export function readStored(name: string): string {
  try {
    return window.localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

/** Have this browser keep a text; the empty one is forgotten. Where it refuses, nothing is kept. */
export function writeStored(name: string, text: string): void {
  try {
    if (text === "") window.localStorage.removeItem(name);
    else window.localStorage.setItem(name, text);
  } catch {
    // The address still holds it.
  }
}
