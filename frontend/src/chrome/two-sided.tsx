/** A bar to both sides of a zero: what speaks against to the left, what speaks for to the right. */
import type { TwoSided } from "../layout/evidence";
import { adoptStyles } from "../theme";

adoptStyles(`
:root { --favour: #c0392b; --against: #3b6fd4; --favour-text: #b03023; --against-text: #2f60bf; }
:root[data-theme="dark"] { --favour: #e5715f; --against: #6f9bf0; --favour-text: #f0907f; --against-text: #8fb2f5; }
.favour-key { font-weight: 600; color: var(--favour-text); }
.against-key { font-weight: 600; color: var(--against-text); }
.two-sided { position: relative; display: block; height: 14px; min-width: 90px; }
.two-sided i { position: absolute; top: 1px; bottom: 1px; border-radius: 2px; min-width: 1px; }
.two-sided .favour { background: var(--favour); }
.two-sided .against { background: var(--against); }
.two-sided b { position: absolute; top: -6px; bottom: -6px; width: 1px; margin-left: -0.5px; background: var(--strong-border); }
.two-sided u { position: absolute; top: -2px; bottom: -2px; width: 3px; margin-left: -1.5px; border-radius: 1px; background: var(--text); box-shadow: 0 0 0 1px var(--page); }
`);

/** What it shows must also stand beside it as text. */
export function TwoSidedBar({ bar }: { readonly bar: TwoSided }) {
  const { zero, left, right, net } = bar;
  return (
    <span class="two-sided" aria-hidden="true">
      {left > 0 && (
        <i class="against" style={{ left: percent(zero - left), width: percent(left) }} />
      )}
      {right > 0 && <i class="favour" style={{ left: percent(zero), width: percent(right) }} />}
      <b style={{ left: percent(zero) }} />
      {net !== null && <u style={{ left: percent(net) }} />}
    </span>
  );
}

function percent(share: number): string {
  return `${100 * share}%`;
}
