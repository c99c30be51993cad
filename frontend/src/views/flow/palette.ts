/** The colours of the flow: what speaks for the target, what speaks against it. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { theme } from "../../host";
import { COOLWARM_LIGHT, cssOf, MANAGUA_DARK } from "../../palettes";
import { type Roles, roles } from "../../theme";

/** Near the ends of the theme's diverging pair, where its colours are strongest. */
const AGAINST = 20;
const TOWARDS = 236;

export interface FlowColours {
  readonly towards: string;
  /** Also hatched: signs are told apart without colour. */
  readonly against: string;
  readonly roles: Roles;
}

export const flowColours: ReadonlySignal<FlowColours> = computed(() => {
  const palette = theme.value === "dark" ? MANAGUA_DARK : COOLWARM_LIGHT;
  return {
    towards: cssOf(palette[TOWARDS] ?? 0),
    against: cssOf(palette[AGAINST] ?? 0),
    roles: roles.value,
  };
});
