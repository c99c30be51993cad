/** The colours of the dashboard as named roles, for light and dark, and the sheets that use them. */
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import type { Theme } from "./colour";
import { theme, type Undo } from "./host";

/** What a colour is for. Text roles keep a contrast of 4.5 on page, surface and raised. */
export interface Roles {
  /** Behind everything. */
  readonly page: string;
  /** Bars and panels. */
  readonly surface: string;
  /** Fields, buttons and what lies over the page. */
  readonly raised: string;
  readonly hover: string;
  readonly border: string;
  readonly strongBorder: string;
  readonly text: string;
  readonly muted: string;
  /** Chosen and focused. */
  readonly accent: string;
  readonly accentSoft: string;
  /** The two sides of a comparison, as text and as lines. */
  readonly sideA: string;
  readonly sideB: string;
  readonly danger: string;
  readonly dangerSoft: string;
  readonly shadow: string;
  /** Empty places of a picture. */
  readonly canvas: string;
}

const LIGHT: Roles = {
  page: "#ffffff",
  surface: "#f6f7f9",
  raised: "#ffffff",
  hover: "#eceff3",
  border: "#e1e5ea",
  strongBorder: "#c3cad3",
  text: "#1c2330",
  muted: "#576172",
  accent: "#0b63c4",
  accentSoft: "#e5f0fc",
  sideA: "#b64a00",
  sideB: "#0b63c4",
  danger: "#b3140c",
  dangerSoft: "#fdeceb",
  shadow: "0 1px 2px rgb(20 30 50 / 8%), 0 8px 28px rgb(20 30 50 / 14%)",
  canvas: "#eef0f3",
};

const DARK: Roles = {
  page: "#1d1f24",
  surface: "#25282e",
  raised: "#2e3239",
  hover: "#3a3f48",
  border: "#373c45",
  strongBorder: "#555d6a",
  text: "#eceef2",
  muted: "#aab2bf",
  accent: "#7db8ff",
  accentSoft: "#26384f",
  sideA: "#ffa25e",
  sideB: "#7db8ff",
  danger: "#ff8f87",
  dangerSoft: "#46282a",
  shadow: "0 1px 2px rgb(0 0 0 / 40%), 0 10px 34px rgb(0 0 0 / 50%)",
  canvas: "#2a2d33",
};

const ROLES: Readonly<Record<Theme, Roles>> = { light: LIGHT, dark: DARK };

/** The colours of the theme that is shown, for what is drawn on a canvas. */
export const roles: ReadonlySignal<Roles> = computed(() => ROLES[theme.value]);

/** Font of text on a canvas, at a size in CSS pixels. */
export function canvasFont(size: number, weight = 400): string {
  return `${weight} ${size}px ${FONT}`;
}

const FONT = 'Roboto, system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif';
const MONO =
  'ui-monospace, "Roboto Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** Use a sheet of rules in this document. */
export function adoptStyles(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/** Keep the custom properties (`--page`, `--side-a`, …) at the roles of the theme. */
export function applyTheme(): Undo {
  adoptStyles(`:root { --font: ${FONT}; --mono: ${MONO}; }`);
  return effect(() => {
    const { style } = document.documentElement;
    document.documentElement.setAttribute("data-theme", theme.value);
    style.colorScheme = theme.value;
    for (const [role, value] of Object.entries(roles.value)) {
      style.setProperty(`--${kebab(role)}`, String(value));
    }
  });
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
