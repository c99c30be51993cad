/** Which panel lies over the dashboard; at most one. */
import { signal } from "@preact/signals";

export type Panel = "help" | "pair" | "export" | "search" | "status" | "link";

export const panel = signal<Panel | null>(null);

/** Open a panel, or close it if it is open. */
export function togglePanel(name: Panel): void {
  panel.value = panel.value === name ? null : name;
}
