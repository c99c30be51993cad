/** How icons of units look. */
import { adoptStyles } from "../theme";

adoptStyles(`
.unit-icon-place { display: inline-flex; flex: none; align-items: center; vertical-align: middle; }
.unit-icon { display: inline-flex; align-items: center; max-width: 100%; line-height: 1.25; }
.unit-icon canvas { display: block; border-radius: 3px; background: var(--canvas); }
.unit-icon.none { border: 1px dashed var(--strong-border); border-radius: 3px; box-sizing: border-box; }
.unit-icon .words { overflow: hidden; text-overflow: ellipsis; white-space: pre; font-size: 12px;
  color: var(--muted); }
.unit-icon .words > * + * { margin-left: 0; }
.unit-icon mark { color: var(--text); border-radius: 3px; padding: 1px 2px;
  background: color-mix(in srgb, var(--mark) var(--strength), transparent); --mark: var(--side-a); }
.unit-icon mark.negative { --mark: var(--side-b); }
.unit-icon svg { display: block; background: var(--canvas); border-radius: 3px; }
.unit-icon .line { fill: none; stroke: var(--accent); stroke-width: 1.3; }
.unit-icon .line1 { stroke: var(--side-a); }
.unit-icon .line2 { stroke: var(--muted); }
.unit-icon .line3 { stroke: var(--text); }
.unit-icon .columns { display: grid; font-size: 11px; line-height: 14px; }
.unit-icon .columns > span { display: grid; grid-template-columns: minmax(0, 92px) 40px; gap: 6px;
  align-items: center; }
.unit-icon .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: right; }
.unit-icon .bar { position: relative; height: 7px; background: linear-gradient(var(--strong-border), 
  var(--strong-border)) 50% / 1px 100% no-repeat; }
.unit-icon .bar i { position: absolute; top: 0; bottom: 0; left: 50%; background: var(--side-a); }
.unit-icon .negative .bar i { left: auto; right: 50%; background: var(--side-b); }
.unit-icon b.number { font-size: 11px; color: var(--muted); font-weight: 400; }
`);
