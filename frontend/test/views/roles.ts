/** Colours for tests of pictures. */
import type { Roles } from "../../src/theme";

export const ROLES: Roles = {
  page: "#fff",
  surface: "#fff",
  raised: "#fff",
  hover: "#fff",
  border: "#ddd",
  strongBorder: "#bbb",
  text: "#111",
  muted: "#555",
  accent: "#06c",
  accentSoft: "#eef",
  sideA: "#b40",
  sideB: "#06c",
  danger: "#b00",
  dangerSoft: "#fee",
  shadow: "none",
  canvas: "#eee",
};
